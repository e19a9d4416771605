/**
 * From the client of a ticket to its entry in AD, and from the entry to the attributes of a user.
 *
 * Every user type that the application names is asked; together they must find one entry, never "the first". Names
 * match as AD matches them, without regard to case. Does not own: the stored user (signin/users.ts) and the tickets.
 */
import { isComputer, requireUsableAccount } from '../directory/account.ts';
import type { Directory } from '../directory/directory.ts';
import { texts } from '../directory/entry.ts';
import type { Entry } from '../directory/entry.ts';
import { fillFilter, filterText } from '../directory/filter.ts';
import type { Filter } from '../directory/filter.ts';
import type { Gateway, UserType } from '../model/gateway.ts';
import { Refusal } from '../refusal.ts';
import { compileUserType, IDENTITY_ATTRIBUTES } from './user-types.ts';
import type { TemplatePiece } from './user-types.ts';

export interface LookUp {
  readonly gateway: Pick<Gateway, 'name'>;
  /** Those that the application names in `kerberos.gateways`. */
  readonly userTypes: readonly UserType[];
  readonly directory: Directory;
  /** The ticket's client name without its realm: `DESKTOP-01$`. */
  readonly identifier: string;
  readonly now: Date;
}

export interface LookedUp {
  readonly entry: Entry;
  readonly userType: UserType;
  /**
   * Text forms, by name: `orderedCorrelationAttributes` as they are spelt there, and always objectGUID, objectSid and
   * sAMAccountName. Those that the entry lacks are left out.
   */
  readonly correlation: Readonly<Record<string, string>>;
}

interface Match {
  readonly entry: Entry;
  readonly userType: UserType;
}

/** One entry is enough; the others are asked for so that a refusal can name them. */
const SIZE_LIMIT = 5;

const ANY_ENTRY: Filter = { type: 'present', attribute: 'objectClass' };

/**
 * @throws Refusal directory-entry-missing, directory-entry-ambiguous, not-a-device, account-disabled, account-expired,
 *   account-state-unreadable, correlation-missing, directory-value-malformed, and those of the directory
 */
export async function lookUpCaller(lookUp: LookUp): Promise<LookedUp> {
  const found = await Promise.all(lookUp.userTypes.map((userType) => searchFor(userType, lookUp)));
  const [first, ...others] = found.flat();
  if (first === undefined) throw await nobody(lookUp);
  const match = chooseUserType(requireOneEntry([first, ...others], lookUp));
  requireUsableAccount(match.entry, lookUp.now);
  return { ...match, correlation: correlationOf(match) };
}

async function searchFor(userType: UserType, { directory, identifier }: LookUp): Promise<readonly Match[]> {
  // No account has such a name, but a directory written in C may read it up to the null character (Samba does).
  if (identifier === '' || identifier.includes('\0')) return [];
  const { pattern, ldapAttributes } = compileUserType(userType);
  const entries = await directory.search({
    base: userType.searchBaseDn,
    scope: 'sub',
    filter: fillFilter(pattern, identifier),
    attributes: ldapAttributes,
    sizeLimit: SIZE_LIMIT,
  });
  return entries.map((entry) => ({ entry, userType }));
}

/** The matches of the one entry that was found. */
function requireOneEntry(matches: readonly [Match, ...Match[]], lookUp: LookUp): readonly [Match, ...Match[]] {
  const entries = new Map(matches.map(({ entry }) => [identityOf(entry), entry]));
  if (entries.size > 1) {
    throw new Refusal('directory-entry-ambiguous', {
      expected: 'one entry',
      actual: [...entries.values()].map((entry) => entry.dn).join('; '),
      detail: whereItLooked(lookUp),
    });
  }
  return matches;
}

/** A base that is not there finds nobody, as one without the computer does: only here is it worth a search to tell. */
async function nobody(lookUp: LookUp): Promise<Refusal> {
  const { identifier, userTypes, directory } = lookUp;
  const bases = [...new Set(userTypes.map((userType) => userType.searchBaseDn))];
  const found = await Promise.all(
    bases.map(async (base) =>
      directory.search({ base, scope: 'base', filter: ANY_ENTRY, attributes: [], sizeLimit: 1 }),
    ),
  );
  const absent = bases.filter((_, index) => found[index]?.length === 0);
  const facts = { actual: identifier, detail: whereItLooked(lookUp) };
  return new Refusal('directory-entry-missing', {
    ...facts,
    ...(absent.length > 0 && {
      attribute: 'searchBaseDn',
      detail: `${absent.join('; ')}: does not exist, or the bind account may not see it. ${facts.detail}`,
    }),
  });
}

/** What an entry is, whichever user type found it. */
export function identityOf(entry: Entry): string {
  return texts(entry, 'objectGUID')[0] ?? entry.dn.toLowerCase();
}

function whereItLooked({ gateway, userTypes, identifier }: LookUp): string {
  const places = userTypes.map((userType) => {
    const filter = filterText(fillFilter(compileUserType(userType).pattern, identifier));
    return `user type ${userType.name}: below ${userType.searchBaseDn} for ${filter}`;
  });
  return `gateway ${gateway.name}: ${places.join('; ') || 'no user type'}`;
}

/**
 * A computer is a device where a device user type finds it; nothing but a computer ever is one. Among several that
 * fit, the configuration's order decides.
 */
function chooseUserType(matches: readonly [Match, ...Match[]]): Match {
  const [{ entry }] = matches;
  const devices = matches.filter(({ userType }) => userType.kind === 'device');
  const people = matches.filter(({ userType }) => userType.kind === 'person');
  const chosen = isComputer(entry) ? (devices[0] ?? people[0]) : people[0];
  if (chosen !== undefined) return chosen;
  throw new Refusal('not-a-device', {
    attribute: 'objectCategory',
    expected: 'CN=Computer,CN=Schema,…',
    actual: texts(entry, 'objectCategory')[0] ?? 'no value',
    detail: entry.dn,
  });
}

/** @throws Refusal correlation-missing */
export function correlationOf({ entry, userType }: Match): Readonly<Record<string, string>> {
  const configured = textsOf(entry, userType.orderedCorrelationAttributes);
  if (Object.keys(configured).length === 0) {
    throw new Refusal('correlation-missing', {
      attribute: userType.orderedCorrelationAttributes.join(', '),
      detail: entry.dn,
    });
  }
  return { ...configured, ...textsOf(entry, IDENTITY_ATTRIBUTES) };
}

function textsOf(entry: Entry, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const [value] = texts(entry, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/**
 * The user attributes that the user type's mappings make of an entry; those whose source has no value are left out.
 *
 * User attributes have one value: of an attribute with several, the first in the order in which the directory gave
 * them is taken, and AD promises no order. Map single-valued attributes.
 *
 * @throws Refusal anchor-missing, directory-value-malformed
 */
export function mapEntry(userType: UserType, entry: Entry): Readonly<Record<string, string>> {
  const mapped: Record<string, string> = {};
  for (const { name, pieces } of compileUserType(userType).mappings) {
    const missing = missingSource(entry, pieces);
    if (missing === undefined) mapped[name] = fill(entry, pieces);
    else requireNoAnchor(name, missing, userType, entry);
  }
  return mapped;
}

function missingSource(entry: Entry, pieces: readonly TemplatePiece[]): string | undefined {
  const missing = pieces.find((piece) => 'attribute' in piece && texts(entry, piece.attribute).length === 0);
  return missing !== undefined && 'attribute' in missing ? missing.attribute : undefined;
}

function fill(entry: Entry, pieces: readonly TemplatePiece[]): string {
  return pieces
    .map((piece) => ('literal' in piece ? piece.literal : (texts(entry, piece.attribute)[0] ?? '')))
    .join('');
}

/** Username and External ID are what Entra knows the object by: without the anchor there is nothing to say. */
function requireNoAnchor(name: string, missing: string, { anchor, name: userType }: UserType, entry: Entry): void {
  const anchored = name === 'username' || name === 'externalId';
  if (!anchored || missing.toLowerCase() !== anchor.toLowerCase()) return;
  const other = anchor.toLowerCase() === 'objectguid' ? 'mS-DS-ConsistencyGuid' : 'objectGUID';
  throw new Refusal('anchor-missing', {
    attribute: anchor,
    expected: `a value of ${anchor}, from which ${name} is mapped`,
    actual: 'no value that the bind account may read',
    detail: `${entry.dn}: have ${anchor} written, or set anchor: ${other} on user type ${userType}`,
  });
}
