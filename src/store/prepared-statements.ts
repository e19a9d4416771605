/** Prepared statements, kept by their text: preparing anew for each query costs more than most of our queries do. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Mortise has a few dozen statements; the limit only keeps a mistake from growing without bound. */
const MOST_STATEMENTS = 256;

export type Prepare = (sql: string) => StatementSync;

/** Keeps prepared statements by their text. SQLite prepares them anew by itself when the schema changes. */
export function preparedStatements(db: DatabaseSync): Prepare {
  const kept = new Map<string, StatementSync>();
  return (sql) => {
    const known = kept.get(sql);
    if (known !== undefined) return known;
    if (kept.size >= MOST_STATEMENTS) kept.clear();
    const statement = db.prepare(sql);
    kept.set(sql, statement);
    return statement;
  };
}
