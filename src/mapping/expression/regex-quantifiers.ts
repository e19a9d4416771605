/** Quantifiers of a regular expression: greedy, lazy and possessive. */
import { matchAt, PatternError, peek, take, type PatternCursor } from './regex-cursor.ts';
import type { Node } from './regex-tree.ts';

const MOST_REPEATS = 1000;

/** A quotation may be several atoms; a quantifier behind it is for the last. */
export function quantified(reader: PatternCursor, atoms: readonly Node[]): readonly Node[] {
  const counts = readCounts(reader);
  const last = atoms.at(-1);
  if (counts === undefined) return atoms;
  if (last === undefined || last.type === 'assert')
    throw new PatternError('a quantifier has nothing before it to repeat');
  const lazy = take(reader, '?');
  const possessive = !lazy && take(reader, '+');
  if (/[*+?{]/.test(peek(reader))) throw new PatternError('two quantifiers follow each other');
  const node: Node = { type: 'repeat', node: last, ...counts, lazy };
  return [...atoms.slice(0, -1), possessive ? { type: 'atomic', node } : node];
}

function readCounts(reader: PatternCursor): { readonly least: number; readonly most: number } | undefined {
  if (take(reader, '*')) return { least: 0, most: Infinity };
  if (take(reader, '+')) return { least: 1, most: Infinity };
  if (take(reader, '?')) return { least: 0, most: 1 };
  if (peek(reader) !== '{') return undefined;
  const found = matchAt(/\{([0-9]{1,9})(,([0-9]{1,9})?)?\}/y, reader);
  if (found === null) throw new PatternError('`{` begins a quantifier as {2} or {2,5}; the character is written \\{');
  reader.position += found[0].length;
  const least = Number(found[1]);
  const most = found[2] === undefined ? least : found[3] === undefined ? Infinity : Number(found[3]);
  if (most < least) throw new PatternError(`the quantifier ${found[0]} ends before it begins`);
  if (least > MOST_REPEATS || (most !== Infinity && most > MOST_REPEATS)) {
    throw new PatternError(`a quantifier counts to ${MOST_REPEATS} at most`);
  }
  return { least, most };
}
