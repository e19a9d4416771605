/**
 * What every Directory must say of a person's password and to a change of it, and what of AD's lockout can be read in it:
 * run against the sample in memory and against LDAP on a real Active Directory. Both hold people in these states under
 * names of their own.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Directory, PasswordChangeVerdict, PasswordVerdict } from '../../src/directory/directory.ts';
import { domainByNetbiosName } from '../../src/directory/domains.ts';
import { texts } from '../../src/directory/entry.ts';
import type { Entry } from '../../src/directory/entry.ts';
import { fileTimeToDate } from '../../src/directory/filetime.ts';
import { LOCKOUT_ATTRIBUTES, lockoutPolicyOf, lockoutStateOf } from '../../src/directory/lockout.ts';
import { Password } from '../../src/directory/password.ts';
import type { OpenedDirectory } from './directory.ts';

const BASE = 'DC=corp,DC=example,DC=test';

export interface PeopleOfSuite {
  /** Of all of them. */
  readonly password: string;
  /** sAMAccountNames below OU=Staff. */
  readonly usual: string;
  readonly toLock: string;
  readonly toCount: string;
  readonly disabled: string;
  readonly mustChange: string;
  readonly finePolicy: string;
  /** Wrong passwords at which the domain locks. */
  readonly threshold: number;
  readonly fineThreshold: number;
}

/** What is asked of a directory about its people, who all have the same password at first. */
interface Questions {
  readonly entryOf: (name: string) => Promise<Entry>;
  readonly check: (name: string, password?: string) => Promise<PasswordVerdict>;
  readonly stateOf: (name: string) => Promise<ReturnType<typeof lockoutStateOf>>;
}

function questionsTo(directory: () => Directory, usualPassword: string): Questions {
  const entryOf = async (name: string): Promise<Entry> => {
    const found = await directory().search({
      base: `OU=Staff,${BASE}`,
      scope: 'sub',
      filter: { type: 'equal', attribute: 'sAMAccountName', value: Buffer.from(name) },
      attributes: LOCKOUT_ATTRIBUTES,
      sizeLimit: 2,
    });
    expect(found, name).toHaveLength(1);
    return found[0] as Entry;
  };
  return {
    entryOf,
    check: async (name, password = usualPassword) => {
      const { dn } = await entryOf(name);
      const { verdict, detail } = await directory().checkPassword({ dn, password: new Password(password) });
      if (password !== '') expect(detail).not.toContain(password);
      return verdict;
    },
    stateOf: async (name) => {
      const entry = await entryOf(name);
      return lockoutStateOf(entry, await lockoutPolicyOf(entry, directory()), new Date());
    },
  };
}

export function passwordConformance(open: () => Promise<OpenedDirectory>, people: PeopleOfSuite): void {
  let opened: OpenedDirectory;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    await opened?.close();
  });

  const { entryOf, check, stateOf } = questionsTo(() => opened.directory, people.password);

  test('the right password is right, and no other is', async () => {
    expect(await check(people.usual)).toBe('right');
    expect(await check(people.usual, `${people.password} `)).toBe('wrong');
    expect(await check(people.usual, people.password.toLowerCase())).toBe('wrong');
    expect(await check(people.usual)).toBe('right');
  });

  test.each([
    ['with a NUL in it', 'not-a-real\0other'],
    ['of 20 000 characters', 'x'.repeat(20_000)],
  ])('a password %s is wrong', async (_what, password) => {
    expect(await check(people.usual, password)).toBe('wrong');
    expect(await check(people.usual)).toBe('right');
  });

  test('an empty one is wrong and counts nothing: it is never sent', async () => {
    expect(await check(people.usual)).toBe('right');
    for (let index = 0; index <= people.threshold; index++) expect(await check(people.usual, '')).toBe('wrong');
    expect(await stateOf(people.usual)).toEqual({ badPasswordCount: 0, lockedOut: false });
  });

  test('nobody has no password', async () => {
    const dn = `CN=Nobody,OU=Staff,${BASE}`;
    const { verdict } = await opened.directory.checkPassword({ dn, password: new Password(people.password) });
    // AD tells the two apart, Samba does not.
    expect(['no-such-account', 'wrong']).toContain(verdict);
  });

  test.each(['disabled', 'must-change'] as const)('%s is said to the right password alone', async (verdict) => {
    const name = verdict === 'disabled' ? people.disabled : people.mustChange;
    expect(await check(name, 'not-a-real one')).toBe('wrong');
    expect(await check(name)).toBe(verdict);
  });

  test('wrong passwords are counted, and the right one starts anew', async () => {
    expect(await stateOf(people.toCount)).toEqual({ badPasswordCount: 0, lockedOut: false });
    await check(people.toCount, 'not-a-real one');
    await check(people.toCount, 'not-a-real two');
    expect(await stateOf(people.toCount)).toEqual({ badPasswordCount: 2, lockedOut: false });
    expect(await check(people.toCount)).toBe('right');
    expect(await stateOf(people.toCount)).toEqual({ badPasswordCount: 0, lockedOut: false });
  });

  test('at the threshold the account is locked, for any password', async () => {
    for (let index = 1; index <= people.threshold; index++) {
      expect((await stateOf(people.toLock)).lockedOut).toBe(false);
      expect(await check(people.toLock, `not-a-real ${index}`)).toBe('wrong');
    }
    expect((await stateOf(people.toLock)).lockedOut).toBe(true);
    expect(await check(people.toLock)).toBe('locked-out');
    expect(await check(people.toLock, 'not-a-real one')).toBe('locked-out');
  });

  describe('the lockout policy', () => {
    test('is the domain’s', async () => {
      expect(await lockoutPolicyOf(await entryOf(people.usual), opened.directory)).toEqual({
        threshold: people.threshold,
        observationWindowMs: 30 * 60_000,
        source: BASE,
        known: true,
      });
    });

    test('or the fine-grained one that holds for the person', async () => {
      const policy = await lockoutPolicyOf(await entryOf(people.finePolicy), opened.directory);
      expect(policy).toMatchObject({ threshold: people.fineThreshold, known: true });
      expect(policy.source).toMatch(/^CN=Strict,CN=Password Settings Container,CN=System,/);
    });

    test('locks at the fine-grained threshold', async () => {
      for (let index = 1; index <= people.fineThreshold; index++) await check(people.finePolicy, `not-a-real ${index}`);
      expect(await check(people.finePolicy)).toBe('locked-out');
    });
  });

  test.each(['CORP', 'corp', 'Corp'])('%s is the domain by its NetBIOS name', async (name) => {
    expect(await domainByNetbiosName(opened.directory, name)).toEqual({ netbiosName: 'CORP', baseDn: BASE });
  });

  test.each(['OTHER', '*', 'CORP*', 'corp.example.test', '', 'CORP)(objectClass=*', 'A'.repeat(16)])(
    '%j is none',
    async (name) => {
      expect(await domainByNetbiosName(opened.directory, name)).toBeUndefined();
    },
  );
}

export interface PeopleToChange {
  /** Of all of them. */
  readonly password: string;
  /** sAMAccountNames below OU=Staff. */
  readonly toChange: string;
  readonly toChangeToo: string;
  readonly toGuessByChange: string;
  readonly toLockByChange: string;
  readonly mustChangeToo: string;
  readonly disabledToo: string;
  /** For whom {@link tooShort} is, and whose last password may not be the next one. */
  readonly longPassword: string;
  readonly tooShort: string;
  /** Wrong passwords at which the domain locks. */
  readonly threshold: number;
}

const FRESH = 'Nicht-"echt"-Ω-😀-7';
const WRONG = 'not-a-real one';

export function passwordChangeConformance(open: () => Promise<OpenedDirectory>, people: PeopleToChange): void {
  let opened: OpenedDirectory;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    await opened?.close();
  });

  const { entryOf, check, stateOf } = questionsTo(() => opened.directory, people.password);
  const change = async (name: string, from: string, to: string): Promise<PasswordChangeVerdict> => {
    const { dn } = await entryOf(name);
    const { verdict, detail } = await opened.directory.changePassword({
      dn,
      oldPassword: new Password(from),
      newPassword: new Password(to),
    });
    for (const secret of [from, to].filter((text) => text !== '')) expect(detail).not.toContain(secret);
    return verdict;
  };

  test('a change with the right old one: the new one signs in, the old one no more', async () => {
    const name = people.toChange;
    expect(await change(name, people.password, FRESH)).toBe('changed');
    expect([await check(name, FRESH), await check(name)]).toEqual(['right', 'wrong']);
    expect(await change(name, people.password, 'Another-7-one')).toBe('wrong');
    const [set] = texts(await entryOf(name), 'pwdLastSet');
    expect(Math.abs(Date.now() - fileTimeToDate(BigInt(set ?? 0)).getTime())).toBeLessThan(120_000);
  });

  test('of two at once from the same old one, one is made', async () => {
    const verdicts = ['Another-7-one', 'Another-7-two'].map((to) => change(people.toChangeToo, people.password, to));
    expect((await Promise.all(verdicts)).toSorted()).toEqual(['changed', 'wrong']);
  });

  test('a wrong old one is wrong, counts, and changes nothing; the right one does not start the count anew', async () => {
    const name = people.toGuessByChange;
    expect(await change(name, WRONG, FRESH)).toBe('wrong');
    expect((await stateOf(name)).badPasswordCount).toBe(1);
    expect(await check(name)).toBe('right');
    expect(await change(name, WRONG, FRESH)).toBe('wrong');
    expect(await change(name, people.password, FRESH)).toBe('changed');
    expect((await stateOf(name)).badPasswordCount).toBe(1);
    expect(await check(name, FRESH)).toBe('right');
  });

  test('at the threshold the account is locked, for changes too', async () => {
    const name = people.toLockByChange;
    for (let index = 1; index <= people.threshold; index++) {
      expect((await stateOf(name)).lockedOut).toBe(false);
      expect(await change(name, `${WRONG} ${index}`, FRESH)).toBe('wrong');
    }
    expect((await stateOf(name)).lockedOut).toBe(true);
    expect(await change(name, people.password, FRESH)).toBe('locked-out');
    expect(await change(name, WRONG, FRESH)).toBe('locked-out');
    expect(await check(name)).toBe('locked-out');
  });

  test('who must change the password can, and signs in with the new one', async () => {
    const name = people.mustChangeToo;
    expect(await check(name)).toBe('must-change');
    expect(await change(name, WRONG, FRESH)).toBe('wrong');
    expect(await change(name, people.password, FRESH)).toBe('changed');
    expect([await check(name, FRESH), await check(name)]).toEqual(['right', 'wrong']);
  });

  test('a disabled account stays disabled with its new password', async () => {
    expect(await change(people.disabledToo, people.password, FRESH)).toBe('changed');
    expect(await check(people.disabledToo, FRESH)).toBe('disabled');
  });

  test('what the policy forbids changes nothing, and is said to the right old one alone', async () => {
    const name = people.longPassword;
    expect(await change(name, WRONG, people.tooShort)).toBe('wrong');
    expect(await change(name, people.password, people.tooShort)).toBe('policy');
    expect(await change(name, people.password, people.password)).toBe('policy');
    expect([await check(name, people.tooShort), await check(name)]).toEqual(['wrong', 'right']);
  });

  test.each([
    ['an empty old one is wrong', '', FRESH, 'wrong'],
    ['an empty new one is against the policy', WRONG, '', 'policy'],
    ['one with a NUL in it, too', WRONG, 'not-a-real\0other', 'policy'],
    ['one with half a character', WRONG, 'not-a-real\ud83d', 'policy'],
    ['one that Windows cannot take', WRONG, 'x'.repeat(257), 'policy'],
  ] as const)('%s, and counts nothing: it is never sent', async (_what, from, to, verdict) => {
    const before = await stateOf(people.longPassword);
    expect(await change(people.longPassword, from, to)).toBe(verdict);
    expect(await stateOf(people.longPassword)).toEqual(before);
    expect(await check(people.longPassword)).toBe('right');
  });

  test('nobody has no password to change', async () => {
    const dn = `CN=Nobody,OU=Staff,${BASE}`;
    const [oldPassword, newPassword] = [new Password(people.password), new Password(FRESH)];
    const { verdict } = await opened.directory.changePassword({ dn, oldPassword, newPassword });
    expect(verdict).toBe('no-such-account');
  });
}
