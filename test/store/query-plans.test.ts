/** Questions to a large record must not read all of it: SQLite's own plan for each is looked at. */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { ActivityQuery } from '../../src/audit/activity.ts';
import { migrate } from '../../src/store/migrations.ts';
import { readingOver } from '../../src/store/node-sqlite.ts';
import type { Reading } from '../../src/store/node-sqlite.ts';
import { readActivities } from '../../src/store/sqlite-activities.ts';
import { readSecondFactors, sqliteSecondFactors } from '../../src/store/sqlite-second-factors.ts';
import { sqliteSessions } from '../../src/store/sqlite-sessions.ts';
import { readUsers, sqliteUsers } from '../../src/store/sqlite-users.ts';
import type { Statement } from '../../src/store/transaction.ts';
import type { Writer } from '../../src/store/writer.ts';

/** The plans of the queries that `ask` makes, one line for each step (https://sqlite.org/eqp.html). */
async function plansOf(ask: (reading: Reading) => Promise<unknown>): Promise<readonly string[]> {
  const sqlite = new DatabaseSync(':memory:');
  migrate(sqlite, ':memory:');
  const asked: string[] = [];
  await ask(readingOver((sql) => (asked.push(sql), sqlite.prepare(sql))));
  const plans = asked.flatMap((sql) => sqlite.prepare(`EXPLAIN QUERY PLAN ${sql}`).all());
  sqlite.close();
  expect(plans.length).toBeGreaterThan(0);
  return plans.map((row) => String(row['detail']));
}

const since = new Date('2026-01-01T00:00:00Z');
const questions: readonly ActivityQuery[] = [
  { limit: 20 },
  { limit: 20, since },
  { limit: 20, outcome: 'refused' },
  { limit: 20, outcome: 'refused', since },
  { limit: 20, refusal: 'kerberos-replay' },
  { limit: 20, refusal: 'kerberos-replay', outcome: 'refused', since },
  { limit: 20, device: 'DESKTOP-01' },
  { limit: 20, device: 'DESKTOP-01', outcome: 'issued' },
  { limit: 20, device: 'DESKTOP-01', refusal: 'kerberos-replay' },
  { limit: 20, device: 'DESKTOP-01', outcome: 'issued', since },
  { limit: 20, id: '6f1c2a54' },
  { limit: 20, assertion: '_6f1c2a54' },
  { limit: 20, until: since },
  { limit: 20, since, until: since },
  { limit: 20, person: 'nora' },
  { limit: 20, person: 'nora', since, until: since, outcome: 'issued' },
  { limit: 20, person: 'nora', device: 'desktop-01' },
];

test.each(questions.map((query) => [JSON.stringify(query), query] as const))('%s', async (_, query) => {
  const plan = await plansOf(({ db }) => readActivities(db).list(query));
  // A scan in the order of an index stops at the limit; every other scan, and every sort but that of a few ids, reads all.
  const bad = plan.filter((line) => /^SCAN (?!activity USING INDEX activity_recorded)/.test(line));
  const sorts =
    (query.id ?? query.assertion) === undefined ? plan.filter((line) => line.includes('TEMP B-TREE FOR ORDER BY')) : [];
  expect([...bad, ...sorts]).toEqual([]);
  const narrowed =
    query.outcome ??
    query.refusal ??
    query.device ??
    query.id ??
    query.since ??
    query.until ??
    query.person ??
    query.assertion;
  if (narrowed !== undefined) expect(plan.filter((line) => line.startsWith('SCAN'))).toEqual([]);
});

/** Writes wait for nobody here, and tell what they would have run. */
const said: Statement[] = [];
const writer: Writer = {
  write: async (job) => (said.push(...job), { kind: 'committed', changes: job.map(() => 0) }),
  goAlong: async (job) => (said.push(...job), { kind: 'committed', changes: job.map(() => 0) }),
  finish: async () => {},
  close: async () => {},
  failed: new Promise(() => {}),
  uncommitted: () => 0,
};

const lookUps: readonly (readonly [string, (reading: Reading) => Promise<unknown>])[] = [
  ['a user by its id', (reading) => readUsers(reading).find('u')],
  ['a user by a correlation value', (reading) => readUsers(reading).findByCorrelation('g', 't', 'dn', 'CN=PC')],
  ['a session', (reading) => sqliteSessions(reading, writer).find('s')],
  ['recovery codes', (reading) => readSecondFactors(reading).recoveryCodesLeft('u')],
  ['records behind one', ({ db }) => readActivities(db).following(7, { limit: 5, device: 'pc', person: 'nora' })],
  ['stored records behind one', ({ db }) => readActivities(db).rows(7, 500)],
  ['the names of records', ({ db }) => readActivities(db).names([{ sequence: 7 }, { sequence: 8 }])],
  ['second factors in their order', (reading) => readSecondFactors(reading).list('u')],
];

test.each(lookUps)('%s: over an index, nothing is sorted but what it found', async (name, ask) => {
  const plan = await plansOf(ask);
  expect(plan.filter((line) => line.startsWith('SCAN'))).toEqual([]);
  if (!name.includes('correlation')) expect(plan.filter((line) => line.includes('TEMP B-TREE'))).toEqual([]);
});

test('the value of an attribute is kept from the choice of the plan', async () => {
  // Else SQLite, which has a partial index for one attribute, would prepare the statement anew at each call.
  const texts: string[] = [];
  await plansOf(({ db, prepare }) =>
    readUsers({ db, prepare: (sql) => (texts.push(sql), prepare(sql)) }).findByCorrelation('g', 't', 'dn', 'CN=PC'),
  );
  expect(texts).toEqual([expect.stringContaining('"attribute" = cast(? as text)')]);
});

test('whoever holds a unique value: over its index', async () => {
  const plan = await plansOf((reading) => readUsers(reading).findByUniqueValue('nora@corp.example.test'));
  expect(plan.filter((line) => /^SCAN|AUTOMATIC/.test(line))).toEqual([]);
  expect(plan.some((line) => line.includes('user_unique_value'))).toBe(true);
});

const now = since;
const changes: readonly (readonly [string, (reading: Reading) => Promise<unknown>])[] = [
  ['sessions of a user', (reading) => sqliteSessions(reading, writer).deleteOfUser('u')],
  ['expired sessions', (reading) => sqliteSessions(reading, writer).prune(now)],
  ['a use', (reading) => sqliteSecondFactors(reading, writer).use('f', { counter: 1, mayStay: false }, now)],
  ['a recovery code', (reading) => sqliteSecondFactors(reading, writer).useRecoveryCode('u', 'd')],
  ['an enrolment code', (reading) => sqliteSecondFactors(reading, writer).useEnrolmentCode('u', 'd', now)],
  ['a reset', (reading) => sqliteSecondFactors(reading, writer).reset('u')],
  ['a retirement', (reading) => sqliteUsers(reading, writer).retire('u', now)],
];

test.each(changes)('%s: changed over an index', async (_, change) => {
  const plan = await plansOf(async (reading) => {
    said.length = 0;
    await change(reading);
    for (const { sql } of said) reading.prepare(sql);
  });
  expect(plan.filter((line) => line.startsWith('SCAN'))).toEqual([]);
});
