/** How the libraries' functions read what they are given, and how a function is described. */
import type { Budget } from './budget.ts';
import { asWhole } from './numbers.ts';
import { isList, isNumber, isProperties, textOf, type LibraryFunction, type Value } from './value.ts';

export const INT_MAX = 2_147_483_647n;
export const LONG_MAX = 9_223_372_036_854_775_807n;

/** A whole number within Java's int, or a text of one. */
export function intOf(value: Value | undefined): number | null {
  const number = wholeOf(value, INT_MAX);
  return number === null ? null : Number(number);
}

export function wholeOf(value: Value | undefined, limit: bigint): bigint | null {
  const number = value !== undefined && typeof value === 'string' ? asWhole(value, limit) : (value ?? null);
  if (!isNumber(number) || number.scale !== 0) return null;
  return number.digits >= -limit - 1n && number.digits <= limit ? number.digits : null;
}

/** The characters of the text are paid for: whoever calls this reads them. */
export function read(value: Value | undefined, budget: Budget): string | null {
  const text = textOf(value ?? null);
  if (text !== null) budget.spend(text.length >> 4);
  return text;
}

/** A list as it is, a single value as a list of one; null for null and for objects. The items are paid for. */
export function listOf(value: Value | undefined, budget: Budget): readonly Value[] | null {
  if (value === undefined || value === null || isProperties(value)) return null;
  if (!isList(value)) return [value];
  budget.spend(value.length);
  return value;
}

/** A function that takes just these arguments. */
export const exactly = (
  parameters: readonly string[],
  gives: string,
  call: LibraryFunction['call'],
  more: Pick<LibraryFunction, 'check' | 'secret'> = {},
): LibraryFunction => ({
  parameters: parameters.join(', '),
  gives,
  least: parameters.length,
  most: parameters.length,
  call,
  ...more,
});
