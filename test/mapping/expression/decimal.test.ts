/** Numbers are exact: checked against BigInt, and against the rational numbers they stand for. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  asFloating,
  compareDecimals,
  type Decimal,
  decimalText,
  divide,
  multiply,
  negate,
  parseDecimal,
  power,
  remainder,
  rescale,
  whole,
} from '../../../src/mapping/expression/decimal.ts';

const decimal = fc.record({
  digits: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
  scale: fc.integer({ min: 0, max: 20 }),
});
const read = (text: string): Decimal => parseDecimal(text) ?? expect.fail(`${text} is a number`);

test('a number is written as it is read', () => {
  fc.assert(
    fc.property(decimal, (value) => {
      expect(parseDecimal(decimalText(value))).toEqual(value);
    }),
  );
});

test.each([
  ['0', '0'],
  ['-0', '0'],
  ['007', '7'],
  ['.5', '0.5'],
  ['-.5', '-0.5'],
  ['5.', '5'],
  ['1e3', '1000'],
  ['1.25e1', '12.5'],
  ['1.25E+2', '125'],
  ['12e-3', '0.012'],
  ['0.00', '0.00'],
])('%s is %s', (text, value) => {
  expect(decimalText(read(text))).toBe(value);
});

test.each([
  '',
  ' ',
  '.',
  '-',
  'e5',
  '1e',
  '1e+',
  '--1',
  '1 ',
  ' 1',
  '1,5',
  '٣',
  'NaN',
  'Infinity',
  '0x10',
  '1e1001',
  '1e-1001',
  '9'.repeat(1001),
  '1e99999999999',
])('%j is no number', (text) => {
  expect(parseDecimal(text)).toBeNull();
});

describe('arithmetic', () => {
  test('sums and products are those of the fractions', () => {
    fc.assert(
      fc.property(decimal, decimal, (left, right) => {
        const over = (value: Decimal, scale: number): bigint => value.digits * 10n ** BigInt(scale - value.scale);
        expect(over(add(left, right), 40)).toBe(over(left, 40) + over(right, 40));
        expect(over(multiply(left, right), 80)).toBe(over(left, 40) * over(right, 40));
        expect(compareDecimals(left, right)).toBe(
          over(left, 40) < over(right, 40) ? -1 : over(left, 40) > over(right, 40) ? 1 : 0,
        );
      }),
    );
  });

  test('whole by whole is whole, with the remainder of the dividend’s sign', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
        fc.pre(b !== 0n);
        expect(divide(whole(a), whole(b))).toEqual(whole(a / b));
        expect(remainder(whole(a), whole(b))).toEqual(whole(a % b));
      }),
    );
  });

  test('a quotient of decimals is off by half a unit of the twentieth place at most', () => {
    fc.assert(
      fc.property(decimal, decimal, (left, right) => {
        fc.pre(right.digits !== 0n && (left.scale > 0 || right.scale > 0));
        const quotient = divide(left, right) ?? expect.fail('a quotient');
        expect(quotient.scale).toBeLessThanOrEqual(20);
        const error = add(multiply(quotient, right), negate(left));
        const bound = multiply(right, { digits: 5n, scale: 21 });
        const size = (value: Decimal): Decimal => (value.digits < 0n ? negate(value) : value);
        expect(compareDecimals(size(error), size(bound))).toBeLessThanOrEqual(0);
      }),
    );
  });

  test('nothing is divided by zero', () => {
    expect(divide(whole(1), whole(0))).toBeNull();
    expect(divide(read('1.5'), read('0.0'))).toBeNull();
    expect(remainder(whole(1), whole(0))).toBeNull();
  });

  test('powers', () => {
    expect(power(whole(2), whole(10))).toEqual(whole(1024));
    expect(power(read('0.5'), whole(2))).toEqual(read('0.25'));
    expect(power(whole(1), whole(10n ** 50n))).toEqual(whole(1));
    expect(power(whole(0), whole(10n ** 50n))).toEqual(whole(0));
    expect(power(whole(0), whole(0))).toEqual(whole(1));
    expect(power(whole(2), whole(-1))).toBeNull();
    expect(power(whole(2), read('0.5'))).toBeNull();
    expect(power(whole(2), whole(10n ** 9n))).toBeUndefined();
  });
});

test.each([
  ['2.5', 0, '3'],
  ['-2.5', 0, '-3'],
  ['2.449', 1, '2.4'],
  ['2.45', 1, '2.5'],
  ['-0.04', 1, '0.0'],
  ['1', 3, '1.000'],
] as const)('%s with %d places is %s', (text, places, value) => {
  expect(decimalText(rescale(read(text), places))).toBe(value);
});

test.each([
  ['12', '12.0'],
  ['12.500', '12.5'],
  ['0', '0.0'],
  ['100', '100.0'],
  ['0.00', '0.0'],
  ['-1.10', '-1.1'],
])('%s as a double is %s', (text, value) => {
  expect(decimalText(asFloating(read(text)))).toBe(value);
});
