/**
 * Keys from before the service account's password changed. Tickets under them are in the caches of clients for hours: they
 * are tried after the present ones, newest first, until their time is over.
 *
 * Owns: which keys count at a time. Does not own: how long that is, where former credentials are kept (server/).
 */
import type { KerberosService, ServiceKey } from './keys.ts';

export interface FormerKeys {
  readonly realm: string;
  readonly keys: readonly ServiceKey[];
  readonly acceptedUntil: Date;
}

/** @param former newest first; those of another realm open no ticket of this service */
export function withFormerKeys(service: KerberosService, former: readonly FormerKeys[]): KerberosService {
  const keys = former.flatMap(({ realm, keys: formerKeys, acceptedUntil }, index) =>
    realm === service.realm ? formerKeys.map((key) => asFormer(key, index + 1, acceptedUntil)) : [],
  );
  return { ...service, keys: [...service.keys, ...keys] };
}

/** Not a copy of the key: one of a password is derived when it is first asked for. */
function asFormer(key: ServiceKey, generation: number, acceptedUntil: Date): ServiceKey {
  return {
    encryptionType: key.encryptionType,
    kvno: key.kvno,
    ...(key.kvnoIsShort !== undefined && { kvnoIsShort: key.kvnoIsShort }),
    source: `former credential ${generation} (${key.source})`,
    former: { generation, acceptedUntil },
    get ticketKeys() {
      return key.ticketKeys;
    },
    get pacKey() {
      return key.pacKey;
    },
  };
}

export const keysAt = ({ keys }: KerberosService, now: Date): readonly ServiceKey[] =>
  keys.filter(({ former }) => former === undefined || now < former.acceptedUntil);
