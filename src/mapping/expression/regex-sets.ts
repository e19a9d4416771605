/** Reads what stands for one character of a set: `[a-z]`, `\d`, `\p{Lu}`, `\x41`. */
import { namedClass, not, only, range, shortClass, union, type CharacterSet } from './regex-classes.ts';
import { matchAt, PatternError, type PatternCursor } from './regex-cursor.ts';

/** What the flag `i` makes of a set before it is negated. */
type Fold = (set: CharacterSet) => CharacterSet;

/** Characters that have a letter. */
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['t', 0x09],
  ['n', 0x0a],
  ['r', 0x0d],
  ['f', 0x0c],
  ['a', 0x07],
  ['e', 0x1b],
]);

const CODE = /\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4}))/y;
const PROPERTY = /\\([pP])(?:([A-Z])|\{([^{}]{1,50})\})/y;

/** An escape: a character, or a class of them. */
export function readEscapedSet(cursor: PatternCursor, fold: Fold): CharacterSet {
  const letter = cursor.text[cursor.position + 1] ?? '';
  const short = shortClass(letter);
  if (short !== undefined) {
    cursor.position += 2;
    return short;
  }
  return letter === 'p' || letter === 'P' ? readProperty(cursor, fold) : fold(only(readEscapedCode(cursor)));
}

function readProperty(cursor: PatternCursor, fold: Fold): CharacterSet {
  const [all, letter, short, long] = matchAt(PROPERTY, cursor) ?? [];
  const name = short ?? long ?? '';
  const set = namedClass(name);
  if (all === undefined || set === undefined) throw new PatternError(`there is no class of characters \\p{${name}}`);
  cursor.position += all.length;
  return letter === 'P' ? not(fold(set)) : fold(set);
}

function readEscapedCode(cursor: PatternCursor): number {
  const escaped = cursor.text.codePointAt(cursor.position + 1);
  if (escaped === undefined) throw new PatternError('a `\\` has nothing after it');
  const character = String.fromCodePoint(escaped);
  const found = matchAt(CODE, cursor);
  const code = found === null ? CONTROLS.get(character) : Number.parseInt(found[1] ?? found[2] ?? found[3] ?? '', 16);
  if (code !== undefined && code > 0x10ffff) throw new PatternError(`there is no character ${found?.[0] ?? ''}`);
  if (code === undefined && /[A-Za-z0-9]/.test(character)) throw new PatternError(`there is no escape \\${character}`);
  cursor.position += found?.[0].length ?? 1 + character.length;
  return code ?? escaped;
}

/** `[a-z0-9_]`, `[^,]`. Java's unions and intersections within are refused: they are written by mistake more often than not. */
export function readClass(cursor: PatternCursor, fold: Fold): CharacterSet {
  cursor.position += 1;
  const isNegated = cursor.text[cursor.position] === '^';
  if (isNegated) cursor.position += 1;
  const sets: CharacterSet[] = [];
  while (cursor.text[cursor.position] !== ']') sets.push(readMember(cursor, fold));
  if (sets.length === 0) throw new PatternError('a class `[]` is empty; the character is written \\]');
  cursor.position += 1;
  return isNegated ? not(union(sets)) : union(sets);
}

function readMember(cursor: PatternCursor, fold: Fold): CharacterSet {
  const { text, position } = cursor;
  if (position >= text.length) throw new PatternError('a class `[` is not closed by a `]`');
  if (text[position] === '[') throw new PatternError('a `[` within a class is written \\[');
  if (text.startsWith('&&', position)) throw new PatternError('`&&` within a class is not supported');
  if (text[position] === '\\' && /[dDwWsShHvVpP]/.test(text[position + 1] ?? '')) return readEscapedSet(cursor, fold);
  const first = readCharacter(cursor);
  const isRange = text[cursor.position] === '-' && ![']', undefined].includes(text[cursor.position + 1]);
  if (!isRange) return fold(only(first));
  cursor.position += 1;
  if (text[cursor.position] === '[' || /^\\[dDwWsShHvVpP]/.test(text.slice(cursor.position, cursor.position + 2))) {
    throw new PatternError('a range of a class ends with a character; a `-` at the end of the class is itself');
  }
  const last = readCharacter(cursor);
  if (last < first) throw new PatternError('a range of a class ends before it begins');
  return fold(range(first, last));
}

function readCharacter(cursor: PatternCursor): number {
  if (cursor.text[cursor.position] === '\\') return readEscapedCode(cursor);
  const code = cursor.text.codePointAt(cursor.position) ?? 0;
  cursor.position += code > 0xffff ? 2 : 1;
  return code;
}
