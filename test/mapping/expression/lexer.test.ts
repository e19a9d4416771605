/** Tokens: names with hyphens, the space around operators, quotation marks, and where a template's expression ends. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quotedLiteral, tokenize } from '../../../src/mapping/expression/lexer.ts';

const words = (text: string): readonly string[] =>
  tokenize(text, 0, 'text').map(({ kind, text: content }) => `${kind}:${content}`);

test('a hyphen within a name is a part of it, between spaces it is an operator', () => {
  expect(words('user.ms-upn')).toEqual(['name:user', 'symbol:.', 'name:ms-upn', 'end:']);
  expect(words('user.a - user.b')).toContain('symbol:-');
  expect(words('3-1')).toEqual(['number:3', 'symbol:-', 'number:1', 'end:']);
});

test('the longest symbol wins', () => {
  expect(words('a ?: b ? c : d')).toEqual([
    'name:a',
    'symbol:?:',
    'name:b',
    'symbol:?',
    'name:c',
    'symbol::',
    'name:d',
    'end:',
  ]);
  expect(words('<= < == = !=  !')).toEqual([
    'symbol:<=',
    'symbol:<',
    'symbol:==',
    'symbol:=',
    'symbol:!=',
    'symbol:!',
    'end:',
  ]);
});

test.each([
  ['1 + 2', true],
  ['1+ 2', false],
  ['1 +2', false],
  ['1+2', false],
  ['1\t+\t2', true],
])('%j: spaced is %s', (text, spaced) => {
  expect(tokenize(text, 0, 'text').find((token) => token.text === '+')?.spaced).toBe(spaced);
});

test('positions are those in the text', () => {
  const [dollarEnd] = tokenize("x ${ 'a' }", 4, 'template');
  expect(dollarEnd).toMatchObject({ kind: 'string', text: 'a', start: 5, end: 8 });
});

describe('the end of a template’s expression', () => {
  test.each([
    ["${'}'} rest", 5],
    ['${"}"} rest', 5],
    ['${{1}} rest', 5],
    ["${{'}', {2}}} rest", 12],
    ["${'it''s }'} rest", 11],
  ])('%s', (text, end) => {
    expect(tokenize(text, 2, 'template').at(-1)).toMatchObject({ kind: 'end', start: end });
  });
});

describe('a text that is one quoted literal', () => {
  test.each([
    ['"DJ"', 'DJ'],
    ["'DJ'", 'DJ'],
    ['""', ''],
    ['"a""b"', 'a"b'],
    ["'it''s'", "it's"],
    ['"it\'s"', "it's"],
  ])('%s', (text, content) => {
    expect(quotedLiteral(text)).toBe(content);
  });

  test.each(['DJ', '"DJ', 'DJ"', '"a" + "b"', '"a""', '\'a"', '', '"', ' "DJ"', '"DJ" ', '"a\nb"'])(
    '%j is not',
    (text) => {
      expect(quotedLiteral(text)).toBeUndefined();
    },
  );

  test('every text can be quoted, either way', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => !/[\n\r\u0085\u2028\u2029]/.test(text)),
        fc.constantFrom("'", '"'),
        (text, quote) => {
          expect(quotedLiteral(quote + text.replaceAll(quote, quote + quote) + quote)).toBe(text);
        },
      ),
    );
  });
});
