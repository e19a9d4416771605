/** The sample counts wrong passwords as AD does, by a clock of its own. */
import { expect, test } from 'vitest';
import type { PasswordChangeVerdict, PasswordVerdict } from '../../src/directory/directory.ts';
import { texts } from '../../src/directory/entry.ts';
import { Password } from '../../src/directory/password.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { sampleEntry } from '../../src/directory/sample-entry.ts';

const DOMAIN = 'DC=example,DC=test';
const DN = `CN=Nora,${DOMAIN}`;
const MINUTE = 60_000;

const STRICT = `CN=Strict,${DOMAIN}`;

function opened(attributes: Record<string, string> = {}, password: string | undefined = 'right', domain = {}) {
  let time = Date.parse('2026-03-01T08:00:00Z');
  const directory = openSampleDirectory(
    [
      sampleEntry(DOMAIN, {
        objectClass: 'domainDNS',
        lockoutThreshold: '3',
        lockOutObservationWindow: '-6000000000',
        ...domain,
      }),
      sampleEntry(STRICT, { objectClass: 'msDS-PasswordSettings', 'msDS-MinimumPasswordLength': '12' }),
      sampleEntry(DN, { objectClass: 'user', sAMAccountName: 'Nora', userAccountControl: '512', ...attributes }),
    ],
    { passwords: new Map(password === undefined ? [] : [['nora', password]]), now: () => new Date(time) },
  );
  return {
    check: async (text: string, dn = DN): Promise<PasswordVerdict> =>
      (await directory.checkPassword({ dn, password: new Password(text) })).verdict,
    change: async (from: string, to: string): Promise<PasswordChangeVerdict> =>
      (await directory.changePassword({ dn: DN, oldPassword: new Password(from), newPassword: new Password(to) }))
        .verdict,
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

test('a change is dated by the directory’s clock, and clears what must be changed', async () => {
  const { check, change, read, later } = opened({ pwdLastSet: '0' });
  later(MINUTE);
  expect([await check('right'), await change('right', 'fresh')]).toEqual(['must-change', 'changed']);
  expect(await read('pwdLastSet')).toBe('134168256600000000');
  expect([await check('fresh'), await check('right'), await read('sAMAccountName')]).toEqual([
    'right',
    'wrong',
    'Nora',
  ]);
});

test('wrong old ones and wrong sign-ins are counted together, and a change leaves the count', async () => {
  const { check, change, read } = opened();
  expect([await check('a'), await change('b', 'fresh'), await change('right', 'fresh')]).toEqual([
    'wrong',
    'wrong',
    'changed',
  ]);
  expect([await read('badPwdCount'), await change('right', 'other'), await check('fresh')]).toEqual([
    '2',
    'wrong',
    'locked-out',
  ]);
});

test.each([
  ['no policy', {}, {}, 'x', 'changed'],
  ['the domain’s', {}, { minPwdLength: '7' }, 'six__6', 'policy'],
  ['the domain’s', {}, { minPwdLength: '7' }, 'seven_7', 'changed'],
  ['the fine-grained one', { 'msDS-ResultantPSO': STRICT }, { minPwdLength: '7' }, 'eleven___11', 'policy'],
  ['the fine-grained one', { 'msDS-ResultantPSO': STRICT }, {}, 'twelve____12', 'changed'],
] as const)('the least length of %s holds', async (_which, attributes, domain, to, verdict) => {
  expect(await opened(attributes, 'right', domain).change('right', to)).toBe(verdict);
});

test('the same one again is no change, and an account without a password has none to change', async () => {
  expect(await opened().change('right', 'right')).toBe('policy');
  expect(await opened({}, undefined).change('undefined', 'fresh')).toBe('wrong');
});

test('two directories over the same passwords change their own', async () => {
  const [one, other] = [opened(), opened()];
  expect(await one.change('right', 'fresh')).toBe('changed');
  expect([await one.check('fresh'), await other.check('right')]).toEqual(['right', 'right']);
});
