/** The libraries as a whole, and their page in the documentation. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findFunction, LATER_LIBRARIES, LIBRARIES } from '../../../src/mapping/expression/libraries.ts';
import { LIMITS } from '../../../src/mapping/expression/syntax.ts';
import { parseValue } from '../../../src/mapping/mapping-value.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/expressions.md'), 'utf8');

test('the page lists every function with its parameters, and no others', () => {
  const documented = [...page.matchAll(/`(#[a-z]+\.\w+\([^`]*\))`(?=[,| ])/g)]
    .map((match) => match[1] ?? '')
    .filter((text) => !/user\.|\{/.test(text));
  const expected = [...LIBRARIES].flatMap(([library, functions]) =>
    [...functions].map(([name, { parameters }]) => `#${library}.${name}(${parameters})`),
  );
  expect(documented.toSorted()).toEqual(expected.toSorted());
});

test('the page names the limits', () => {
  for (const limit of Object.values(LIMITS)) expect(page).toContain(limit.toLocaleString('en-US'));
});

test.each([...LATER_LIBRARIES])('the page says that #%s is not there yet', (library) => {
  expect(page).toContain(`\`#${library}\``);
  expect(findFunction(library, 'anything')).toMatch(/not available yet/);
});

test('the page’s examples of values can be read', () => {
  const examples = [...page.matchAll(/^\|[^|]+\|[^|]+\| `([^`]+)` \|$/gm)].map((match) => match[1] ?? '');
  expect(examples).toHaveLength(4);
  expect(examples.map((example) => parseValue(example).form)).toEqual(['template', 'bare', 'literal', 'literal']);
});

test.each(['constructor', '__proto__', 'toString', ''])('no function is inherited: %j', (name) => {
  expect(typeof findFunction('string', name)).toBe('string');
  expect(typeof findFunction(name, 'trim')).toBe('string');
});
