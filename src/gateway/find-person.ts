/**
 * The directory entry of a user name as a person types it: UPN or mail address, whichever the application matches by, or
 * `DOMAIN\name`.
 *
 * One attribute is compared, never several: whoever may write one person's mail could else become another by his UPN.
 * Whatever else the user type's filter demands (a group, for example) is demanded here too.
 * Does not own: tickets (look-up.ts) and the password (signin/).
 */
import { isComputer } from '../directory/account.ts';
import type { Directory } from '../directory/directory.ts';
import { domainByNetbiosName } from '../directory/domains.ts';
import { fillFilter } from '../directory/filter.ts';
import type { Filter, FilterPattern, PatternPiece } from '../directory/filter.ts';
import { domainDnOf, LOCKOUT_ATTRIBUTES } from '../directory/lockout.ts';
import type { Gateway, UserType } from '../model/gateway.ts';
import { Refusal } from '../refusal.ts';
import { correlationOf, identityOf } from './look-up.ts';
import type { LookedUp } from './look-up.ts';
import { compileUserType } from './user-types.ts';

export interface PersonGateway {
  readonly gateway: Gateway;
  readonly userTypes: readonly UserType[];
  readonly directory: Directory;
}

export interface PersonLookUp {
  readonly gateways: readonly PersonGateway[];
  /** The user attribute that holds user names: `email`, or a custom attribute. */
  readonly matchedBy: string;
  readonly username: string;
}

export interface FoundPerson {
  readonly found: LookedUp;
  readonly gateway: Gateway;
  readonly directory: Directory;
}

/** [MS-ADA3] §2.349: a UPN has 1024 characters at most. */
const MAX_USERNAME = 1024;
const SIZE_LIMIT = 5;

/** @throws Refusal password-account-unknown, directory-entry-ambiguous, and those of the directory */
export async function findPerson(lookUp: PersonLookUp): Promise<FoundPerson> {
  const matches = await Promise.all(
    lookUp.gateways.map(async (gateway) => {
      const found = await Promise.all(gateway.userTypes.map((userType) => searchFor(userType, gateway, lookUp)));
      return found.flat();
    }),
  );
  // Several user types may find one person: the configuration's order decides, so the first is put in last.
  const people = new Map(
    matches
      .flat()
      .toReversed()
      .map((match) => [identityOf(match.found.entry), match]),
  );
  const [only, ...others] = people.values();
  if (only === undefined) throw new Refusal('password-account-unknown', { detail: whereItLooked(lookUp) });
  if (others.length > 0) {
    throw new Refusal('directory-entry-ambiguous', {
      attribute: lookUp.matchedBy,
      expected: 'one entry',
      actual: [...people.values()].map(({ found }) => found.entry.dn).join('; '),
    });
  }
  const { found } = only;
  return { ...only, found: { ...found, correlation: correlationOf(found) } };
}

type Match = Omit<FoundPerson, 'found'> & { readonly found: Omit<LookedUp, 'correlation'> };

async function searchFor(
  userType: UserType,
  { gateway, directory }: PersonGateway,
  { username, matchedBy }: PersonLookUp,
): Promise<readonly Match[]> {
  if (userType.kind !== 'person' || username.length > MAX_USERNAME || username.includes('\0')) return [];
  const where = await whereFor(username, userType, matchedBy, directory);
  if (where === undefined) return [];
  const { pattern, ldapAttributes } = compileUserType(userType);
  const entries = await directory.search({
    base: userType.searchBaseDn,
    scope: 'sub',
    filter: { type: 'and', filters: [PERSON, where.filter, whateverTheName(pattern)] },
    attributes: [...ldapAttributes, ...LOCKOUT_ATTRIBUTES],
    sizeLimit: SIZE_LIMIT,
  });
  return entries
    .filter((entry) => !isComputer(entry) && isBelow(entry.dn, where.below))
    .map((entry) => ({ found: { entry, userType }, gateway, directory }));
}

const equal = (attribute: string, value: string): Filter => ({ type: 'equal', attribute, value: Buffer.from(value) });

const PERSON: Filter = {
  type: 'and',
  filters: [equal('objectClass', 'user'), equal('objectCategory', 'person')],
};

const ANY_ENTRY: Filter = { type: 'present', attribute: 'objectClass' };

/** What the user type's filter demands beside the name: comparisons with the caller's name are true here. */
export function whateverTheName(pattern: FilterPattern): Filter {
  if ('filters' in pattern) return { type: pattern.type, filters: pattern.filters.map(whateverTheName) };
  if ('filter' in pattern) return { type: 'not', filter: whateverTheName(pattern.filter) };
  return piecesOf(pattern).includes('identifier') ? ANY_ENTRY : fillFilter(pattern, '');
}

function piecesOf(pattern: FilterPattern): readonly PatternPiece[] {
  if ('any' in pattern) return [pattern.initial ?? [], ...pattern.any, pattern.final ?? []].flat();
  return 'value' in pattern ? pattern.value : [];
}

interface Where {
  readonly filter: Filter;
  /** The domain that a logon name names. */
  readonly below?: string;
}

async function whereFor(
  username: string,
  userType: UserType,
  matchedBy: string,
  directory: Directory,
): Promise<Where | undefined> {
  const [, domainName, account] = /^([^\\]+)\\([^\\]+)$/.exec(username) ?? [];
  if (domainName !== undefined && account !== undefined) {
    const domain = await domainByNetbiosName(directory, domainName);
    return domain && { filter: equal('sAMAccountName', account), below: domain.baseDn };
  }
  const attribute = /^[^\\]+@[^\\@]+$/.test(username) ? attributeOf(userType, matchedBy) : undefined;
  return attribute === undefined ? undefined : { filter: equal(attribute, username) };
}

/** The LDAP attribute that the user type maps to a user attribute; undefined where it maps none, or makes one of several. */
function attributeOf(userType: UserType, name: string): string | undefined {
  const pieces = compileUserType(userType).mappings.find((mapping) => mapping.name === name)?.pieces ?? [];
  const [piece] = pieces;
  return pieces.length === 1 && piece !== undefined && 'attribute' in piece ? piece.attribute : undefined;
}

const domainOf = (dn: string): string => (domainDnOf(dn) ?? '').replace(/\s*([,=])\s*/g, '$1').toLowerCase();

const isBelow = (dn: string, domain: string | undefined): boolean =>
  domain === undefined || domainOf(dn) === domainOf(domain);

function whereItLooked({ gateways, matchedBy }: PersonLookUp): string {
  const places = gateways.flatMap(({ gateway, userTypes }) =>
    userTypes
      .filter(({ kind }) => kind === 'person')
      .map((userType) => {
        const attribute = attributeOf(userType, matchedBy) ?? 'no attribute';
        return `gateway ${gateway.name}, user type ${userType.name}: ${attribute} below ${userType.searchBaseDn}`;
      }),
  );
  return places.join('; ') || 'no user type for people';
}
