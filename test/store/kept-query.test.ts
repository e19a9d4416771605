/** Queries whose text is built once: each value in its place, at every call. */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { keptInsertion, keptQuery, keptStatement } from '../../src/store/kept-query.ts';
import { readingOver } from '../../src/store/node-sqlite.ts';
import { preparedStatements } from '../../src/store/prepared-statements.ts';
import type { RecoveryCodeRow, SecondFactorRow } from '../../src/store/schema.ts';

const { db } = readingOver(() => {
  throw new Error('building asks nothing');
});

test('the text is built once, at the first call', () => {
  let built = 0;
  const remove = keptStatement((id: string) => {
    built += 1;
    return db.deleteFrom('session').where('id', '=', id);
  });
  expect(built).toBe(0);
  const sql = 'delete from "session" where "id" = ?';
  expect(remove('a')).toEqual({ sql, parameters: ['a'] });
  expect(remove("'; --")).toEqual({ sql, parameters: ["'; --"] });
  expect(built).toBe(1);
});

test('values stand where they were put: in another order, several times, between constants', () => {
  const update = keptStatement((id: string, time: number, name: string) =>
    db
      .updateTable('second_factor')
      .set({ name, counter: 0, last_used_at: time })
      .where('kind', '=', 'totp')
      .where('id', '=', id)
      .where('created_at', '<', time)
      .limit(7),
  );
  expect(update('a', 1, 'x').parameters).toEqual(['x', 0, 1, 'totp', 'a', 1, 7]);
  expect(update('b', 2, 'y').parameters).toEqual(['y', 0, 2, 'totp', 'b', 2, 7]);
});

test('a value that is a constant of the text too, and null, are values like any other', () => {
  const insert = keptStatement((digest: string, at: number | null) =>
    db
      .insertInto('second_factor')
      .columns(['id', 'kind', 'last_used_at'])
      .expression(
        db
          .selectFrom('second_factor')
          .select((eb) => [eb.val('totp').as('a'), eb.val(digest).as('b'), eb.val(at).as('c')]),
      ),
  );
  expect(insert('totp', null).parameters).toEqual(['totp', 'totp', null]);
  expect(insert('x', 1).parameters).toEqual(['totp', 'x', 1]);
});

test('an insertion is what would be built anew, for each number of rows', () => {
  const build = (rows: readonly RecoveryCodeRow[]) => db.insertInto('recovery_code').values(rows);
  let built = 0;
  const insert = keptInsertion((rows: readonly RecoveryCodeRow[]) => ((built += 1), build(rows)));
  const rows = [1, 2, 3].map((n) => ({ user_id: `u${n}`, digest: `d${n}` }));
  for (const some of [rows.slice(0, 1), rows, rows.slice(1, 2), rows.toReversed()]) {
    const { sql, parameters } = build(some).compile();
    expect(insert(some)).toEqual({ sql, parameters });
  }
  expect(built).toBe(2);
});

test('an insertion takes a null for a value', () => {
  const row = { id: 'f', user_id: 'u', kind: 'totp', name: 'n', protected_secret: new Uint8Array(1) } as const;
  const insert = keptInsertion((rows: readonly SecondFactorRow[]) => db.insertInto('second_factor').values(rows));
  const of = (last_used_at: number | null) => insert([{ ...row, counter: 0, created_at: 1, last_used_at }]);
  expect(of(null).parameters.at(-1)).toBeNull();
  expect(of(7)).toEqual({ sql: of(null).sql, parameters: [...of(null).parameters.slice(0, -1), 7] });
});

test('a question is answered at once, each time anew', () => {
  const sqlite = new DatabaseSync(':memory:');
  sqlite.exec("CREATE TABLE recovery_code (user_id, digest); INSERT INTO recovery_code VALUES ('n', 'a'), ('n', 'b')");
  const digests = keptQuery(preparedStatements(sqlite), (userId: string) =>
    db.selectFrom('recovery_code').select('digest').where('user_id', '=', userId),
  );
  expect(digests('n').map(({ digest }) => digest)).toEqual(['a', 'b']);
  expect(digests('m')).toEqual([]);
  sqlite.exec("INSERT INTO recovery_code VALUES ('m', 'c'); ALTER TABLE recovery_code ADD COLUMN more");
  expect(digests('m').map(({ digest }) => digest)).toEqual(['c']);
  sqlite.close();
});
