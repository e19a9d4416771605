/** Hostile and long text on a terminal. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { column, printable, wrapped } from '../../src/audit/terminal-text.ts';

const characters = (text: string): number => Array.from(text).length;

test.each([
  ['an escape sequence', '\u001b[2Jx', '\\u{1b}[2Jx'],
  ['a new line', 'a\r\nissued', 'a\\u{d}\\u{a}issued'],
  ['a C1 control', 'a\u009b31m', 'a\\u{9b}31m'],
  ['a turned reading direction', 'a\u202egpj', 'a\\u{202e}gpj'],
  ['a lone surrogate', 'a\ud800', 'a\\u{d800}'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['NUL', '\u0000', '\\u{0}'],
])('%s is shown, not obeyed', (_, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test('letters of every script stay', () => {
  expect(printable('Zoë 太郎 🖥 \\')).toBe('Zoë 太郎 🖥 \\');
});

test('a column is exactly as wide as asked for', () => {
  expect(column('abc', 5)).toBe('abc  ');
  expect(column('abcdef', 5)).toBe('abcd…');
  expect(column('abcde', 5)).toBe('abcde');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
      expect(characters(column(text, width))).toBe(width);
    }),
  );
});

test('lines are broken at blanks, and inside a word that is too long', () => {
  expect(wrapped('one two three', '  ', 9)).toEqual(['  one two', '  three']);
  expect(wrapped('a abcdefghijk b', '> ', 8)).toEqual(['> a', '> abcdef', '> ghijk', '> b']);
  expect(wrapped('', '  ', 9)).toEqual(['  ']);
});

test('no line is longer than the width, and no text is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 5, max: 60 }), (text, width) => {
      const lines = wrapped(text, '  ', width);
      expect(Math.max(...lines.map(characters))).toBeLessThanOrEqual(width);
      const squeezed = (value: string): string => value.replaceAll(' ', '');
      expect(squeezed(lines.join(''))).toBe(squeezed(printable(text)));
    }),
  );
});
