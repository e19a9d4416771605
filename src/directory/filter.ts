/**
 * LDAP search filters (RFC 4511 §4.5.1.7) as data: values are values, never text to be escaped.
 *
 * A pattern is a filter whose values may hold the identifier of a caller; {@link fillFilter} puts it in as bytes of a
 * value, so that no name can add or close a parenthesis. Does not own: reading RFC 4515 text (filter-pattern.ts) and
 * the wire (ldap-filter.ts).
 */

export type FilterOf<Value> =
  | { readonly type: 'and' | 'or'; readonly filters: readonly FilterOf<Value>[] }
  | { readonly type: 'not'; readonly filter: FilterOf<Value> }
  | { readonly type: ValueComparison; readonly attribute: string; readonly value: Value }
  | SubstringsOf<Value>
  | { readonly type: 'present'; readonly attribute: string }
  | ExtensibleOf<Value>;

export type ValueComparison = 'equal' | 'greaterOrEqual' | 'lessOrEqual' | 'approx';

/** At least one of `initial`, `any` and `final` is there. */
export interface SubstringsOf<Value> {
  readonly type: 'substrings';
  readonly attribute: string;
  readonly initial?: Value;
  readonly any: readonly Value[];
  readonly final?: Value;
}

/** At least one of `attribute` and `rule` is there. */
export interface ExtensibleOf<Value> {
  readonly type: 'extensible';
  readonly attribute?: string;
  /** Name or OID of a matching rule, as AD's bit tests `1.2.840.113556.1.4.803` (and) and `…804` (or). */
  readonly rule?: string;
  readonly dnAttributes: boolean;
  readonly value: Value;
}

export type Filter = FilterOf<Uint8Array>;

/** A value is the concatenation of its pieces. */
export type PatternPiece = Uint8Array | 'identifier';
export type FilterPattern = FilterOf<readonly PatternPiece[]>;

/** The same filter with every value translated. */
export function mapValues<From, To>(filter: FilterOf<From>, translate: (value: From) => To): FilterOf<To> {
  switch (filter.type) {
    case 'and':
    case 'or':
      return { type: filter.type, filters: filter.filters.map((inner) => mapValues(inner, translate)) };
    case 'not':
      return { type: 'not', filter: mapValues(filter.filter, translate) };
    case 'present':
      return filter;
    case 'substrings': {
      const { initial, final, ...rest } = filter;
      return {
        ...rest,
        any: filter.any.map(translate),
        ...(initial !== undefined && { initial: translate(initial) }),
        ...(final !== undefined && { final: translate(final) }),
      };
    }
    case 'extensible':
      return { ...filter, value: translate(filter.value) };
    default:
      return { ...filter, value: translate(filter.value) };
  }
}

/** Puts the identifier, as UTF-8, where the pattern names it. Total: any text is only ever a part of a value. */
export function fillFilter(pattern: FilterPattern, identifier: string): Filter {
  const bytes = Buffer.from(identifier);
  return mapValues(pattern, (pieces) =>
    Uint8Array.from(Buffer.concat(pieces.map((piece) => (piece === 'identifier' ? bytes : piece)))),
  );
}

const OPERATORS: Readonly<Record<ValueComparison, string>> = {
  equal: '=',
  greaterOrEqual: '>=',
  lessOrEqual: '<=',
  approx: '~=',
};

/** RFC 4515 text of a filter, for records and messages. What is not printable ASCII or has a meaning is `\hh`. */
export function filterText(filter: Filter): string {
  switch (filter.type) {
    case 'and':
      return `(&${filter.filters.map(filterText).join('')})`;
    case 'or':
      return `(|${filter.filters.map(filterText).join('')})`;
    case 'not':
      return `(!${filterText(filter.filter)})`;
    case 'present':
      return `(${filter.attribute}=*)`;
    case 'substrings': {
      const { initial, any, final } = filter;
      const parts = [initial ?? new Uint8Array(), ...any, final ?? new Uint8Array()];
      return `(${filter.attribute}=${parts.map(valueText).join('*')})`;
    }
    case 'extensible': {
      const { attribute = '', rule, dnAttributes, value } = filter;
      return `(${attribute}${dnAttributes ? ':dn' : ''}${rule === undefined ? '' : `:${rule}`}:=${valueText(value)})`;
    }
    default:
      return `(${filter.attribute}${OPERATORS[filter.type]}${valueText(filter.value)})`;
  }
}

const MEANINGFUL = new Set(Buffer.from('()*\\'));

function valueText(value: Uint8Array): string {
  return Array.from(value, (byte) =>
    byte >= 0x20 && byte < 0x7f && !MEANINGFUL.has(byte)
      ? String.fromCharCode(byte)
      : `\\${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}
