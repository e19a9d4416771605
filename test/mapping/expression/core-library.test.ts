/** `#core`: choices by condition and by value. */
import { expect, test } from 'vitest';
import { CORE } from '../../../src/mapping/expression/core-library.ts';
import { readVectors, shown } from './language.ts';

test('the library holds ifelse and switchExpr', () => {
  expect([...CORE.keys()]).toEqual(['ifelse', 'switchExpr']);
});

const { user, vectors } = readVectors('core.json');

test.each(vectors)('%s is %s', (expression, value) => {
  expect(shown(expression, user)).toBe(value);
});
