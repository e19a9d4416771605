/** The matcher against the platform's own on small expressions, and alone where that one would not come to an end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../src/mapping/expression/budget.ts';
import { findMatch, findMatches, type Match } from '../../../src/mapping/expression/regex-match.ts';
import { compileRegex, type Regex } from '../../../src/mapping/expression/regex-program.ts';
import { LIMITS } from '../../../src/mapping/expression/syntax.ts';
import { Refusal } from '../../../src/refusal.ts';
import { VECTORS } from './language.ts';

const compiled = (pattern: string): Regex => {
  const regex = compileRegex(pattern);
  return typeof regex === 'string' ? expect.fail(`${pattern}: ${regex}`) : regex;
};
const all = (pattern: string, text: string): readonly Match[] =>
  findMatches(compiled(pattern), text, new Budget('test'));
const first = (pattern: string, text: string): Match | null =>
  findMatch(compiled(pattern), text, 0, new Budget('test'));

/** An expression, whether it can match nothing, and whether something that can is repeated or a group is. */
interface Made {
  readonly source: string;
  readonly nullable: boolean;
  readonly repeatsNothing: boolean;
  readonly repeatsGroup: boolean;
  readonly groups: boolean;
}

const leaf = fc
  .constantFrom(
    'a',
    'b',
    'c',
    '.',
    '[ab]',
    '[^a]',
    '[a-b]',
    '\\w',
    '\\W',
    '\\d',
    '\\bb',
    'a\\b',
    '^a',
    'c$',
    '\\x61',
    '\\u0062',
    '\\.',
    '😀',
    '[😀a]',
  )
  .map((source): Made => ({ source, nullable: false, repeatsNothing: false, repeatsGroup: false, groups: false }));

const joined = (parts: readonly Made[], source: string, nullable: boolean): Made => ({
  source,
  nullable,
  repeatsNothing: parts.some((part) => part.repeatsNothing),
  repeatsGroup: parts.some((part) => part.repeatsGroup),
  groups: parts.some((part) => part.groups),
});

const { pattern } = fc.letrec<{ pattern: Made }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.array(tie('pattern'), { minLength: 1, maxLength: 3 }).map((parts) =>
      joined(
        parts,
        parts.map((part) => `(?:${part.source})`).join(''),
        parts.every((part) => part.nullable),
      ),
    ),
    fc.array(tie('pattern'), { minLength: 2, maxLength: 3 }).map((parts) =>
      joined(
        parts,
        `(?:${parts.map((part) => part.source).join('|')})`,
        parts.some((part) => part.nullable),
      ),
    ),
    tie('pattern').map((part): Made => ({ ...joined([part], `(${part.source})`, part.nullable), groups: true })),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{2,}'))
      .map(([part, times]): Made => ({
        ...joined([part], `(?:${part.source})${times}`, part.nullable || /^[*?]|^\{0/.test(times)),
        repeatsNothing: part.repeatsNothing || part.nullable,
        repeatsGroup: part.repeatsGroup || part.groups,
      })),
    fc
      .tuple(tie('pattern'), fc.constantFrom('?=', '?!', '?<=', '?<!'))
      .map(([part, look]) => joined([part], `(?:(${look}${part.source}).?)`, true)),
  ),
}));

test('it finds what ECMAScript finds', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ' ', '1', '😀', '.'), { maxLength: 9 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(pattern, text, (made, any) => {
      // V8 looks ahead and behind from between the halves of a pair.
      const given = /\(\?[=!<]/.test(made.source) ? any.replaceAll('😀', 'c') : any;
      const wanted = [...given.matchAll(new RegExp(made.source, 'gu'))];
      expect(first(made.source, given) === null).toBe(wanted.length === 0);
      // Where nothing is repeated, dialects differ in how often.
      if (made.repeatsNothing) return;
      const found = all(made.source, given);
      expect(found.map(({ start, end }) => [start, end])).toEqual(
        wanted.map((match) => [match.index, match.index + match[0].length]),
      );
      // ECMAScript forgets the groups of earlier rounds of a repetition, Java does not.
      if (!made.repeatsGroup)
        expect(found.map(({ groups }) => groups)).toEqual(
          wanted.map((match) => Array.from(match, (group) => group ?? null)),
        );
    }),
    { numRuns: 5000 },
  );
});

test('it finds what a back reference finds in ECMAScript, where the group always takes part', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(pattern, pattern, pattern, fc.boolean(), text, (group, between, after, isNamed, given) => {
      const made = [group, between, after];
      fc.pre(!made.some(({ groups, repeatsNothing }) => groups || repeatsNothing));
      const [open, again] = isNamed ? ['(?<n>', '\\k<n>'] : ['(', '\\1'];
      const source = `${open}${group.source})(?:${between.source})${again}(?:${after.source}|${again})`;
      const wanted = [...given.matchAll(new RegExp(source, 'gu'))];
      expect(all(source, given).map((match) => [match.start, match.groups])).toEqual(
        wanted.map((match) => [match.index, [...match]]),
      );
    }),
    { numRuns: 3000 },
  );
});

const { vectors: ofJava } = JSON.parse(readFileSync(join(VECTORS, 'java-regex.json'), 'utf8')) as {
  readonly vectors: readonly (readonly [source: string, text: string, matches: string])[];
};

test.each(ofJava)('%s finds in %j what java.util.regex finds', (source, text, matches) => {
  const found = all(source, text).map(({ start, end, groups }) => [`${start}-${end}`, ...groups.slice(1)].map(String));
  expect(found.map((match) => match.join(',')).join(' ')).toBe(matches);
});

describe('back references are Java’s', () => {
  test.each([
    ['(\\w)\\1', 'hello aabb', ['ll', 'aa', 'bb']],
    ['\\b(?<w>\\w+) \\k<w>\\b', 'the the cat sat sat down', ['the the', 'sat sat']],
    // A group that took no part is not found again.
    ['(?:(a)|b)\\1', 'b aa', ['aa']],
    ['(a)?\\1b', 'b aab', ['aab']],
    // A round of a repetition does not forget what the round before found.
    ['^(?:(a)|b)*\\1$', 'aba', ['aba']],
    // Within a group, the round before counts; a group may stand behind the reference to it.
    ['^(?:(a|b\\1))+$', 'aba', ['aba']],
    ['^(?:\\2b|(c)|(a))+$', 'aab', ['aab']],
    // Digits belong to the reference while there are so many groups before it.
    ['(a)\\10', 'aa0', ['aa0']],
    ['(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10', 'abcdefghijj', ['abcdefghijj']],
    ['(?i)(straße)\\1', 'StraßeSTRAßE', ['StraßeSTRAßE']],
    ['(?i)(é)\\1', 'éÉ', []],
    ['(a(?i))\\1', 'aA', []],
    ['(?=(\\w+))\\1:', 'abc:', ['abc:']],
    ['(?<=(a))b\\1', 'aba', ['ba']],
    ['(a*)*\\1b', 'aaab', ['aaab']],
  ])('%s in %j', (source, text, found) => {
    expect(all(source, text).map(({ groups }) => groups[0])).toEqual(found);
  });
});

describe('what an atomic group has found stays found', () => {
  test.each([
    ['(?>a+)b', 'aab', ['aab']],
    ['(?>a+)ab', 'aab', []],
    ['(?>a|ab)c', 'abc ac', ['ac']],
    ['a++b', 'aab', ['aab']],
    ['a++a', 'aaa', []],
    ['a?+a', 'a', []],
    ['[ab]{2,3}+b', 'abb', []],
    ['(?>(a)(b))?\\1', 'aba', ['aba']],
    ['"[^"]*+"', '"a" "b', ['"a"']],
    ['(?<=(?>a|ba))c', 'bac', ['c']],
  ])('%s in %j', (source, text, found) => {
    expect(all(source, text).map(({ groups }) => groups[0])).toEqual(found);
  });
});

test('any text is an expression or has a defect, and any expression ends on any text', () => {
  const piece = fc.constantFrom(
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '*',
    '+',
    '?',
    '|',
    '^',
    '$',
    '.',
    '-',
    ',',
    '2',
    '9',
    '\\',
    'p',
    'L',
    'a',
    'b',
    '(?:',
    '(?i)',
    '(?=',
    '(?<!',
    '(?<n>',
    '(?>',
    '\\k<n>',
    '1',
    '\\Q',
    '\\E',
    '&&',
    ':',
    '=',
  );
  const source = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(source, fc.string({ unit: 'binary', maxLength: 40 }), (made, text) => {
      const regex = compileRegex(made);
      if (typeof regex === 'string') expect(regex.length).toBeGreaterThan(10);
      else findMatches(regex, text, new Budget('test'));
    }),
    { numRuns: 5000 },
  );
});

describe('expressions that run away elsewhere', () => {
  test.each([
    '(a+)+b',
    '(a*)*b',
    '(a|a)*b',
    '(a|aa)+$b',
    '(.*a){12}b',
    '(?:a?){30}a{30}b',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(?=(a+)+b)a',
    '(?<!(a+)+b)c',
    '((a{0,30}){0,30})b',
    '(a*)(a*)(a*)(a*)\\1\\2\\3\\4b',
    '^(?:(a+)+\\1)+b',
    '(?>(a+)+)*+b',
    '(a*)(?:(?=(a*))(a*)\\1\\2)*b',
  ])('%s ends on 1,000 letters', (source) => {
    const started = performance.now();
    try {
      expect(first(source, 'a'.repeat(1000))).toBeNull();
    } catch (error) {
      expect(error, 'over budget').toBeInstanceOf(Refusal);
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test.each([
    '(a+)+b',
    'a(?=a*b)',
    '(?<=ba*)a',
    '(a|aa)+b',
    '(((a*)*)*)*b',
    '(?:(?:a{1,10}){1,10}){1,3}b',
    '(a+)\\1b',
    '(?>a+)b',
  ])('%s is ended by the budget on the longest text, soon', (source) => {
    const started = performance.now();
    expect(() => all(source, 'a'.repeat(LIMITS.textLength))).toThrow(Refusal);
    expect(performance.now() - started).toBeLessThan(1500);
  });

  test('the longest text is within reach of a plain expression', () => {
    expect(all('[^;]+', 'abcdefg;'.repeat(LIMITS.textLength / 8))).toHaveLength(LIMITS.textLength / 8);
    expect(first('x$', `${'a'.repeat(LIMITS.textLength - 1)}x`)?.start).toBe(LIMITS.textLength - 1);
  });
});

describe('lines end as in Java', () => {
  test.each([
    ['a$', 'a\n', [[0, 1]]],
    ['a$', 'a\r\n', [[0, 1]]],
    ['a$', 'a\n\n', []],
    ['\\n$', 'a\r\n', [[2, 3]]],
    ['a\\z', 'a\n', []],
    ['a\\Z', 'a\n', [[0, 1]]],
    [
      '(?m)^.',
      'a\nb\r\nc',
      [
        [0, 1],
        [2, 3],
        [5, 6],
      ],
    ],
    ['(?m)^', 'a\n', [[0, 0]]],
    [
      '(?m).$',
      'a\nb\r\nc',
      [
        [0, 1],
        [2, 3],
        [5, 6],
      ],
    ],
    [
      '.+',
      'a\u2028b',
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ['(?s).+', 'a\nb', [[0, 3]]],
    ['\\Ab|^a', 'ab', [[0, 1]]],
  ] as const)('%j in %j', (source, text, spans) => {
    expect(all(source, text).map(({ start, end }) => [start, end])).toEqual(spans);
  });
});

describe('flags', () => {
  test.each([
    ['(?i)[^a]b', 'Ab xB', ['xB']],
    ['(?i)straße', 'STRAßE', ['STRAßE']],
    ['(?i)É', 'é', []],
    ['a(?i)b', 'aB AB', ['aB']],
    ['a(?i:b)c', 'aBc aBC', ['aBc']],
    ['(a(?i)b)c', 'aBc aBC', ['aBc']],
    ['(?i)a(?-i)b', 'Ab AB', ['Ab']],
    ['(?is)A.b', 'a\nB', ['a\nB']],
    ['(?i)\\P{Lu}', 'aA1', ['1']],
  ])('%s in %j', (source, text, found) => {
    expect(all(source, text).map(({ groups }) => groups[0])).toEqual(found);
  });
});
