/** `#data`, by the laws of lists; single cases are in test/vectors/expressions/data.*.json. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Budget } from '../../../src/mapping/expression/budget.ts';
import { DATA } from '../../../src/mapping/expression/data-library.ts';
import { whole } from '../../../src/mapping/expression/decimal.ts';
import { equals, type Value } from '../../../src/mapping/expression/value.ts';

const call = (name: string, ...given: readonly Value[]): Value =>
  (DATA.get(name) ?? expect.fail(name)).call(given, new Budget('test'), undefined);
const list = (name: string, ...given: readonly Value[]): readonly Value[] => {
  const made = call(name, ...given);
  return Array.isArray(made) ? (made as readonly Value[]) : expect.fail('a list');
};

const { item } = fc.letrec<{ item: Value }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.constantFrom<Value>('a', 'b', '1', '1.0', 'true', 'null', '', null, true, false),
    fc.constantFrom<Value>(
      whole(1),
      whole(-1),
      { digits: 10n, scale: 1 },
      { digits: 100n, scale: 2 },
      { digits: 15n, scale: 1 },
    ),
    fc.array(tie('item'), { maxLength: 2 }),
    tie('item').map((held) => new Map([['key', held]])),
  ),
}));
const items = fc.array(item, { maxLength: 8 });
const has = (all: readonly Value[], one: Value): boolean => all.some((other) => equals(other, one, new Budget('test')));

test('what one list keeps and what it loses of another are all of it, in order', () => {
  fc.assert(
    fc.property(items, items, (left, right) => {
      expect(list('retainAll', left, right)).toEqual(left.filter((one) => has(right, one)));
      expect(list('removeAll', left, right)).toEqual(left.filter((one) => !has(right, one)));
      expect(call('containsAny', left, right)).toBe(list('retainAll', left, right).length > 0);
      expect(call('containsAll', left, right)).toBe(list('removeAll', right, left).length === 0);
    }),
  );
});

test('a union holds every item of both, and none twice', () => {
  fc.assert(
    fc.property(items, items, (left, right) => {
      const both = list('union', left, right);
      for (const one of [...left, ...right]) expect(has(both, one)).toBe(true);
      for (const [at, one] of both.entries()) {
        expect(call('indexOf', both, one)).toEqual(whole(at));
        expect(has([...left, ...right], one)).toBe(true);
      }
      expect(call('size', both)).toEqual(whole(both.length));
    }),
  );
});

test('equal lists are equal in every item', () => {
  fc.assert(
    fc.property(items, items, (left, right) => {
      expect(call('equals', left, left)).toBe(true);
      expect(call('equals', left, right)).toBe(
        left.length === right.length && left.every((one, at) => has([one], right[at] ?? null)),
      );
    }),
  );
});

test('two lists of thousands are within the budget', () => {
  const names = Array.from({ length: 4000 }, (_, number) => `CN=Group ${number}`);
  expect(list('retainAll', names, names.toReversed())).toHaveLength(4000);
  expect(call('containsAll', names, names.slice(1))).toBe(true);
  expect(list('union', names, names)).toHaveLength(4000);
});
