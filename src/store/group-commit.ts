/**
 * Lets writes that wait at the same time share one transaction and one fsync. While a transaction runs, new jobs
 * gather; the next transaction takes them all. Knows nothing of SQL: `run` does the work.
 */
import type { Job, JobOutcome } from './transaction.ts';

/** What a caller must look at. A `failed` outcome rejects instead. */
export type Written = Exclude<JobOutcome, { kind: 'failed' }>;

export interface GroupCommit {
  /** Resolves after the transaction that holds the job has been committed. */
  write(job: Job): Promise<Written>;
  /**
   * As `write`, for a job that nobody waits for: it goes along with the next one that somebody waits for, and alone only
   * when none comes soon. Jobs keep the order in which they were handed in.
   */
  goAlong(job: Job): Promise<Written>;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
  /** Jobs that are not committed yet, those of the transaction that runs included. */
  uncommitted(): number;
}

interface Waiting {
  readonly job: Job;
  readonly patient: boolean;
  readonly resolve: (written: Written) => void;
  readonly reject: (error: Error) => void;
}

/** Bounds the time that one transaction takes; far above what arrives during an fsync. */
const MOST_JOBS = 512;

/** How long a job that nobody waits for stays in memory at most, in milliseconds. */
const PATIENCE_MS = 20;

/**
 * @param gather awaited before a transaction while several callers write at a time: those that come meanwhile share it. As
 *   PostgreSQL's commit_delay with commit_siblings: one who writes alone does not wait, but for the first time after others
 */
export function groupCommit(
  run: (jobs: readonly Job[]) => Promise<readonly JobOutcome[]>,
  gather?: () => Promise<unknown>,
): GroupCommit {
  const waiting: Waiting[] = [];
  let draining: Promise<void> | undefined;
  let patience: NodeJS.Timeout | undefined;
  let running = 0;
  let siblings = 0;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      if (siblings > 1 && gather !== undefined) await gather();
      const batch = waiting.splice(0, MOST_JOBS);
      running = batch.length;
      siblings = batch.filter(({ patient }) => !patient).length;
      await commit(run, batch);
      running = 0;
    }
    draining = undefined;
  }

  // A microtask later, so that all callers of this tick are in the first transaction.
  const wake = (): void => void (draining ??= Promise.resolve().then(drain));

  function put(job: Job, patient: boolean): Promise<Written> {
    const { promise, resolve, reject } = Promise.withResolvers<Written>();
    waiting.push({ job, patient, resolve, reject });
    return promise;
  }

  return {
    write(job) {
      const written = put(job, false);
      wake();
      return written;
    },
    goAlong(job) {
      patience ??= setTimeout(() => {
        patience = undefined;
        wake();
      }, PATIENCE_MS);
      return put(job, true);
    },
    async idle() {
      clearTimeout(patience);
      patience = undefined;
      wake();
      await draining;
    },
    uncommitted: () => waiting.length + running,
  };
}

async function commit(
  run: (jobs: readonly Job[]) => Promise<readonly JobOutcome[]>,
  batch: readonly Waiting[],
): Promise<void> {
  try {
    const outcomes = await run(batch.map(({ job }) => job));
    for (const [index, caller] of batch.entries()) settle(caller, outcomes[index]);
  } catch (error) {
    for (const caller of batch) caller.reject(error as Error);
  }
}

function settle(caller: Waiting, outcome: JobOutcome | undefined): void {
  if (outcome === undefined) caller.reject(new Error('the store gave no answer to a write'));
  else if (outcome.kind === 'failed') caller.reject(new Error(`the store cannot be written: ${outcome.message}`));
  else caller.resolve(outcome);
}
