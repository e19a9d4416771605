/** From an empty file to the present tables, one numbered step after the other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { verifyRecord } from '../../src/audit/verify.ts';
import { migrate, migrations, storeVersion } from '../../src/store/migrations.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { issued } from './sample-activity.ts';
import { sealingOver } from './sample-sealing.ts';

const memory = () => new DatabaseSync(':memory:');
const tables = (db: DatabaseSync) =>
  db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map((row) => row['name']);

test('an empty file gets every table, and the number and name of each step', () => {
  const db = memory();
  expect(storeVersion(db, 'x')).toBe(0);
  migrate(db, 'x');
  expect(tables(db)).toEqual([
    'activity',
    'activity_key',
    'authenticator',
    'chain_start',
    'checkpoint',
    'enrolment_code',
    'familiar_source',
    'migration',
    'record_key',
    'recovery_code',
    'second_factor',
    'service_credential',
    'session',
    'signing_key',
    'user',
    'user_correlation',
    'user_unique',
  ]);
  expect(storeVersion(db, 'x')).toBe(migrations.length);
  expect(db.prepare('SELECT number, name FROM migration').all()).toEqual(
    migrations.map(({ name }, index) => ({ number: index + 1, name })),
  );
});

test('a file of the first version keeps what it holds', () => {
  const db = memory();
  migrate(db, 'x', migrations.slice(0, 1));
  db.exec("INSERT INTO activity VALUES (1, 'a', 0, 'issued', NULL, '{}')");
  migrate(db, 'x');
  expect(tables(db)).toContain('familiar_source');
  expect(db.prepare('SELECT id FROM activity').all()).toEqual([{ id: 'a' }]);
});

describe('a file of the second version', () => {
  const RECORDS = 1_000;
  const COLUMNS = 'sequence, id, recorded_at, outcome, refusal_code, document';
  const records = (db: DatabaseSync) => db.prepare(`SELECT ${COLUMNS} FROM activity ORDER BY sequence`).all();
  const keys = (db: DatabaseSync) => db.prepare('SELECT * FROM activity_key ORDER BY 1, 2, 3').all();
  const indexes = (db: DatabaseSync) =>
    db
      .prepare(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name LIKE 'activity%' AND name <> 'activity_assertion' ORDER BY name",
      )
      .all();

  /** Records whose order of recording is neither that of their ids nor that of their times, with gaps between them. */
  function secondVersion(path: string): DatabaseSync {
    const db = new DatabaseSync(path);
    migrate(db, path, migrations.slice(0, 2));
    db.exec('BEGIN');
    for (let n = 0; n < RECORDS; n += 1) {
      const refusal = n % 3 === 0 ? 'kerberos-replay' : null;
      const at = (n * 7_919) % 500;
      db.prepare('INSERT INTO activity VALUES (?, ?, ?, ?, ?, ?)').run(
        2 * n + 1,
        ((n * 31) % RECORDS).toString(16).padStart(8, '0'),
        at,
        refusal === null ? 'issued' : 'refused',
        refusal,
        `{"n":${n},"name":"Ä 漢"}`,
      );
      for (const key of [`pc${n % 10}`, `pc${n}$`]) {
        db.prepare('INSERT INTO activity_key VALUES (?, ?, ?)').run(key, at, 2 * n + 1);
      }
    }
    db.exec('COMMIT');
    return db;
  }

  test('keeps every record, its names and their order, and the indexes', () => {
    const db = secondVersion(':memory:');
    const before = { records: records(db), keys: keys(db), indexes: indexes(db) };
    migrate(db, 'x');
    expect({ records: records(db), keys: keys(db), indexes: indexes(db) }).toEqual(before);
    expect(before.records).toHaveLength(RECORDS);
    expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
    expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  });

  test('takes an outcome more, and still no other', () => {
    const db = secondVersion(':memory:');
    const add = (id: string, outcome: string) =>
      db.prepare(`INSERT INTO activity (${COLUMNS}) VALUES (NULL, ?, 0, ?, NULL, ?)`).run(id, outcome, '{}');
    expect(() => add('a', 'done')).toThrow('CHECK');
    migrate(db, 'x');
    expect(add('a', 'done').lastInsertRowid).toBe(2 * RECORDS);
    expect(() => add('b', 'else')).toThrow('CHECK');
    expect(() => add('a', 'done')).toThrow('UNIQUE');
  });

  test('takes the names along when a record is deleted, and no name without a record', () => {
    const db = secondVersion(':memory:');
    migrate(db, 'x');
    expect(db.prepare('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 });
    db.exec('DELETE FROM activity WHERE sequence > 3');
    expect(keys(db)).toHaveLength(4);
    expect(() => db.exec("INSERT INTO activity_key VALUES ('pc', 0, 7)")).toThrow('FOREIGN KEY');
  });

  test('is a store like any other when it is opened', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mortise-migrations-'));
    const path = join(folder, 'store.db');
    secondVersion(path).close();
    const store = await openSqliteStore(path);
    await store.activities.append({ ...issued('new', '2026-01-01T00:00:00Z', 'pc3'), outcome: 'done' });
    const named = await store.activities.list({ device: 'pc3', limit: RECORDS });
    const pruned = await (await sealingOver(store)).prune(new Date('2026-01-01T00:00:00Z'));
    const left = await store.activities.list({ device: 'pc3', limit: RECORDS });
    const verified = await verifyRecord(store);
    await store.close();
    rmSync(folder, { recursive: true });
    expect(verified).toMatchObject({ records: 1, unchained: 0, findings: [] });
    expect({ named: named.length, pruned, left: left.map(({ id }) => id) }).toEqual({
      named: RECORDS / 10 + 1,
      pruned: RECORDS,
      left: ['new'],
    });
  });
});

test('a file that is up to date stays as it is', () => {
  const db = memory();
  migrate(db, 'x');
  db.exec("INSERT INTO activity (sequence, id, recorded_at, outcome, document) VALUES (1, 'a', 0, 'issued', '{}')");
  migrate(db, 'x');
  expect(db.prepare('SELECT count(*) AS n FROM activity').get()).toEqual({ n: 1 });
});

test('only the missing steps run, each once', () => {
  const db = memory();
  const steps = [...migrations, { name: 'second', sql: 'CREATE TABLE second (a)' }];
  migrate(db, 'x');
  migrate(db, 'x', steps);
  migrate(db, 'x', [...steps, { name: 'third', sql: 'INSERT INTO second VALUES (1)' }]);
  migrate(db, 'x', [...steps, { name: 'third', sql: 'INSERT INTO second VALUES (1)' }]);
  expect(db.prepare('SELECT count(*) AS n FROM second').get()).toEqual({ n: 1 });
  expect(storeVersion(db, 'x')).toBe(migrations.length + 2);
});

test('a step that fails leaves the file at the step before', () => {
  const db = memory();
  const steps = [...migrations, { name: 'broken', sql: 'CREATE TABLE half (a); INSERT INTO nowhere VALUES (1)' }];
  expect(() => migrate(db, 'x', steps)).toThrow('no such table: nowhere');
  expect(db.isTransaction).toBe(false);
  expect(storeVersion(db, 'x')).toBe(migrations.length);
  expect(tables(db)).not.toContain('half');
});

test('a first step that fails leaves an empty file', () => {
  const db = memory();
  expect(() => migrate(db, 'x', [{ name: 'broken', sql: 'INSERT INTO nowhere VALUES (1)' }])).toThrow('nowhere');
  expect(tables(db)).toEqual([]);
  migrate(db, 'x');
  expect(storeVersion(db, 'x')).toBe(migrations.length);
});

test('there is no way back', () => {
  const db = memory();
  migrate(db, 'x', [...migrations, { name: 'later', sql: 'CREATE TABLE later (a)' }]);
  expect(() => migrate(db, '/var/lib/mortise/store.db')).toThrow(StoreError);
  expect(() => migrate(db, '/var/lib/mortise/store.db')).toThrow(
    new RegExp(`^/var/lib/mortise/store\\.db is at version ${migrations.length + 1}; .*there is no way back`),
  );
});
