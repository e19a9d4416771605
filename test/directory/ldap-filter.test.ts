/** The bytes on the wire: another implementation reads and writes them too. */
import { BerReader, BerWriter, FilterParser } from 'ldapts';
import { describe, expect, test } from 'vitest';
import { fillFilter } from '../../src/directory/filter.ts';
import type { Filter } from '../../src/directory/filter.ts';
import { parseFilterPattern } from '../../src/directory/filter-pattern.ts';
import { toLdaptsFilter } from '../../src/directory/ldap-filter.ts';

function wire(filter: { write(writer: BerWriter): void }): string {
  const writer = new BerWriter();
  filter.write(writer);
  return writer.buffer.toString('hex');
}

const ours = (text: string): string =>
  wire(toLdaptsFilter(fillFilter(parseFilterPattern(`(&(z=\${identifier})${text})`), 'z')));
const theirs = (text: string): string => wire(FilterParser.parseString(`(&(z=z)${text})`));

describe('a filter on the wire', () => {
  test.each([
    '(cn=Babs Jensen)',
    '(cn=Zoë)',
    '(mail=*)',
    '(!(mail=*))',
    '(|(a=b)(c=d)(&(e=f)(!(g=h))))',
    '(o=univ*of*mich*)',
    '(o=*of*)',
    '(o=*end)',
    '(o=start*)',
    '(uac>=512)',
    '(uac<=512)',
    '(cn~=Meier)',
    '(userAccountControl:1.2.840.113556.1.4.803:=2)',
    '(o:dn:=Ace)',
    '(o=Parens \\28R Us\\29)',
  ])('%s is what ldapts writes of the text', (text) => {
    expect(ours(text)).toBe(theirs(text));
  });

  test('a value that is no text arrives byte by byte', () => {
    const value = Uint8Array.from([0xff, 0x00, 0x2a, 0x28, 0x80, 0xef, 0xbb, 0xbf]);
    const filter: Filter = { type: 'equal', attribute: 'objectGUID', value };
    const reader = new BerReader(Buffer.from(wire(toLdaptsFilter(filter)), 'hex'));
    expect(reader.readSequence()).toBe(0xa3);
    expect(reader.readString()).toBe('objectGUID');
    expect(reader.readString(0x04, true)).toEqual(Buffer.from(value));
    expect(reader.remain).toBe(0);
  });

  test('binary parts of substrings and extensible matches too', () => {
    const part = Uint8Array.from([0xff, 0x00]);
    expect(wire(toLdaptsFilter({ type: 'substrings', attribute: 'a', initial: part, any: [part], final: part }))).toBe(
      'a411040161300c8002ff008102ff008202ff00',
    );
    expect(wire(toLdaptsFilter({ type: 'extensible', rule: '1.2.3', dnAttributes: true, value: part }))).toBe(
      'a90e8105312e322e338302ff008401ff',
    );
  });

  test('ldapts shows it as our text', () => {
    expect(toLdaptsFilter({ type: 'equal', attribute: 'a', value: Uint8Array.from([0xff]) }).toString()).toBe(
      '(a=\\ff)',
    );
  });
});
