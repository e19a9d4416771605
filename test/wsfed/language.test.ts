import { describe, expect, test } from 'vitest';
import { languageOf } from '../../src/wsfed/language.ts';

describe('the language that Entra passes on', () => {
  test.each([
    ['en-US', undefined, 'en-US'],
    ['de-de', undefined, 'de-DE'],
    ['ZH-hant-tw', undefined, 'zh-Hant-TW'],
    ['de', '1036', 'de'],
    ['', '1031', 'de-DE'],
    [undefined, '2057', 'en-GB'],
    ['de_DE', '2055', 'de-CH'],
    [undefined, undefined, undefined],
    ['', '', undefined],
    ['*', '0x409', undefined],
    ['en-US,de;q=0.5', '01033', undefined],
    ['<script>', '1033.0', undefined],
    ['x'.repeat(4_000), '-1', undefined],
    ['constructor', 'constructor', undefined],
    ['a', '__proto__', undefined],
  ])('mkt %j and lc %j: %j', (mkt, lc, expected) => {
    expect(languageOf(mkt, lc)).toBe(expected);
  });

  test('every LCID of the table stands for a canonical tag', () => {
    const tags = Array.from({ length: 20_000 }, (_, lcid) => languageOf(undefined, String(lcid))).filter(
      (tag) => tag !== undefined,
    );
    expect(tags.length).toBeGreaterThan(50);
    expect(tags).toEqual(tags.map((tag) => new Intl.Locale(tag).toString()));
  });
});
