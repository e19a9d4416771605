/**
 * The credentials of service accounts, kept across a change: after a new password is set here, tickets under the old one
 * are taken for `minutesToRetainPreviousCredentials`, also after a restart.
 *
 * Owns: what counts as a change, which former credentials stay, and for how long. Does not own: how keys open tickets
 * (kerberos/), the table (store/), the encryption (keys/protection.ts).
 */
import type { Logger } from 'pino';
import { credentialText, readCredential, serviceKeysOf } from '../kerberos/credential.ts';
import type { FormerKeys } from '../kerberos/former-keys.ts';
import { KeyError } from '../keys/key-error.ts';
import { openSecret, protectSecret } from '../keys/protection.ts';
import type { Gateway } from '../model/gateway.ts';
import type { Store, StoredServiceCredential } from '../store/store.ts';
import { credentialOf } from './service-credential.ts';

export interface RetainingDependencies {
  readonly store: Store['serviceCredentials'];
  readonly masterKey: string;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly randomUUID: () => string;
  readonly now: Date;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

export interface RetainedCredentials {
  /** By gateway, newest first. */
  readonly former: ReadonlyMap<string, readonly FormerKeys[]>;
  /** Keeps what is new, and forgets what is over. Until then nothing is written. */
  keep(): Promise<void>;
}

type Kerberos = NonNullable<Gateway['kerberos']>;

interface Opened extends StoredServiceCredential {
  readonly text: string;
}

interface Former extends Opened {
  readonly replacedAt: Date;
}

interface Plan {
  readonly former: readonly Former[];
  readonly put: readonly StoredServiceCredential[];
}

const PURPOSE = 'service credential';
const MOST_FORMER = 5;

/** @throws KeyError master-key-malformed, and the system's for a keytab that cannot be read */
export async function retainCredentials(
  gateways: readonly Gateway[],
  dependencies: RetainingDependencies,
): Promise<RetainedCredentials> {
  const { store, log } = dependencies;
  const stored = await store.list();
  const former = new Map<string, readonly FormerKeys[]>();
  const put: StoredServiceCredential[] = [];
  // Of a gateway that is only switched off, all stay as they are.
  const stay = new Set(stored.filter(({ gatewayId }) => isIdle(gateways, gatewayId)).map(({ id }) => id));
  for (const { id, name, enabled, kerberos } of gateways) {
    if (!enabled || kerberos === undefined) continue;
    const own = await openAll(
      stored.filter(({ gatewayId }) => gatewayId === id),
      dependencies,
    );
    const plan = await planFor(id, kerberos, own, dependencies);
    for (const one of own)
      if (one.replacedAt === undefined || plan.former.some((row) => row.id === one.id)) stay.add(one.id);
    put.push(...plan.put);
    former.set(
      id,
      plan.former.map((one) => keysOf(one, kerberos)),
    );
    if (plan.former.length > 0)
      log.info({ gateway: name, former: plan.former.length }, 'former credentials still count');
  }
  const remove = stored.filter(({ id }) => !stay.has(id)).map(({ id }) => id);
  return {
    former,
    async keep() {
      if (put.length + remove.length > 0) await store.change({ put, remove });
    },
  };
}

const isIdle = (gateways: readonly Gateway[], gatewayId: string): boolean =>
  gateways.some(({ id, enabled, kerberos }) => id === gatewayId && !enabled && kerberos !== undefined);

/** One that the master key does not open is forgotten: it may keep nobody from starting, nor from a new master key. */
async function openAll(
  stored: readonly StoredServiceCredential[],
  { masterKey, log }: RetainingDependencies,
): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  for (const one of stored) {
    try {
      const plain = await openSecret(one.protectedCredential, PURPOSE, one.id, masterKey);
      opened.push({ ...one, text: plain.toString('utf8') });
    } catch (error) {
      if (!(error instanceof KeyError) || error.code === 'master-key-malformed') throw error;
      log.warn({ credential: one.id, reason: error.code }, 'a kept credential cannot be opened and is forgotten');
    }
  }
  return opened;
}

async function planFor(
  gatewayId: string,
  kerberos: Kerberos,
  own: readonly Opened[],
  dependencies: RetainingDependencies,
): Promise<Plan> {
  const { now, masterKey, randomBytes, randomUUID } = dependencies;
  const text = credentialText(credentialOf(kerberos));
  const present = own.find(({ replacedAt }) => replacedAt === undefined);
  // One that is in use again is no former one.
  const before = own.filter((one) => isFormer(one) && one.text !== text) as Former[];
  if (present?.text === text) return { former: counting(before, kerberos, now), put: [] };
  const id = randomUUID();
  const protectedCredential = await protectSecret(Buffer.from(text), PURPOSE, id, masterKey, randomBytes);
  const replaced = present === undefined ? [] : [{ ...present, replacedAt: now }];
  return {
    former: counting([...replaced, ...before], kerberos, now),
    put: [{ id, gatewayId, protectedCredential, since: now, replacedAt: undefined }, ...replaced],
  };
}

const isFormer = (one: Opened): one is Former => one.replacedAt !== undefined;

function counting(former: readonly Former[], kerberos: Kerberos, now: Date): readonly Former[] {
  return former
    .filter((one) => now < acceptedUntil(one, kerberos))
    .toSorted((a, b) => b.replacedAt.getTime() - a.replacedAt.getTime() || b.since.getTime() - a.since.getTime())
    .slice(0, MOST_FORMER);
}

const acceptedUntil = ({ replacedAt }: Former, { minutesToRetainPreviousCredentials }: Kerberos): Date =>
  new Date(replacedAt.getTime() + minutesToRetainPreviousCredentials * 60_000);

function keysOf(one: Former, kerberos: Kerberos): FormerKeys {
  return { ...serviceKeysOf(readCredential(one.text), true), acceptedUntil: acceptedUntil(one, kerberos) };
}
