/**
 * Tickets of the benchmark's computers, minted ahead by the client: no KDC is measured. Each AP-REQ is for one request, since
 * the same one twice is a replay. Owns the store of them.
 */
import { randomBytes } from 'node:crypto';
import { SAMPLE_REALM } from '../../src/directory/sample-domain.ts';
import { mintNegotiateToken } from '../../src/rehearsal/kdc.ts';
import { AES256, SITE_HOST } from './site.ts';

/** Values for `Authorization`. */
export interface Tickets {
  /** So many are there then. */
  readonly prepare: (count: number) => void;
  /** @throws Error when none is left */
  readonly take: () => string;
}

const KEY_VERSION = 2;

/** @param nameOf sAMAccountName of the one who comes as the nth, from 0 */
export function openTickets(serviceKey: Uint8Array, nameOf: (nth: number) => string): Tickets {
  const principal = `HTTP/${SITE_HOST}`;
  const service = { principal, realm: SAMPLE_REALM, key: serviceKey, etype: AES256, kvno: KEY_VERSION };
  let minted = 0;
  // Oldest last: an authenticator is taken for five minutes.
  let left: string[] = [];
  const mint = (): string => {
    const client = { name: nameOf(minted++), realm: SAMPLE_REALM };
    const { token } = mintNegotiateToken({ client, service, now: new Date(), randomBytes });
    return `Negotiate ${Buffer.from(token).toString('base64')}`;
  };
  return {
    prepare(count) {
      const fresh = Array.from({ length: Math.max(0, count - left.length) }, mint);
      left = [...fresh.toReversed(), ...left];
    },
    take() {
      const ticket = left.pop();
      if (ticket === undefined) throw new Error('every ticket is used: prepare more');
      return ticket;
    },
  };
}
