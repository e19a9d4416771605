/** Lists `{1, 'two'}` and maps `{'PM': 'Product Manager'}`, which are told apart by their first entry. */
import { type Cursor, isSymbol, misplaced, next, peek } from './cursor.ts';
import { type Expression, ExpressionError } from './syntax.ts';

interface Entry {
  readonly first: Expression;
  /** What stands after the colon, in a map. */
  readonly value: Expression | undefined;
}

/** Reads up to the closing brace; the opening one is read already. */
export function parseBraces(cursor: Cursor): Expression {
  if (isSymbol(peek(cursor), ':')) {
    next(cursor);
    expectEnd(cursor);
    return { type: 'map', entries: [] };
  }
  if (isSymbol(peek(cursor), '}')) {
    next(cursor);
    return { type: 'list', items: [] };
  }
  const entries: Entry[] = [parseEntry(cursor, undefined)];
  const isMap = entries[0]?.value !== undefined;
  while (isSymbol(peek(cursor), ',')) {
    next(cursor);
    entries.push(parseEntry(cursor, isMap));
  }
  expectEnd(cursor);
  return isMap
    ? {
        type: 'map',
        entries: entries.flatMap(({ first, value }) => (value === undefined ? [] : [{ key: first, value }])),
      }
    : { type: 'list', items: entries.map(({ first }) => first) };
}

/** @param inMap whether a colon must follow, or must not; undefined for the first entry */
function parseEntry(cursor: Cursor, inMap: boolean | undefined): Entry {
  const first = inMap === false ? cursor.parseWhole(cursor) : parseKey(cursor);
  const colon = peek(cursor);
  if (isSymbol(colon, ':') && inMap !== false) {
    next(cursor);
    return { first, value: cursor.parseWhole(cursor) };
  }
  if (inMap === true) throw new ExpressionError('every entry of a map is a key, a `:` and a value', colon.start);
  return { first, value: undefined };
}

/** SpEL takes a bare name for a key as that name. */
function parseKey(cursor: Cursor): Expression {
  const colon = cursor.tokens[cursor.index + 1];
  if (peek(cursor).kind !== 'name' || colon === undefined || !isSymbol(colon, ':')) return cursor.parseWhole(cursor);
  return { type: 'literal', value: next(cursor).text };
}

function expectEnd(cursor: Cursor): void {
  const token = next(cursor);
  if (token.kind === 'end') throw new ExpressionError('a `}` is missing', token.start);
  if (!isSymbol(token, '}')) throw misplaced(cursor, token);
}
