/** Where the parser stands in its tokens, and the words for a token that has no place there. */
import type { Token } from './lexer.ts';
import { type Expression, ExpressionError, LIMITS } from './syntax.ts';

/** A part of the text, from `start` up to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Cursor {
  readonly tokens: readonly Token[];
  index: number;
  depth: number;
  /** How many selections and projections surround this place: within one, a bare name is a part of the item. */
  within: number;
  /** Where arguments stand that no record may show. */
  readonly secrets: Span[];
  /** Reads a whole expression: what stands in parentheses, lists and arguments. */
  readonly parseWhole: (cursor: Cursor) => Expression;
}

/** What SpEL has and this language has not, by the token that shows it. */
export const REFUSED = new Map([
  ['=', 'assignment is disabled; write == to compare'],
  ['?.', '`?.` is disabled and not needed: `.` gives null when there is nothing to its left'],
  ['++', '`++` is disabled'],
  ['--', '`--` is disabled; write `- -` to subtract a negative number'],
  ['@', 'bean references are disabled'],
  ['&', 'bean references are disabled; write && or `and`'],
  ['instanceof', '`instanceof` is disabled'],
  ['between', '`between` is not supported; compare twice with `and`'],
  ['new', '`new` is disabled; write a list as {1, 2}'],
]);

export const isSymbol = (token: Token, text: string): boolean => token.kind === 'symbol' && token.text === text;

const END: Token = { kind: 'end', text: '', start: 0, end: 0, spaced: true };

export const peek = (cursor: Cursor): Token => cursor.tokens[cursor.index] ?? cursor.tokens.at(-1) ?? END;

export function next(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.index += 1;
  return token;
}

export function expectSymbol(cursor: Cursor, text: string, otherwise: string): void {
  const token = next(cursor);
  if (!isSymbol(token, text))
    throw token.kind === 'end' ? new ExpressionError(otherwise, token.start) : misplaced(cursor, token, otherwise);
}

export function nested(cursor: Cursor, parse: () => Expression): Expression {
  cursor.depth += 1;
  if (cursor.depth > LIMITS.depth)
    throw new ExpressionError(`the expression is nested more than ${LIMITS.depth} deep`, peek(cursor).start);
  const expression = parse();
  cursor.depth -= 1;
  return expression;
}

/** The error for a token that does not continue the expression; names the likely mistake where there is one. */
export function misplaced(cursor: Cursor, token: Token, otherwise = ''): ExpressionError {
  if (token.kind === 'end')
    return new ExpressionError(
      token.start === 0 || cursor.tokens.length === 1 ? 'there is no expression' : 'the expression ends too early',
      token.start,
    );
  const refused = REFUSED.get(token.text.toLowerCase());
  if (refused !== undefined && token.kind !== 'string') return new ExpressionError(refused, token.start);
  const before = cursor.tokens[cursor.tokens.indexOf(token) - 1];
  const hyphen =
    before?.kind === 'name' && before.text.includes('-')
      ? ` (the \`-\` belongs to the name \`${before.text}\`; to subtract, put spaces around it)`
      : '';
  const shown = token.kind === 'string' ? 'this text' : `\`${token.text}\``;
  return new ExpressionError(
    `${shown} has no place here${otherwise === '' ? '' : `; ${otherwise}`}${hyphen}`,
    token.start,
  );
}
