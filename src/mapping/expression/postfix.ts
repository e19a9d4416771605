/** What follows an operand: `.name`, `['name']`, `[0]`, selections `.?[…]` `.^[…]` `.$[…]` and projections `.![…]`. */
import { type Cursor, expectSymbol, isSymbol, next, peek } from './cursor.ts';
import { type Expression, ExpressionError } from './syntax.ts';
import type { Value } from './value.ts';

export const CONSTANTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

export const NO_METHODS = 'methods are disabled; functions belong to a library, as in #string.trim(…)';

const SELECTIONS: ReadonlyMap<string, 'all' | 'first' | 'last'> = new Map([
  ['.?[', 'all'],
  ['.^[', 'first'],
  ['.$[', 'last'],
]);

/** As many of them as follow. */
export function parsePostfix(cursor: Cursor, operand: Expression): Expression {
  let target = operand;
  for (;;) {
    const token = peek(cursor);
    const read = token.kind === 'symbol' ? POSTFIXES.get(token.text) : undefined;
    if (read === undefined) return target;
    next(cursor);
    target = read(cursor, target, token.text);
  }
}

type Postfix = (cursor: Cursor, target: Expression, symbol: string) => Expression;

function parseName(cursor: Cursor, target: Expression): Expression {
  const name = next(cursor);
  if (name.kind !== 'name')
    throw new ExpressionError("after `.` comes a name; others are read as in user['2nd']", name.start);
  if (isSymbol(peek(cursor), '(')) throw new ExpressionError(NO_METHODS, name.start);
  return { type: 'property', target, name: name.text };
}

/** SpEL reads a bare name in brackets as that name. */
function parseIndex(cursor: Cursor, target: Expression): Expression {
  const [first, second] = [peek(cursor), cursor.tokens[cursor.index + 1]];
  const isBare =
    first.kind === 'name' && !CONSTANTS.has(first.text.toLowerCase()) && second !== undefined && isSymbol(second, ']');
  const index: Expression = isBare ? { type: 'literal', value: next(cursor).text } : cursor.parseWhole(cursor);
  expectSymbol(cursor, ']', 'a `]` is missing');
  return index.type === 'literal' && typeof index.value === 'string'
    ? { type: 'property', target, name: index.value }
    : { type: 'index', target, index };
}

function parseSelection(cursor: Cursor, target: Expression, symbol: string): Expression {
  const condition = parseWithin(cursor);
  const which = SELECTIONS.get(symbol) ?? 'all';
  return { type: 'select', which, target, condition };
}

function parseWithin(cursor: Cursor): Expression {
  cursor.within += 1;
  const inner = cursor.parseWhole(cursor);
  cursor.within -= 1;
  expectSymbol(cursor, ']', 'a `]` is missing');
  return inner;
}

const POSTFIXES: ReadonlyMap<string, Postfix> = new Map<string, Postfix>([
  ['.', parseName],
  ['[', parseIndex],
  ['.![', (cursor, target) => ({ type: 'project', target, item: parseWithin(cursor) })],
  ...[...SELECTIONS.keys()].map((symbol) => [symbol, parseSelection] as const),
]);
