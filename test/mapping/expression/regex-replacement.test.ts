/** What is written in the place of a match. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRegex, type Regex } from '../../../src/mapping/expression/regex-program.ts';
import { parseReplacement } from '../../../src/mapping/expression/regex-replacement.ts';

function compiled(pattern: string): Regex {
  const regex = compileRegex(pattern);
  return typeof regex === 'string' ? expect.fail(regex) : regex;
}
const TWELVE = compiled('(?<first>a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(?<last>l)');
const TWO = compiled('(a)(b)');

test.each([
  ['', []],
  ['text', ['text']],
  ['$1', [1]],
  ['$0', [0]],
  ['<$1-$2>', ['<', 1, '-', 2, '>']],
  ['$12', [12]],
  ['$123', [12, '3']],
  ['$13', [1, '3']],
  ['${first}${last}', [1, 12]],
  ['\\$1', ['$', '1']],
  ['\\\\', ['\\']],
  ['a\\b', ['a', 'b']],
])('%j', (text, parts) => {
  expect(parseReplacement(text, TWELVE)).toEqual(parts);
});

test.each([
  ['$3', /no group for \$3/],
  ['${first}', /no group for \$\{first\}/],
  ['${__proto__}', /written \\\$/],
  ['$', /written \\\$/],
  ['$x', /written \\\$/],
  ['${1}', /written \\\$/],
  ['${first', /written \\\$/],
  ['\\', /written \\\\/],
])('%j has no meaning', (text, words) => {
  expect(parseReplacement(text, TWO)).toMatch(words);
});

test('any text has parts or a defect', () => {
  const piece = fc.constantFrom('$', '{', '}', '\\', '1', '2', 'first', 'x');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join('')),
      ),
      (text) => {
        const parts = parseReplacement(text, TWELVE);
        if (typeof parts === 'string') expect(parts.length).toBeGreaterThan(10);
        else for (const part of parts) if (typeof part === 'number') expect(part).toBeLessThanOrEqual(12);
      },
    ),
  );
});
