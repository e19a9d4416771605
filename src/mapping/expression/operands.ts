/** Operands: literals, lists, parentheses, `user`, variables, calls, and what may follow them: `.name` and `[index]`. */
import { type Cursor, expectSymbol, isSymbol, misplaced, next, peek, REFUSED } from './cursor.ts';
import { parseDecimal, whole } from './decimal.ts';
import type { Token } from './lexer.ts';
import { findFunction } from './libraries.ts';
import { type Expression, ExpressionError } from './syntax.ts';
import type { Value } from './value.ts';

const CONSTANTS = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

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

const NO_METHODS = 'methods are disabled; functions belong to a library, as in #string.trim(…)';

export const parseOperand = (cursor: Cursor): Expression => parsePostfix(cursor, parsePrimary(cursor));

function parsePrimary(cursor: Cursor): Expression {
  const token = next(cursor);
  if (token.kind === 'string') return { type: 'literal', value: token.text };
  if (token.kind === 'number') return { type: 'literal', value: readNumber(token) };
  if (token.kind === 'name') return parseName(cursor, token);
  if (isSymbol(token, '#')) return parseVariable(cursor, token);
  if (isSymbol(token, '{')) return { type: 'list', items: parseItems(cursor, '}') };
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
  if (name.text === 'root' || name.text === 'this') return { type: 'root' };
  const dot = next(cursor);
  const called = next(cursor);
  const found = findFunction(name.text, isSymbol(dot, '.') && called.kind === 'name' ? called.text : '');
  if (typeof found === 'string') throw new ExpressionError(found, hash.start);
  const label = `#${name.text}.${called.text}`;
  expectSymbol(cursor, '(', `${label} is a function; its arguments stand in parentheses`);
  const given = parseItems(cursor, ')');
  if (given.length < found.least || given.length > found.most) {
    throw new ExpressionError(`${label} takes (${found.parameters}), not ${given.length} arguments`, hash.start);
  }
  return { type: 'call', function: found, arguments: given };
}

/** Comma-separated expressions up to the closing symbol, of a list or of arguments. */
function parseItems(cursor: Cursor, closing: ')' | '}'): readonly Expression[] {
  const items: Expression[] = [];
  if (isSymbol(peek(cursor), closing)) {
    next(cursor);
    return items;
  }
  for (;;) {
    if (closing === '}' && isSymbol(peek(cursor), ':')) throw inlineMap(peek(cursor));
    items.push(cursor.parseWhole(cursor));
    const token = next(cursor);
    if (isSymbol(token, closing)) return items;
    if (closing === '}' && isSymbol(token, ':')) throw inlineMap(token);
    if (!isSymbol(token, ','))
      throw token.kind === 'end'
        ? new ExpressionError(`a \`${closing}\` is missing`, token.start)
        : misplaced(cursor, token);
  }
}

const inlineMap = (token: Token): ExpressionError =>
  new ExpressionError('inline maps are not supported yet; #core.switchExpr(…) chooses by value', token.start);

/** `.name`, `['name']`, `[0]`; SpEL reads a bare name in brackets as that name. */
function parsePostfix(cursor: Cursor, operand: Expression): Expression {
  let target = operand;
  for (;;) {
    if (isSymbol(peek(cursor), '.')) {
      next(cursor);
      const name = next(cursor);
      if (name.kind !== 'name')
        throw new ExpressionError("after `.` comes a name; others are read as in user['2nd']", name.start);
      if (isSymbol(peek(cursor), '(')) throw new ExpressionError(NO_METHODS, name.start);
      target = { type: 'property', target, name: name.text };
    } else if (isSymbol(peek(cursor), '[')) {
      next(cursor);
      const [first, second] = [peek(cursor), cursor.tokens[cursor.index + 1]];
      const bare =
        first.kind === 'name' &&
        !CONSTANTS.has(first.text.toLowerCase()) &&
        second !== undefined &&
        isSymbol(second, ']');
      const index: Expression = bare ? { type: 'literal', value: next(cursor).text } : cursor.parseWhole(cursor);
      expectSymbol(cursor, ']', 'a `]` is missing');
      target =
        index.type === 'literal' && typeof index.value === 'string'
          ? { type: 'property', target, name: index.value }
          : { type: 'index', target, index };
    } else return target;
  }
}
