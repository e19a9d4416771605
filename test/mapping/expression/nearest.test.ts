/** Mistyped names find their own. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LIBRARIES } from '../../../src/mapping/expression/libraries.ts';
import { nearest } from '../../../src/mapping/expression/nearest.ts';

const names = [...new Set([...LIBRARIES.values()].flatMap((functions) => [...functions.keys()]))];

test('a name that is known is its own nearest, in any case', () => {
  for (const name of names) {
    expect(nearest(name, names)?.toLowerCase()).toBe(name.toLowerCase());
    expect(nearest(name.toUpperCase(), names)?.toLowerCase()).toBe(name.toLowerCase());
  }
});

test('one letter too many, too few, wrong, or swapped with its neighbour, finds the name in a list of its own', () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(20), fc.constantFrom('a', 'b', 'x', 'y'), (name, place, letter) => {
      const at = place % name.length;
      const [before, here, after] = [name.slice(0, at), name[at] ?? '', name.slice(at + 1)];
      const mistyped = [
        before + letter + here + after,
        before + after,
        before + letter + after,
        before + after.slice(0, 1) + here + after.slice(1),
      ];
      for (const word of mistyped) expect(nearest(word, ['somethingElse', name])).toBe(name);
    }),
  );
});

test.each(['', 'x', 'java', 'uuid', 'x'.repeat(65)])('%j is near to nothing', (word) => {
  expect(nearest(word, ['upperCase', 'uuidAsBase64Guid'])).toBeUndefined();
});
