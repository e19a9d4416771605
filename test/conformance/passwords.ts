/**
 * What every Directory must say of a person's password, and what of AD's lockout can be read in it: run against the
 * sample in memory and against LDAP on a real Active Directory. Both hold people in these states under names of their own.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PasswordVerdict } from '../../src/directory/directory.ts';
import { domainByNetbiosName } from '../../src/directory/domains.ts';
import type { Entry } from '../../src/directory/entry.ts';
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

export function passwordConformance(open: () => Promise<OpenedDirectory>, people: PeopleOfSuite): void {
  let opened: OpenedDirectory;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    await opened?.close();
  });

  const entryOf = async (name: string): Promise<Entry> => {
    const found = await opened.directory.search({
      base: `OU=Staff,${BASE}`,
      scope: 'sub',
      filter: { type: 'equal', attribute: 'sAMAccountName', value: Buffer.from(name) },
      attributes: LOCKOUT_ATTRIBUTES,
      sizeLimit: 2,
    });
    expect(found, name).toHaveLength(1);
    return found[0] as Entry;
  };
  const check = async (name: string, password = people.password): Promise<PasswordVerdict> => {
    const { dn } = await entryOf(name);
    const { verdict, detail } = await opened.directory.checkPassword({ dn, password: new Password(password) });
    if (password !== '') expect(detail).not.toContain(password);
    return verdict;
  };
  const stateOf = async (name: string): Promise<ReturnType<typeof lockoutStateOf>> => {
    const entry = await entryOf(name);
    return lockoutStateOf(entry, await lockoutPolicyOf(entry, opened.directory), new Date());
  };

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
