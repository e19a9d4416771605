import { expect, test } from 'vitest';
import { readYaml } from '../../src/config/read-yaml.ts';

function problems(text: string): readonly { readonly message: string; readonly line: number }[] {
  const read = readYaml(text);
  return 'problems' in read ? read.problems : [];
}

test('a value comes as plain data, with the line of every part', () => {
  const read = readYaml('a:\n  - b: 1\n  - b: 2\n    c: [x, y]\n');
  if ('problems' in read) throw new Error('a sound document has no problems');
  expect(read.value).toEqual({ a: [{ b: 1 }, { b: 2, c: ['x', 'y'] }] });
  expect(read.lineOf(['a', 1, 'c', 1])).toBe(4);
  expect(read.lineOf(['a', 1, 'b'])).toBe(3);
  expect(read.lineOf(['a', 1, 'absent', 'deeper'])).toBe(3);
  expect(read.lineOf(['absent'])).toBe(1);
});

test.each([
  ['a duplicate key', 'a: 1\nb: 2\na: 3\n', 3],
  ['a duplicate key within', 'a:\n  b: 1\n  "b": 2\n', 3],
  ['a number and a text that are one key', '1: a\n"1": b\n', 2],
  ['a key that is a list', 'a: 1\n? [b]\n: 2\n', 2],
  ['a key that is a map in braces', 'a: 1\n{b: c}: 2\n', 2],
  ['an anchor of a map', 'a: &x\n  b: 1\n', 2],
  ['an alias', 'a: &x [1]\nb: *x\n', 1],
  ['an anchor nobody uses', 'a: 1\nb: &x 2\n', 2],
  ['an alias without its anchor', 'a: *x\n', 1],
  ['an unknown tag', 'a: !secret x\n', 1],
  ['a known tag', 'a: !!str 1\n', 1],
  ['a tab', 'a:\n\tb: 1\n', 2],
  ['wrong indentation', 'a:\n    b: 1\n  c: 2\n', 3],
  ['an open quotation mark', "a: 'x\n", 2],
  ['a second colon', 'a: b: c\n', 1],
  ['a second document', 'a: 1\n---\nb: 2\n', 2],
  ['a reserved character', 'a: @x\n', 1],
])('%s is refused with its line', (_, text, line) => {
  const found = problems(text);
  expect(found.length).toBeGreaterThan(0);
  expect(found.map((problem) => problem.line)).toContain(line);
});

test('no problem quotes the text, where a secret may stand', () => {
  for (const text of [
    "k: 'hunter2",
    'k: hunter2: x',
    'k: @hunter2',
    'k: "hunter2\\q"',
    '{k: hunter2',
    'k: *hunter2',
    'k: !hunter2 x',
    '? [hunter2]\n: x',
    'hunter2: 1\nhunter2: 2',
  ]) {
    const read = readYaml(text);
    expect(problems(text).length, text).toBeGreaterThan(0);
    expect(JSON.stringify(read), text).not.toContain('hunter2');
  }
});

test('keys without end, keys within keys and errors without end are told in time', () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n');
  expect(problems(keys)).toEqual([]);
  expect(problems(`${keys}\nk7: 2`)).toEqual([expect.objectContaining({ message: 'repeats a key', line: 20_001 })]);
  expect(problems('a d: [1, {e: f}]3:'.repeat(1_000)).length).toBeGreaterThan(0);
  expect(problems('? '.repeat(100_000)).length).toBeGreaterThan(0);
});

test('what fills the parser’s stack is nested too deeply, and so is what would fill ours', () => {
  const within = (depth: number): string =>
    Array.from({ length: depth }, (_, index) => `${' '.repeat(index)}a:\n`).join('') + `${' '.repeat(depth)}b`;
  expect(problems(within(60))).toEqual([]);
  expect(problems(within(200))).toEqual([expect.objectContaining({ message: 'is nested too deeply' })]);
  const pieces = `   &x Z1]\n${'b: '.repeat(6_000)}`;
  for (const text of [pieces, 'a d: [1, {e: f}]3:'.repeat(3_000)]) expect(problems(text).length).toBeGreaterThan(0);
});

test('piled up aliases, deep nesting and huge files cost nothing', () => {
  const bomb = `a: &a [x]\n${Array.from({ length: 30 }, (_, index) => `b${index}: &b${index} [*a, *a]`).join('\n')}\n`;
  expect(problems(bomb).length).toBeGreaterThan(0);
  expect(problems('['.repeat(100_000))).toEqual([expect.objectContaining({ message: 'is nested too deeply' })]);
  expect(problems('- '.repeat(100_000)).length).toBeGreaterThan(0);
  expect(problems(`a: ${'x'.repeat(2 * 1024 * 1024)}`)).toEqual([
    expect.objectContaining({ message: 'is larger than 256 KiB' }),
  ]);
});
