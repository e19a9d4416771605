/**
 * The tenant's people: those that Entra Connect has synchronised, as much of them as an assertion is matched against.
 *
 * Held in memory and gone at the end. Does not own: what an assertion must say of them (person-claims.ts).
 */

/** What Entra Connect exports of a person. */
export interface SyncedUser {
  /** Base64 of the source anchor; compared case by case. */
  readonly onPremisesImmutableId: string;
  readonly userPrincipalName: string;
}

/** The properties of Microsoft Graph's user that a sign-in looks at. */
export interface UserRecord extends SyncedUser {
  readonly accountEnabled: boolean;
}

export interface UserRegistry {
  all(): readonly UserRecord[];
  byImmutableId(immutableId: string): UserRecord | undefined;
  /** What a run of Entra Connect does: creates the person, or updates the name and leaves the rest alone. */
  sync(user: SyncedUser): void;
  /** Throws an Error for a person who is not there. */
  setEnabled(immutableId: string, accountEnabled: boolean): void;
  /** What a run of Entra Connect does for a person who has left its scope. */
  remove(immutableId: string): void;
}

/** @param inTenant the name that a user gets: a suffix that is no verified domain is replaced by the initial domain */
export function createUserRegistry(synced: readonly SyncedUser[], inTenant: (upn: string) => string): UserRegistry {
  const users = new Map<string, UserRecord>();
  const known = (immutableId: string): UserRecord => {
    const user = users.get(immutableId);
    if (user === undefined) throw new Error(`the tenant has no user with the ImmutableID ${immutableId}`);
    return user;
  };
  const registry: UserRegistry = {
    all: () => [...users.values()],
    byImmutableId: (immutableId) => users.get(immutableId),
    sync: ({ onPremisesImmutableId, userPrincipalName }) => {
      const accountEnabled = users.get(onPremisesImmutableId)?.accountEnabled ?? true;
      const record = { onPremisesImmutableId, userPrincipalName: inTenant(userPrincipalName), accountEnabled };
      users.set(onPremisesImmutableId, record);
    },
    setEnabled: (immutableId, accountEnabled) => {
      users.set(immutableId, { ...known(immutableId), accountEnabled });
    },
    remove: (immutableId) => {
      known(immutableId);
      users.delete(immutableId);
    },
  };
  for (const user of synced) registry.sync(user);
  return registry;
}
