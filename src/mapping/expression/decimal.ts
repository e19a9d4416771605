/**
 * Numbers of the expression language: decimal, exact, of any size within the limits.
 *
 * Java's int, long, float, double, BigInteger and BigDecimal are all this one kind. Nothing is rounded on its way
 * from text to text, nothing overflows, and there is no NaN and no infinity. A number is whole (scale 0) or decimal;
 * as in Java, whole divided by whole is whole, cut towards zero. A quotient of decimals has at most 20 places, half up.
 */
import { LIMITS } from './syntax.ts';

/** digits / 10^scale; scale is never negative, and kept: 12.50 stays 12.50. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

const QUOTIENT_PLACES = 20;
const NUMBER = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,10}))?$/;

export const whole = (value: number | bigint): Decimal => ({ digits: BigInt(value), scale: 0 });

const power10 = (exponent: number): bigint => 10n ** BigInt(exponent);

/** BigDecimal's grammar: sign, digits, fraction, exponent. Null for anything else and beyond {@link LIMITS.digits}. */
export function parseDecimal(text: string): Decimal | null {
  const match = text.length <= 2 * LIMITS.digits ? NUMBER.exec(text) : null;
  if (match === null) return null;
  const [, sign, integer = '', fraction = '', exponent = '0'] = match;
  if (integer === '' && fraction === '') return null;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > LIMITS.digits) return null;
  const magnitude = BigInt(integer + fraction) * power10(Math.max(0, -scale));
  if (magnitude >= power10(LIMITS.digits)) return null;
  return { digits: sign === '-' ? -magnitude : magnitude, scale: Math.max(0, scale) };
}

/** Plain notation, never an exponent. */
export function decimalText({ digits, scale }: Decimal): string {
  if (scale === 0) return digits.toString();
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  return `${digits < 0n ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

/** Drops zeros at the end but one place, the form in which Java writes a double: 12.50 is 12.5, 12 is 12.0. */
export function asFloating(value: Decimal): Decimal {
  let { digits, scale } = value.scale === 0 ? { digits: value.digits * 10n, scale: 1 } : value;
  while (scale > 1 && digits % 10n === 0n) {
    digits /= 10n;
    scale -= 1;
  }
  return { digits, scale };
}

function aligned(left: Decimal, right: Decimal): { readonly a: bigint; readonly b: bigint; readonly scale: number } {
  const scale = Math.max(left.scale, right.scale);
  return { a: left.digits * power10(scale - left.scale), b: right.digits * power10(scale - right.scale), scale };
}

export function compareDecimals(left: Decimal, right: Decimal): -1 | 0 | 1 {
  const { a, b } = aligned(left, right);
  return a < b ? -1 : a > b ? 1 : 0;
}

export const negate = (value: Decimal): Decimal => ({ digits: -value.digits, scale: value.scale });

export function add(left: Decimal, right: Decimal): Decimal {
  const { a, b, scale } = aligned(left, right);
  return { digits: a + b, scale };
}

export const multiply = (left: Decimal, right: Decimal): Decimal => ({
  digits: left.digits * right.digits,
  scale: left.scale + right.scale,
});

/** Null for division by zero. */
export function divide(left: Decimal, right: Decimal): Decimal | null {
  const { a, b, scale } = aligned(left, right);
  if (b === 0n) return null;
  if (scale === 0) return whole(a / b);
  return asFloating(
    rescale({ digits: (a * power10(QUOTIENT_PLACES + 1)) / b, scale: QUOTIENT_PLACES + 1 }, QUOTIENT_PLACES),
  );
}

/** Sign of the dividend, as in Java; null for division by zero. */
export function remainder(left: Decimal, right: Decimal): Decimal | null {
  const { a, b, scale } = aligned(left, right);
  return b === 0n ? null : { digits: a % b, scale };
}

/** Whole exponents from 0; null for others; undefined when the result has too many digits. */
export function power(base: Decimal, exponent: Decimal): Decimal | null | undefined {
  if (exponent.scale !== 0 || exponent.digits < 0n) return null;
  const length = (base.digits < 0n ? -base.digits : base.digits).toString().length;
  const largest = Math.floor((2 * LIMITS.digits) / Math.max(length, base.scale));
  if (base.scale === 0 && (base.digits === 0n || base.digits === 1n)) {
    return exponent.digits === 0n ? whole(1) : base;
  }
  if (exponent.digits > BigInt(largest)) return undefined;
  return { digits: base.digits ** exponent.digits, scale: base.scale * Number(exponent.digits) };
}

/** With exactly so many places, rounded half up (away from zero), as java.util.Formatter does. */
export function rescale(value: Decimal, places: number): Decimal {
  if (places >= value.scale) return { digits: value.digits * power10(places - value.scale), scale: places };
  const unit = power10(value.scale - places);
  const half = value.digits < 0n ? -unit / 2n : unit / 2n;
  return { digits: (value.digits + half) / unit, scale: places };
}
