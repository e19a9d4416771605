/**
 * A user type of a gateway, read once: its filter, its mappings and the LDAP attributes that both need.
 *
 * Mappings are in PingOne's form `${ldapAttributes.NAME}`, with literal text around it or between several. Does not
 * own: searching (look-up.ts) and the shapes (model/gateway.ts).
 */
import { ACCOUNT_ATTRIBUTES } from '../directory/account.ts';
import type { FilterPattern } from '../directory/filter.ts';
import { parseFilterPattern } from '../directory/filter-pattern.ts';
import type { UserType } from '../model/gateway.ts';

/** What every entry is known by, whatever the configuration correlates by: a deleted and re-made object is told by it. */
export const IDENTITY_ATTRIBUTES = ['objectGUID', 'objectSid', 'sAMAccountName'] as const;

export type TemplatePiece = { readonly literal: string } | { readonly attribute: string };

export interface CompiledMapping {
  /** Attribute of the Mortise user. */
  readonly name: string;
  readonly pieces: readonly TemplatePiece[];
}

export interface CompiledUserType {
  readonly pattern: FilterPattern;
  readonly mappings: readonly CompiledMapping[];
  /** Exactly what is read of an entry: mapping sources, correlation, identity and account state. */
  readonly ldapAttributes: readonly string[];
}

const REFERENCE = /\$\{ldapAttributes\.(?<attribute>[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\}/g;

/** @throws TypeError when the value refers to something else than an LDAP attribute: the configuration was not checked */
export function parseMappingValue(value: string): readonly TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let offset = 0;
  for (const match of value.matchAll(REFERENCE)) {
    pieces.push({ literal: value.slice(offset, match.index) }, { attribute: match.groups?.['attribute'] ?? '' });
    offset = match.index + match[0].length;
  }
  pieces.push({ literal: value.slice(offset) });
  const broken = pieces.some((piece) => 'literal' in piece && piece.literal.includes('${'));
  if (broken) throw new TypeError(`only \${ldapAttributes.NAME} can be mapped: ${value}`);
  return pieces.filter((piece) => !('literal' in piece) || piece.literal !== '');
}

const compiled = new WeakMap<UserType, CompiledUserType>();

/** @throws FilterSyntaxError, TypeError when the configuration was not checked */
export function compileUserType(userType: UserType): CompiledUserType {
  const known = compiled.get(userType);
  if (known !== undefined) return known;
  const { ldapFilterPattern, attributeMappings } = userType.newUserLookup;
  const mappings = attributeMappings.map(({ name, value }) => ({ name, pieces: parseMappingValue(value) }));
  const sources = mappings.flatMap(({ pieces }) =>
    pieces.flatMap((piece) => ('attribute' in piece ? piece.attribute : [])),
  );
  const fresh: CompiledUserType = {
    pattern: parseFilterPattern(ldapFilterPattern),
    mappings,
    ldapAttributes: withoutRepeats([
      ...sources,
      ...userType.orderedCorrelationAttributes,
      ...IDENTITY_ATTRIBUTES,
      ...ACCOUNT_ATTRIBUTES,
    ]),
  };
  compiled.set(userType, fresh);
  return fresh;
}

/** Names are equal without regard to case; `dn` comes along by itself. */
function withoutRepeats(names: readonly string[]): readonly string[] {
  const first = new Map<string, string>();
  for (const name of names) if (!first.has(name.toLowerCase())) first.set(name.toLowerCase(), name);
  first.delete('dn');
  return [...first.values()];
}
