/** One transaction for the jobs of several callers: who fails, and who does not. */
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import { preparedStatements } from '../../src/store/prepared-statements.ts';
import { runJobs } from '../../src/store/transaction.ts';
import type { Job, JobOutcome } from '../../src/store/transaction.ts';

let db: DatabaseSync;
let run: (...jobs: readonly Job[]) => readonly JobOutcome[];
beforeEach(() => {
  db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT CHECK (b IS NULL OR length(b) < 2000000)) STRICT');
  const prepare = preparedStatements(db);
  run = (...jobs) => runJobs(db, prepare, jobs);
});

const insert = (a: number, b: string | null = null) => ({ sql: 'INSERT INTO t VALUES (?, ?)', parameters: [a, b] });
const remove = (a: number) => ({ sql: 'DELETE FROM t WHERE a = ?', parameters: [a], mustChange: true });
const rows = () =>
  db
    .prepare('SELECT a FROM t ORDER BY a')
    .all()
    .map((row) => row['a']);

test('jobs are committed together and see each other in order', () => {
  expect(run([insert(1), insert(2)], [remove(1)])).toEqual([
    { kind: 'committed', changes: [1, 1] },
    { kind: 'committed', changes: [1] },
  ]);
  expect(rows()).toEqual([2]);
  expect(db.isTransaction).toBe(false);
});

test('a job that conflicts undoes itself alone, and says where', () => {
  expect(run([insert(1)], [insert(2), insert(1)], [insert(3)])).toEqual([
    { kind: 'committed', changes: [1] },
    { kind: 'conflict', statement: 1 },
    { kind: 'committed', changes: [1] },
  ]);
  expect(rows()).toEqual([1, 3]);
});

test('a job whose row is missing undoes itself alone', () => {
  expect(run([insert(1), remove(9)], [insert(2)])).toEqual([
    { kind: 'no-row', statement: 1 },
    { kind: 'committed', changes: [1] },
  ]);
  expect(rows()).toEqual([2]);
});

test('a statement that is wrong fails its own job, not as a conflict', () => {
  const [wrong, check, fine] = run(
    [insert(1), { sql: 'INSERT INTO nowhere VALUES (1)', parameters: [] }],
    [insert(2, 'x'.repeat(2_000_000))],
    [insert(3)],
  );
  expect(wrong).toEqual({ kind: 'failed', message: 'no such table: nowhere' });
  expect(check).toMatchObject({ kind: 'failed', message: expect.stringContaining('CHECK') as string });
  expect(fine).toEqual({ kind: 'committed', changes: [1] });
  expect(rows()).toEqual([3]);
});

test('a full disk fails the whole transaction, and the next one works when there is room', () => {
  const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages + 10}`);
  const outcomes = run([insert(1)], [insert(2, 'x'.repeat(1_000_000))], [insert(3)]);
  expect(outcomes.map(({ kind }) => kind)).not.toContain('committed');
  expect(outcomes[1]).toEqual({ kind: 'failed', message: 'database or disk is full' });
  expect(rows()).toEqual([]);
  db.exec('PRAGMA max_page_count = 100000');
  expect(run([insert(4)])).toEqual([{ kind: 'committed', changes: [1] }]);
  expect(rows()).toEqual([4]);
});

test('no job at all is no trouble', () => {
  expect(run()).toEqual([]);
});
