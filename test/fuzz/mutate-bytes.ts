/** Changes that fit any input: bits, bytes, pieces. What knows a format is in mutate-text.ts and mutate-tlv.ts. */
import type { Random } from './random.ts';

/** @param pool other inputs of the same parser, to take pieces from */
export type Mutator = (input: Buffer, random: Random, pool: readonly Buffer[]) => Buffer;

/** Where counts and lengths go wrong. */
const EDGES = [0, 1, 2, 0x1f, 0x20, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0xc0, 0xfe, 0xff];
const EDGES_32 = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

export function replaced(input: Buffer, at: number, cut: number, put: Uint8Array): Buffer {
  return Buffer.concat([input.subarray(0, at), put, input.subarray(at + cut)]);
}

const flipBit: Mutator = (input, random) => {
  const changed = Buffer.from(input);
  const at = random.below(input.length);
  changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
  return changed;
};

const setByte: Mutator = (input, random) =>
  replaced(input, random.below(input.length), 1, Buffer.of(random.pick(EDGES)));

const setNumber: Mutator = (input, random) => {
  const number = Buffer.alloc(4);
  const value = random.pick(EDGES_32);
  if (random.below(2) === 0) number.writeUInt32LE(value);
  else number.writeUInt32BE(value);
  const size = random.pick([2, 4]);
  return replaced(input, random.below(input.length), size, number.subarray(0, size));
};

const insert: Mutator = (input, random) =>
  replaced(input, random.below(input.length + 1), 0, random.bytes(1 + random.below(8)));

const remove: Mutator = (input, random) =>
  replaced(input, random.below(input.length), 1 + random.below(16), Buffer.alloc(0));

const truncate: Mutator = (input, random) => input.subarray(0, random.below(input.length));

const repeat: Mutator = (input, random) => {
  const at = random.below(input.length);
  const piece = input.subarray(at, at + 1 + random.below(32));
  const times = random.pick([1, 2, 8, 64, 1_000]);
  return replaced(input, at, 0, Buffer.concat(Array.from({ length: times }, () => piece)));
};

const splice: Mutator = (input, random, pool) => {
  const other = random.pick(pool);
  const from = random.below(other.length);
  const piece = other.subarray(from, from + 1 + random.below(other.length - from + 1));
  return replaced(input, random.below(input.length + 1), random.below(piece.length + 1), piece);
};

const swap: Mutator = (input, random) => {
  const [a = 0, b = 0, c = 0] = [0, 0, 0].map(() => random.below(input.length + 1)).toSorted((x, y) => x - y);
  return Buffer.concat([input.subarray(0, a), input.subarray(b, c), input.subarray(a, b), input.subarray(c)]);
};

export const BYTES: readonly Mutator[] = [flipBit, setByte, setNumber, insert, remove, truncate, repeat, splice, swap];
