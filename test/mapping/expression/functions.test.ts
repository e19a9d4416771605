/** Every function of every library, given anything at all: a value of the language or a refusal, and soon. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../src/mapping/expression/budget.ts';
import { LIBRARIES } from '../../../src/mapping/expression/libraries.ts';
import { LIMITS } from '../../../src/mapping/expression/syntax.ts';
import { isList, isProperties, type LibraryFunction, type Value } from '../../../src/mapping/expression/value.ts';
import { Refusal } from '../../../src/refusal.ts';
import { NOW } from './language.ts';

const TEXTS = [
  '',
  ' ',
  '2021-01-31T23:59:59.123Z',
  '9999-12-31T23:59:59Z',
  '0001-01-01+18:00',
  'yyyy-MM-dd[ HH:mm]',
  "'",
  'Europe/Berlin',
  'HmacSHA1',
  '(a|b)*?c',
  '(a+)+$',
  '(',
  '$1',
  '\\',
  '%s %5.2f %,d',
  '-0',
  '1e1000',
  '\ud800',
  '__proto__',
  'a'.repeat(LIMITS.textLength),
  '9'.repeat(1000),
];
const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 30 }));
const number = fc.oneof(
  fc.integer().map((value) => ({ digits: BigInt(value), scale: 0 })),
  fc.constantFrom(0n, 1n, -1n, 2n ** 31n, -(2n ** 63n), 10n ** 999n).map((digits) => ({ digits, scale: 0 })),
  fc.record({ digits: fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), scale: fc.constantFrom(1, 3, 1000) }),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    text,
    number,
    fc.constantFrom<Value>(null, true, false),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.constantFrom('a', '__proto__'), tie('value')), { maxLength: 2 })
      .map((entries) => new Map(entries)),
  ),
}));

function isValue(made: Value): boolean {
  if (made === null || typeof made === 'boolean') return true;
  if (typeof made === 'string') return made.length <= LIMITS.textLength;
  if (isList(made)) return made.every(isValue);
  return isProperties(made) ? [...made.values()].every(isValue) : typeof made.digits === 'bigint' && made.scale >= 0;
}

const rows: readonly (readonly [string, LibraryFunction])[] = [...LIBRARIES].flatMap(([library, functions]) =>
  [...functions].map(([name, one]) => [`#${library}.${name}`, one] as const),
);

describe.each(rows)('%s', (_, one) => {
  test('takes anything', () => {
    const given = fc.array(value, { minLength: one.least, maxLength: Math.min(one.most, one.least + 4) });
    fc.assert(
      fc.property(given, (values) => {
        try {
          expect(isValue(one.call(values, new Budget('test'), NOW))).toBe(true);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          expect(error.code).toBe('expression-failed');
        }
        // What is said of arguments that are written out is words, whatever they are.
        const wrong = one.check?.(values);
        if (wrong !== undefined) expect(wrong.length).toBeGreaterThan(10);
      }),
      { numRuns: 150 },
    );
  });

  test('changes nothing that it is given, and gives the same again', () => {
    const given = fc.array(value, { minLength: one.least, maxLength: one.least });
    const outcome = (values: readonly Value[]): unknown => {
      try {
        return one.call(values, new Budget('test'), NOW);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return error.facts.detail;
      }
    };
    fc.assert(
      fc.property(given, (values) => {
        const before = structuredClone(values);
        const first = outcome(values);
        expect(values).toEqual(before);
        expect(outcome(values)).toEqual(first);
      }),
      { numRuns: 30 },
    );
  });

  test('says what it gives, as a cell of a table', () => {
    expect(one.gives.length).toBeGreaterThan(5);
    expect(one.gives).not.toMatch(/[|\n]|\.$/);
  });
});
