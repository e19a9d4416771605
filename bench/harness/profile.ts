/**
 * Where the time of a CPU profile went, by self time: functions and packages. Pure; reads what `--cpu-prof` writes.
 * Of threads that are not JavaScript's (RSA in the thread pool) a profile shows nothing.
 */

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

export interface Profile {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

export interface Share {
  readonly name: string;
  /** Of the time in which the thread did something, from 0 to 1. */
  readonly share: number;
}

export interface Shares {
  readonly busySeconds: number;
  readonly functions: readonly Share[];
  /** Folders below src/, packages, and Node's own. */
  readonly places: readonly Share[];
}

const IDLE = new Set(['(idle)', '(root)', '(program)']);

export function sharesOf({ nodes, samples, timeDeltas }: Profile): Shares {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const functions = new Map<string, number>();
  const places = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const frame = byId.get(id)?.callFrame;
    if (frame === undefined || IDLE.has(frame.functionName)) continue;
    const time = timeDeltas[index] ?? 0;
    busy += time;
    add(functions, `${frame.functionName || '(anonymous)'} ${placeOf(frame.url)}:${frame.lineNumber + 1}`, time);
    add(places, frame.url === '' ? frame.functionName : folderOf(placeOf(frame.url)), time);
  }
  const shares = (times: ReadonlyMap<string, number>): readonly Share[] =>
    [...times].map(([name, time]) => ({ name, share: time / busy })).toSorted((a, b) => b.share - a.share);
  return { busySeconds: busy / 1e6, functions: shares(functions), places: shares(places) };
}

function add(times: Map<string, number>, name: string, time: number): void {
  times.set(name, (times.get(name) ?? 0) + time);
}

/** `src/store/writer.ts`, `fastify/lib/route.js`, `node:internal/…`. */
const placeOf = (url: string): string =>
  url.replace(/^file:\/\/.*\/node_modules\//, '').replace(/^file:\/\/.*\/((?:src|bench|dist)\/)/, '$1');

function folderOf(place: string): string {
  const [first = '', second = ''] = place.split('/');
  return ['src', 'dist', 'bench', 'node:internal'].includes(first) || first.startsWith('@')
    ? `${first}/${second}`
    : first;
}
