/**
 * A user as rows: what finds it (correlation values) and what only it may hold (username, unique attributes).
 * Pure; sqlite-users.ts reads and writes the rows.
 */
import type { DirectoryLink, User } from '../model/user.ts';
import type { UserCorrelationRow, UserRow, UserUniqueRow } from './schema.ts';
import type { NewUser } from './store.ts';

/** In lower case, as it is stored. */
export const ENTRY_ATTRIBUTE = 'objectguid';

export function userOf(row: UserRow): User {
  return {
    id: row.id,
    populationId: row.population_id,
    username: row.username,
    enabled: row.enabled === 1,
    attributes: JSON.parse(row.attributes) as User['attributes'],
    link: row.link === null ? null : (JSON.parse(row.link) as DirectoryLink),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

/** Attribute names compare without case (RFC 4512 §2.5), GUIDs too (RFC 9562 §4); every other value is exact. */
export function correlationKey(attribute: string, value: string): { attribute: string; value: string } {
  const name = attribute.toLowerCase();
  return { attribute: name, value: name === ENTRY_ATTRIBUTE ? value.toLowerCase() : value };
}

/**
 * Claimed before any unique value: whose user this is, is decided before whether its values are free. A configured
 * `objectGuid` beside our own `objectGUID` is one attribute, and one row.
 */
export function correlationRows(userId: string, link: DirectoryLink): readonly UserCorrelationRow[] {
  const rows = Object.entries(link.correlationAttributes).map(([name, text]) => {
    const { attribute, value } = correlationKey(name, text);
    const row = { user_id: userId, gateway_id: link.gatewayId, user_type_id: link.userTypeId, attribute, value };
    return [JSON.stringify([attribute, value]), row] as const;
  });
  return [...new Map(rows).values()];
}

/** `username` and every unique attribute that has a value. */
export function uniqueRows(
  userId: string,
  user: Pick<NewUser, 'username' | 'attributes' | 'uniqueAttributes'>,
): readonly UserUniqueRow[] {
  const values = new Map([['username', user.username]]);
  for (const name of user.uniqueAttributes) {
    const value = user.attributes[name];
    if (value !== undefined && value !== '' && name !== 'username') values.set(name, String(value));
  }
  return [...values].map(([attribute, value]) => ({ attribute, value: folded(value), user_id: userId }));
}

/** AD compares userPrincipalName without case; a user that differs in case alone would be the same person to Entra. */
export function folded(value: string): string {
  return value.normalize('NFC').toLowerCase();
}

export function isCorrelation(row: UserCorrelationRow | UserUniqueRow): row is UserCorrelationRow {
  return 'gateway_id' in row;
}
