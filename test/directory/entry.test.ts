/** Values as PingOne shows them. */
import { describe, expect, test } from 'vitest';
import { texts, values } from '../../src/directory/entry.ts';
import type { Entry } from '../../src/directory/entry.ts';
import { refusalOf } from '../refusal-of.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

const entry: Entry = {
  dn: 'CN=Zoë Ünal,OU=Staff,DC=corp,DC=example,DC=test',
  attributes: new Map([
    ['objectguid', [hex('ff19966f868b11d0b42d00c04fc964ff')]],
    ['ms-ds-consistencyguid', [hex('33221100554477668899aabbccddeeff')]],
    ['objectsid', [hex('010500000000000515000000dcf4dc3b833d2b46828ba62853040000')]],
    ['displayname', [Uint8Array.from(Buffer.from('Zoë Ünal'))]],
    ['description', [hex('efbbbf61'), hex('62')]],
    ['thumbnailphoto', [hex('ffd8ffe0')]],
  ]),
};

describe('texts', () => {
  test.each([
    ['objectGUID', ['6f9619ff-8b86-d011-b42d-00c04fc964ff']],
    ['OBJECTguid', ['6f9619ff-8b86-d011-b42d-00c04fc964ff']],
    ['mS-DS-ConsistencyGuid', ['00112233-4455-6677-8899-aabbccddeeff']],
    ['objectSid', ['S-1-5-21-1004336348-1177238915-682003330-1107']],
    ['displayName', ['Zoë Ünal']],
    ['dn', ['CN=Zoë Ünal,OU=Staff,DC=corp,DC=example,DC=test']],
    ['mail', []],
  ])('%s is %j', (name, expected) => {
    expect(texts(entry, name)).toEqual(expected);
  });

  test('several values keep their order, and a byte order mark is a character', () => {
    expect(texts(entry, 'description')).toEqual(['\u{feff}a', 'b']);
  });

  test('what is not UTF-8 is refused, not bent', () => {
    const refusal = refusalOf(() => texts(entry, 'thumbnailPhoto'));
    expect(refusal.code).toBe('directory-value-malformed');
    expect(refusal.facts).toMatchObject({
      attribute: 'thumbnailPhoto',
      expected: 'UTF-8 text',
      actual: '4 bytes',
      detail: entry.dn,
    });
  });

  test.each([0, 8, 15, 17])('an mS-DS-ConsistencyGuid of %d bytes is refused', (length) => {
    const odd: Entry = { dn: 'CN=x', attributes: new Map([['ms-ds-consistencyguid', [new Uint8Array(length)]]]) };
    expect(refusalOf(() => texts(odd, 'mS-DS-ConsistencyGuid')).facts).toMatchObject({
      attribute: 'mS-DS-ConsistencyGuid',
      actual: `${length} bytes`,
    });
  });

  test('an objectSid cut short is refused', () => {
    const odd: Entry = { dn: 'CN=x', attributes: new Map([['objectsid', [hex('0105000000000005')]]]) };
    expect(refusalOf(() => texts(odd, 'objectSid')).code).toBe('directory-value-malformed');
  });
});

describe('values', () => {
  test('are the bytes, under any spelling of the name', () => {
    expect(values(entry, 'OBJECTGUID')).toEqual([hex('ff19966f868b11d0b42d00c04fc964ff')]);
    expect(values(entry, 'nothing')).toEqual([]);
    expect(values(entry, 'dn')).toEqual([Buffer.from(entry.dn)]);
  });
});
