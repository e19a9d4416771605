/**
 * The replay cache of RFC 4120 §3.2.3: an authenticator that was presented once is not taken again.
 *
 * It is checked and written in one synchronous call, so two requests cannot both be first. Only authenticators that a
 * ticket's session key opened get here: a stranger cannot fill it. It lives in memory; after a restart an authenticator
 * that was seen before would pass for the rest of its five minutes, for whoever can read it out of TLS.
 * Owns: memory of authenticators. Does not own: the clock, the skew.
 */
import { createHash } from 'node:crypto';

/**
 * What §3.2.3 tells apart, and the authenticator's ciphertext: some clients repeat a microsecond for two requests. The
 * server is left out: the ticket names it in clear text, so that whoever repeats a token could put another of ours there.
 */
export interface PresentedAuthenticator {
  readonly clientRealm: string;
  readonly clientName: string;
  readonly clientTime: Date;
  readonly clientMicroseconds: number;
  readonly ciphertext: Uint8Array;
}

export interface ReplayCacheOptions {
  /** About 150 bytes each; half a million are 800 sign-ins a second for ten minutes. */
  readonly maxEntries?: number;
}

const BUCKET_MS = 60_000;

export class ReplayCache {
  readonly #maxEntries: number;
  /** Fingerprints by the minute in which they expire: whole minutes are forgotten at once. */
  readonly #buckets = new Map<number, Set<string>>();
  #size = 0;

  constructor({ maxEntries = 500_000 }: ReplayCacheOptions = {}) {
    this.#maxEntries = maxEntries;
  }

  /** Authenticators that are remembered now. */
  get size(): number {
    return this.#size;
  }

  /**
   * `new`: never seen, and remembered until `expires` from now on. `replay`: seen before. `full`: there is no room to
   * remember it, so it must not be taken; forgetting another one early would open that one to replay.
   */
  checkAndRemember(presented: PresentedAuthenticator, expires: Date, now: Date): 'new' | 'replay' | 'full' {
    this.#forget(now);
    const minute = Math.floor(expires.getTime() / BUCKET_MS);
    const bucket = this.#buckets.get(minute) ?? new Set<string>();
    const fingerprint = fingerprintOf(presented);
    if (bucket.has(fingerprint)) return 'replay';
    if (this.#size >= this.#maxEntries) return 'full';
    bucket.add(fingerprint);
    this.#buckets.set(minute, bucket);
    this.#size += 1;
    return 'new';
  }

  /** There are at most as many buckets as twice the skew has minutes. */
  #forget(now: Date): void {
    for (const [minute, bucket] of this.#buckets) {
      if ((minute + 1) * BUCKET_MS > now.getTime()) continue;
      this.#buckets.delete(minute);
      this.#size -= bucket.size;
    }
  }
}

function fingerprintOf(presented: PresentedAuthenticator): string {
  const { clientRealm, clientName, clientTime, clientMicroseconds, ciphertext } = presented;
  const names = JSON.stringify([clientRealm, clientName, clientTime.getTime(), clientMicroseconds]);
  return createHash('sha256').update(names).update('\0').update(ciphertext).digest('base64url');
}
