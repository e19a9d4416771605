/** The grammar: every good form with its value, every bad form with its one defect, position and words. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExpression } from '../../../src/mapping/expression/parser.ts';
import { ExpressionError, LIMITS } from '../../../src/mapping/expression/syntax.ts';
import { parseValue } from '../../../src/mapping/mapping-value.ts';
import { readVectors, shown, VECTORS } from './language.ts';

function errorOf(value: string): ExpressionError {
  try {
    parseValue(value);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error(`${value} was read without an error`);
}

describe('expressions that are read', () => {
  const { user, vectors } = readVectors('grammar.json');
  test.each(vectors)('%s is %s', (expression, value) => {
    expect(shown(expression, user)).toBe(value);
  });

  test('the position given back is that of the end of the text or of the closing brace', () => {
    expect(parseExpression("{'}'} ").end).toBe(6);
    expect(parseExpression("a ${ {'}'} } b", 4, 'template').end).toBe(11);
  });
});

describe('expressions that are refused, one defect each', () => {
  const folder = join(VECTORS, 'refused');
  test.each(readdirSync(folder).toSorted())('%s', (name) => {
    const [value = '', message = ''] = readFileSync(join(folder, name), 'utf8').split('\n---\n');
    const error = errorOf(value);
    expect(error.message).toBe(message.trimEnd());
    expect(error.position, 'the column counts from 1, the position from 0').toBe(Number(/\d+/.exec(message)?.[0]) - 1);
  });
});

describe('limits', () => {
  test.each([
    ['parentheses', '(', '1', ')'],
    ['lists', '{', '1', '}'],
    ['signs', '- ', '1', ''],
    ['negations', '!', 'true', ''],
    ['calls', '#string.trim(', '1', ')'],
    ['fallbacks', 'null ?: ', '1', ''],
    ['choices', 'true ? 1 : ', '1', ''],
    ['indexes', 'user[', '1', ']'],
  ])('%s within each other', (_, open, inner, close) => {
    const nest = (depth: number): string => open.repeat(depth) + inner + close.repeat(depth);
    expect(() => parseExpression(nest(LIMITS.depth - 2))).not.toThrow();
    expect(() => parseExpression(nest(LIMITS.depth + 1))).toThrow(/nested more than/);
  });

  test('a long chain is read, a longer one refused by its number of parts', () => {
    const chain = (parts: number): string => Array.from({ length: parts }, () => '1').join(' + ');
    expect(shown(chain(500))).toBe('500');
    expect(() => parseExpression(chain(501))).toThrow(`more than ${LIMITS.tokens} parts`);
    expect(shown(`user${'.a'.repeat(499)}`)).toBe('null');
  });

  test('a value is refused by its length before anything is read', () => {
    expect(errorOf(`\${'${'a'.repeat(LIMITS.sourceLength)}'}`).position).toBe(LIMITS.sourceLength);
  });
});

/** Texts of pieces of the language, most of them nonsense, some of them not. */
const soup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'user',
        '.x',
        '.constructor',
        "['a']",
        '[',
        ']',
        '(',
        ')',
        '{',
        '}',
        ' + ',
        ' - ',
        ' * ',
        ' / ',
        ' ^ ',
        '+',
        '-',
        ' and ',
        ' or ',
        'not ',
        '!',
        ' ? ',
        ' : ',
        ' ?: ',
        ' == ',
        ' < ',
        ',',
        '#string.',
        '#core.',
        'trim',
        'ifelse',
        'switchExpr',
        'replace',
        'format',
        '#root',
        '#this',
        "'",
        '"',
        "'a'",
        '1',
        '2.5',
        '99999999',
        'null',
        'true',
        '${',
        '}',
        ' ',
        '.',
        '?.',
        '.![',
        '.?[',
        '.^[',
        '.$[',
        ' matches ',
        ': ',
        '#regex.',
        "replaceAll('a', '(', '$1')",
        "#datetime.format('', 'YYYY')",
        '#crypto.hmacHexDigest(',
        '\n',
        '-1',
        '%s',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join(''));

test('every beginning of an expression is read or gives an ExpressionError', () => {
  const whole =
    "${#string.join({user['a b'], {k: 1, 'it''s': 2}[x]}.?[#this matches '[a-z]+' and type != null].![#regex.replaceAll(#this, '(a)', '$1')], ', ') ?: (user.b ? 8.5e3 : -0x1F)} and ${#crypto.hmacHexDigest(user.c, 'key' + 1, 'HmacSHA256')}";
  expect(parseValue(whole).attributes).toEqual(['a b', 'b', 'c']);
  for (let length = 0; length < whole.length; length += 1) {
    try {
      parseValue(whole.slice(0, length));
    } catch (error) {
      expect(error, whole.slice(0, length)).toBeInstanceOf(ExpressionError);
    }
  }
});

test('any text is read or gives an ExpressionError that points into it', () => {
  fc.assert(
    fc.property(soup, (text) => {
      for (const value of [text, `\${${text}}`, `#string.trim(${text})`]) {
        try {
          parseValue(value);
        } catch (error) {
          expect(error, `for ${JSON.stringify(value)}`).toBeInstanceOf(ExpressionError);
          expect((error as ExpressionError).position).toBeGreaterThanOrEqual(0);
          expect((error as ExpressionError).position).toBeLessThanOrEqual(value.length);
        }
      }
    }),
    { numRuns: 300 },
  );
});
