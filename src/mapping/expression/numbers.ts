/** Texts that are numbers in Java's eyes, read as exact decimals ({@link Decimal}); null for all others. */
import { asFloating, parseDecimal, whole, type Decimal } from './decimal.ts';
import { LIMITS } from './syntax.ts';

/** Sign and decimal digits, within -limit-1 to limit when there is a limit. No spaces, no point. */
export function asWhole(text: string, limit?: bigint): Decimal | null {
  if (text.length > LIMITS.digits || !/^[+-]?[0-9]+$/.test(text)) return null;
  const value = BigInt(text.replace('+', ''));
  return limit === undefined || (value <= limit && value >= -limit - 1n) ? whole(value) : null;
}

/**
 * A decimal whose size a float or double could hold. Its digits are kept, not rounded to binary; what is too small
 * to differ from 0 is 0.0, what would be infinite is no number.
 */
export function asFloat(text: string, nearest: (value: number) => number): Decimal | null {
  const value = parseDecimal(text);
  if (value === null) return null;
  const binary = nearest(Number(text));
  if (!Number.isFinite(binary)) return null;
  return asFloating(binary === 0 ? whole(0) : value);
}

export const inFloat = Math.fround;
export const inDouble = (value: number): number => value;
