/** The sample counts wrong passwords as AD does, by a clock of its own. */
import { expect, test } from 'vitest';
import type { PasswordVerdict } from '../../src/directory/directory.ts';
import { texts } from '../../src/directory/entry.ts';
import { Password } from '../../src/directory/password.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { sampleEntry } from '../../src/directory/sample-entry.ts';

const DOMAIN = 'DC=example,DC=test';
const DN = `CN=Nora,${DOMAIN}`;
const MINUTE = 60_000;

function opened(attributes: Record<string, string> = {}, password: string | undefined = 'right') {
  let time = Date.parse('2026-03-01T08:00:00Z');
  const directory = openSampleDirectory(
    [
      sampleEntry(DOMAIN, { objectClass: 'domainDNS', lockoutThreshold: '3', lockOutObservationWindow: '-6000000000' }),
      sampleEntry(DN, { objectClass: 'user', sAMAccountName: 'Nora', userAccountControl: '512', ...attributes }),
    ],
    { passwords: new Map(password === undefined ? [] : [['nora', password]]), now: () => new Date(time) },
  );
  return {
    check: async (text: string, dn = DN): Promise<PasswordVerdict> =>
      (await directory.checkPassword({ dn, password: new Password(text) })).verdict,
    read: async (attribute: string): Promise<string | undefined> => {
      const [entry] = await directory.search({
        base: DN,
        scope: 'base',
        filter: { type: 'present', attribute: 'objectClass' },
        attributes: [attribute],
        sizeLimit: 1,
      });
      return entry === undefined ? undefined : texts(entry, attribute)[0];
    },
    later: (ms: number) => {
      time += ms;
    },
  };
}

test('wrong passwords within the window lock at the threshold', async () => {
  const { check, read } = opened();
  expect([await check('a'), await check('b'), await read('badPwdCount')]).toEqual(['wrong', 'wrong', '2']);
  expect([await check('c'), await check('right'), await check('d')]).toEqual(['wrong', 'locked-out', 'locked-out']);
  expect(await read('lockoutTime')).toMatch(/^[1-9]\d{17}$/);
  expect(await read('badPwdCount')).toBe('3');
});

test('those before the window count no more', async () => {
  const { check, read, later } = opened();
  await check('a');
  await check('b');
  later(10 * MINUTE);
  expect([await check('c'), await read('badPwdCount'), await check('right')]).toEqual(['wrong', '1', 'right']);
});

test('the right one starts anew', async () => {
  const { check } = opened();
  for (let index = 0; index < 5; index++) {
    expect([await check('a'), await check('b'), await check('right')]).toEqual(['wrong', 'wrong', 'right']);
  }
});

test.each([
  [{ userAccountControl: '514' }, 'disabled'],
  [{ accountExpires: '133537248000000000' }, 'account-expired'],
  [{ pwdLastSet: '0' }, 'must-change'],
  [{ userAccountControl: '514', pwdLastSet: '0' }, 'disabled'],
] as const)('%j is said of the right password alone: %s', async (attributes, verdict) => {
  const { check } = opened(attributes);
  expect([await check('a'), await check('right')]).toEqual(['wrong', verdict]);
});

test('an account without a password takes none, the empty one neither', async () => {
  const { check } = opened({}, undefined);
  expect([await check(''), await check('undefined')]).toEqual(['wrong', 'wrong']);
  expect(await opened({}, '').check('')).toBe('wrong');
});

test('what is no account has no password', async () => {
  const { check } = opened();
  expect(await check('right', DOMAIN)).toBe('no-such-account');
  expect(await check('right', `CN=Other,${DOMAIN}`)).toBe('no-such-account');
});
