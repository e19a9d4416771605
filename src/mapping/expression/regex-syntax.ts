/** Reads the regular expressions of `#regex`: java.util.regex's syntax, without unions and intersections of classes. */
import { anyCase, lineBreak, not, only, type CharacterSet } from './regex-classes.ts';
import { matchAt, PatternError, peek, take, type PatternCursor } from './regex-cursor.ts';
import { readBackReference, type Groups } from './regex-back-reference.ts';
import { quantified } from './regex-quantifiers.ts';
import { readClass, readEscapedSet } from './regex-sets.ts';
import type { Assertion, Node, Pattern } from './regex-tree.ts';

interface Flags {
  readonly i: boolean;
  readonly s: boolean;
  readonly m: boolean;
}

interface Reader extends PatternCursor, Groups {
  depth: number;
  flags: Flags;
}

const LONGEST = 1024;
const DEEPEST = 32;

/** @throws PatternError */
export function parseRegex(text: string): Pattern {
  if (text.length > LONGEST) throw new PatternError(`a regular expression has ${LONGEST} characters at most`);
  const reader: Reader = {
    text,
    position: 0,
    depth: 0,
    groups: 0,
    highest: 0,
    behind: false,
    flags: { i: false, s: false, m: false },
    names: new Map(),
  };
  const root = readChoice(reader);
  if (reader.position < text.length) throw new PatternError('a `)` has no `(` before it');
  if (reader.highest > reader.groups) throw new PatternError(`there is no group for \\${reader.highest}`);
  return { root, groups: reader.groups, names: reader.names };
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
  if (/[1-9k]/.test(letter)) return [readBackReference(reader, reader.flags.i)];
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
    if (!take(reader, opening)) continue;
    const { behind } = reader;
    reader.behind = behind || !ahead;
    const node = closed(reader);
    reader.behind = behind;
    return [{ type: 'look', node, ahead, negative }];
  }
  if (take(reader, '?:')) return [closed(reader)];
  if (take(reader, '?>')) return [{ type: 'atomic', node: closed(reader) }];
  if (peek(reader) !== '?') return [captured(reader)];
  const found = matchAt(/\?<([A-Za-z][A-Za-z0-9]*)>/y, reader);
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
  const found = matchAt(/\?([ims]*)(?:-([ims]+))?([:)])/y, reader);
  if (found === null)
    throw new PatternError(
      'this `(?` is not supported; there are (?:…), (?>…), (?<name>…), (?=…), (?!…), (?<=…), (?<!…) and the flags i, m and s',
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
