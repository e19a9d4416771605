/**
 * Patterns of `#datetime.format` and `#datetime.parse`: the letters of java.time.format.DateTimeFormatter that have a
 * meaning without a country's customs, in English. date-reading.ts reads texts by them.
 */
import { offsetText, SECOND, toFields, type Fields, type Moment } from './date-time.ts';

export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly letter: Letter; readonly count: number }
  | { readonly kind: 'optional'; readonly parts: readonly PatternPart[] };

/** Letters, and how often each may be written in a row. */
const COUNTS = {
  y: 4,
  u: 4,
  M: 5,
  L: 5,
  d: 2,
  D: 3,
  q: 4,
  Q: 4,
  E: 5,
  a: 1,
  H: 2,
  k: 2,
  K: 2,
  h: 2,
  m: 2,
  s: 2,
  S: 9,
  X: 3,
  x: 3,
  Z: 3,
} as const;

export type Letter = keyof typeof COUNTS;

const LONGEST_PATTERN = 256;
const DEEPEST_OPTION = 8;
const MISTAKEN: ReadonlyMap<string, string> = new Map([
  ['Y', 'the year is `y`; `Y` is the year of weeks'],
  ['z', 'write `X` for the offset'],
  ['V', 'write `X` for the offset'],
  ['O', 'write `X` for the offset'],
]);

export const MONTHS: readonly string[] =
  'January February March April May June July August September October November December'.split(' ');
/** As `Date.prototype.getUTCDay` counts. */
export const WEEKDAYS: readonly string[] = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const QUARTERS = ['1st', '2nd', '3rd', '4th'];

/** The parts of a pattern, or what is wrong with it. */
export function parsePattern(pattern: string): readonly PatternPart[] | string {
  if (pattern.length > LONGEST_PATTERN) return `a pattern has ${LONGEST_PATTERN} characters at most`;
  const open: PatternPart[][] = [[]];
  for (let position = 0; position < pattern.length;) {
    const character = pattern[position] ?? '';
    const parts = open.at(-1) ?? [];
    if (character === '[') {
      if (open.push([]) > DEEPEST_OPTION) return `\`[\` is nested more than ${DEEPEST_OPTION - 1} deep`;
      position += 1;
    } else if (character === ']') {
      open.pop();
      if (open.length === 0) return '`]` has no `[` before it';
      open.at(-1)?.push({ kind: 'optional', parts });
      position += 1;
    } else {
      const { part, end } = readPart(pattern, position);
      if (typeof part === 'string') return part;
      parts.push(part);
      position = end;
    }
  }
  return open.length > 1 ? '`[` is not closed by a `]`' : (open[0] ?? []);
}

function readPart(pattern: string, start: number): { readonly part: PatternPart | string; readonly end: number } {
  const character = pattern[start] ?? '';
  if (character === "'") return readQuoted(pattern, start);
  if (/[{}#]/.test(character))
    return { part: `\`${character}\` stands in quotation marks: '${character}'`, end: start };
  if (!/[A-Za-z]/.test(character)) return { part: { kind: 'text', text: character }, end: start + 1 };
  let end = start;
  while (pattern[end] === character) end += 1;
  const count = end - start;
  if (!Object.hasOwn(COUNTS, character)) {
    const hint = MISTAKEN.get(character) ?? 'a text stands in quotation marks, doubled within an expression';
    return { part: `there is no pattern letter \`${character}\`; ${hint}`, end };
  }
  const letter = character as Letter;
  if (count > COUNTS[letter]) return { part: `\`${letter}\` is written ${COUNTS[letter]} times at most`, end };
  return { part: { kind: 'field', letter, count }, end };
}

/** `'T'`; `''` is one quotation mark, also within. */
function readQuoted(pattern: string, start: number): { readonly part: PatternPart | string; readonly end: number } {
  if (pattern[start + 1] === "'") return { part: { kind: 'text', text: "'" }, end: start + 2 };
  const match = /'((?:[^']|'')*)'/y;
  match.lastIndex = start;
  const found = match.exec(pattern);
  if (found === null) return { part: 'a text in quotation marks does not end', end: start };
  return { part: { kind: 'text', text: (found[1] ?? '').replaceAll("''", "'") }, end: start + found[0].length };
}

export function formatMoment(moment: Moment, parts: readonly PatternPart[]): string {
  const local = moment.at + moment.offset * SECOND;
  return writeParts(parts, toFields(local), { local, offset: moment.offset });
}

interface Clock {
  readonly local: number;
  readonly offset: number;
}

const writeParts = (parts: readonly PatternPart[], fields: Fields, clock: Clock): string =>
  parts
    .map((part) =>
      part.kind === 'text'
        ? part.text
        : part.kind === 'optional'
          ? writeParts(part.parts, fields, clock)
          : FIELDS[part.letter](fields, part.count, clock),
    )
    .join('');

type Writer = (fields: Fields, count: number, clock: Clock) => string;

const pad = (value: number, count: number): string => String(value).padStart(count, '0');

/** One or two letters: the number. Three: short, four: in full, five: one letter. */
const named = (names: readonly string[], index: number, count: number): string =>
  (names[index] ?? '').slice(0, count === 4 ? undefined : count === 5 ? 1 : 3);

const year: Writer = (fields, count) => (count === 2 ? pad(fields.year % 100, 2) : pad(fields.year, count));
const month: Writer = (fields, count) =>
  count < 3 ? pad(fields.month, count) : named(MONTHS, fields.month - 1, count);

const quarter: Writer = (fields, count) => {
  const number = Math.ceil(fields.month / 3);
  if (count < 3) return pad(number, count);
  return count === 3 ? `Q${number}` : `${QUARTERS[number - 1] ?? ''} quarter`;
};

/** `+01` (with minutes when there are any), `+0100`, `+01:00`. */
function writeOffset(offset: number, count: number): string {
  const text = offsetText(offset, count === 3 ? ':' : '');
  return count === 1 ? text.replace(/00$/, '') : text;
}

const FIELDS: Readonly<Record<Letter, Writer>> = {
  y: year,
  u: year,
  M: month,
  L: month,
  d: ({ day }, count) => pad(day, count),
  D: (fields, count, { local }) => pad(1 + Math.floor((local - startOfYear(fields.year)) / 86_400_000), count),
  q: quarter,
  Q: quarter,
  E: (_, count, { local }) => named(WEEKDAYS, new Date(local).getUTCDay(), Math.max(count, 3)),
  a: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  H: ({ hour }, count) => pad(hour, count),
  k: ({ hour }, count) => pad(hour === 0 ? 24 : hour, count),
  K: ({ hour }, count) => pad(hour % 12, count),
  h: ({ hour }, count) => pad(hour % 12 === 0 ? 12 : hour % 12, count),
  m: ({ minute }, count) => pad(minute, count),
  s: ({ second }, count) => pad(second, count),
  S: ({ millisecond }, count) => pad(millisecond, 3).padEnd(9, '0').slice(0, count),
  X: (_, count, { offset }) => (offset === 0 ? 'Z' : writeOffset(offset, count)),
  x: (_, count, { offset }) => writeOffset(offset, count),
  Z: (_, __, { offset }) => offsetText(offset, ''),
};

const startOfYear = (inYear: number): number => new Date(0).setUTCFullYear(inYear, 0, 1);
