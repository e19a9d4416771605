/** Changes that fit text: words of a language put in, doubled, nested; lines moved; characters that are read two ways. */
import { replaced } from './mutate-bytes.ts';
import type { Mutator } from './mutate-bytes.ts';

/** What parsers of text trip over, whatever the language. */
const CHARACTERS = [
  '\0',
  '\r',
  '\n',
  '\u0085',
  '\u2028',
  '\uFEFF',
  '\uFFFD',
  '\u202E',
  '\u0130',
  '\u1E9E',
  '\uD83D\uDE00',
  '%00',
  '%c0%af',
  '%',
  '\\',
  '"',
  "'",
  '0',
  '-1',
  '99999999999999999999',
  '1e309',
  '__proto__',
  'constructor',
];

const RAW = [Buffer.of(0xc0, 0xaf), Buffer.of(0xed, 0xa0, 0x80), Buffer.of(0xff, 0xfe), Buffer.of(0x80)];

/** Mutators for a language of these words. */
export function textMutators(words: readonly string[]): readonly Mutator[] {
  const pieces = [...words, ...words, ...CHARACTERS].map((word) => Buffer.from(word));
  const put: Mutator = (input, random) =>
    replaced(input, random.below(input.length + 1), random.below(4), random.pick([...pieces, ...RAW]));
  /** In place of a word that is there: what comes before and after stays good. */
  const exchange: Mutator = (input, random) => {
    const word = random.pick(pieces);
    const at = input.indexOf(word, random.below(input.length + 1));
    return at === -1 ? put(input, random, []) : replaced(input, at, word.length, random.pick(pieces));
  };
  const nest: Mutator = (input, random) => {
    const [open, close] = [random.pick(pieces), random.pick(pieces)];
    const times = random.pick([1, 3, 20, 100, 3_000]);
    const many = (piece: Buffer): Buffer => Buffer.concat(Array.from({ length: times }, () => piece));
    const [from, to] = [random.below(input.length + 1), random.below(input.length + 1)].toSorted((a, b) => a - b);
    return Buffer.concat([
      input.subarray(0, from),
      many(open),
      input.subarray(from, to),
      many(close),
      input.subarray(to ?? input.length),
    ]);
  };
  const lines: Mutator = (input, random) => {
    const all = input.toString('latin1').split('\n');
    const [from, to] = [random.below(all.length), random.below(all.length)];
    const [line = ''] = random.below(2) === 0 ? all.splice(from, 1) : all.slice(from, from + 1);
    all.splice(to, 0, line);
    return Buffer.from(all.join('\n'), 'latin1');
  };
  return [put, put, exchange, exchange, nest, lines];
}
