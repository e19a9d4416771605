/** Account state at its edges, and what a computer is. */
import { describe, expect, test } from 'vitest';
import { accountExpiry, isComputer, requireUsableAccount } from '../../src/directory/account.ts';
import { sampleEntry } from '../../src/directory/sample-entry.ts';
import type { SampleAttributes } from '../../src/directory/sample-entry.ts';
import { refusalOf } from '../refusal-of.ts';

const now = new Date('2026-03-04T05:06:07.000Z');
const withState = (state: SampleAttributes) => sampleEntry('CN=PC,DC=corp', { userAccountControl: 4096, ...state });
/** FILETIME of a date. */
const ticks = (date: string): string => `${(BigInt(Date.parse(date)) + 11_644_473_600_000n) * 10_000n}`;

describe('requireUsableAccount', () => {
  test.each([
    ['never, as AD writes it', { accountExpires: '9223372036854775807' }],
    ['never, as ADUC writes it', { accountExpires: 0 }],
    ['without accountExpires', {}],
    ['a millisecond later', { accountExpires: ticks('2026-03-04T05:06:07.001Z') }],
    ['other bits of userAccountControl', { userAccountControl: 0x1000 | 0x1_0000 | 0x20 }],
  ])('passes: %s', (_, state) => {
    expect(() => requireUsableAccount(withState(state), now)).not.toThrow();
  });

  test.each([
    ['account-disabled', { userAccountControl: 4098 }],
    ['account-disabled', { userAccountControl: 514, accountExpires: ticks('2020-01-01T00:00:00Z') }],
    ['account-expired', { accountExpires: ticks('2026-03-04T05:06:07.000Z') }],
    ['account-expired', { accountExpires: '1' }],
    ['account-expired', { accountExpires: '-9223372036854775808' }],
    ['account-state-unreadable', { userAccountControl: undefined }],
    ['directory-value-malformed', { userAccountControl: '0x1000' }],
    ['directory-value-malformed', { accountExpires: 'never' }],
    ['directory-value-malformed', { accountExpires: '' }],
  ])('%s: %j', (code, state) => {
    expect(refusalOf(() => requireUsableAccount(withState(state), now)).code).toBe(code);
  });

  test('an expired account is recorded with both times', () => {
    const { facts } = refusalOf(() =>
      requireUsableAccount(withState({ accountExpires: ticks('2026-03-01T00:00:00Z') }), now),
    );
    expect(facts).toMatchObject({
      attribute: 'accountExpires',
      actual: '2026-03-01T00:00:00.000Z',
      expected: 'later than 2026-03-04T05:06:07.000Z',
    });
  });

  test('the highest FILETIME below never is a date', () => {
    expect(accountExpiry(withState({ accountExpires: '9223372036854775806' }))?.getUTCFullYear()).toBe(30828);
  });
});

describe('isComputer', () => {
  test.each([
    ['CN=Computer,CN=Schema,CN=Configuration,DC=corp', true],
    ['cn=computer, cn=schema, cn=configuration, dc=corp', true],
    ['CN=ms-DS-Group-Managed-Service-Account,CN=Schema,CN=Configuration,DC=corp', false],
    ['CN=ms-DS-Managed-Service-Account,CN=Schema,CN=Configuration,DC=corp', false],
    ['CN=Person,CN=Schema,CN=Configuration,DC=corp', false],
    ['CN=Computer,CN=Users,DC=corp', false],
    ['CN=Computers,CN=Schema,CN=Configuration,DC=corp', false],
  ])('%s: %s', (objectCategory, expected) => {
    expect(isComputer(withState({ objectCategory, objectClass: 'computer' }))).toBe(expected);
  });

  test('without a readable objectCategory: no', () => {
    expect(isComputer(withState({ objectClass: ['user', 'computer'] }))).toBe(false);
  });
});
