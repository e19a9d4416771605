/**
 * `#datetime`: dates are texts in ISO 8601 (date-time.ts). What is no date gives null, or -1 where a whole number is
 * given. Everything is UTC but `format` and `get…`, which read the clock that the text itself shows.
 */
import { exactly, intOf, LONG_MAX, read, wholeOf } from './arguments.ts';
import type { Budget } from './budget.ts';
import { formatMoment, parsePattern, type PatternPart } from './date-pattern.ts';
import { readMoment } from './date-reading.ts';
import {
  addMonths,
  DAY,
  daysBetween,
  type Fields,
  fromFields,
  localText,
  type Moment,
  momentText,
  monthsBetween,
  parseMoment,
  periodBetween,
  SECOND,
  toFields,
} from './date-time.ts';
import { whole } from './decimal.ts';
import { type ZoneClock, zoneClock } from './time-zone.ts';
import type { Library, LibraryFunction, Value } from './value.ts';

/** Finding a zone costs as much as 500 steps. */
const ZONE_COST = 500;

function momentOf(value: Value | undefined, budget: Budget): Moment | null {
  const text = read(value, budget);
  budget.spend(4);
  return text === null ? null : parseMoment(text);
}

function clockOf(value: Value | undefined, budget: Budget): ZoneClock | null {
  const zone = read(value, budget);
  if (zone === null) return null;
  budget.spend(ZONE_COST);
  return zoneClock(zone);
}

const adding = (unit: string, add: (at: number, count: number) => number | null): LibraryFunction =>
  exactly(
    ['inputDate', unit],
    `the moment so many ${unit} later, or earlier when negative`,
    ([input, given], budget) => {
      const [moment, count] = [momentOf(input, budget), intOf(given)];
      const made = moment === null || count === null ? null : add(moment.at, count);
      return made === null ? null : momentText(made);
    },
  );

const byMilliseconds = (unit: string, length: number): LibraryFunction =>
  adding(unit, (at, count) => at + count * length);

const getter = (name: keyof Fields, gives: string): LibraryFunction =>
  exactly(['inputDate'], gives, ([input], budget) => {
    const moment = momentOf(input, budget);
    return whole(moment === null ? -1 : toFields(moment.at + moment.offset * SECOND)[name]);
  });

/** A whole number from two dates. */
const between = (gives: string, count: (from: number, to: number) => number): LibraryFunction =>
  exactly(['startDate', 'endDate'], gives, ([one, two], budget) => {
    const [from, to] = [momentOf(one, budget), momentOf(two, budget)];
    return whole(from === null || to === null ? -1 : count(from.at, to.at));
  });

/** Six whole numbers from the year down to the second; null when one is none, or there is no such moment. */
function compose(given: readonly (Value | undefined)[]): string | null {
  const [year, month, day, hour, minute, second] = given.map((value) => intOf(value) ?? -1);
  if (year === undefined || month === undefined || day === undefined) return null;
  if (hour === undefined || minute === undefined || second === undefined) return null;
  const at = fromFields({ year, month, day, hour, minute, second, millisecond: 0 });
  return at === null ? null : momentText(at);
}

/** A part of a moment's text, from the moment or from three numbers. */
const half = (
  names: readonly string[],
  gives: string,
  {
    fill,
    cut,
  }: { readonly fill: (given: readonly Value[]) => readonly Value[]; readonly cut: (text: string) => string },
): LibraryFunction => ({
  parameters: `inputDate, or ${names.join(', ')}`,
  gives,
  least: 1,
  most: 3,
  check: (given) => (given.length === 2 ? `takes a date, or ${names.join(', ')}` : undefined),
  call: (given, budget) => {
    const moment = given.length === 3 ? null : momentOf(given[0], budget);
    const text = given.length === 3 ? compose(fill(given)) : moment === null ? null : momentText(moment.at);
    return text === null ? null : cut(text);
  },
});

/** Pattern and zone that are written out are checked when the configuration is loaded. */
const checkPattern: LibraryFunction['check'] = ([, pattern, zone]) => {
  const parts = typeof pattern === 'string' ? parsePattern(pattern) : [];
  return typeof parts === 'string' ? parts : checkZone(zone);
};

const checkZone = (zone: Value | undefined): string | undefined =>
  typeof zone === 'string' && zoneClock(zone) === null
    ? `there is no time zone \`${zone.slice(0, 64)}\`; write a name as Europe/Berlin, or an offset as +01:00`
    : undefined;

type Patterned = (text: string, parts: readonly PatternPart[], clock: ZoneClock | undefined, budget: Budget) => Value;

/** A function of a text, a pattern and, if given, a zone. */
const patterned = (names: string, gives: string, operate: Patterned): LibraryFunction => ({
  parameters: `${names}, [timezone]`,
  gives,
  least: 2,
  most: 3,
  check: checkPattern,
  call: ([input, pattern, zone], budget) => {
    const [text, letters] = [read(input, budget), read(pattern, budget)];
    const clock = zone === undefined ? undefined : clockOf(zone, budget);
    if (text === null || letters === null || clock === null) return null;
    budget.spend(Math.min(letters.length, 512));
    const parts = parsePattern(letters);
    return typeof parts === 'string' ? null : operate(text, parts, clock, budget);
  },
});

const inZone = (moment: Moment, clock: ZoneClock): Moment => ({ at: moment.at, offset: clock(moment.at) });

const format = patterned(
  'inputDate, pattern',
  'the date by a pattern, as the clock of the text shows it, or the clock of a time zone',
  (text, parts, clock, budget) => {
    const moment = parseMoment(text);
    if (moment === null) return null;
    return budget.text(formatMoment(clock === undefined ? moment : inZone(moment, clock), parts));
  },
);

const parse = patterned(
  'text, pattern',
  'the moment that the text is by the pattern; without an offset in it, the time is UTC’s, or the time zone’s',
  (text, parts, clock = () => 0) => {
    const moment = readMoment(text, parts, clock);
    return moment === null ? null : momentText(moment.at);
  },
);

const toDateTimeInTimezone = exactly(
  ['inputDate', 'timezone'],
  'the same moment on the clock of a time zone, `2021-06-30T14:00:00.000+02:00`',
  ([input, zone], budget) => {
    const [moment, clock] = [momentOf(input, budget), clockOf(zone, budget)];
    return moment === null || clock === null ? null : localText(inZone(moment, clock));
  },
  { check: ([, zone]) => checkZone(zone) },
);

const fromUnixTimestamp = exactly(['seconds'], 'the moment so many seconds after the start of 1970', ([seconds]) => {
  const count = wholeOf(seconds, LONG_MAX);
  return count === null ? null : momentText(Number(count) * SECOND);
});

const now = exactly([], 'the time of the request', (_, budget, time) =>
  time === undefined ? budget.refuse('There is no time of a request here.') : momentText(time.getTime()),
);

const toDateTime = exactly(
  ['year', 'month', 'dayOfMonth', 'hour', 'minute', 'second'],
  'the moment, or null when there is none such',
  compose,
);

const periodOf = exactly(
  ['startDate', 'endDate'],
  'years, months and days from date to date in ISO 8601: `P1Y2M3D`, `P0D`, `P-1M`',
  ([one, two], budget) => {
    const [from, to] = [momentOf(one, budget), momentOf(two, budget)];
    return from === null || to === null ? null : periodBetween(from.at, to.at);
  },
);

export const DATETIME: Library = new Map<string, LibraryFunction>([
  ['addDays', byMilliseconds('days', DAY)],
  ['addMonths', adding('months', addMonths)],
  ['addYears', adding('years', (at, count) => addMonths(at, count * 12))],
  ['addHours', byMilliseconds('hours', 3600 * SECOND)],
  ['addMinutes', byMilliseconds('minutes', 60 * SECOND)],
  ['addSeconds', byMilliseconds('seconds', SECOND)],
  ['getDayOfMonth', getter('day', 'the day of the month, from 1')],
  ['getMonth', getter('month', 'the month, from 1')],
  ['getYear', getter('year', 'the year')],
  ['getHour', getter('hour', 'the hour, 0 to 23')],
  ['getMinute', getter('minute', 'the minute')],
  ['getSecond', getter('second', 'the second')],
  ['now', now],
  ['toDateTime', toDateTime],
  [
    'toDate',
    half(['year', 'month', 'dayOfMonth'], 'the date in UTC: `2021-01-31Z`', {
      fill: (given) => [...given, whole(0), whole(0), whole(0)],
      cut: (text) => `${text.slice(0, 10)}Z`,
    }),
  ],
  [
    'toTime',
    half(['hour', 'minute', 'second'], 'the time in UTC: `23:59:59Z`', {
      fill: (given) => [whole(2000), whole(1), whole(1), ...given],
      cut: (text) => `${text.slice(11, 19)}Z`,
    }),
  ],
  ['format', format],
  ['compare', between('-1, 0 or 1', (from, to) => Math.sign(from - to))],
  ['daysBetween', between('whole days from the first to the second, negative when that is earlier', daysBetween)],
  ['weeksBetween', between('whole weeks, as `daysBetween`', (from, to) => Math.trunc(daysBetween(from, to) / 7))],
  ['monthsBetween', between('whole months, as `daysBetween`', monthsBetween)],
  ['yearsBetween', between('whole years, as `daysBetween`', (from, to) => Math.trunc(monthsBetween(from, to) / 12))],
  ['periodBetween', periodOf],
  [
    'toUnixTimestamp',
    exactly(['inputDate'], 'whole seconds since the start of 1970', ([input], budget) => {
      const moment = momentOf(input, budget);
      return whole(moment === null ? -1 : Math.floor(moment.at / SECOND));
    }),
  ],
  ['fromUnixTimestamp', fromUnixTimestamp],
  ['parse', parse],
  ['toDateTimeInTimezone', toDateTimeInTimezone],
]);
