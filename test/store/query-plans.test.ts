/** Questions to a large record must not read all of it: SQLite's own plan for each is looked at. */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { ActivityQuery } from '../../src/audit/activity.ts';
import { migrate } from '../../src/store/migrations.ts';
import { readingOver } from '../../src/store/node-sqlite.ts';
import type { Reading } from '../../src/store/node-sqlite.ts';
import { readActivities } from '../../src/store/sqlite-activities.ts';
import { readUsers } from '../../src/store/sqlite-users.ts';

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
];

test.each(questions.map((query) => [JSON.stringify(query), query] as const))('%s', async (_, query) => {
  const plan = await plansOf(({ db }) => readActivities(db).list(query));
  // A scan in the order of an index stops at the limit; every other scan, and every sort but that of a few ids, reads all.
  const bad = plan.filter((line) => /^SCAN (?!activity USING INDEX activity_recorded)/.test(line));
  const sorts = query.id === undefined ? plan.filter((line) => line.includes('TEMP B-TREE FOR ORDER BY')) : [];
  expect([...bad, ...sorts]).toEqual([]);
  const narrowed = query.outcome ?? query.refusal ?? query.device ?? query.id ?? query.since;
  if (narrowed !== undefined) expect(plan.filter((line) => line.startsWith('SCAN'))).toEqual([]);
});

test('a user is found by its correlation value over the index', async () => {
  const plan = await plansOf((reading) => readUsers(reading).findByCorrelation('g', 't', 'dn', 'CN=PC'));
  expect(plan.filter((line) => line.startsWith('SCAN'))).toEqual([]);
});
