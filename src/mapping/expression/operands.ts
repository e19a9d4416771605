/** Operands: literals, parentheses, `user`, variables, calls. What may follow them is postfix.ts, what has braces braces.ts. */
import { parseBraces } from './braces.ts';
import { type Cursor, expectSymbol, isSymbol, misplaced, next, peek, REFUSED } from './cursor.ts';
import { parseDecimal, whole } from './decimal.ts';
import type { Token } from './lexer.ts';
import { findFunction } from './libraries.ts';
import { CONSTANTS, NO_METHODS, parsePostfix } from './postfix.ts';
import { type Expression, ExpressionError } from './syntax.ts';
import type { LibraryFunction, Value } from './value.ts';

/** Roots that other places have, or PingOne for other uses. */
const FOREIGN_ROOTS = new Map([
  [
    'ldapAttributes',
    '`ldapAttributes` is known to the mappings of a user type only; an attribute of the user is user.…',
  ],
  ['env', '`${env:…}` is for secrets of the configuration only'],
  ['file', '`${file:…}` is for secrets of the configuration only'],
  ['providerAttributes', '`providerAttributes` is not known here; an attribute of the user is user.…'],
  ['context', '`context` is not known here; an attribute of the user is user.…'],
]);

export const parseOperand = (cursor: Cursor): Expression => parsePostfix(cursor, parsePrimary(cursor));

function parsePrimary(cursor: Cursor): Expression {
  const token = next(cursor);
  if (token.kind === 'string') return { type: 'literal', value: token.text };
  if (token.kind === 'number') return { type: 'literal', value: readNumber(token) };
  if (token.kind === 'name') return parseName(cursor, token);
  if (isSymbol(token, '#')) return parseVariable(cursor, token);
  if (isSymbol(token, '{')) return parseBraces(cursor);
  if (!isSymbol(token, '(')) throw misplaced(cursor, token);
  const inner = cursor.parseWhole(cursor);
  expectSymbol(cursor, ')', 'a `)` is missing');
  return inner;
}

/** Java's forms: `1`, `8.57`, `1e3`, `0x1F`, with a type letter at the end, which has no meaning here. */
function readNumber(token: Token): Value {
  if (/^0[xX]/.test(token.text)) return whole(BigInt(token.text.replace(/[lL]$/, '')));
  const value = parseDecimal(token.text.replace(/[lLfFdD]$/, ''));
  if (value === null) throw new ExpressionError('the number is too large', token.start);
  return value;
}

function parseName(cursor: Cursor, token: Token): Expression {
  const constant = CONSTANTS.get(token.text.toLowerCase());
  if (constant !== undefined) return { type: 'literal', value: constant };
  const refused = REFUSED.get(token.text.toLowerCase());
  if (refused !== undefined) throw new ExpressionError(refused, token.start);
  if (isSymbol(peek(cursor), '(')) {
    const what = token.text === 'T' ? '`T(…)`, access to Java types, is disabled' : NO_METHODS;
    throw new ExpressionError(what, token.start);
  }
  if (token.text === 'user') return { type: 'property', target: { type: 'root' }, name: 'user' };
  // SpEL looks for bare names in the item.
  if (cursor.within > 0) return { type: 'property', target: { type: 'this' }, name: token.text };
  const foreign = FOREIGN_ROOTS.get(token.text);
  if (foreign !== undefined) throw new ExpressionError(foreign, token.start);
  throw new ExpressionError(
    `there is no \`${token.text}\`; an attribute is user.${token.text}, a text stands in quotation marks`,
    token.start,
  );
}

function parseVariable(cursor: Cursor, hash: Token): Expression {
  const name = next(cursor);
  if (name.kind !== 'name')
    throw new ExpressionError('after # comes `root`, `this` or the name of a library', hash.start);
  if (name.text === 'this' && cursor.within > 0) return { type: 'this' };
  if (name.text === 'root' || name.text === 'this') return { type: 'root' };
  const dot = next(cursor);
  const called = next(cursor);
  const found = findFunction(name.text, isSymbol(dot, '.') && called.kind === 'name' ? called.text : '');
  if (typeof found === 'string') throw new ExpressionError(found, hash.start);
  const label = `#${name.text}.${called.text}`;
  expectSymbol(cursor, '(', `${label} is a function; its arguments stand in parentheses`);
  const given = parseArguments(cursor, found);
  if (given.length < found.least || given.length > found.most) {
    throw new ExpressionError(`${label} takes (${found.parameters}), not ${given.length} arguments`, hash.start);
  }
  const wrong = found.check?.(given.map((argument) => (argument.type === 'literal' ? argument.value : undefined)));
  if (wrong !== undefined) throw new ExpressionError(`${label}: ${wrong}`, hash.start);
  return { type: 'call', function: found, arguments: given };
}

/** A secret that is an attribute of the user is none that the text could tell. */
function parseArguments(cursor: Cursor, { secret }: LibraryFunction): readonly Expression[] {
  const given: Expression[] = [];
  if (isSymbol(peek(cursor), ')')) {
    next(cursor);
    return given;
  }
  for (;;) {
    const { start } = peek(cursor);
    const argument = cursor.parseWhole(cursor);
    const last = cursor.tokens[cursor.index - 1];
    if (given.length === secret && argument.type !== 'property')
      cursor.secrets.push({ start, end: last?.end ?? start });
    given.push(argument);
    const token = next(cursor);
    if (isSymbol(token, ')')) return given;
    if (token.kind === 'end') throw new ExpressionError('a `)` is missing', token.start);
    if (!isSymbol(token, ',')) throw misplaced(cursor, token);
  }
}
