/** When AD locks: read from the domain or a fine-grained policy, and assumed strict where it cannot be read. */
import { describe, expect, test } from 'vitest';
import type { Directory, Search } from '../../src/directory/directory.ts';
import type { Entry } from '../../src/directory/entry.ts';
import { fileTimeOf } from '../../src/directory/filetime.ts';
import { domainDnOf, lockoutPolicyOf, lockoutStateOf, policyAttributes } from '../../src/directory/lockout.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { sampleEntry } from '../../src/directory/sample-entry.ts';

const NOW = new Date('2026-03-01T08:00:00Z');
const DOMAIN = 'DC=corp,DC=example,DC=test';
const FINE = `CN=Strict,CN=Password Settings Container,CN=System,${DOMAIN}`;
const MINUTE_TICKS = 600_000_000n;

const person = (attributes: Record<string, string> = {}): Entry =>
  sampleEntry(`CN=Nora,OU=Staff,${DOMAIN}`, attributes);
const domain = (attributes: Record<string, string>): Entry =>
  sampleEntry(DOMAIN, { objectClass: 'domainDNS', ...attributes });
const policyIn = async (entry: Entry, ...forest: readonly Entry[]) =>
  lockoutPolicyOf(entry, openSampleDirectory(forest));

describe('the policy', () => {
  test('is the domain’s, its window given as a negative interval', async () => {
    const forest = domain({ lockoutThreshold: '7', lockOutObservationWindow: `${-10n * MINUTE_TICKS}` });
    expect(await policyIn(person(), forest)).toEqual({
      threshold: 7,
      observationWindowMs: 600_000,
      source: DOMAIN,
      known: true,
    });
  });

  test('0 means that AD never locks, and is known', async () => {
    const forest = domain({ lockoutThreshold: '0', lockOutObservationWindow: `${-30n * MINUTE_TICKS}` });
    expect(await policyIn(person(), forest)).toMatchObject({ threshold: 0, known: true });
  });

  test('the fine-grained one goes first, and its searches are base searches', async () => {
    const fine = sampleEntry(FINE, {
      objectClass: 'msDS-PasswordSettings',
      'msDS-LockoutThreshold': '2',
      'msDS-LockoutObservationWindow': `${-5n * MINUTE_TICKS}`,
    });
    const forest = domain({ lockoutThreshold: '7', lockOutObservationWindow: '-1' });
    const asked: Search[] = [];
    const inner = openSampleDirectory([forest, fine]);
    const directory: Directory = {
      ...inner,
      search: async (search) => {
        asked.push(search);
        return inner.search(search);
      },
    };
    expect(await lockoutPolicyOf(person({ 'msDS-ResultantPSO': FINE }), directory)).toEqual({
      threshold: 2,
      observationWindowMs: 300_000,
      source: FINE,
      known: true,
    });
    expect(asked.map(({ base, scope }) => [base, scope])).toEqual([[FINE, 'base']]);
  });

  test.each([
    ['a fine-grained one that may not be read', { 'msDS-ResultantPSO': FINE }, FINE],
    ['a domain that does not show it', {}, DOMAIN],
  ])('%s: three wrong passwords are assumed', async (_what, attributes, source) => {
    expect(await policyIn(person(attributes), domain({ description: 'x' }))).toEqual({
      threshold: 3,
      observationWindowMs: 1_800_000,
      source,
      known: false,
    });
  });

  test.each(['', 'five', '1e3', '99999999999999999999', '5 '])('the threshold %j is none', (value) => {
    const entry = domain({ lockoutThreshold: value, lockOutObservationWindow: '-1' });
    expect(policyAttributes(entry, 'domain')).toBeUndefined();
  });
});

describe('the state', () => {
  const policy = { threshold: 5, observationWindowMs: 600_000, source: DOMAIN, known: true };
  const ago = (ms: number): string => `${fileTimeOf(new Date(NOW.getTime() - ms))}`;

  test.each([
    [0, 4],
    [600_000, 4],
    // The clocks may be five minutes apart.
    [899_999, 4],
    [900_000, 0],
    [86_400_000, 0],
  ])('a wrong password of %i ms ago: %i are counted', (ms, count) => {
    const entry = person({ badPwdCount: '4', badPasswordTime: ago(ms) });
    expect(lockoutStateOf(entry, policy, NOW)).toEqual({ badPasswordCount: count, lockedOut: false });
  });

  test('who never gave one has none', () => {
    expect(lockoutStateOf(person(), policy, NOW)).toEqual({ badPasswordCount: 0, lockedOut: false });
  });

  test.each([
    ['0', false],
    ['133854048000000000', true],
  ])('lockoutTime %s', (lockoutTime, lockedOut) => {
    expect(lockoutStateOf(person({ lockoutTime }), policy, NOW).lockedOut).toBe(lockedOut);
  });
});

test.each([
  ['CN=a,OU=b,DC=c,DC=d', 'DC=c,DC=d'],
  ['cn=a, dc=c,dc=d', 'dc=c,dc=d'],
  ['DC=c', 'DC=c'],
  ['CN=a,O=b', undefined],
  ['', undefined],
])('the domain of %j', (dn, expected) => {
  expect(domainDnOf(dn)).toBe(expected);
});

test.each([
  ['CN=Nora,OU=Staff,DC=corp,DC=test', 'DC=corp,DC=test'],
  ['CN=a\\,DC=b,OU=Staff,DC=corp,DC=test', 'DC=corp,DC=test'],
  ['DC=corp,DC=test', 'DC=corp,DC=test'],
  ['CN=nowhere', undefined],
])('the domain of %s is %s', (dn, domainDn) => expect(domainDnOf(dn)).toBe(domainDn));
