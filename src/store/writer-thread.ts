/**
 * The thread that owns the writing connection. fsync takes as long as the disk does; here nobody else waits for it.
 * writer.ts starts it and speaks to it: `{ jobs }` is answered by `{ outcomes }`, `{ close }` by `{ closed }`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { preparedStatements } from './prepared-statements.ts';
import { openForWriting } from './sqlite-file.ts';
import type { WritableFile } from './sqlite-file.ts';
import { StoreError } from './store-error.ts';
import type { StoreErrorCode } from './store-error.ts';
import { runJobs } from './transaction.ts';
import type { Job, JobOutcome } from './transaction.ts';

export type ToWriter = { readonly kind: 'jobs'; readonly jobs: readonly Job[] } | { readonly kind: 'close' };

export type FromWriter =
  | { readonly kind: 'opened' }
  | { readonly kind: 'not-opened'; readonly code: StoreErrorCode; readonly message: string }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly JobOutcome[] }
  | { readonly kind: 'closed' };

function post(message: FromWriter): void {
  parentPort?.postMessage(message, []);
}

function serve(file: WritableFile): void {
  const prepare = preparedStatements(file.db);
  parentPort?.on('message', (message: ToWriter) => {
    if (message.kind === 'jobs') return post({ kind: 'outcomes', outcomes: runJobs(file.db, prepare, message.jobs) });
    file.close();
    post({ kind: 'closed' });
    parentPort?.close();
  });
  post({ kind: 'opened' });
}

try {
  serve(openForWriting(workerData as string));
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  post({ kind: 'not-opened', code: error.code, message: error.message });
}
