/**
 * From tokens to a syntax tree: SpEL's grammar and precedence, without what PingOne disables.
 *
 * Everything that can be said about an expression without data is said here: unknown functions, wrong numbers of
 * arguments, arguments that can never be right and disabled syntax are parse errors, so that a configuration that
 * loads also runs.
 */
import { type Cursor, expectSymbol, isSymbol, misplaced, nested, next, peek, type Span } from './cursor.ts';
import { type Token, tokenize } from './lexer.ts';
import { parseOperand } from './operands.ts';
import { MATCHES } from './regex-library.ts';
import { type BinaryOperator, type Expression, ExpressionError } from './syntax.ts';

type Operator = BinaryOperator | 'and' | 'or' | 'matches';
interface Level {
  /** May several follow each other? SpEL chains neither comparisons nor powers. */
  readonly chains: boolean;
  readonly operators: ReadonlyMap<string, Operator>;
}

const level = (chains: boolean, operators: Readonly<Record<string, Operator>>): Level => ({
  chains,
  operators: new Map(Object.entries(operators)),
});

/** From the weakest to the strongest; alphabetic operators in any case. */
const LEVELS: readonly Level[] = [
  level(true, { or: 'or', '||': 'or' }),
  level(true, { and: 'and', '&&': 'and' }),
  level(false, {
    '==': '==',
    eq: '==',
    '!=': '!=',
    ne: '!=',
    '<': '<',
    lt: '<',
    '<=': '<=',
    le: '<=',
    '>': '>',
    gt: '>',
    '>=': '>=',
    ge: '>=',
    matches: 'matches',
  }),
  level(true, { '+': '+', '-': '-' }),
  level(true, { '*': '*', '/': '/', div: '/', '%': '%', mod: '%' }),
  level(false, { '^': '^' }),
];

/**
 * Parses an expression that begins at `start` of `text`.
 *
 * @param within `text`: up to its end; `template`: up to the `}` that closes the placeholder
 * @returns the tree, the position of the end of the text or of that `}`, and what of the text no record may show
 * @throws ExpressionError
 */
export function parseExpression(
  text: string,
  start = 0,
  within: 'text' | 'template' = 'text',
): { readonly expression: Expression; readonly end: number; readonly secrets: readonly Span[] } {
  const tokens = tokenize(text, start, within);
  const cursor: Cursor = { tokens, index: 0, depth: 0, within: 0, secrets: [], parseWhole: parseChoice };
  const expression = parseChoice(cursor);
  const last = peek(cursor);
  if (last.kind !== 'end') throw misplaced(cursor, last);
  return { expression, end: last.start, secrets: cursor.secrets };
}

/** Ternary and Elvis, which take whole expressions. */
function parseChoice(cursor: Cursor): Expression {
  return nested(cursor, () => {
    const condition = parseLevel(cursor, 0);
    if (isSymbol(peek(cursor), '?:')) {
      spaced(next(cursor));
      return { type: 'elvis', value: condition, fallback: parseChoice(cursor) };
    }
    if (!isSymbol(peek(cursor), '?')) return condition;
    next(cursor);
    const whenTrue = parseChoice(cursor);
    expectSymbol(cursor, ':', 'the `?` wants a `:` and the value for the other case');
    return { type: 'conditional', condition, whenTrue, whenFalse: parseChoice(cursor) };
  });
}

function parseLevel(cursor: Cursor, floor: number): Expression {
  const row = LEVELS[floor];
  if (row === undefined) return parseUnary(cursor);
  let left = parseLevel(cursor, floor + 1);
  for (;;) {
    const token = peek(cursor);
    const operator = operatorOf(token, row.operators);
    if (operator === undefined) return left;
    spaced(next(cursor));
    const right = parseLevel(cursor, floor + 1);
    left = combine(operator, left, right, token);
    if (!row.chains) return left;
  }
}

function combine(operator: Operator, left: Expression, right: Expression, token: Token): Expression {
  if (operator === 'and' || operator === 'or') return { type: operator, left, right };
  if (operator !== 'matches') return { type: 'binary', operator, left, right };
  const wrong = MATCHES.check?.([undefined, right.type === 'literal' ? right.value : undefined]);
  if (wrong !== undefined) throw new ExpressionError(`matches: ${wrong}`, token.start);
  return { type: 'call', function: MATCHES, arguments: [left, right] };
}

function operatorOf(token: Token, operators: Level['operators']): Operator | undefined {
  return token.kind === 'symbol' || token.kind === 'name' ? operators.get(token.text.toLowerCase()) : undefined;
}

function spaced(token: Token): void {
  if (!token.spaced) throw new ExpressionError(`\`${token.text}\` needs a space on both sides`, token.start);
}

function parseUnary(cursor: Cursor): Expression {
  const token = peek(cursor);
  if (isSymbol(token, '!') || (token.kind === 'name' && token.text.toLowerCase() === 'not')) {
    next(cursor);
    return nested(cursor, () => ({ type: 'not', operand: parseUnary(cursor) }));
  }
  if (isSymbol(token, '-')) {
    next(cursor);
    return nested(cursor, () => ({ type: 'negate', operand: parseUnary(cursor) }));
  }
  return parseOperand(cursor);
}
