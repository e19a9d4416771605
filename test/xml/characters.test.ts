import { describe, expect, test } from 'vitest';
import { firstNonXmlCharacter, isXmlText } from '../../src/xml/characters.ts';

/** XML 1.0 §2.2: the first and last character of each range of Char. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x9, 0xa],
  [0xd, 0xd],
  [0x20, 0xd7ff],
  [0xe000, 0xfffd],
  [0x10000, 0x10ffff],
];

describe('Char of XML 1.0 §2.2', () => {
  test('every code point, by the ranges of the specification', () => {
    const wrong: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const expected = RANGES.some(([first, last]) => code >= first && code <= last);
      if (isXmlText(String.fromCodePoint(code)) !== expected) wrong.push(code.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  test('a pair of surrogates is one character, halves are none', () => {
    expect(isXmlText('\uD83D\uDE00')).toBe(true);
    expect(isXmlText('\uDE00\uD83D')).toBe(false);
    expect(isXmlText('x\uD83D')).toBe(false);
  });

  test('the empty string is text', () => expect(isXmlText('')).toBe(true));
});

test.each([
  ['', undefined],
  ['fine', undefined],
  ['a\u0000', 'U+0000 at 1'],
  ['\u{1F600}\uFFFF', 'U+FFFF at 2'],
  ['\uDFFF\u0001', 'U+DFFF at 0'],
])('the first character that cannot be carried in %j', (text, found) => {
  expect(firstNonXmlCharacter(text)).toBe(found);
});
