/**
 * The thread in which one parser is tried. The input that is being tried stands in shared memory: when the thread hangs or
 * runs out of memory, the one who watches (watch.ts) still knows which it was.
 */
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { fuzz } from './engine.ts';
import { loadParser } from './parsers.ts';

export interface Task {
  readonly parser: string;
  readonly seed: string;
  readonly runs?: number;
  readonly milliseconds?: number;
  readonly shared: SharedArrayBuffer;
}

/** In the shared memory: how many inputs were begun, the length of the last, and the last itself. */
export const COUNT = 0;
export const LENGTH = 1;
export const HEAD_BYTES = 8;

if (parentPort !== null) {
  const { parser: name, seed, runs, milliseconds, shared } = workerData as Task;
  const parser = await loadParser(name);
  const head = new Int32Array(shared, 0, 2);
  const place = new Uint8Array(shared, HEAD_BYTES);
  const report = await fuzz(parser, {
    seed,
    ...(runs !== undefined && { runs }),
    ...(milliseconds !== undefined && { until: performance.now() + milliseconds }),
    onInput(input) {
      place.set(input.subarray(0, place.length));
      Atomics.store(head, LENGTH, input.length);
      Atomics.add(head, COUNT, 1);
    },
  });
  parentPort.postMessage(report, []);
}
