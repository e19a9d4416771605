/**
 * What is known about an entry: the stored user that its correlation attributes find, created at the first sign-in.
 * Owns the link between a directory entry and a stored user. Does not read the directory (gateway/look-up.ts).
 */
import type { LookedUp } from '../gateway/look-up.ts';
import type { Application } from '../model/application.ts';
import type { Environment } from '../model/environment.ts';
import type { Gateway } from '../model/gateway.ts';
import type { DirectoryLink, User } from '../model/user.ts';
import { Refusal } from '../refusal.ts';
import type { NewUser, Store } from '../store/store.ts';

export type UserAttributes = Readonly<Record<string, string | boolean>>;

export interface KnownUser {
  readonly user: User;
  /** What the claims are made of: the stored attributes under those of the entry found now. */
  readonly attributes: UserAttributes;
  /** For the record: created, retired, moved. */
  readonly notes: readonly string[];
}

export interface UserDependencies {
  readonly users: Store['users'];
  readonly environment: Environment;
  readonly randomUUID: () => string;
}

/** Every user that one of the entry's correlation attributes finds, tried in order; the first attribute that finds any decides. */
async function findUsers(gateway: Gateway, found: LookedUp, users: Store['users']): Promise<readonly User[]> {
  for (const attribute of found.userType.orderedCorrelationAttributes) {
    const value = found.correlation[attribute];
    if (value === undefined) continue;
    const matches = await users.findByCorrelation(gateway.id, found.userType.id, attribute, value);
    if (matches.length > 0) return matches;
  }
  return [];
}

/** The one stored user of the entry, or undefined; two are a refusal, never the first. */
function onlyUser(matches: readonly User[]): User | undefined {
  if (matches.length > 1) {
    throw new Refusal('user-ambiguous', { actual: matches.map((user) => `${user.username} (${user.id})`).join(', ') });
  }
  return matches[0];
}

/** True when the stored user was made from another object: a computer that was deleted and made anew has a new objectGUID. */
function isAnotherObject(user: User, found: LookedUp): boolean {
  const stored = user.link?.correlationAttributes['objectGUID'];
  const now = found.correlation['objectGUID'];
  return stored !== undefined && now !== undefined && stored !== now;
}

const sameValues = (left: Readonly<Record<string, unknown>>, right: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(left).length === Object.keys(right).length &&
  Object.keys(left).every((name) => left[name] === right[name]);

/** Mapped attributes, with the device mark that `hybridJoinDeviceAttribute` names set by Mortise itself. */
function markDevice(
  mapped: UserAttributes,
  found: LookedUp,
  application: Application,
  environment: Environment,
): UserAttributes {
  if (found.userType.kind !== 'device') return mapped;
  const mark = environment.customAttributes.find(
    (attribute) => attribute.name === application.hybridJoinDeviceAttribute,
  );
  return { ...mapped, [application.hybridJoinDeviceAttribute]: mark?.type === 'BOOLEAN' ? true : 'true' };
}

function storedForm(
  mapped: UserAttributes,
  link: DirectoryLink,
  environment: Environment,
): Pick<NewUser, 'username' | 'attributes' | 'link' | 'uniqueAttributes'> {
  const { username, ...attributes } = mapped;
  if (typeof username !== 'string' || username === '')
    throw new Refusal('attribute-missing', { attribute: 'username', expected: 'a value from the mapping of username' });
  const uniqueAttributes = environment.customAttributes
    .filter((attribute) => attribute.unique)
    .map((attribute) => attribute.name);
  return { username, attributes, link, uniqueAttributes };
}

/**
 * The stored user of an entry: found, created, or made anew when the entry is another object under an old name.
 *
 * @throws Refusal user-ambiguous, user-not-unique, user-disabled, attribute-missing
 */
export async function knowUser(
  gateway: Gateway,
  application: Application,
  found: LookedUp,
  mapped: UserAttributes,
  now: Date,
  dependencies: UserDependencies,
): Promise<KnownUser> {
  const { users, environment, randomUUID } = dependencies;
  const marked = markDevice(mapped, found, application, environment);
  const link = { gatewayId: gateway.id, userTypeId: found.userType.id, correlationAttributes: found.correlation };
  const form = storedForm(marked, link, environment);
  const notes: string[] = [];

  let user = onlyUser(await findUsers(gateway, found, users));
  if (user !== undefined && isAnotherObject(user, found)) {
    await users.retire(user.id, now);
    notes.push(
      `link retired: user ${user.id} was objectGUID ${user.link?.correlationAttributes['objectGUID']}, the entry is a new object`,
    );
    user = undefined;
  }
  if (user === undefined) {
    user = await users.create(
      { ...form, id: randomUUID(), populationId: found.userType.newUserLookup.population.id },
      now,
    );
    notes.push(`user created: ${user.username}`);
  } else if (!user.enabled) {
    throw new Refusal('user-disabled', { actual: `${user.username} (${user.id})` });
  } else {
    user = await refresh(user, form, found.userType.updateUserOnSuccessfulAuthentication, now, users, notes);
  }
  return { user, attributes: { ...user.attributes, ...marked }, notes };
}

/** Keeps the link's values current (a computer that moved has a new dn), and the attributes where the user type asks for it. */
async function refresh(
  user: User,
  form: Pick<NewUser, 'username' | 'attributes' | 'link' | 'uniqueAttributes'>,
  updateAttributes: boolean,
  now: Date,
  users: Store['users'],
  notes: string[],
): Promise<User> {
  const moved = !sameValues(user.link?.correlationAttributes ?? {}, form.link.correlationAttributes);
  const changed =
    updateAttributes && (user.username !== form.username || !sameValues(user.attributes, form.attributes));
  if (!moved && !changed) return user;
  notes.push(changed ? 'user attributes updated' : 'link values updated');
  return users.update(
    user.id,
    updateAttributes ? form : { ...form, username: user.username, attributes: user.attributes },
    now,
  );
}
