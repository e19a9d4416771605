/**
 * Kysely over node:sqlite. Kysely ships a SQLite dialect whose driver expects better-sqlite3; node:sqlite differs in
 * three points, and they are adapted here: parameters are arguments, not one array; a statement does not say whether
 * it returns rows (its columns do); iterators are kept short. Kysely builds the text, node:sqlite runs it.
 */
import { SqliteDialect } from 'kysely';
import type { Compilable, SqliteStatement } from 'kysely';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { preparedStatements } from './prepared-statements.ts';
import type { Statement } from './transaction.ts';

/** Whoever opened `db` closes it: Kysely's own `destroy()` forgets a database that has not been asked anything. */
export function nodeSqliteDialect(db: DatabaseSync): SqliteDialect {
  const prepare = preparedStatements(db);
  return new SqliteDialect({ database: { close: () => {}, prepare: (sql) => asKyselyStatement(prepare(sql)) } });
}

function asKyselyStatement(statement: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    // An iterator holds its statement between steps; none of ours streams, so it reads ahead.
    iterate: (parameters) => statement.all(...values(parameters)).values(),
  };
}

/** A query as the writer takes it. */
export function statement(query: Compilable): Statement {
  const { sql, parameters } = query.compile();
  return { sql, parameters: parameters as readonly SQLInputValue[] };
}
