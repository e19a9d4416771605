/**
 * Who writes: a thread with a connection of its own for a file, this thread for memory. Both run what group-commit.ts
 * gathers. Does not know what is written.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';
import { groupCommit } from './group-commit.ts';
import type { Written } from './group-commit.ts';
import { preparedStatements } from './prepared-statements.ts';
import { StoreError } from './store-error.ts';
import { runJobs } from './transaction.ts';
import type { Job, JobOutcome } from './transaction.ts';
import type { FromWriter, ToWriter } from './writer-thread.ts';

export interface Writer {
  /** Durable when resolved. Rejects when the store cannot be written. */
  write(job: Job): Promise<Written>;
  /** Writes that were asked for and are not durable yet. */
  uncommitted(): number;
  /** As `write`, for what nobody waits for: written with the next job that somebody waits for, or soon alone. */
  goAlong(job: Job): Promise<Written>;
  /** Takes nothing more; resolves when all that was asked for is done. */
  finish(): Promise<void>;
  /** Finishes and lets the file go. */
  close(): Promise<void>;
  /** Resolves when nothing can be written any more; never while the writer works. */
  readonly failed: Promise<Error>;
}

export function memoryWriter(db: DatabaseSync): Writer {
  const prepare = preparedStatements(db);
  return closable(
    async (jobs) => runJobs(db, prepare, jobs),
    async () => {},
    new Promise(() => {}),
  );
}

/** Throws StoreError. */
export async function startFileWriter(path: string): Promise<Writer> {
  const thread = conversation(path);
  const opened = await thread.next();
  if (opened.kind === 'not-opened') throw new StoreError(opened.code, opened.message);

  async function run(jobs: readonly Job[]): Promise<readonly JobOutcome[]> {
    const answer = await thread.ask({ kind: 'jobs', jobs });
    return answer.kind === 'outcomes' ? answer.outcomes : [];
  }
  const gather = (): Promise<unknown> => sleep(GATHER_MS);
  return closable(run, async () => void (await thread.ask({ kind: 'close' })), thread.died, gather);
}

/** Less than a signature and an fsync take together; under load it saves more transactions than it costs time. */
const GATHER_MS = 1;

function closable(
  run: (jobs: readonly Job[]) => Promise<readonly JobOutcome[]>,
  end: () => Promise<void>,
  failed: Promise<Error>,
  gather?: () => Promise<unknown>,
): Writer {
  const group = groupCommit(run, gather);
  let finished: Promise<void> | undefined;
  let closed: Promise<void> | undefined;
  const finish = () => (finished ??= group.idle());
  return {
    async write(job) {
      if (finished !== undefined) throw new Error('the store is closed');
      return group.write(job);
    },
    uncommitted: () => group.uncommitted(),
    async goAlong(job) {
      if (finished !== undefined) throw new Error('the store is closed');
      return group.goAlong(job);
    },
    finish,
    close: () => (closed ??= finish().then(end)),
    failed,
  };
}

/** What it handles is gone at once: more room for new objects would only be memory. */
const LIMITS = { maxYoungGenerationSizeMb: 8 };

interface Conversation {
  next(): Promise<FromWriter>;
  ask(message: ToWriter): Promise<FromWriter>;
  readonly died: Promise<Error>;
}

/** One question at a time, each with one answer. A thread that dies fails the open question and all later ones. */
function conversation(path: string): Conversation {
  // Beside this file, and of its kind: .ts in development, .js when built.
  const file = new URL(import.meta.url.replace(/writer(\.[jt]s)$/, 'writer-thread$1'));
  // No options of the command line: some (--input-type) make a thread fail to start.
  const worker = new Worker(file, { workerData: path, execArgv: [], resourceLimits: LIMITS });
  const death = Promise.withResolvers<Error>();
  let dead: Error | undefined;
  let open: PromiseWithResolvers<FromWriter> | undefined;

  function died(error: Error): void {
    dead ??= error;
    open?.reject(dead);
    death.resolve(dead);
  }
  worker.on('message', (message: FromWriter) => open?.resolve(message));
  worker.on('error', (error) => died(error as Error));
  worker.on('messageerror', died);
  worker.on('exit', () => died(new StoreError('unusable', `${path}: the thread that writes to the store has ended.`)));

  async function next(): Promise<FromWriter> {
    if (dead !== undefined) throw dead;
    open = Promise.withResolvers();
    return open.promise;
  }
  return {
    died: death.promise,
    next,
    ask(message) {
      const answer = next();
      if (dead === undefined) worker.postMessage(message, []);
      return answer;
    },
  };
}
