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
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
  /** Jobs that are not committed yet, those of the transaction that runs included. */
  uncommitted(): number;
}

interface Waiting {
  readonly job: Job;
  readonly resolve: (written: Written) => void;
  readonly reject: (error: Error) => void;
}

/** Bounds the time that one transaction takes; far above what arrives during an fsync. */
const MOST_JOBS = 512;

export function groupCommit(run: (jobs: readonly Job[]) => Promise<readonly JobOutcome[]>): GroupCommit {
  const waiting: Waiting[] = [];
  let draining: Promise<void> | undefined;
  let running = 0;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_JOBS);
      running = batch.length;
      await commit(run, batch);
      running = 0;
    }
    draining = undefined;
  }

  return {
    write(job) {
      const { promise, resolve, reject } = Promise.withResolvers<Written>();
      waiting.push({ job, resolve, reject });
      // A microtask later, so that all callers of this tick are in the first transaction.
      draining ??= Promise.resolve().then(drain);
      return promise;
    },
    async idle() {
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
