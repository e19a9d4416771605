/** Whose entry it is: by the SID of the ticket, and without one by the account name alone. */
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/directory/entry.ts';
import { sidToBytes } from '../../src/directory/sid.ts';
import { requireSameAccount } from '../../src/gateway/same-account.ts';
import { refusalOf } from '../refusal-of.ts';

const SID = 'S-1-5-21-1004336348-1177238915-682003330-1102';
const OTHER_SID = 'S-1-5-21-1004336348-1177238915-682003330-1199';
const DN = 'CN=Nora Keller,OU=Staff,DC=corp,DC=example,DC=test';

function entry(attributes: Readonly<Record<string, string>> = {}): Entry {
  const text = { samaccountname: 'nora.keller', mail: 'nora.keller@example.test', ...attributes };
  const values = Object.entries(text).map(([name, value]): [string, Uint8Array[]] => [name, [Buffer.from(value)]]);
  return { dn: DN, attributes: new Map([...values, ['objectsid', [sidToBytes(SID) ?? new Uint8Array()]]]) };
}

describe('with the SID of the ticket', () => {
  test.each(['nora.keller', 'NORA.KELLER', 'nora.keller@corp.example.test', 'anything else'])(
    'the entry with that objectSid is the account, whatever name the ticket has: %s',
    (name) => {
      requireSameAccount(entry(), { name, sid: SID });
    },
  );

  test.each(['nora.keller', 'nora.keller@example.test'])(
    'an entry with another objectSid is not, whatever name: %s',
    (name) => {
      const { code, facts } = refusalOf(() => requireSameAccount(entry(), { name, sid: OTHER_SID }));
      expect(code).toBe('directory-entry-not-the-caller');
      expect(facts).toEqual({
        attribute: 'objectSid',
        expected: SID,
        actual: `${OTHER_SID} (in the ticket of ${name})`,
        detail: DN,
      });
    },
  );

  test('an entry whose objectSid may not be read is nobody’s', () => {
    const unreadable: Entry = { dn: DN, attributes: new Map([['samaccountname', [Buffer.from('nora.keller')]]]) };
    const { code } = refusalOf(() => requireSameAccount(unreadable, { name: 'nora.keller', sid: SID }));
    expect(code).toBe('directory-entry-not-the-caller');
  });
});

describe('without a SID', () => {
  test.each(['nora.keller', 'Nora.Keller'])('the account name is the account’s: %s', (name) => {
    requireSameAccount(entry(), { name, sid: undefined });
  });

  test.each(['nora.keller@example.test', 'nora.keller$', 'nora', ''])('no other name is: %j', (name) => {
    const { code, facts } = refusalOf(() => requireSameAccount(entry(), { name, sid: undefined }));
    expect(code).toBe('directory-entry-not-the-caller');
    expect(facts).toMatchObject({ attribute: 'sAMAccountName', expected: 'nora.keller' });
  });
});
