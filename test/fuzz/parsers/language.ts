/** The mapping's values and its expression language, with data that a directory could hold. */
import { ExpressionError } from '../../../src/mapping/expression/syntax.ts';
import { Budget } from '../../../src/mapping/expression/budget.ts';
import { evaluateValue, parseValue, propertiesOf } from '../../../src/mapping/mapping-value.ts';
import { Refusal } from '../../../src/refusal.ts';
import { valueOf, show } from '../../mapping/expression/language.ts';
import { BYTES } from '../mutate-bytes.ts';
import { textMutators } from '../mutate-text.ts';
import { mustHold, vectorFiles } from '../parser.ts';
import type { Parser } from '../parser.ts';

const WORDS = [
  '${',
  '}',
  '#string.',
  '#core.',
  '#data.',
  '#regex.',
  '#datetime.',
  '#crypto.',
  '#root',
  '#this.user',
  'user.',
  "user['a']",
  '(',
  ')',
  '[',
  ']',
  '{1, 2}',
  ' + ',
  ' * ',
  ' ^ ',
  ' / ',
  ' ?: ',
  ' ? ',
  ' : ',
  ' and ',
  ' == ',
  '!',
  '-',
  ',',
  "''",
  '"a"',
  '9',
  '0.1',
  '1e400',
  'null',
  'T(java.lang.Runtime)',
  'new',
  'constructor',
  'replace',
  'uuidAsBase64Guid',
  'repeat',
];

const USER = {
  externalId: '6d1d3a52-7d0e-4b5c-9a43-1f0f7d2c4e11',
  given: 'Åse 𝕏',
  'ms-upn': 'ase@corp.example.test',
  long: 'a'.repeat(4_000),
  on: true,
};

/** Expressions that the vectors show, a few of each function, and what the parser refuses. */
const seeds = (): readonly Buffer[] => [
  ...vectorFiles('expressions', /json$/).flatMap(expressionsOf),
  ...vectorFiles('mapping', /json$/).flatMap(expressionsOf),
  ...vectorFiles('mapping/refused', /txt$/),
];

function expressionsOf(file: Buffer): readonly Buffer[] {
  const { vectors = [] } = JSON.parse(file.toString('utf8')) as { readonly vectors?: readonly (readonly string[])[] };
  return vectors.slice(0, 4).map(([expression = '']) => Buffer.from(expression));
}

const refuses = (error: unknown): boolean =>
  error instanceof ExpressionError || (error instanceof Refusal && error.code === 'expression-failed');

const mutators = [...BYTES, ...textMutators(WORDS), ...textMutators(WORDS), ...textMutators(WORDS)];

export const EXPRESSION: Parser = {
  name: 'expression',
  seeds,
  mutators,
  refuses,
  take(input) {
    const value = valueOf(input.toString('utf8'), USER);
    mustHold(show(value).length <= 1_000_000, 'a value is bounded');
    return value === null ? 'null' : typeof value;
  },
  longest: 8_192,
  runs: 5_000,
};

export const MAPPING_VALUE: Parser = {
  name: 'mapping-value',
  seeds: () => [
    ...seeds(),
    ...['${user.given} ${user.ms-upn}', '"DJ"', '${#string.toUpperCase(user.given)}x'].map((text) => Buffer.from(text)),
  ],
  mutators,
  refuses,
  take(input) {
    const value = parseValue(input.toString('utf8'));
    const made = evaluateValue(value, propertiesOf(USER), new Budget('fuzz'));
    mustHold(
      made.every((one) => one !== '' && one.length <= 32_768),
      'values are bounded, and none is empty',
    );
    return `${value.form} ${Math.min(made.length, 2)}`;
  },
  longest: 8_192,
  runs: 5_000,
};
