/** From an empty file to the present tables, one numbered step after the other. */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { migrate, migrations, storeVersion } from '../../src/store/migrations.ts';
import { StoreError } from '../../src/store/store-error.ts';

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
    'familiar_source',
    'migration',
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

test('a file that is up to date stays as it is', () => {
  const db = memory();
  migrate(db, 'x');
  db.exec("INSERT INTO activity VALUES (1, 'a', 0, 'issued', NULL, '{}')");
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
