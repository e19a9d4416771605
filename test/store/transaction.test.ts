/** One transaction for the jobs of several callers: who fails, and who does not. */
import * as fc from 'fast-check';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import { preparedStatements } from '../../src/store/prepared-statements.ts';
import { runJobs } from '../../src/store/transaction.ts';
import type { Prepare } from '../../src/store/prepared-statements.ts';
import type { Job, JobOutcome } from '../../src/store/transaction.ts';

let db: DatabaseSync;
let prepare: Prepare;
let run: (...jobs: readonly Job[]) => readonly JobOutcome[];
beforeEach(() => {
  db = openTable();
  prepare = preparedStatements(db);
  run = (...jobs) => runJobs(db, prepare, jobs);
});

function openTable(): DatabaseSync {
  const made = new DatabaseSync(':memory:');
  made.exec('CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT CHECK (b IS NULL OR length(b) < 2000000)) STRICT');
  return made;
}

const insert = (a: number, b: string | null = null) => ({ sql: 'INSERT INTO t VALUES (?, ?)', parameters: [a, b] });
const remove = (a: number) => ({ sql: 'DELETE FROM t WHERE a = ?', parameters: [a], mustChange: true });
const rows = (of = db) =>
  of
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

test('of a group with a conflict and a missing row all others are committed, in their order', () => {
  const outcomes = run(
    [insert(1)],
    [insert(2), insert(1)],
    [remove(9)],
    [insert(3)],
    [remove(1)],
    [insert(1), insert(2)],
  );
  expect(outcomes).toEqual([
    { kind: 'committed', changes: [1] },
    { kind: 'conflict', statement: 1 },
    { kind: 'no-row', statement: 0 },
    { kind: 'committed', changes: [1] },
    { kind: 'committed', changes: [1] },
    { kind: 'committed', changes: [1, 1] },
  ]);
  expect(rows()).toEqual([1, 2, 3]);
  expect(db.isTransaction).toBe(false);
});

test('whatever the group, each job ends as it would alone', () => {
  const step = fc.record({ adds: fc.boolean(), key: fc.integer({ min: 1, max: 4 }) });
  const job = fc.array(step, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(job, { maxLength: 8 }), (group) => {
      const jobs = group.map((steps) => steps.map(({ adds, key }) => (adds ? insert(key) : remove(key))));
      const [together, alone] = [openTable(), openTable()];
      const each = preparedStatements(alone);
      const expected = jobs.flatMap((one) => runJobs(alone, each, [one]));
      expect(runJobs(together, preparedStatements(together), jobs)).toEqual(expected);
      expect(rows(together)).toEqual(rows(alone));
      together.close();
      alone.close();
    }),
  );
});

test('a COMMIT that fails fails the whole group, and the next one works', () => {
  db.exec('PRAGMA foreign_keys = ON; CREATE TABLE r (a INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED) STRICT');
  const dangling = { sql: 'INSERT INTO r VALUES (7)', parameters: [] };
  const outcomes = run([insert(1)], [dangling], [insert(2)]);
  expect(outcomes).toEqual(outcomes.map(() => ({ kind: 'failed', message: 'FOREIGN KEY constraint failed' })));
  expect([rows(), db.isTransaction]).toEqual([[], false]);
  expect(run([insert(3)])).toEqual([{ kind: 'committed', changes: [1] }]);
  expect(rows()).toEqual([3]);
});

test('a COMMIT that fails once is made again, and nothing is there twice', () => {
  let failures = 0;
  const once: Prepare = (sql) => {
    if (sql === 'COMMIT' && (failures += 1) === 1) throw new Error('disk I/O error');
    return prepare(sql);
  };
  const add = { sql: 'INSERT INTO t (b) VALUES (NULL)', parameters: [] };
  expect(runJobs(db, once, [[add], [add]])).toEqual([
    { kind: 'committed', changes: [1] },
    { kind: 'committed', changes: [1] },
  ]);
  expect([rows(), failures]).toEqual([[1, 2], 2]);
});

test('where nothing can be undone either, nobody is told of success, and the next group begins anew', () => {
  let broken = true;
  const breaking: Prepare = (sql) => {
    if (broken && /^(COMMIT|ROLLBACK)$/.test(sql)) throw new Error('disk I/O error');
    return prepare(sql);
  };
  expect(runJobs(db, breaking, [[insert(1)]])).toMatchObject([{ kind: 'failed' }]);
  broken = false;
  expect(runJobs(db, breaking, [[insert(2)]])).toMatchObject([{ kind: 'failed' }]);
  expect(runJobs(db, breaking, [[insert(3)]])).toEqual([{ kind: 'committed', changes: [1] }]);
  expect(rows()).toEqual([3]);
});

test('no job at all is no trouble', () => {
  expect(run()).toEqual([]);
});
