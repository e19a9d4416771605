/**
 * Moments as `#datetime` reads and writes them (ISO 8601), and the arithmetic of the calendar in UTC.
 *
 * Years run from 1 to 9999; what would lie outside is null, and so is a day that its month has not. There are no leap
 * seconds. The calendar is the Gregorian one for all years, as in java.time.
 */

/** A moment, and how far ahead of UTC the clock is on which it was read (seconds). */
export interface Moment {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly at: number;
  readonly offset: number;
}

export interface Fields {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

export const SECOND = 1000;
export const DAY = 86_400_000;
const FIRST = Date.parse('0001-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

const TEXT =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9:]{2,9})$/;
const OFFSET = /^([+-])(?:([0-9]{2})|([0-9]{1,2}):?([0-9]{2})(?::([0-9]{2}))?)$/;
/** java.time knows no clock further from UTC. */
const MOST_HOURS = 18;

/** A date, or a date with its time, both with `Z` or an offset. Digits after the third of a second are dropped. */
export function parseMoment(text: string): Moment | null {
  const match = text.length > 48 ? null : TEXT.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = '', zone = ''] = match;
  const offset = parseOffset(zone);
  const local = fromFields({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millisecond: Number(fraction.slice(0, 3).padEnd(3, '0')),
  });
  if (local === null || offset === null) return null;
  const at = local - offset * SECOND;
  return isInRange(at) ? { at, offset } : null;
}

/** `Z`, `+02`, `+0200`, `+02:00`, `+800`; seconds ahead of UTC. */
export function parseOffset(text: string): number | null {
  if (text === 'Z') return 0;
  const match = OFFSET.exec(text);
  if (match === null) return null;
  const [, sign, lone, hours = lone, minutes = '0', seconds = '0'] = match;
  if (Number(minutes) > 59 || Number(seconds) > 59) return null;
  const ahead = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  if (ahead > MOST_HOURS * 3600) return null;
  return sign === '-' && ahead !== 0 ? -ahead : ahead;
}

const isInRange = (at: number): boolean => at >= FIRST && at <= LAST;

/** `2022-01-31T01:01:01.000Z`: UTC, milliseconds always; null outside of the years 1 to 9999. */
export const momentText = (at: number): string | null => (isInRange(at) ? new Date(at).toISOString() : null);

/** `2022-01-31T02:01:01.000+01:00`; `Z` when the clock is that of UTC. */
export function localText({ at, offset }: Moment): string | null {
  const text = momentText(at + offset * SECOND);
  return text === null ? null : text.replace('Z', offset === 0 ? 'Z' : offsetText(offset, ':'));
}

/** `+01:00`, with seconds where a clock of old had them. */
export function offsetText(offset: number, separator: ':' | ''): string {
  const ahead = Math.abs(offset);
  const parts = [ahead / 3600, (ahead / 60) % 60, ahead % 60].map((part) => String(Math.floor(part)).padStart(2, '0'));
  return (offset < 0 ? '-' : '+') + (parts[2] === '00' ? parts.slice(0, 2) : parts).join(separator);
}

/** Milliseconds as if the fields were UTC's; null for a day or a time that there is not. */
export function fromFields({ year, month, day, hour, minute, second, millisecond }: Fields): number | null {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.setUTCHours(hour, minute, second, millisecond);
}

/** The fields that a clock at UTC shows. */
export function toFields(at: number): Fields {
  const date = new Date(at);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** The same day and time of another month, or its last day where there is no such day. */
export function addMonths(at: number, months: number): number | null {
  const fields = toFields(at);
  const count = fields.year * 12 + fields.month - 1 + months;
  const [year, month] = [Math.floor(count / 12), (((count % 12) + 12) % 12) + 1];
  return fromFields({ ...fields, year, month, day: Math.min(fields.day, daysIn(year, month)) });
}

export const daysBetween = (from: number, to: number): number => whole((to - from) / DAY);

/** Whole months: the last counts when day and time have come round, as with java.time.temporal.ChronoUnit. */
export function monthsBetween(from: number, to: number): number {
  const [start, end] = [toFields(from), toFields(to)];
  const within = (fields: Fields, at: number): number => fields.day * DAY + at - startOfDay(at);
  const months = end.year * 12 + end.month - (start.year * 12 + start.month);
  const rest = within(end, to) - within(start, from);
  return months > 0 && rest < 0 ? months - 1 : months < 0 && rest > 0 ? months + 1 : months;
}

/** `P1Y2M3D`: years, months and days from date to date (java.time.Period); the times of day do not count. */
export function periodBetween(from: number, to: number): string {
  const [start, end] = [startOfDay(from), startOfDay(to)];
  const months = monthsBetween(start, end);
  const parts = [whole(months / 12), whole(months % 12), daysBeyond(months, start, end)];
  const shown = parts.map((count, index) => (count === 0 ? '' : `${count}${'YMD'[index] ?? ''}`)).join('');
  return `P${shown === '' ? '0D' : shown}`;
}

/** The days that are left over from date to date besides these months, which have the same sign. */
function daysBeyond(months: number, start: number, end: number): number {
  if (months >= 0) return daysBetween(addMonths(start, months) ?? end, end);
  const [first, last] = [toFields(start), toFields(end)];
  return last.day - first.day - (last.day > first.day ? daysIn(last.year, last.month) : 0);
}

const startOfDay = (at: number): number => Math.floor(at / DAY) * DAY;

/** Cut towards zero, and never -0. */
const whole = (value: number): number => Math.trunc(value) + 0;
