/**
 * Reads the regular expressions of `#regex`: java.util.regex's syntax, without what cannot be matched in linear time
 * (back references) or has no meaning there (possessive quantifiers, atomic groups).
 */
import { anyCase, lineBreak, not, only, type CharacterSet } from './regex-classes.ts';
import { PatternError, readClass, readEscapedSet, type PatternCursor } from './regex-sets.ts';

export type Assertion = 'start' | 'end' | 'lastLine' | 'lineStart' | 'lineEnd' | 'boundary' | 'noBoundary';

export type Node =
  | { readonly type: 'set'; readonly set: CharacterSet }
  | { readonly type: 'assert'; readonly assertion: Assertion }
  | { readonly type: 'sequence'; readonly parts: readonly Node[] }
  | { readonly type: 'choice'; readonly options: readonly Node[] }
  | {
      readonly type: 'repeat';
      readonly node: Node;
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
    }
  | { readonly type: 'group'; readonly node: Node; readonly index: number }
  | { readonly type: 'look'; readonly node: Node; readonly ahead: boolean; readonly negative: boolean };

export interface Pattern {
  readonly root: Node;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}

interface Flags {
  readonly i: boolean;
  readonly s: boolean;
  readonly m: boolean;
}

interface Reader extends PatternCursor {
  depth: number;
  groups: number;
  flags: Flags;
  readonly names: Map<string, number>;
}

const LONGEST = 1024;
const DEEPEST = 32;
const MOST_REPEATS = 1000;
const NO_BACK_REFERENCE = 'back references are not supported: they cannot be matched in bounded time';

/** @throws PatternError */
export function parseRegex(text: string): Pattern {
  if (text.length > LONGEST) throw new PatternError(`a regular expression has ${LONGEST} characters at most`);
  const reader: Reader = {
    text,
    position: 0,
    depth: 0,
    groups: 0,
    flags: { i: false, s: false, m: false },
    names: new Map(),
  };
  const root = readChoice(reader);
  if (reader.position < text.length) throw new PatternError('a `)` has no `(` before it');
  return { root, groups: reader.groups, names: reader.names };
}

const peek = ({ text, position }: PatternCursor): string => text[position] ?? '';

function take(reader: PatternCursor, wanted: string): boolean {
  const found = reader.text.startsWith(wanted, reader.position);
  if (found) reader.position += wanted.length;
  return found;
}

/** Flags that are set within a group end with it. */
function readChoice(reader: Reader): Node {
  reader.depth += 1;
  if (reader.depth > DEEPEST) throw new PatternError(`groups are nested more than ${DEEPEST - 1} deep`);
  const { flags } = reader;
  const options = [readSequence(reader)];
  while (take(reader, '|')) options.push(readSequence(reader));
  reader.flags = flags;
  reader.depth -= 1;
  const [lone] = options;
  return lone !== undefined && options.length === 1 ? lone : { type: 'choice', options };
}

function readSequence(reader: Reader): Node {
  const parts: Node[] = [];
  while (reader.position < reader.text.length && peek(reader) !== '|' && peek(reader) !== ')') {
    const atom = readAtom(reader);
    if (atom !== undefined) parts.push(...quantified(reader, atom));
  }
  const [lone] = parts;
  return lone !== undefined && parts.length === 1 ? lone : { type: 'sequence', parts };
}

/** A quotation may be several atoms; a quantifier behind it is for the last. */
function quantified(reader: Reader, atoms: readonly Node[]): readonly Node[] {
  const repeat = readQuantifier(reader);
  const last = atoms.at(-1);
  if (repeat === undefined) return atoms;
  if (last === undefined || last.type === 'assert')
    throw new PatternError('a quantifier has nothing before it to repeat');
  return [...atoms.slice(0, -1), { type: 'repeat', node: last, ...repeat }];
}

function readQuantifier(reader: Reader): { least: number; most: number; lazy: boolean } | undefined {
  const counts = readCounts(reader);
  if (counts === undefined) return undefined;
  const lazy = take(reader, '?');
  if (peek(reader) === '+')
    throw new PatternError('possessive quantifiers (`*+`) are not supported; leave the `+` out');
  if (/[*?{]/.test(peek(reader))) throw new PatternError('two quantifiers follow each other');
  return { ...counts, lazy };
}

function readCounts(reader: Reader): { readonly least: number; readonly most: number } | undefined {
  if (take(reader, '*')) return { least: 0, most: Infinity };
  if (take(reader, '+')) return { least: 1, most: Infinity };
  if (take(reader, '?')) return { least: 0, most: 1 };
  if (peek(reader) !== '{') return undefined;
  const match = /\{([0-9]{1,9})(,([0-9]{1,9})?)?\}/y;
  match.lastIndex = reader.position;
  const found = match.exec(reader.text);
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

/** Undefined for what is no atom: flags, an empty quotation. */
function readAtom(reader: Reader): readonly Node[] | undefined {
  const { flags } = reader;
  const character = String.fromCodePoint(reader.text.codePointAt(reader.position) ?? 0);
  if (character === '(') return readGroup(reader);
  if (character === '[') return [{ type: 'set', set: readClass(reader, foldOf(flags)) }];
  if (character === '\\') return readEscape(reader);
  if (/[*+?{]/.test(character))
    throw new PatternError(`\`${character}\` has nothing before it to repeat; the character is written \\${character}`);
  reader.position += character.length;
  if (character === '.') return [{ type: 'set', set: flags.s ? () => true : not(lineBreak) }];
  if (character === '^') return [{ type: 'assert', assertion: flags.m ? 'lineStart' : 'start' }];
  if (character === '$') return [{ type: 'assert', assertion: flags.m ? 'lineEnd' : 'lastLine' }];
  return [literal(character, flags)];
}

const foldOf = (flags: Flags): ((set: CharacterSet) => CharacterSet) => (flags.i ? anyCase : (set) => set);
const literal = (character: string, flags: Flags): Node => ({
  type: 'set',
  set: foldOf(flags)(only(character.codePointAt(0) ?? 0)),
});

const ASSERTIONS: ReadonlyMap<string, Assertion> = new Map([
  ['b', 'boundary'],
  ['B', 'noBoundary'],
  ['A', 'start'],
  ['z', 'end'],
  ['Z', 'lastLine'],
]);

function readEscape(reader: Reader): readonly Node[] | undefined {
  const letter = reader.text[reader.position + 1] ?? '';
  const assertion = ASSERTIONS.get(letter);
  if (assertion !== undefined) {
    reader.position += 2;
    return [{ type: 'assert', assertion }];
  }
  if (letter === 'Q') return readQuotation(reader);
  if (/[1-9k]/.test(letter)) throw new PatternError(NO_BACK_REFERENCE);
  return [{ type: 'set', set: readEscapedSet(reader, foldOf(reader.flags)) }];
}

/** `\Q…\E`: all characters between are themselves. */
function readQuotation(reader: Reader): readonly Node[] | undefined {
  const end = reader.text.indexOf('\\E', reader.position + 2);
  const quoted = reader.text.slice(reader.position + 2, end === -1 ? undefined : end);
  reader.position = end === -1 ? reader.text.length : end + 2;
  return quoted === '' ? undefined : Array.from(quoted, (character) => literal(character, reader.flags));
}

function readGroup(reader: Reader): readonly Node[] | undefined {
  reader.position += 1;
  for (const [opening, ahead, negative] of LOOKS) {
    if (take(reader, opening)) return [{ type: 'look', node: closed(reader), ahead, negative }];
  }
  if (take(reader, '?:')) return [closed(reader)];
  if (take(reader, '?>')) throw new PatternError('atomic groups (`(?>…)`) are not supported; write (?:…)');
  if (peek(reader) !== '?') return [captured(reader)];
  const name = /\?<([A-Za-z][A-Za-z0-9]*)>/y;
  name.lastIndex = reader.position;
  const found = name.exec(reader.text);
  if (found === null) return readFlags(reader);
  reader.position += found[0].length;
  return [captured(reader, found[1])];
}

const LOOKS = [
  ['?=', true, false],
  ['?!', true, true],
  ['?<=', false, false],
  ['?<!', false, true],
] as const;

function captured(reader: Reader, name?: string): Node {
  const index = (reader.groups += 1);
  if (name !== undefined && reader.names.has(name)) throw new PatternError(`two groups have the name \`${name}\``);
  if (name !== undefined) reader.names.set(name, index);
  return { type: 'group', node: closed(reader), index };
}

function closed(reader: Reader): Node {
  const node = readChoice(reader);
  if (!take(reader, ')')) throw new PatternError('a `)` is missing');
  return node;
}

/** `(?i)` up to the end of the group around it, `(?i:…)` for its own. */
function readFlags(reader: Reader): readonly Node[] | undefined {
  const pattern = /\?([ims]*)(?:-([ims]+))?([:)])/y;
  pattern.lastIndex = reader.position;
  const found = pattern.exec(reader.text);
  if (found === null)
    throw new PatternError(
      'this `(?` is not supported; there are (?:…), (?<name>…), (?=…), (?!…), (?<=…), (?<!…) and the flags i, m and s',
    );
  const [all, on = '', off = '', end] = found;
  reader.position += all.length;
  const { flags } = reader;
  const flag = (letter: 'i' | 'm' | 's'): boolean => (flags[letter] || on.includes(letter)) && !off.includes(letter);
  reader.flags = { i: flag('i'), m: flag('m'), s: flag('s') };
  if (end === ')') return undefined;
  const node = closed(reader);
  reader.flags = flags;
  return [node];
}
