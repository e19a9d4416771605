/** Tries a parser in a thread of its own, and watches that it goes on and stays small. */
import { Worker } from 'node:worker_threads';
import type { Report } from './engine.ts';
import { COUNT, HEAD_BYTES, LENGTH } from './worker.ts';
import type { Task } from './worker.ts';

/** An input that takes so long never ends; anything shorter that is too long is the engine's to tell. */
const HANG_MS = 20_000;
const LOOK_MS = 1_000;
/** Of the thread's heap: the pool, the libraries and one input need a quarter of it. */
const MAX_HEAP_MB = 384;
/** As a process has it: a thread is given four times as much, and would hide recursion without bound. */
const MAX_STACK_MB = 1;
const LONGEST_INPUT = 512 * 1024;

export function watched(task: Omit<Task, 'shared'>): Promise<Report> {
  const shared = new SharedArrayBuffer(HEAD_BYTES + LONGEST_INPUT);
  const head = new Int32Array(shared, 0, 2);
  const lastInput = (): Uint8Array =>
    Uint8Array.from(new Uint8Array(shared, HEAD_BYTES, Math.min(head[LENGTH] ?? 0, LONGEST_INPUT)));
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: { ...task, shared },
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, stackSizeMb: MAX_STACK_MB },
  });
  return new Promise((resolve, reject) => {
    let seen = -1;
    let since = performance.now();
    const stopped = (what: string): Report => ({
      runs: head[COUNT] ?? 0,
      findings: [{ what, input: lastInput() }],
      ways: new Map(),
      digest: '',
    });
    const timer = setInterval(() => {
      const count = Atomics.load(head, COUNT);
      if (count !== seen) {
        seen = count;
        since = performance.now();
      } else if (performance.now() - since > HANG_MS && count > 0) {
        end(() => resolve(stopped('hangs')));
      }
    }, LOOK_MS);
    const end = (settle: () => void): void => {
      clearInterval(timer);
      void worker.terminate().then(settle, reject);
    };
    worker.once('message', (report: Report) => end(() => resolve(report)));
    worker.once('error', (error: NodeJS.ErrnoException) => {
      const outgrown = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      end(() => (outgrown ? resolve(stopped('grows without bound')) : reject(error)));
    });
  });
}
