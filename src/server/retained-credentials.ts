/**
 * The credentials of service accounts, kept across a change: after a new password is set here, tickets under the old one
 * are taken for `minutesToRetainPreviousCredentials`, also after a restart. The salts that a KDC told stay with them: it tells
 * the present one alone.
 *
 * Owns: what counts as a change, which former credentials stay, and for how long. Does not own: how keys open tickets
 * (kerberos/), the table (store/), the encryption (keys/protection.ts).
 */
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { credentialText, keptText, readCredential } from '../kerberos/credential.ts';
import type { ServiceCredential } from '../kerberos/credential.ts';
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

export interface FormerCredential {
  readonly credential: ServiceCredential;
  readonly acceptedUntil: Date;
}

/** By gateway, the last one told first. */
export type KnownSalts = ReadonlyMap<string, readonly string[]>;

export interface RetainedCredentials {
  /** By gateway, newest first. */
  readonly former: ReadonlyMap<string, readonly FormerCredential[]>;
  readonly salts: KnownSalts;
  /**
   * Keeps what is new, the present credentials with these salts, and forgets what is over. Until then nothing is written.
   * Of a gateway that is not named the salts stay as they are.
   */
  keep(salts: KnownSalts): Promise<void>;
}

type Kerberos = NonNullable<Gateway['kerberos']>;

interface Opened extends StoredServiceCredential {
  readonly credential: ServiceCredential;
}

interface Former extends Opened {
  readonly replacedAt: Date;
}

interface Plan {
  readonly gatewayId: string;
  /** The one that the configuration gives: as it was stored, or undefined when it is new. */
  readonly stored: Opened | undefined;
  readonly present: ServiceCredential;
  /** The one that was the present one until now. */
  readonly replaced: readonly Former[];
  readonly former: readonly Former[];
}

const PURPOSE = 'service credential';
const MOST_FORMER = 5;

/** @throws KeyError master-key-malformed, and the system's for a keytab that cannot be read */
export async function retainCredentials(
  gateways: readonly Gateway[],
  dependencies: RetainingDependencies,
): Promise<RetainedCredentials> {
  const { store, log, now } = dependencies;
  const rows = await store.list();
  const former = new Map<string, readonly FormerCredential[]>();
  const salts = new Map<string, readonly string[]>();
  const plans: Plan[] = [];
  // Of a gateway that is only switched off, all stay as they are.
  const stay = new Set(rows.filter(({ gatewayId }) => isIdle(gateways, gatewayId)).map(({ id }) => id));
  for (const { id, name, enabled, kerberos } of gateways) {
    if (!enabled || kerberos === undefined) continue;
    const own = await openAll(
      rows.filter(({ gatewayId }) => gatewayId === id),
      dependencies,
    );
    const plan = planFor(id, kerberos, own, now);
    for (const one of [plan.stored, ...plan.former]) if (one !== undefined) stay.add(one.id);
    plans.push(plan);
    salts.set(id, saltsOf(own));
    former.set(
      id,
      plan.former.map((one) => ({ credential: one.credential, acceptedUntil: acceptedUntil(one, kerberos) })),
    );
    if (plan.former.length > 0)
      log.info({ gateway: name, former: plan.former.length }, 'former credentials still count');
  }
  const remove = rows.filter(({ id }) => !stay.has(id)).map(({ id }) => id);
  return {
    former,
    salts,
    async keep(told) {
      const put = await Promise.all(plans.map((plan) => rowsOf(plan, told.get(plan.gatewayId), dependencies)));
      if (put.flat().length + remove.length > 0) await store.change({ put: put.flat(), remove });
    },
  };
}

/**
 * Forgets the former credentials that are over, those of gateways that are switched off too.
 *
 * @returns how many
 */
export async function forgetExpired(
  gateways: readonly Gateway[],
  store: Store['serviceCredentials'],
  now: Date,
): Promise<number> {
  const isOver = ({ gatewayId, replacedAt }: StoredServiceCredential): boolean => {
    const kerberos = gateways.find(({ id }) => id === gatewayId)?.kerberos;
    return replacedAt !== undefined && kerberos !== undefined && now >= acceptedUntil({ replacedAt }, kerberos);
  };
  const remove = (await store.list()).filter(isOver).map(({ id }) => id);
  if (remove.length > 0) await store.change({ put: [], remove });
  return remove.length;
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
      opened.push({ ...one, credential: readCredential(plain.toString('utf8')) });
    } catch (error) {
      if (!(error instanceof KeyError) || error.code === 'master-key-malformed') throw error;
      log.warn({ credential: one.id, reason: error.code }, 'a kept credential cannot be opened and is forgotten');
    }
  }
  return opened;
}

const knownSaltsOf = ({ credential }: Opened): readonly string[] =>
  credential.kind === 'password' ? (credential.from.knownSalts ?? []) : [];

/** Newest credential first, as they come from the store. */
const saltsOf = (own: readonly Opened[]): readonly string[] => [...new Set(own.flatMap(knownSaltsOf))];

function planFor(gatewayId: string, kerberos: Kerberos, own: readonly Opened[], now: Date): Plan {
  const present = credentialOf(kerberos);
  const text = credentialText(present);
  const isSame = ({ credential }: Opened): boolean => credentialText(credential) === text;
  const before = own.find(({ replacedAt }) => replacedAt === undefined);
  const stored = before !== undefined && isSame(before) ? before : undefined;
  const replaced = before === undefined || stored !== undefined ? [] : [{ ...before, replacedAt: now }];
  // One that is in use again is no former one.
  const former = [...replaced, ...own.filter((one): one is Former => isFormer(one) && !isSame(one))];
  return { gatewayId, stored, present, replaced, former: counting(former, kerberos, now) };
}

const isFormer = (one: Opened): one is Former => one.replacedAt !== undefined;

function counting(former: readonly Former[], kerberos: Kerberos, now: Date): readonly Former[] {
  return former
    .filter((one) => now < acceptedUntil(one, kerberos))
    .toSorted((a, b) => b.replacedAt.getTime() - a.replacedAt.getTime() || b.since.getTime() - a.since.getTime())
    .slice(0, MOST_FORMER);
}

const acceptedUntil = (
  { replacedAt }: Pick<Former, 'replacedAt'>,
  { minutesToRetainPreviousCredentials }: Kerberos,
): Date => new Date(replacedAt.getTime() + minutesToRetainPreviousCredentials * 60_000);

/** What is to be written: the present credential, where it or its salts are new, and the one that it replaces. */
async function rowsOf(
  { gatewayId, stored, present, replaced }: Plan,
  told: readonly string[] | undefined,
  { now, masterKey, randomBytes, randomUUID }: RetainingDependencies,
): Promise<readonly StoredServiceCredential[]> {
  const before = stored === undefined ? [] : knownSaltsOf(stored);
  const salts = present.kind === 'keytab' ? [] : (told ?? before);
  if (stored !== undefined && isDeepStrictEqual(before, salts)) return replaced;
  const id = stored?.id ?? randomUUID();
  const text = Buffer.from(keptText(present, salts));
  const protectedCredential = await protectSecret(text, PURPOSE, id, masterKey, randomBytes);
  return [{ id, gatewayId, protectedCredential, since: stored?.since ?? now, replacedAt: undefined }, ...replaced];
}
