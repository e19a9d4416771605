/** Moments against the platform's own calendar: Date for UTC, Intl for time zones. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addMonths,
  DAY,
  fromFields,
  localText,
  momentText,
  monthsBetween,
  parseMoment,
  parseOffset,
  periodBetween,
  toFields,
} from '../../../src/mapping/expression/date-time.ts';
import { momentAt, zoneClock } from '../../../src/mapping/expression/time-zone.ts';

const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');
const moment = fc.integer({ min: FIRST, max: LAST });
const recent = fc.integer({ min: Date.parse('1975-01-01Z'), max: Date.parse('2035-01-01Z') });
const offset = fc.integer({ min: -18 * 60, max: 18 * 60 }).map((minutes) => minutes * 60);
const day = fc.integer({ min: Math.ceil(FIRST / DAY), max: Math.floor(LAST / DAY) }).map((count) => count * DAY);

test('a moment is read as it is written, on any clock', () => {
  fc.assert(
    fc.property(moment, offset, (at, ahead) => {
      const text = localText({ at, offset: ahead });
      if (text === null) expect(momentText(at + ahead * 1000)).toBeNull();
      else expect(parseMoment(text)).toEqual({ at, offset: ahead });
    }),
  );
});

test('fields are those of Date, and make the moment again', () => {
  fc.assert(
    fc.property(moment, (at) => {
      const fields = toFields(at);
      const date = new Date(at);
      expect([fields.year, fields.month, fields.day]).toEqual([
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
      ]);
      expect(fromFields(fields)).toBe(at);
    }),
  );
});

test('fields that Date would carry over are no moment', () => {
  const small = fc.integer({ min: -2, max: 65 });
  fc.assert(
    fc.property(fc.integer({ min: -1, max: 10_001 }), small, small, small, small, small, (year, ...rest) => {
      const [month, date, hour, minute, second] = rest;
      const carried = new Date(0);
      carried.setUTCFullYear(year, month - 1, date);
      carried.setUTCHours(hour, minute, second);
      const same =
        year >= 1 &&
        year <= 9999 &&
        carried.getUTCFullYear() === year &&
        carried.getUTCMonth() === month - 1 &&
        carried.getUTCDate() === date &&
        carried.getUTCHours() === hour &&
        carried.getUTCMinutes() === minute &&
        carried.getUTCSeconds() === second;
      const made = fromFields({ year, month, day: date, hour, minute, second, millisecond: 0 });
      expect(made).toBe(same ? carried.getTime() : null);
    }),
    { numRuns: 2000 },
  );
});

test('any text is a moment or none, and every moment has its text', () => {
  const piece = fc.constantFrom('2021', '-02', '-30', '-28', 'T', '23', ':59', '.1', 'Z', '+', '-', '08', ':00', '800');
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (given) => {
      const found = parseMoment(given);
      if (found !== null) expect(momentText(found.at)).not.toBeNull();
    }),
    { numRuns: 2000 },
  );
});

test('every beginning of a moment that is not a moment itself is null', () => {
  const whole = '2021-01-31T23:59:59.123456+05:30';
  const read = Array.from(whole, (_, length) => whole.slice(0, length)).filter((text) => parseMoment(text) !== null);
  expect(read).toEqual(['2021-01-31T23:59:59.123456+05']);
});

test.each([
  ['Z', 0],
  ['+02', 7200],
  ['+0200', 7200],
  ['+02:00', 7200],
  ['+800', 28_800],
  ['-00:00', 0],
  ['-05:30', -19_800],
  ['+00:53:28', 3208],
  ['+18:00', 64_800],
  ['+18:01', null],
  ['+8', null],
  ['+02:0', null],
  ['+02:60', null],
  ['02:00', null],
  ['+', null],
  ['z', null],
])('the offset %s is %j seconds', (text, seconds) => {
  expect(parseOffset(text)).toBe(seconds);
});

describe('months', () => {
  test('there and back again comes to the same month, and no later day', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -500, max: 500 }), (at, months) => {
        const there = addMonths(at, months);
        const back = there === null ? null : addMonths(there, -months);
        if (back === null) return;
        expect(toFields(back).month).toBe(toFields(at).month);
        expect(at - back).toBeGreaterThanOrEqual(0);
        expect(at - back).toBeLessThanOrEqual(3 * DAY);
      }),
    );
  });

  test('so many months between that one more would be too many', () => {
    fc.assert(
      fc.property(moment, moment, (one, two) => {
        const [from, to] = [Math.min(one, two), Math.max(one, two)];
        const months = monthsBetween(from, to);
        expect(months).toBeGreaterThanOrEqual(0);
        expect(addMonths(from, months) ?? LAST).toBeLessThanOrEqual(to);
        expect(addMonths(from, months + 1) ?? LAST + 1).toBeGreaterThan(to - 3 * DAY);
        expect(monthsBetween(from, from)).toBe(0);
      }),
    );
  });

  test('a period leads from the first date to the second', () => {
    fc.assert(
      fc.property(day, day, (one, two) => {
        const [from, to] = [Math.min(one, two), Math.max(one, two)];
        const [, years = '0', months = '0', days = '0'] =
          /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$/.exec(periodBetween(from, to)) ?? expect.fail('a period');
        expect((addMonths(from, Number(years) * 12 + Number(months)) ?? 0) + Number(days) * DAY).toBe(to);
        expect(Number(months)).toBeLessThan(12);
        expect(Number(days)).toBeLessThan(31);
      }),
    );
  });
});

describe('time zones', () => {
  const zone = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Africa/Casablanca',
    'UTC',
    '+05:30',
  );
  const clockOf = (name: string): ((at: number) => number) => zoneClock(name) ?? expect.fail(name);

  test('a clock shows what Intl says', () => {
    fc.assert(
      fc.property(zone, recent, (name, at) => {
        const shown = new Intl.DateTimeFormat('sv-SE', {
          timeZone: name,
          dateStyle: 'short',
          timeStyle: 'medium',
        }).format(at);
        expect(momentText(at + clockOf(name)(at) * 1000)?.slice(0, 19)).toBe(shown.replace(' ', 'T'));
      }),
      { numRuns: 300 },
    );
  });

  test('a time that a clock shows is found again; the first, where it shows it twice', () => {
    fc.assert(
      fc.property(zone, recent, (name, at) => {
        const clock = clockOf(name);
        const found = momentAt(clock, at + clock(at) * 1000);
        expect(found.at).toBeLessThanOrEqual(at);
        expect(found.at + found.offset * 1000).toBe(at + clock(at) * 1000);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['', ' ', 'Mars/Olympus', '../etc/passwd', 'x'.repeat(100), '+19:00', '+2:3', 'UTC+', 'Europe/Berlin\n'])(
    '%j is no zone',
    (name) => {
      expect(zoneClock(name)).toBeNull();
    },
  );
});
