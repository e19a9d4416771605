/**
 * The keys of the service accounts while a configuration is in force: a salt that a KDC tells adds some, and the end of a
 * former credential takes its own away, out of memory too.
 *
 * Each change makes another KerberosService, so that a request sees one from end to end. Owns: which is the present one.
 * Does not own: asking a KDC (kdc-salts.ts), what is stored (retained-credentials.ts), how keys are made (kerberos/).
 */
import { serviceKeysOf, withSalts } from '../kerberos/credential.ts';
import type { ServiceCredential } from '../kerberos/credential.ts';
import { withFormerKeys } from '../kerberos/former-keys.ts';
import type { KerberosService } from '../kerberos/keys.ts';
import type { FormerCredential, KnownSalts } from './retained-credentials.ts';

export interface ServiceKeys {
  /** By gateway. To be read anew for each request. */
  readonly services: ReadonlyMap<string, KerberosService>;
  salts(): KnownSalts;
  /** Whether there are keys now that were not there before. */
  learn(gatewayId: string, told: readonly string[]): boolean;
  /** Drops the former credentials that are over. */
  expire(now: Date): void;
}

/** A service with the keys that follow from its account's names, or stand in its keytab; and what makes the others. */
export interface HeldService {
  readonly service: KerberosService;
  readonly credential: ServiceCredential;
  /** Newest first. */
  readonly former: readonly FormerCredential[];
  /** The last one told first. */
  readonly salts: readonly string[];
}

/** Nothing protects what a KDC tells: however much that is, a ticket that opens with no key must not be tried with many. */
const MOST_SALTS = 3;

export function openServiceKeys(given: readonly HeldService[]): ServiceKeys {
  const held = new Map<string, HeldService>();
  const services = new Map<string, KerberosService>();
  const hold = (one: HeldService): void => {
    held.set(one.service.gatewayId, one);
    services.set(one.service.gatewayId, withAllKeys(one));
  };
  for (const one of given) hold({ ...one, salts: one.salts.slice(0, MOST_SALTS) });
  return {
    services,
    salts: () => new Map([...held].map(([id, { salts }]) => [id, salts])),
    learn(gatewayId, told) {
      const one = held.get(gatewayId);
      if (one === undefined || told.every((salt) => one.salts.includes(salt))) return false;
      const before = sourcesOf(services.get(gatewayId));
      hold({ ...one, salts: newestFirst(told, one.salts) });
      return [...sourcesOf(services.get(gatewayId))].some((source) => !before.has(source));
    },
    expire(now) {
      for (const one of held.values()) {
        const former = one.former.filter(({ acceptedUntil }) => now < acceptedUntil);
        if (former.length < one.former.length) hold({ ...one, former });
      }
    },
  };
}

const sourcesOf = (service: KerberosService | undefined): ReadonlySet<string> =>
  new Set(service?.keys.map(({ source }) => source));

export const newestFirst = (told: readonly string[], known: readonly string[]): readonly string[] =>
  [...new Set([...told, ...known])].slice(0, MOST_SALTS);

/** Keys that a salt makes are derived when a ticket asks for them. */
function withAllKeys({ service, credential, former, salts }: HeldService): KerberosService {
  const own = sourcesOf(service);
  const told =
    credential.kind === 'keytab' || salts.length === 0
      ? []
      : serviceKeysOf(withSalts(credential, salts), true).keys.filter(({ source }) => !own.has(source));
  return withFormerKeys(
    { ...service, keys: [...service.keys, ...told] },
    former.map((one) => ({
      ...serviceKeysOf(withSalts(one.credential, salts), true),
      acceptedUntil: one.acceptedUntil,
    })),
  );
}
