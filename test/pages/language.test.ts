import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../src/model/sign-in.ts';
import { chooseLanguage } from '../../src/pages/language.ts';
import { anyText } from '../saml/arbitrary-assertion.ts';

describe('the language', () => {
  test.each([
    ['de', undefined, 'en', 'de'],
    ['de-DE', 'en', 'en', 'de'],
    ['de-ch', 'en', 'en', 'de'],
    ['DE_at', undefined, 'en', 'de'],
    ['fr-FR', 'de', 'en', 'de'],
    ['fr-FR', 'fr', 'en', 'en'],
    ['fr-FR', 'fr', 'de', 'de'],
    ['', 'de-AT,de;q=0.9', 'en', 'de'],
    ['deu', undefined, 'en', 'en'],
    [undefined, 'de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7', 'en', 'de'],
    [undefined, 'en-US,en;q=0.9,de;q=0.8', 'de', 'en'],
    [undefined, 'fr;q=1, de;q=0.2, en;q=0.5', 'de', 'en'],
    [undefined, 'de;q=0, en;q=0.1', 'de', 'en'],
    [undefined, 'de;q=0', 'en', 'en'],
    [undefined, 'fr, *;q=0.5', 'de', 'de'],
    [undefined, '*;q=0.1, en;q=0.2', 'de', 'en'],
    [undefined, 'de;q=abc, en;q=0.1', 'de', 'en'],
    [undefined, 'de;q=1.5, en', 'de', 'en'],
    [undefined, ' de ; q=0.8 ,en;q=0.7', 'en', 'de'],
    [undefined, ',,;;q=,', 'de', 'de'],
    [undefined, undefined, 'de', 'de'],
    [undefined, `${'x,'.repeat(400)}de`, 'en', 'en'],
  ] as const)('%j, %j, else %s: %s', (wish, accepted, fallback, expected) => {
    expect(chooseLanguage(wish, accepted, fallback)).toBe(expected);
  });

  test('is always one that there are texts for', () => {
    fc.assert(
      fc.property(anyText, anyText, (wish, accepted) => {
        expect(LANGUAGES).toContain(chooseLanguage(wish, accepted, 'de'));
      }),
    );
  });
});
