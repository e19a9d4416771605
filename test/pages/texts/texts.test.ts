import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../../src/model/sign-in.ts';
import { textsOf } from '../../../src/pages/texts/texts.ts';

/** Every text by its path; functions are asked with arguments that any of them takes. */
function flatten(value: unknown, path: string): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const write = value as (argument: unknown) => string;
    if (path.endsWith('.date')) return [[path, write(new Date(0))]];
    if (path.endsWith('.codesLeft')) return [0, 1, 2].map((count) => [`${path}(${count})`, write(count)]);
    return [[path, write('X')]];
  }
  return Object.entries(value as object).flatMap(([key, inner]) => flatten(inner, `${path}.${key}`));
}

const texts = new Map(LANGUAGES.map((language) => [language, flatten(textsOf(language), '')]));
const paths = (language: (typeof LANGUAGES)[number]) => (texts.get(language) ?? []).map(([path]) => path);

describe.each(LANGUAGES)('the texts in %s', (language) => {
  test('are complete: the same as those of the other languages', () => {
    expect(paths(language)).toEqual(paths('en'));
    expect(paths(language).length).toBeGreaterThan(100);
  });

  test('are written with care', () => {
    const careless = (texts.get(language) ?? []).filter(
      // Empty, white space at the ends or doubled, typewriter quotes and dashes, left open.
      ([, text]) => text.trim() === '' || text.trim() !== text || /  |["']|--|\.\.\.|TODO/.test(text),
    );
    expect(careless).toEqual([]);
  });

  test('sentences of what is wrong end with a full stop', () => {
    const problems = (texts.get(language) ?? []).filter(([path]) => path.includes('.problems.'));
    expect(problems.length).toBeGreaterThan(20);
    expect(problems.filter(([, text]) => !text.endsWith('.'))).toEqual([]);
  });
});

describe('the texts in German', () => {
  const german = texts.get('de') ?? [];

  test('have real umlauts', () => {
    const replaced = german.filter(([, text]) =>
      /\b(?:fuer|ueber|koenn|muess|aender|zurueck|geraet|oeffn)/i.test(text),
    );
    expect(replaced).toEqual([]);
    expect(german.some(([, text]) => /[äöüß]/.test(text))).toBe(true);
  });

  test('are polite', () => {
    expect(german.filter(([, text]) => /\b(?:du|dich|dir|dein\w*|euch|euer)\b/i.test(text))).toEqual([]);
  });

  test('are German: what is alike in English is a word of both', () => {
    const english = new Map(texts.get('en'));
    const alike = german.filter(([path, text]) => english.get(path) === text).map(([, text]) => text);
    expect([...new Set(alike)]).toEqual(['Passkey', 'Code']);
  });
});

test('a stranger reads one text for every reason that must not be told apart', () => {
  for (const language of LANGUAGES) {
    const { signIn, changePassword } = textsOf(language);
    for (const text of [signIn.problems.wrong, changePassword.problems.wrong]) {
      expect(text).not.toMatch(/lock|gesperrt|disabled|deaktiviert|exist|unknown|unbekannt/i);
    }
  }
});
