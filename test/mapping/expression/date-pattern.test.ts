/** What is written by a pattern is read by it, and no pattern and no text does harm. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMoment, parsePattern, type PatternPart } from '../../../src/mapping/expression/date-pattern.ts';
import { readMoment } from '../../../src/mapping/expression/date-reading.ts';

const parts = (pattern: string): readonly PatternPart[] => {
  const found = parsePattern(pattern);
  return typeof found === 'string' ? expect.fail(found) : found;
};
const utc = (): number => 0;
const moment = fc.record({
  at: fc.integer({ min: Date.parse('2000-01-02Z'), max: Date.parse('2099-12-30Z') }),
  offset: fc.integer({ min: -17 * 4, max: 17 * 4 }).map((quarters) => quarters * 900),
});

test.each([
  'yyyy-MM-dd HH:mm:ss.SSS XXX',
  "EEEE, d MMMM u 'at' h:mm:ss.SSS a Z",
  'yyMMddHHmmssSSSxx',
  'yyyyDDD kk mm ss SSS xxx',
  'E d MMM yyyy K:m:s.SSS a XX',
  "'it''s' D y[ HH:mm[:ss.SSS]]XXX",
  '[EEEE ][Q ]yyyy/M/d/H/m/s/SSS/X',
])('%s: what is written is read', (pattern) => {
  fc.assert(
    fc.property(moment, (given) => {
      expect(readMoment(formatMoment(given, parts(pattern)), parts(pattern), utc)).toEqual(given);
    }),
  );
});

test('every beginning of a text that a pattern writes is no date by it', () => {
  const pattern = parts('EEE, d MMM yyyy HH:mm:ss.SSS XXX');
  const text = formatMoment({ at: Date.parse('2021-01-31T23:59:59.999Z'), offset: -5400 }, pattern);
  for (let length = 0; length < text.length; length += 1) {
    expect(readMoment(text.slice(0, length), pattern, utc), text.slice(0, length)).toBeNull();
  }
});

test('any pattern has parts or a defect, and any text by it a moment or none', () => {
  const letters = fc.array(
    fc.constantFrom(
      'yyyy',
      'y',
      'MM',
      'MMM',
      'd',
      'D',
      'HH',
      'h',
      'a',
      'E',
      'S',
      'X',
      'x',
      'Z',
      'q',
      "'",
      "''",
      '[',
      ']',
      '-',
      'T',
      '{',
    ),
    { maxLength: 12 },
  );
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9APMJan:+Z-]{0,24}$/));
  fc.assert(
    fc.property(
      fc.oneof(
        letters.map((all) => all.join('')),
        fc.string(),
      ),
      text,
      moment,
      (pattern, given, at) => {
        const found = parsePattern(pattern);
        if (typeof found === 'string') expect(found.length).toBeGreaterThan(10);
        else {
          expect(typeof formatMoment(at, found)).toBe('string');
          readMoment(given, found, utc);
        }
      },
    ),
    { numRuns: 3000 },
  );
});

test('a pattern is bounded in length and depth', () => {
  expect(parsePattern('y'.repeat(4).padEnd(256, '-'))).not.toBeTypeOf('string');
  expect(parsePattern('-'.repeat(257))).toMatch(/256 characters at most/);
  expect(parsePattern('['.repeat(7) + ']'.repeat(7))).not.toBeTypeOf('string');
  expect(parsePattern('['.repeat(8) + ']'.repeat(8))).toMatch(/nested more than 7 deep/);
});

test('options that fail one after the other cost little', () => {
  const pattern = parts(`yyyyMMdd${'[[[[SSSSSSSSS]x]y]z]'.replaceAll('z', 'd').repeat(12)}`);
  const started = performance.now();
  readMoment(`20210131${'1'.repeat(30_000)}`, pattern, utc);
  expect(performance.now() - started).toBeLessThan(100);
});
