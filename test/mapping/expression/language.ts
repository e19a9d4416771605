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

type Attributes = Readonly<Record<string, string | boolean>>;

export interface VectorFile {
  readonly user: Attributes;
  readonly vectors: readonly (readonly [expression: string, value: string])[];
}

export function readVectors(name: string): VectorFile {
  return JSON.parse(readFileSync(join(VECTORS, name), 'utf8')) as VectorFile;
}

export function valueOf(expression: string, user: Attributes = {}): Value {
  const root = new Map([['user', propertiesOf(user)]]);
  return evaluate(parseExpression(expression).expression, { root, budget: new Budget('test') });
}

/** `'text'`, `12.5`, `true`, `null`, `{1, 2}`; an object as its names. */
export function show(value: Value): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (isNumber(value)) return decimalText(value);
  if (isList(value)) return `{${value.map(show).join(', ')}}`;
  return isProperties(value) ? `object(${[...value.keys()].join(', ')})` : String(value);
}

export const shown = (expression: string, user: Attributes = {}): string => show(valueOf(expression, user));
