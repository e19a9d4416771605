/**
 * Reads the text of a filter (RFC 4515 §3) with `${identifier}` placeholders, strictly and once: at the start, so
 * that a wrong `ldapFilterPattern` is a problem of the configuration with its position and no refusal of a device.
 *
 *   filter     = "(" ( "&" 1*filter / "|" 1*filter / "!" filter / item ) ")"
 *   item       = attr ( "=" / "~=" / ">=" / "<=" ) value
 *              / attr "=*" / attr "=" [value] 1*( "*" value ) / [attr] [":dn"] [":" rule] ":=" value
 *
 * The empty lists of RFC 4526 are refused: AD does not know them.
 */
import type { FilterPattern, PatternPiece } from './filter.ts';

/** What is wrong with a filter's text, and where. `column` counts characters from 1. */
export class FilterSyntaxError extends Error {
  readonly column: number;
  /** The problem without its place. */
  readonly problem: string;

  constructor(problem: string, offset: number) {
    super(`column ${offset + 1}: ${problem}`);
    this.name = 'FilterSyntaxError';
    this.problem = problem;
    this.column = offset + 1;
  }
}

const PLACEHOLDER = '${identifier}';
const MAX_DEPTH = 32;

/** RFC 4512 §1.4 and §2.5: a name or OID; an attribute may have options. */
const OID = '(?:[A-Za-z][A-Za-z0-9-]*|(?:0|[1-9][0-9]*)(?:\\.(?:0|[1-9][0-9]*))+)';
const ATTRIBUTE = `${OID}(?:;[A-Za-z0-9-]+)*`;
const COMPARISON = new RegExp(`(?<attribute>${ATTRIBUTE})(?<operator>=|~=|>=|<=)`, 'y');
const EXTENSIBLE = new RegExp(`(?<attribute>${ATTRIBUTE})?(?<dn>:[dD][nN])?(?::(?<rule>${OID}))?:=`, 'y');

interface Text {
  readonly text: string;
  offset: number;
}

/**
 * @throws FilterSyntaxError also when the pattern does not hold `${identifier}`: it would find the same entry for
 *   every caller.
 */
export function parseFilterPattern(pattern: string): FilterPattern {
  if (!pattern.isWellFormed()) throw new FilterSyntaxError('the text holds half of a surrogate pair', 0);
  const input: Text = { text: pattern, offset: 0 };
  const filter = readFilter(input, 0);
  if (input.offset < pattern.length) fail(input, 'nothing may follow the filter; join several with (&…) or (|…)');
  if (!pattern.includes(PLACEHOLDER)) {
    throw new FilterSyntaxError(`${PLACEHOLDER} is missing: every caller would be the same entry`, 0);
  }
  return filter;
}

function fail(input: Text, problem: string): never {
  throw new FilterSyntaxError(problem, input.offset);
}

function expect(input: Text, character: string, problem: string): void {
  if (input.text[input.offset] !== character) fail(input, problem);
  input.offset++;
}

function readFilter(input: Text, depth: number): FilterPattern {
  if (depth > MAX_DEPTH) fail(input, `filters are nested more than ${MAX_DEPTH} deep`);
  if (/\s/.test(input.text[input.offset] ?? '')) fail(input, 'no space or line break may stand outside of a value');
  expect(input, '(', 'a filter begins with (');
  const filter = readComponent(input, depth);
  expect(input, ')', 'the filter is not closed: ) is missing');
  return filter;
}

function readComponent(input: Text, depth: number): FilterPattern {
  switch (input.text[input.offset]) {
    case '&':
      return { type: 'and', filters: readList(input, depth) };
    case '|':
      return { type: 'or', filters: readList(input, depth) };
    case '!':
      input.offset++;
      return { type: 'not', filter: readFilter(input, depth + 1) };
    default:
      return readItem(input);
  }
}

function readList(input: Text, depth: number): readonly FilterPattern[] {
  input.offset++;
  const filters: FilterPattern[] = [];
  do filters.push(readFilter(input, depth + 1));
  while (input.offset < input.text.length && input.text[input.offset] !== ')');
  return filters;
}

function readItem(input: Text): FilterPattern {
  const comparison = match(input, COMPARISON);
  if (comparison !== undefined) return readComparison(input, comparison.attribute ?? '', comparison.operator ?? '');
  const start = input.offset;
  const extensible = match(input, EXTENSIBLE);
  if (extensible === undefined) fail(input, 'an attribute name with =, >=, <=, ~= or := is expected');
  const { attribute, rule, dn } = extensible;
  if (attribute === undefined && rule === undefined) {
    throw new FilterSyntaxError('an attribute name or a matching rule must stand before :=', start);
  }
  return {
    type: 'extensible',
    dnAttributes: dn !== undefined,
    ...(attribute !== undefined && { attribute }),
    ...(rule !== undefined && { rule }),
    value: readWholeValue(input),
  };
}

function match(input: Text, pattern: RegExp): Readonly<Record<string, string | undefined>> | undefined {
  pattern.lastIndex = input.offset;
  const found = pattern.exec(input.text);
  if (found === null) return undefined;
  input.offset = pattern.lastIndex;
  return found.groups ?? {};
}

function readComparison(input: Text, attribute: string, operator: string): FilterPattern {
  if (operator === '=') return readEqual(input, attribute);
  const type = operator === '>=' ? 'greaterOrEqual' : operator === '<=' ? 'lessOrEqual' : 'approx';
  return { type, attribute, value: readWholeValue(input) };
}

/** Equality, presence and substrings begin alike; the asterisks tell them apart. */
function readEqual(input: Text, attribute: string): FilterPattern {
  const parts = [readValue(input)];
  while (input.text[input.offset] === '*') {
    input.offset++;
    parts.push(readValue(input));
  }
  const [first = [], ...others] = parts;
  if (others.length === 0) return { type: 'equal', attribute, value: first };
  if (parts.length === 2 && parts.every((part) => part.length === 0)) return { type: 'present', attribute };
  const last = others.pop() ?? [];
  // RFC 4511 §4.5.1.7.2: no part of a substring filter is empty.
  if (others.some((part) => part.length === 0)) fail(input, 'two asterisks stand side by side');
  return {
    type: 'substrings',
    attribute,
    ...(first.length > 0 && { initial: first }),
    any: others,
    ...(last.length > 0 && { final: last }),
  };
}

function readWholeValue(input: Text): readonly PatternPiece[] {
  const value = readValue(input);
  if (input.text[input.offset] === '*')
    fail(input, 'an asterisk means something after = only; as a character it is \\2a');
  return value;
}

/** RFC 4515 §3: up to `)` or `*`; what has a meaning is written `\hh`, one escape for each byte. */
function readValue(input: Text): readonly PatternPiece[] {
  const pieces: PatternPiece[] = [];
  while (input.offset < input.text.length) {
    const rest = input.text.slice(input.offset);
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    if (character === ')' || character === '*') break;
    if (rest.startsWith(PLACEHOLDER)) {
      pieces.push('identifier');
      input.offset += PLACEHOLDER.length;
    } else {
      pieces.push(readCharacter(input, rest, character));
    }
  }
  return joinBytes(pieces);
}

function readCharacter(input: Text, rest: string, character: string): Uint8Array {
  if (character === '(') fail(input, '( is not allowed in a value: write \\28, or close the filter before it');
  if (character === '\0') fail(input, 'a null character is not allowed: write \\00');
  if (rest.startsWith('${')) fail(input, `the only placeholder is ${PLACEHOLDER}`);
  if (character !== '\\') {
    input.offset += character.length;
    return Buffer.from(character);
  }
  const digits = /^\\(?<digits>[0-9A-Fa-f]{2})/.exec(rest)?.groups?.['digits'];
  if (digits === undefined) fail(input, '\\ must be followed by two hexadecimal digits; the character itself is \\5c');
  input.offset += 3;
  return Buffer.from(digits, 'hex');
}

function joinBytes(pieces: readonly PatternPiece[]): readonly PatternPiece[] {
  const joined: PatternPiece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece === 'identifier' || last === undefined || last === 'identifier') joined.push(piece);
    else joined[joined.length - 1] = Buffer.concat([last, piece]);
  }
  return joined.map((piece) => (piece === 'identifier' ? piece : Uint8Array.from(piece)));
}
