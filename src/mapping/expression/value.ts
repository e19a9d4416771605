/**
 * Values of the expression language and how they turn into each other.
 *
 * Objects are maps, so a name finds what was put there and nothing else: there is no prototype to reach. What has no
 * sense is null, never an error.
 */
import type { Budget } from './budget.ts';
import { compareDecimals, decimalText, type Decimal } from './decimal.ts';

export type Value = null | boolean | string | Decimal | readonly Value[] | Properties;

export interface Properties extends ReadonlyMap<string, Value> {}

/** A function of a library. Arguments are evaluated, and as many as `least` to `most`. */
export interface LibraryFunction {
  /** As the documentation writes them, without the parentheses. */
  readonly parameters: string;
  /** What comes of them, for the documentation. */
  readonly gives: string;
  readonly least: number;
  readonly most: number;
  /** @param now the time of the request: the only clock there is */
  readonly call: (given: readonly Value[], budget: Budget, now: Date | undefined) => Value;
  /** What can never be right about these arguments; those that are not written out in the expression are undefined. */
  readonly check?: (literals: readonly (Value | undefined)[]) => string | undefined;
  /** Index of an argument that no record may show. */
  readonly secret?: number;
}

export type Library = ReadonlyMap<string, LibraryFunction>;

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

export const isProperties = (value: Value): value is Properties => value instanceof Map;

export const isNumber = (value: Value): value is Decimal =>
  value !== null && typeof value === 'object' && !isList(value) && !isProperties(value);

/** The text of a string, number or boolean; null for null, lists and objects. */
export function textOf(value: Value): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return isNumber(value) ? decimalText(value) : null;
}

/** SpEL's equality: numbers by value, lists and maps by their items, different kinds are never equal. */
export function equals(left: Value, right: Value, budget: Budget): boolean {
  budget.spend(1);
  if (isNumber(left) && isNumber(right)) return compareDecimals(left, right) === 0;
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, index) => equals(item, right[index] ?? null, budget));
  }
  if (isProperties(left) && isProperties(right)) {
    const same = ([name, item]: readonly [string, Value]): boolean =>
      right.has(name) && equals(item, right.get(name) ?? null, budget);
    return left.size === right.size && [...left].every(same);
  }
  return left === right;
}

/** SpEL's order: null before everything, then within one kind; undefined where there is none. */
export function order(left: Value, right: Value): -1 | 0 | 1 | undefined {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  if (isNumber(left) && isNumber(right)) return compareDecimals(left, right);
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'boolean' && typeof right === 'boolean') return left === right ? 0 : left ? 1 : -1;
  return undefined;
}
