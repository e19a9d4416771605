/**
 * The stored users as a sign-in would find and change them, without a change: for whoever asks what would come of it.
 * Owns the answers that the store would give. Does not own: what is done with them (users.ts).
 */
import type { User } from '../model/user.ts';
import { Refusal } from '../refusal.ts';
import type { NewUser, Store, StoreReader } from '../store/store.ts';

/** Before there is a store. */
export const NO_USERS: StoreReader['users'] = {
  find: async () => undefined,
  findByCorrelation: async () => [],
  findByUniqueValue: async () => [],
  list: async () => [],
};

export function unwrittenUsers(reader: StoreReader['users']): Store['users'] {
  return {
    ...reader,
    create: async (user, now) => {
      await requireUnique(reader, user.id, user);
      return { ...stored(user), id: user.id, populationId: user.populationId, createdAt: now, updatedAt: now };
    },
    update: async (id, change, now) => {
      const user = await reader.find(id);
      if (user === undefined) throw new Error(`there is no user ${id}`);
      if (!user.enabled) throw new Refusal('user-disabled', { actual: `${user.username} (${user.id})` });
      await requireUnique(reader, id, change);
      return { ...user, ...stored(change), updatedAt: now };
    },
    retire: async () => undefined,
  };
}

type Values = Pick<NewUser, 'username' | 'attributes' | 'link' | 'uniqueAttributes'>;

const stored = ({
  username,
  attributes,
  link,
}: Values): Pick<User, 'username' | 'attributes' | 'link' | 'enabled'> => ({
  username,
  attributes,
  link,
  enabled: true,
});

async function requireUnique(reader: StoreReader['users'], id: string, user: Values): Promise<void> {
  const unique = user.uniqueAttributes.map((name) => [name, user.attributes[name]] as const);
  for (const [attribute, value] of [['username', user.username] as const, ...unique]) {
    if (typeof value !== 'string') continue;
    const holder = (await reader.findByUniqueValue(value)).find((other) => other.id !== id);
    if (holder !== undefined) {
      throw new Refusal('user-not-unique', { attribute, actual: value, detail: `${holder.username} (${holder.id})` });
    }
  }
}
