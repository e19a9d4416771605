/**
 * Kysely over node:sqlite. Kysely ships a SQLite dialect whose driver expects better-sqlite3; node:sqlite differs in
 * three points, and they are adapted here: parameters are arguments, not one array; a statement does not say whether
 * it returns rows (its columns do); iterators are kept short. Kysely builds the text, node:sqlite runs it.
 */
import { Kysely, SqliteDialect } from 'kysely';
import type { Compilable, SqliteStatement } from 'kysely';
import type { SQLInputValue, StatementSync } from 'node:sqlite';
import type { Prepare } from './prepared-statements.ts';
import type { Tables } from './schema.ts';
import type { Statement } from './transaction.ts';

/** The connection that reads. */
export interface Reading {
  readonly db: Kysely<Tables>;
  /** For kept queries (kept-query.ts), past Kysely. */
  readonly prepare: Prepare;
}

/** Whoever opened the connection closes it: Kysely's own `destroy()` forgets a database that has not been asked anything. */
export function readingOver(prepare: Prepare): Reading {
  const database = { close: () => {}, prepare: (sql: string) => asKyselyStatement(prepare(sql)) };
  return { db: new Kysely<Tables>({ dialect: new SqliteDialect({ database }) }), prepare };
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
