/** The expression language as the tests speak to it: an expression and a user in, a value in the language's own words out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Budget } from '../../../src/mapping/expression/budget.ts';
import { decimalText } from '../../../src/mapping/expression/decimal.ts';
import { evaluate } from '../../../src/mapping/expression/evaluate.ts';
import { parseExpression } from '../../../src/mapping/expression/parser.ts';
import { isList, isNumber, isProperties, type Value } from '../../../src/mapping/expression/value.ts';
import { propertiesOf } from '../../../src/mapping/mapping-value.ts';

export const VECTORS = join(import.meta.dirname, '../../vectors/mapping');
export const FUNCTION_VECTORS = join(import.meta.dirname, '../../vectors/expressions');

/** The time of every evaluation in these tests: half an hour before Central Europe sets its clocks forward. */
export const NOW = new Date('2026-03-29T00:30:00.123Z');

type Attributes = Readonly<Record<string, string | boolean>>;

export interface VectorFile {
  readonly user?: Attributes;
  readonly vectors: readonly (readonly [expression: string, value: string])[];
}

/** A file of {@link VECTORS}, or of one function: `string.trim` in test/vectors/expressions/. */
export function readVectors(name: string): VectorFile {
  const path = name.endsWith('.json') ? join(VECTORS, name) : join(FUNCTION_VECTORS, `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as VectorFile;
}

export function valueOf(expression: string, user: Attributes = {}): Value {
  const root = new Map([['user', propertiesOf(user)]]);
  return evaluate(parseExpression(expression).expression, { root, budget: new Budget('test'), now: NOW });
}

/** `'text'`, `12.5`, `true`, `null`, `{1, 2}`; a map as `{'name': 'value'}`. */
export function show(value: Value): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (isNumber(value)) return decimalText(value);
  if (isList(value)) return `{${value.map(show).join(', ')}}`;
  if (isProperties(value))
    return `{${[...value].map(([name, held]) => `${show(name)}: ${show(held)}`).join(', ') || ':'}}`;
  return String(value);
}

export const shown = (expression: string, user: Attributes = {}): string => show(valueOf(expression, user));
