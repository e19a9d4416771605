/**
 * Runs the jobs of several callers in one transaction; a job that conflicts undoes itself alone. Synchronous;
 * writer-thread.ts calls it on a file, writer.ts on memory.
 *
 * Nearly all jobs succeed, so they are run as if all did; only where one does not, everything is undone and each runs again
 * in a savepoint of its own: SQLite keeps a second journal for a savepoint, page by page.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Prepare } from './prepared-statements.ts';

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
  /** The job is undone (`no-row`) when this statement changes no row. */
  readonly mustChange?: boolean;
}

/** Statements that happen together or not at all. */
export type Job = readonly Statement[];

/** Plain data: it crosses a thread boundary. `statement` is the place of the statement in its job. */
export type JobOutcome =
  | { readonly kind: 'committed'; readonly changes: readonly number[] }
  /** A unique index or a primary key holds the value already. */
  | { readonly kind: 'conflict'; readonly statement: number }
  | { readonly kind: 'no-row'; readonly statement: number }
  /** Anything else: a full disk, an I/O error, a defect. */
  | { readonly kind: 'failed'; readonly message: string };

/** Returns one outcome for each job, in order; every `committed` one is durable. Throws nothing. */
export function runJobs(db: DatabaseSync, prepare: Prepare, jobs: readonly Job[]): readonly JobOutcome[] {
  try {
    return runAll(db, prepare, jobs) ?? runEach(db, prepare, jobs);
  } catch (error) {
    const outcome: JobOutcome = { kind: 'failed', message: messageOf(error) };
    rollBack(db, prepare);
    return jobs.map(() => outcome);
  }
}

/** Undefined, and nothing done, when one of them does not succeed. */
function runAll(db: DatabaseSync, prepare: Prepare, jobs: readonly Job[]): readonly JobOutcome[] | undefined {
  prepare('BEGIN IMMEDIATE').run();
  try {
    const outcomes = jobs.map((job): JobOutcome => ({ kind: 'committed', changes: runStatements(prepare, job) }));
    prepare('COMMIT').run();
    return outcomes;
  } catch {
    // Which job it was, and what its caller is told, shows when each runs by itself.
    rollBack(db, prepare);
    return undefined;
  }
}

/** A statement of a job did not succeed; those before it have run. */
class Stopped extends Error {
  readonly statement: number;

  /** `cause`: what SQLite said; undefined when no row was there to change. */
  constructor(statement: number, cause?: unknown) {
    super('a statement did not succeed', { cause });
    this.statement = statement;
  }
}

/** @returns how many rows each changed; @throws Stopped */
function runStatements(prepare: Prepare, job: Job): readonly number[] {
  return job.map(({ sql, parameters, mustChange }, statement) => {
    const changed = changesOf(prepare, sql, parameters, statement);
    if (changed === 0 && mustChange === true) throw new Stopped(statement);
    return changed;
  });
}

function changesOf(prepare: Prepare, sql: string, parameters: Statement['parameters'], statement: number): number {
  try {
    return Number(prepare(sql).run(...parameters).changes);
  } catch (error) {
    throw new Stopped(statement, error);
  }
}

function runEach(db: DatabaseSync, prepare: Prepare, jobs: readonly Job[]): readonly JobOutcome[] {
  prepare('BEGIN IMMEDIATE').run();
  const outcomes = jobs.map((job) => runJob(db, prepare, job));
  prepare('COMMIT').run();
  return outcomes;
}

function rollBack(db: DatabaseSync, prepare: Prepare): void {
  try {
    if (db.isTransaction) prepare('ROLLBACK').run();
  } catch {
    // The next BEGIN fails then, and says so to its callers.
  }
}

function runJob(db: DatabaseSync, prepare: Prepare, job: Job): JobOutcome {
  prepare('SAVEPOINT job').run();
  try {
    const changes = runStatements(prepare, job);
    prepare('RELEASE job').run();
    return { kind: 'committed', changes };
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    const { statement, cause } = error;
    // SQLite ends the whole transaction on SQLITE_FULL, _IOERR and _NOMEM (https://sqlite.org/lang_transaction.html §3.1).
    if (!db.isTransaction) throw cause;
    prepare('ROLLBACK TO job').run();
    prepare('RELEASE job').run();
    if (cause === undefined) return { kind: 'no-row', statement };
    if (isConflict(cause)) return { kind: 'conflict', statement };
    return { kind: 'failed', message: messageOf(cause) };
  }
}

/** SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE (https://sqlite.org/rescode.html). */
const CONFLICT_CODES: readonly unknown[] = [1555, 2067];

function isConflict(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && CONFLICT_CODES.includes(error.errcode);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
