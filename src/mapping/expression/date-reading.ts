/**
 * Reading a date by a pattern (date-pattern.ts). Strict: a letter written twice wants two digits, names are English in
 * their usual spelling, and a text that contradicts itself (a weekday that is another) is no date.
 */
import { MONTHS, WEEKDAYS, type Letter, type PatternPart } from './date-pattern.ts';
import { fromFields, parseOffset, SECOND, type Moment } from './date-time.ts';
import { momentAt, type ZoneClock } from './time-zone.ts';

type Field =
  | 'year'
  | 'month'
  | 'day'
  | 'dayOfYear'
  | 'quarter'
  | 'weekday'
  | 'half'
  | 'hour'
  | 'halfHour'
  | 'minute'
  | 'second'
  | 'millisecond'
  | 'offset';

interface Reading {
  readonly position: number;
  readonly found: ReadonlyMap<Field, number>;
}

const NUMBERS: Partial<Readonly<Record<Letter, Field>>> = {
  y: 'year',
  u: 'year',
  M: 'month',
  L: 'month',
  d: 'day',
  D: 'dayOfYear',
  q: 'quarter',
  Q: 'quarter',
  H: 'hour',
  k: 'hour',
  K: 'halfHour',
  h: 'halfHour',
  m: 'minute',
  s: 'second',
  S: 'millisecond',
};

/**
 * @param clock of the zone whose time the text shows when it has no offset itself
 * @returns null for a text that is not of the pattern, and for a pattern without year, month and day
 */
export function readMoment(text: string, parts: readonly PatternPart[], clock: ZoneClock): Moment | null {
  const reading = readParts(text, parts, { position: 0, found: new Map() });
  if (reading === null || reading.position !== text.length) return null;
  const { found } = reading;
  const local = localOf(found);
  if (local === null || !agrees(found, local)) return null;
  const offset = found.get('offset');
  return offset === undefined ? momentAt(clock, local) : { at: local - offset * SECOND, offset };
}

function readParts(text: string, parts: readonly PatternPart[], start: Reading): Reading | null {
  let reading: Reading = start;
  for (const [index, part] of parts.entries()) {
    const next: Reading | null =
      part.kind === 'optional'
        ? (readParts(text, part.parts, reading) ?? reading)
        : part.kind === 'text'
          ? readText(text, part.text, reading)
          : readField(text, part, parts[index + 1], reading);
    if (next === null) return null;
    reading = next;
  }
  return reading;
}

const readText = (text: string, wanted: string, { position, found }: Reading): Reading | null =>
  text.startsWith(wanted, position) ? { position: position + wanted.length, found } : null;

type FieldPart = Extract<PatternPart, { kind: 'field' }>;

function readField(text: string, part: FieldPart, after: PatternPart | undefined, reading: Reading): Reading | null {
  const { letter, count } = part;
  if (letter === 'a') return readName(text, ['AM', 'PM'], 2, 'half', reading);
  if (letter === 'E') return readName(text, WEEKDAYS, count === 4 ? 9 : 3, 'weekday', reading);
  if ((letter === 'M' || letter === 'L') && count > 2)
    return readName(text, MONTHS, count === 4 ? 9 : 3, 'month', reading, 1);
  if (letter === 'X' || letter === 'x' || letter === 'Z') return readOffset(text, part, reading);
  const field = NUMBERS[letter];
  if (field === undefined || ((letter === 'q' || letter === 'Q') && count > 2)) return null;
  const digits = digitsAt(text, reading.position, part, after);
  if (digits === null) return null;
  return set(reading, field, valueOf(letter, count, digits), digits.length);
}

/** As many digits as letters; a lone letter takes what there is, or one digit when digits follow. */
function digitsAt(
  text: string,
  position: number,
  { letter, count }: FieldPart,
  after: PatternPart | undefined,
): string | null {
  const isFollowed = after?.kind === 'field' && NUMBERS[after.letter] !== undefined;
  const loose = letter === 'S' || isFollowed ? 1 : letter === 'y' || letter === 'u' ? 4 : letter === 'D' ? 3 : 2;
  const most = count === 1 ? loose : count;
  const digits = /^[0-9]*/.exec(text.slice(position, position + most))?.[0] ?? '';
  return digits.length < count ? null : digits;
}

function valueOf(letter: Letter, count: number, digits: string): number {
  if (letter === 'S') return Number(digits.slice(0, 3).padEnd(3, '0'));
  if ((letter === 'y' || letter === 'u') && count === 2) return 2000 + Number(digits);
  // Java: `k` runs from 1 to 24, `h` from 1 to 12. 99 is no hour.
  if (letter === 'k') return Number(digits) === 24 ? 0 : Number(digits) || 99;
  if (letter === 'h') return Number(digits) === 12 ? 0 : Number(digits) || 99;
  return Number(digits);
}

/** One of the names, cut to so many letters. */
function readName(
  text: string,
  names: readonly string[],
  letters: number,
  field: Field,
  reading: Reading,
  first = 0,
): Reading | null {
  const index = names.findIndex((name) => text.startsWith(name.slice(0, letters), reading.position));
  return index === -1 ? null : set(reading, field, index + first, (names[index] ?? '').slice(0, letters).length);
}

const OFFSETS = [/Z|[+-][0-9]{2}(?:[0-9]{2})?/y, /Z|[+-][0-9]{4}/y, /Z|[+-][0-9]{2}:[0-9]{2}/y];

function readOffset(text: string, { letter, count }: FieldPart, reading: Reading): Reading | null {
  const pattern = OFFSETS[letter === 'Z' ? 1 : count - 1];
  if (pattern === undefined) return null;
  pattern.lastIndex = reading.position;
  const shown = pattern.exec(text)?.[0];
  const offset = shown === undefined || (shown === 'Z' && letter !== 'X') ? null : parseOffset(shown);
  return shown === undefined || offset === null ? null : set(reading, 'offset', offset, shown.length);
}

/** Null when the text says two different things of one field. */
function set({ position, found }: Reading, field: Field, value: number, length: number): Reading | null {
  const known = found.get(field);
  if (known !== undefined && known !== value) return null;
  return { position: position + length, found: new Map([...found, [field, value]]) };
}

function localOf(found: ReadonlyMap<Field, number>): number | null {
  const [year, hour, dayOfYear] = [found.get('year'), hourOf(found), found.get('dayOfYear')];
  const [month, day] = dayOfYear === undefined ? [found.get('month'), found.get('day')] : [1, 1];
  if (year === undefined || month === undefined || day === undefined || hour === null) return null;
  const [minute, second, millisecond] = [
    found.get('minute') ?? 0,
    found.get('second') ?? 0,
    found.get('millisecond') ?? 0,
  ];
  const local = fromFields({ year, month, day, hour, minute, second, millisecond });
  if (local === null || dayOfYear === undefined) return local;
  const moved = local + (dayOfYear - 1) * 86_400 * SECOND;
  return dayOfYear >= 1 && new Date(moved).getUTCFullYear() === year ? moved : null;
}

/** Midnight when the text has no hour; null for half a day's hour without AM or PM. */
function hourOf(found: ReadonlyMap<Field, number>): number | null {
  const [hour, half, inHalf] = [found.get('hour'), found.get('half'), found.get('halfHour')];
  if (hour !== undefined) return hour;
  if (inHalf === undefined) return half === undefined ? 0 : null;
  return half === undefined || inHalf > 11 ? null : half * 12 + inHalf;
}

/** What else the text says of its date and time is so. */
function agrees(found: ReadonlyMap<Field, number>, local: number): boolean {
  const date = new Date(local);
  const said: readonly (readonly [Field, number])[] = [
    ['weekday', date.getUTCDay()],
    ['quarter', 1 + Math.floor(date.getUTCMonth() / 3)],
    ['month', date.getUTCMonth() + 1],
    ['day', date.getUTCDate()],
    ['half', Math.floor(date.getUTCHours() / 12)],
    ['halfHour', date.getUTCHours() % 12],
  ];
  return said.every(([field, value]) => (found.get(field) ?? value) === value);
}
