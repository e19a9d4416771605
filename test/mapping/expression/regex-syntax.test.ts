/** Classes of characters, and the words for what is wrong with an expression. */
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../src/mapping/expression/budget.ts';
import { findMatch } from '../../../src/mapping/expression/regex-match.ts';
import { compileRegex } from '../../../src/mapping/expression/regex-program.ts';

const matches = (pattern: string, text: string): boolean => {
  const regex = compileRegex(pattern, true);
  return typeof regex === 'string'
    ? expect.fail(`${pattern}: ${regex}`)
    : findMatch(regex, text, 0, new Budget('test'), true) !== null;
};

describe('classes', () => {
  test.each([
    ['[a-c-]', 'a-', '^d'],
    ['[-a]', '-a', 'b'],
    ['[\\]\\[\\\\^]', '][\\^', 'a'],
    ['[^^]', 'a', '^'],
    ['[\\d.]', '0.', 'a'],
    ['[^\\d\\s]', 'a-', '0 '],
    ['[\\x41-\\u0043]', 'ABC', 'D'],
    ['[😀-😂]', '😀😁😂', '😃a'],
    ['\\x{1F600}', '😀', '😁'],
    ['[|$.*+?(){}]', '|$.*+?(){}', 'a'],
    ['\\t|\\n|\\r|\\f|\\a|\\e', '\t\n\r\f\u0007\u001b', 'tnrfae'],
    ['\\h', ' \t\u00a0\u3000', '\n'],
    ['\\v', '\n\u000b\f\r\u0085\u2028', ' '],
    ['\\s', ' \t\n\u000b\f\r', '\u00a0'],
    ['\\D', 'a', '0'],
    ['\\w', 'aZ0_', 'é-'],
    ['\\p{Lu}', 'AÉ', 'aé0'],
    ['\\pL', 'Aé', '0'],
    ['\\P{L}', '0 ', 'é'],
    ['\\p{IsAlphabetic}', 'éΩ', '0'],
    ['\\p{IsLatin}', 'aé', 'Ω'],
    ['\\p{Alpha}', 'aZ', 'é0'],
    ['\\p{Punct}', '!~_', 'a é'],
    ['\\p{Blank}', ' \t', '\n'],
    ['\\p{Cntrl}', '\u0000\u007f', ' '],
    ['[\\p{Upper}_]', 'A_', 'a'],
    ['\\.', '.', 'a'],
    ['\\-', '-', 'a'],
    ['}', '}', 'a'],
    [']', ']', 'a'],
  ])('%s', (pattern, inside, outside) => {
    for (const one of inside) expect(matches(pattern, one), JSON.stringify(one)).toBe(true);
    for (const one of outside) expect(matches(pattern, one), JSON.stringify(one)).toBe(false);
  });
});

test('a quotation is itself, and a quantifier behind it is for its last character', () => {
  expect(matches('\\Qa.b\\E', 'a.b')).toBe(true);
  expect(matches('\\Qa.b\\E', 'axb')).toBe(false);
  expect(matches('\\Qab\\E+', 'abbb')).toBe(true);
  expect(matches('\\Q\\E', '')).toBe(true);
  expect(matches('x\\Q(*', 'x(*')).toBe(true);
});

describe('defects', () => {
  test.each([
    ['(', /`\)` is missing/],
    ['a)', /no `\(` before it/],
    ['[a', /not closed by a `\]`/],
    ['[]', /is empty|not closed/],
    ['[b-a]', /ends before it begins/],
    ['[a-\\d]', /ends with a character/],
    ['[a[b]]', /written \\\[/],
    ['[a&&b]', /`&&`/],
    ['*', /nothing before it to repeat/],
    ['a|*', /nothing before it to repeat/],
    ['^*', /nothing before it to repeat/],
    ['(?i)*', /nothing before it to repeat/],
    ['a**', /two quantifiers/],
    ['a*++', /two quantifiers/],
    ['a*?+', /two quantifiers/],
    ['a{', /begins a quantifier/],
    ['a{,2}', /begins a quantifier/],
    ['a{3,2}', /ends before it begins/],
    ['a{1001}', /counts to 1000/],
    ['{2}', /nothing before it to repeat/],
    ['\\', /nothing after it/],
    ['\\y', /no escape \\y/],
    ['\\x4', /no escape \\x/],
    ['\\x{110000}', /no character/],
    ['\\p{Nonsense}', /no class of characters/],
    ['\\p{__proto__}', /no class of characters/],
    ['\\p', /no class of characters/],
    ['\\1', /no group for \\1/],
    ['(a)\\2', /no group for \\2/],
    ['\\k<n>(?<n>a)', /no group for \\k<n>/],
    ['(?<n>a)\\k<toString>', /no group for \\k<toString>/],
    ['(?<n>a)\\kn', /written \\k<name>/],
    ['(a)\\k<1>', /written \\k<name>/],
    ['(a)(?<=\\1)b', /\\1 cannot stand in/],
    ['(a)(?<!b(?=\\1))b', /\\1 cannot stand in/],
    ['[\\1]', /no escape \\1/],
    ['(?>a', /`\)` is missing/],
    ['(?<1>a)', /not supported/],
    ['(?<n>a)(?<n>b)', /two groups/],
    ['(?x)a', /not supported/],
    ['(?', /not supported/],
    ['a'.repeat(1025), /1024 characters/],
    ['('.repeat(40) + ')'.repeat(40), /nested more than 31/],
    ['(((a{100}){100}){100}){100}', /4096 steps/],
    ['(((a{1000}){1000}){1000}){1000}'.repeat(30), /4096 steps/],
  ])('%s', (pattern, words) => {
    expect(compileRegex(pattern)).toMatch(words);
  });
});

test('every beginning of an expression is an expression or has a defect', () => {
  const pattern = '^(?<user>[^@\\s]+)@(?:corp|lab)\\.(?i)example{2,5}?\\Q.(x)\\E(?<=\\x{41}|\\p{Lu})[\\d\\-a-f]*$';
  expect(compileRegex(pattern)).not.toBeTypeOf('string');
  for (let length = 0; length < pattern.length; length += 1) compileRegex(pattern.slice(0, length));
});
