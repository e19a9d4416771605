/**
 * From characters to tokens. Knows quotes, numbers, names and the space around operators, which PingOne demands of
 * every binary operator; hence `-` inside a name is a part of the name (`user.ms-upn`).
 */
import { ExpressionError, LIMITS } from './syntax.ts';

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'symbol' | 'end';
  /** The content of a string without its quotation marks; else the characters themselves. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Is there a space, or the edge of the expression, before and after it? */
  readonly spaced: boolean;
}

/** The names of custom attributes are of this form (model/environment.ts). */
const NAME = /[A-Za-z_][A-Za-z0-9_-]*/y;
const NUMBER = /0[xX][0-9A-Fa-f]+[lL]?|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?[lLfFdD]?/y;
const SPACES = /[ \t]*/y;
const SYMBOL = /\.[?^$!]\[|\?[:.]|[=!<>]=|&&|\|\||\+\+|--|[()[\]{},.:?#+\-*/%^<>!=@&]/y;
const LINE_BREAK = /[\n\r\u0085\u2028\u2029]/;

const NO_LINE_BREAKS = 'an expression holds no line breaks; in YAML, `>-` folds several lines into one';

function match(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

/**
 * Reads tokens from `start` to the end of the text or, within a template, to the `}` that closes the expression.
 *
 * @returns the tokens, the last of kind `end` standing where the expression ends
 * @throws ExpressionError
 */
export function tokenize(text: string, start: number, within: 'text' | 'template'): readonly Token[] {
  const tokens: Token[] = [];
  let braces = 0;
  let position = start;
  for (;;) {
    const token = readToken(text, position, start);
    if (token.kind === 'end') {
      if (within === 'template') throw new ExpressionError('this `${` is not closed by a `}`', start - 2);
      return [...tokens, token];
    }
    if (token.kind === 'symbol' && token.text === '{') braces += 1;
    if (token.kind === 'symbol' && token.text === '}') {
      braces -= 1;
      if (braces < 0 && within === 'template') return [...tokens, { ...token, kind: 'end', text: '' }];
    }
    if (tokens.push(token) > LIMITS.tokens) {
      throw new ExpressionError(`the expression has more than ${LIMITS.tokens} parts`, token.start);
    }
    position = token.end;
  }
}

function readToken(text: string, position: number, expressionStart: number): Token {
  const start = position + (match(SPACES, text, position)?.length ?? 0);
  const make = (kind: Token['kind'], content: string, end: number): Token => {
    const before = start === expressionStart || start > position || isSpace(text[start - 1]);
    return { kind, text: content, start, end, spaced: before && (end >= text.length || isSpace(text[end])) };
  };
  const first = text[start];
  if (first === undefined) return make('end', '', start);
  if (first === "'" || first === '"') {
    const { content, end } = readString(text, start, first);
    return make('string', content, end);
  }
  const name = match(NAME, text, start);
  if (name !== undefined) return make('name', name, start + name.length);
  const number = match(NUMBER, text, start);
  if (number !== undefined) return make('number', number, start + number.length);
  const symbol = match(SYMBOL, text, start);
  if (symbol !== undefined) return make('symbol', symbol, start + symbol.length);
  throw new ExpressionError(unexpected(text, start), start);
}

const isSpace = (character: string | undefined): boolean => character === ' ' || character === '\t';

/** SpEL: a quotation mark within a string is written twice; there is no backslash. */
function readString(text: string, start: number, quote: string): { readonly content: string; readonly end: number } {
  let content = '';
  for (let position = start + 1; position < text.length; position += 1) {
    const character = text[position] ?? '';
    if (LINE_BREAK.test(character)) throw new ExpressionError(NO_LINE_BREAKS, position);
    if (character !== quote) content += character;
    else if (text[position + 1] !== quote) return { content, end: position + 1 };
    else {
      content += quote;
      position += 1;
    }
  }
  throw new ExpressionError(
    `the text that begins with ${quote} does not end; a ${quote} within it is written twice`,
    start,
  );
}

function unexpected(text: string, position: number): string {
  const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
  if (LINE_BREAK.test(character)) return NO_LINE_BREAKS;
  if (character === '$')
    return "`$` has no place within an expression; `user['…']` reads an attribute whose name holds one";
  if (/[‘’“”„`]/.test(character)) return `${character} is no quotation mark here; write ' or "`;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `the character U+${code} has no place here`;
}

/**
 * The content of a text that is one quoted literal and nothing else (`"DJ"`); undefined for every other text.
 */
export function quotedLiteral(text: string): string | undefined {
  const quote = text[0];
  if (quote !== "'" && quote !== '"') return undefined;
  try {
    const { content, end } = readString(text, 0, quote);
    return end === text.length ? content : undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}
