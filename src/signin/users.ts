/**
 * What is known about an entry: the stored user that its correlation attributes find, created at the first sign-in.
 * Owns the link between a directory entry and a stored user. Does not read the directory (gateway/look-up.ts).
 */
import type { LookedUp } from '../gateway/look-up.ts';
import type { Application } from '../model/application.ts';
import type { Environment } from '../model/environment.ts';
import type { Gateway } from '../model/gateway.ts';
import type { User } from '../model/user.ts';
import { Refusal } from '../refusal.ts';
import type { NewUser, Store } from '../store/store.ts';

export type UserAttributes = Readonly<Record<string, string | boolean>>;

/** An entry as the directory has it now, and what the user type's mappings made of it. */
export interface MappedEntry {
  readonly gateway: Pick<Gateway, 'id'>;
  readonly application: Pick<Application, 'hybridJoinDeviceAttribute'>;
  readonly found: LookedUp;
  readonly mapped: UserAttributes;
}

export interface KnownUser {
  readonly user: User;
  /** What the claims are made of: the entry found now; of the stored user only what no mapping fills. */
  readonly attributes: UserAttributes;
}

export interface UserDependencies {
  readonly users: Store['users'];
  readonly environment: Pick<Environment, 'customAttributes'>;
  readonly randomUUID: () => string;
}

type StoredForm = Pick<NewUser, 'username' | 'attributes' | 'link' | 'uniqueAttributes'>;

/**
 * The stored user of an entry: found, created, or made anew when the entry is another object under an old name.
 *
 * @param note hears at once what changed in the store, so that it is recorded even when a refusal follows
 * @throws Refusal user-ambiguous, user-not-unique, user-disabled, attribute-missing
 */
export async function knowUser(
  entry: MappedEntry,
  now: Date,
  dependencies: UserDependencies,
  note: (text: string) => void,
): Promise<KnownUser> {
  const { users, environment } = dependencies;
  const attributes = markDevice(entry, environment);
  const form = storedForm(entry, attributes, environment);
  let user = onlyUser(await findUsers(entry, users));
  if (user !== undefined && isAnotherObject(user, entry.found)) {
    await retire(user, now, users, note);
    user = undefined;
  }
  user ??= await createUser(entry, form, now, dependencies, note);
  if (!user.enabled) throw new Refusal('user-disabled', { actual: describe(user) });
  const kept = unmappedAttributes(user, entry.found);
  user = await refresh(user, { ...form, attributes: { ...kept, ...form.attributes } }, entry, now, users, note);
  return { user, attributes: { ...kept, ...attributes } };
}

/** Every user that one of the entry's correlation attributes finds, tried in order; the first attribute that finds any decides. */
async function findUsers({ gateway, found }: MappedEntry, users: Store['users']): Promise<readonly User[]> {
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
  if (matches.length > 1) throw new Refusal('user-ambiguous', { actual: matches.map(describe).join(', ') });
  return matches[0];
}

const describe = (user: User): string => `${user.username} (${user.id})`;

/** True when the stored user was made from another object: a computer that was deleted and made anew has a new objectGUID. */
function isAnotherObject(user: User, found: LookedUp): boolean {
  const stored = user.link?.correlationAttributes['objectGUID'];
  const now = found.correlation['objectGUID'];
  return stored !== undefined && now !== undefined && stored !== now;
}

async function retire(user: User, now: Date, users: Store['users'], note: (text: string) => void): Promise<void> {
  await users.retire(user.id, now);
  const objectGUID = user.link?.correlationAttributes['objectGUID'];
  note(`link retired: user ${describe(user)} was objectGUID ${objectGUID}, the entry is a new object`);
}

/** When two sign-ins create the user of one entry at the same time, the later gets the earlier one's. */
async function createUser(
  { found }: MappedEntry,
  form: StoredForm,
  now: Date,
  { users, randomUUID }: UserDependencies,
  note: (text: string) => void,
): Promise<User> {
  const id = randomUUID();
  const user = await users.create({ ...form, id, populationId: found.userType.newUserLookup.population.id }, now);
  if (user.id === id) note(`user created: ${describe(user)}`);
  return user;
}

/** Mapped attributes, with the device mark that `hybridJoinDeviceAttribute` names set by Mortise itself. */
function markDevice({ mapped, found, application }: MappedEntry, environment: UserDependencies['environment']) {
  if (found.userType.kind !== 'device') return mapped;
  const { hybridJoinDeviceAttribute: name } = application;
  const isBoolean = environment.customAttributes.find((attribute) => attribute.name === name)?.type === 'BOOLEAN';
  return { ...mapped, [name]: isBoolean ? true : 'true' };
}

function storedForm(
  { gateway, found }: MappedEntry,
  { username, ...attributes }: UserAttributes,
  environment: UserDependencies['environment'],
): StoredForm {
  if (typeof username !== 'string' || username === '') {
    throw new Refusal('attribute-missing', { attribute: 'username', expected: 'a value from the mapping of username' });
  }
  const unique = environment.customAttributes.filter((attribute) => attribute.unique);
  return {
    username,
    attributes,
    link: { gatewayId: gateway.id, userTypeId: found.userType.id, correlationAttributes: found.correlation },
    uniqueAttributes: unique.map((attribute) => attribute.name),
  };
}

/** Of the stored attributes those that no mapping fills. A mapped one that the entry has no more is gone. */
function unmappedAttributes(user: User, { userType }: LookedUp): UserAttributes {
  const mapped = new Set(userType.newUserLookup.attributeMappings.map(({ name }) => name));
  return Object.fromEntries(Object.entries(user.attributes).filter(([name]) => !mapped.has(name)));
}

/** Keeps the link's values current (a computer that moved has a new dn), and the attributes where the user type asks for it. */
async function refresh(
  user: User,
  form: StoredForm,
  { found }: MappedEntry,
  now: Date,
  users: Store['users'],
  note: (text: string) => void,
): Promise<User> {
  const follows = found.userType.updateUserOnSuccessfulAuthentication;
  const wanted = follows ? form : { ...form, username: user.username, attributes: user.attributes };
  const moved = !sameValues(user.link?.correlationAttributes ?? {}, wanted.link.correlationAttributes);
  const changed = user.username !== wanted.username || !sameValues(user.attributes, wanted.attributes);
  if (!moved && !changed) return user;
  const updated = await users.update(user.id, wanted, now);
  note(changed ? 'user attributes updated' : 'link values updated');
  return updated;
}

const sameValues = (left: Readonly<Record<string, unknown>>, right: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(left).length === Object.keys(right).length &&
  Object.keys(left).every((name) => left[name] === right[name]);
