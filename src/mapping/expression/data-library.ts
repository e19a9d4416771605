/**
 * `#data`: lists. A single value counts as a list of one, as in `#string.join`; null and objects are no lists.
 *
 * Items are equal as `==` has it: numbers by value, a number never equals a text.
 */
import { exactly, listOf } from './arguments.ts';
import type { Budget } from './budget.ts';
import { asFloating, decimalText, whole } from './decimal.ts';
import { equals, isList, isNumber, isProperties, type Library, type LibraryFunction, type Value } from './value.ts';

type List = readonly Value[];

/** Equal values have equal keys; undefined for lists and objects, which have none. */
function keyOf(value: Value): string | undefined {
  if (typeof value === 'string') return `'${value}`;
  if (isNumber(value)) return decimalText(asFloating(value));
  return isList(value) || isProperties(value) ? undefined : String(value);
}

/** Tells which values are among the items: one look for each, so that two long lists cost their sum, not their product. */
function membership(items: List, budget: Budget): { has: (value: Value) => boolean; add: (value: Value) => void } {
  const keys = new Set<string>();
  const others: Value[] = [];
  const key = (value: Value): string | undefined => {
    const made = keyOf(value);
    budget.spend(1 + ((made?.length ?? 0) >> 4));
    return made;
  };
  const add = (value: Value): void => {
    const made = key(value);
    if (made === undefined) others.push(value);
    else keys.add(made);
  };
  items.forEach(add);
  return {
    add,
    has: (value) => {
      const made = key(value);
      return made === undefined ? others.some((other) => equals(other, value, budget)) : keys.has(made);
    },
  };
}

/** True or false of two lists; false when one is none. */
const predicate = (gives: string, holds: (left: List, right: List, budget: Budget) => boolean): LibraryFunction =>
  exactly(['collection1', 'collection2'], gives, ([one, two], budget) => {
    const [left, right] = [listOf(one, budget), listOf(two, budget)];
    return left !== null && right !== null && holds(left, right, budget);
  });

/** The items of the first list that are, or are not, in the second. A null in its place leaves the first as it is. */
const filtering = (gives: string, wanted: boolean): LibraryFunction =>
  exactly(['collection1', 'collection2'], gives, ([one, two], budget) => {
    const [left, right] = [listOf(one, budget), listOf(two, budget)];
    if (left === null || right === null) return left;
    const inRight = membership(right, budget);
    return left.filter((item) => inRight.has(item) === wanted);
  });

const union = exactly(
  ['collection1', 'collection2'],
  'the items of both, each once, in order; a null counts as empty, two are null',
  ([one, two], budget) => {
    const [left, right] = [listOf(one, budget), listOf(two, budget)];
    if (left === null && right === null) return null;
    const seen = membership([], budget);
    return [...(left ?? []), ...(right ?? [])].filter((item) => {
      const isNew = !seen.has(item);
      if (isNew) seen.add(item);
      return isNew;
    });
  },
);

export const DATA: Library = new Map<string, LibraryFunction>([
  [
    'indexOf',
    exactly(
      ['collection', 'item'],
      'the position of the first equal item from 0, or -1',
      ([one, item = null], budget) =>
        whole((listOf(one, budget) ?? []).findIndex((other) => equals(other, item, budget))),
    ),
  ],
  [
    'isNotEmpty',
    exactly(['collection'], 'true when there is an item', ([one], budget) => (listOf(one, budget) ?? []).length > 0),
  ],
  [
    'containsAll',
    predicate('true when every item of the second is in the first; false with a null', (left, right, budget) => {
      const inLeft = membership(left, budget);
      return right.every((item) => inLeft.has(item));
    }),
  ],
  [
    'containsAny',
    predicate('true when an item of the second is in the first; false with a null', (left, right, budget) => {
      const inLeft = membership(left, budget);
      return right.some((item) => inLeft.has(item));
    }),
  ],
  [
    'removeAll',
    filtering('the first list without the items of the second; a null as the second changes nothing', false),
  ],
  [
    'retainAll',
    filtering('the items of the first list that are in the second; a null as the second changes nothing', true),
  ],
  ['union', union],
  [
    'size',
    exactly(['collection'], 'the number of items; 0 for null', ([one], budget) =>
      whole((listOf(one, budget) ?? []).length),
    ),
  ],
  [
    'equals',
    exactly(
      ['collection1', 'collection2'],
      'true when both hold equal items in the same order, or are null',
      ([one, two], budget) => {
        const [left, right] = [listOf(one, budget), listOf(two, budget)];
        return equals(left, right, budget);
      },
    ),
  ],
]);
