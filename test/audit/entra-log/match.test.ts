/** Whose token Mortise issued, whose it never did, and of whom nothing can be said. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Activity } from '../../../src/audit/activity.ts';
import { matchSignIns } from '../../../src/audit/entra-log/match.ts';
import { matchingLines } from '../../../src/audit/entra-log/match-text.ts';
import type { EntraSignIn } from '../../../src/audit/entra-log/sign-in.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import type { Store } from '../../../src/store/store.ts';
import { issued } from '../../store/sample-activity.ts';
import { uuid } from '../../store/sample-users.ts';

const MINUTE = 60_000;
const noon = Date.parse('2026-03-02T12:00:00Z');
const at = (minutes: number): Date => new Date(noon + minutes * MINUTE);
const SCOPE = { domains: ['corp.example.test'], windowMs: 10 * MINUTE, isCopy: false };

let store: Store;
let ids = 0;
beforeEach(async () => {
  store = await openSqliteStore(':memory:');
  await record(-600, {});
});
afterEach(() => store.close());

async function record(minutes: number, facts: Partial<Activity>): Promise<void> {
  await store.activities.append({ ...issued(uuid((ids += 1)), at(minutes).toISOString(), ''), ...facts });
}

const claims = (upn: string): Partial<Activity> => ({
  subject: { kind: 'person', username: uuid(77), name: 'nora' },
  assertion: {
    id: '_1',
    notOnOrAfter: at(0),
    claims: [{ name: 'UPN', namespace: 'http://schemas.xmlsoap.org/claims', value: upn, source: '' }],
  },
});

const signIn = (minutes: number, facts: Partial<EntraSignIn> = {}): EntraSignIn => ({
  at: at(minutes),
  user: 'nora@corp.example.test',
  device: {},
  isGuest: false,
  succeeded: true,
  federated: 'yes',
  address: '203.0.113.7',
  application: 'Office',
  id: 'r',
  ...facts,
});

/** The word for each, in the order in which they were asked. */
async function verdicts(signIns: readonly EntraSignIn[], scope = SCOPE): Promise<readonly string[]> {
  const { issued: yes, neverIssued, unjudged } = await matchSignIns(signIns, store.activities, scope);
  return signIns.map((each) => {
    if (yes.includes(each)) return 'issued';
    if (neverIssued.includes(each)) return 'never';
    return unjudged.find((one) => one.signIn === each)?.why ?? 'aside';
  });
}

test('a person, by the UPN that the token claimed, before and after the sign-in began', async () => {
  await record(0, claims('Nora@corp.example.test'));
  const times = [-11, -10, 0, 9, 10, 11].map((minutes) => signIn(minutes));
  expect(await verdicts(times)).toEqual(['never', 'issued', 'issued', 'issued', 'issued', 'never']);
  expect(await verdicts(times, { ...SCOPE, windowMs: 5 * MINUTE })).toEqual([
    'never',
    'never',
    'issued',
    'never',
    'never',
    'never',
  ]);
  expect(await verdicts([signIn(0, { user: 'forged@corp.example.test' })])).toEqual(['never']);
});

test('what was refused or done is no token', async () => {
  await record(0, { ...claims('nora@corp.example.test'), outcome: 'refused' });
  await record(0, { ...claims('nora@corp.example.test'), outcome: 'done' });
  expect(await verdicts([signIn(0)])).toEqual(['never']);
});

test('a device, by its name or its objectGUID; a person on it is the person', async () => {
  const subject = { kind: 'device', name: 'DESKTOP-01$', objectGUID: uuid(5), username: uuid(5) } as const;
  await record(0, { subject });
  const by = (device: EntraSignIn['device']) => signIn(0, { user: undefined, device });
  expect(
    await verdicts([
      by({ name: 'desktop-01' }),
      by({ id: uuid(5).toUpperCase() }),
      by({ name: 'DESKTOP-02' }),
      signIn(0, { device: { name: 'DESKTOP-01' } }),
      signIn(0, { user: uuid(5) }),
    ]),
  ).toEqual(['issued', 'issued', 'never', 'never', 'issued']);
});

test('what is left aside, and what cannot be judged', async () => {
  await record(0, claims('nora@corp.example.test'));
  expect(
    await verdicts([
      signIn(60, { succeeded: false }),
      signIn(60, { federated: 'no' }),
      signIn(60, { user: 'nora@elsewhere.test' }),
      signIn(60, { isGuest: true }),
      signIn(60, { federated: 'unclear' }),
      signIn(0, { federated: 'unclear' }),
      signIn(60, { at: undefined }),
      signIn(60, { user: undefined }),
      signIn(-601),
      signIn(60, { user: 'nora@sub.corp.example.test' }),
    ]),
  ).toEqual([
    'aside',
    'aside',
    'aside',
    'aside',
    'maybe-not-federated',
    'issued',
    'no-time',
    'nobody',
    'before-the-record',
    'never',
  ]);
});

test('a copy of the record knows nothing of what came after it', async () => {
  await record(0, claims('nora@corp.example.test'));
  const copy = { ...SCOPE, isCopy: true };
  expect(await verdicts([signIn(5), signIn(-60), signIn(60)], copy)).toEqual(['issued', 'never', 'after-the-record']);
});

test('what is said: the alarm first, and no control character of the log', async () => {
  await record(0, claims('nora@corp.example.test'));
  const matching = await matchSignIns(
    [
      signIn(0),
      signIn(60, { application: 'App\u001b[2J' }),
      signIn(60, { federated: 'unclear', user: 'other@corp.example.test' }),
      signIn(60, { succeeded: false }),
    ],
    store.activities,
    SCOPE,
  );
  const lines = matchingLines(matching);
  expect(lines[0]).toBe('NEVER ISSUED BY MORTISE: 1');
  expect(lines[1]).toContain('nora@corp.example.test from 203.0.113.7 to App\\u{1b}[2J (r)');
  expect(lines).toContain('Cannot be judged: 1');
  expect(lines.slice(-2)).toEqual([
    '2 sign-ins with a federated token were judged; Mortise issued the token of 1.',
    'Left aside: 1 failed, 0 without a federated token, 0 of other domains.',
  ]);
  expect(lines.every((line) => line.length <= 120)).toBe(true);
});

test('of an empty record nothing can be said', async () => {
  const empty = await openSqliteStore(':memory:');
  const { unjudged } = await matchSignIns([signIn(0)], empty.activities, SCOPE);
  await empty.close();
  expect(unjudged.map(({ why }) => why)).toEqual(['before-the-record']);
});
