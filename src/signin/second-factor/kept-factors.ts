/**
 * A person's second factors as the store keeps them: what proves one is encrypted under the master key, bound to person
 * and factor. Owns what goes into a record, and that there are no more than ten. Does not own what proves a factor.
 */
import { openSecret, protectSecret } from '../../keys/protection.ts';
import { Refusal } from '../../refusal.ts';
import type { Store, StoredFactor } from '../../store/store.ts';
import type { Passkey } from './passkeys.ts';

export interface KnownFactor {
  readonly id: string;
  readonly kind: 'totp' | 'passkey';
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
  /** Of passkeys: the host they belong to. */
  readonly rpId?: string;
}

export type OpenedFactor = { readonly stored: StoredFactor } & (
  | { readonly kind: 'totp'; readonly secret: Uint8Array }
  | { readonly kind: 'passkey'; readonly passkey: Passkey }
);

/** A factor that is to be kept, with what its first use left. */
export type NewFactor = { readonly name: string; readonly counter: number } & (
  | { readonly kind: 'totp'; readonly secret: Uint8Array }
  | { readonly kind: 'passkey'; readonly passkey: Passkey }
);

export interface KeptFactors {
  /** @throws KeyError when the master key does not open one */
  list(userId: string): Promise<readonly OpenedFactor[]>;
  /** @throws Refusal second-factor-limit, second-factor-used (this app or passkey is set up already) */
  add(userId: string, factor: NewFactor, now: Date): Promise<KnownFactor>;
  /** False when the user has no such factor. @throws Refusal second-factor-last: without one an administrator would be needed */
  removeUnlessLast(userId: string, id: string): Promise<boolean>;
}

export interface KeptFactorsDependencies {
  readonly store: Store['secondFactors'];
  /** 32 bytes in base64. */
  readonly masterKey: string;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly randomUUID: () => string;
}

const MOST_FACTORS = 10;
const LONGEST_NAME = 60;
/** Of those that got no name; the same words in every language. */
const NAMES = { totp: 'Authenticator', passkey: 'Passkey' } as const;
const PURPOSE = 'second factor';

export function openKeptFactors({ store, masterKey, randomBytes, randomUUID }: KeptFactorsDependencies): KeptFactors {
  const list = (userId: string) => openFactors(userId, { store, masterKey });

  const keep = async (userId: string, factor: NewFactor, now: Date): Promise<KnownFactor> => {
    const present = await list(userId);
    if (present.length >= MOST_FACTORS) throw new Refusal('second-factor-limit', { actual: `${present.length}` });
    // Set up twice, each code of an app could be used twice.
    if (present.some((one) => provenBy(one) === provenBy(factor)))
      throw new Refusal('second-factor-used', { attribute: factor.kind, detail: 'it is set up already' });
    const { kind, counter } = factor;
    const id = randomUUID();
    const plain = kind === 'totp' ? factor.secret : Buffer.from(JSON.stringify(factor.passkey));
    const protectedSecret = await protectSecret(plain, PURPOSE, boundTo({ id, userId, kind }), masterKey, randomBytes);
    const name = nameOf(factor);
    // Its set-up was a use.
    const stored = { id, userId, kind, name, protectedSecret, counter, createdAt: now, lastUsedAt: now };
    await store.add(stored);
    return knownFactor({ ...factor, stored });
  };

  // One after the other: else of two at the same time neither would see the other.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    list,
    add: (userId, factor, now) => inTurn(() => keep(userId, factor, now)),
    removeUnlessLast: (userId, id) =>
      inTurn(async () => {
        const present = await store.list(userId);
        if (present.length === 1 && present[0]?.id === id) throw new Refusal('second-factor-last');
        return store.remove(userId, id);
      }),
  };
}

/**
 * Of one user, in the order of creation.
 *
 * @throws KeyError when the master key does not open one
 */
export async function openFactors(
  userId: string,
  { store, masterKey }: { readonly store: Pick<Store['secondFactors'], 'list'>; readonly masterKey: string },
): Promise<readonly OpenedFactor[]> {
  const opened = async (stored: StoredFactor): Promise<OpenedFactor> => {
    const secret = await openSecret(stored.protectedSecret, PURPOSE, boundTo(stored), masterKey);
    if (stored.kind === 'totp') return { stored, kind: 'totp', secret };
    return { stored, kind: 'passkey', passkey: JSON.parse(secret.toString()) as Passkey };
  };
  return Promise.all((await store.list(userId)).map(opened));
}

/** What may be shown of it. */
export function knownFactor(factor: OpenedFactor, lastUsedAt = factor.stored.lastUsedAt): KnownFactor {
  const { id, kind, name, createdAt } = factor.stored;
  return { id, kind, name, createdAt, lastUsedAt, ...(factor.kind === 'passkey' && { rpId: factor.passkey.rpId }) };
}

/** A record that somebody moves to another person, or takes for another kind, opens no more. */
function boundTo({ id, userId, kind }: Pick<StoredFactor, 'id' | 'userId' | 'kind'>): string {
  return `${kind} ${id} of ${userId}`;
}

function provenBy(factor: OpenedFactor | NewFactor): string {
  return factor.kind === 'totp' ? Buffer.from(factor.secret).toString('base64url') : factor.passkey.credentialId;
}

function nameOf({ kind, name }: NewFactor): string {
  const shown = name
    .toWellFormed()
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_NAME)
    .toWellFormed();
  return shown === '' ? NAMES[kind] : shown;
}
