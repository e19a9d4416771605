/**
 * The replay cache of RFC 4120 §3.2.3: an authenticator that was presented once is not taken again.
 *
 * It is checked and written in one synchronous call, so two requests cannot both be first. Only authenticators that a
 * ticket's session key opened get here: a stranger cannot fill it. It decides in memory; whoever opens it hands in what is
 * known from before a restart, and is told of what is new.
 * Owns: memory of authenticators. Does not own: the clock, the skew, what outlasts a restart (server/replay-memory.ts).
 */
import { hash } from 'node:crypto';

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

/** An authenticator, as it is remembered: nothing of its ticket can be told from it. */
export interface Remembered {
  /** SHA-256, base64url. */
  readonly fingerprint: string;
  readonly expires: Date;
}

export interface ReplayCacheOptions {
  /** About 100 bytes each; half a million are 800 sign-ins a second for ten minutes. */
  readonly maxEntries?: number;
  /** Seen before a restart. */
  readonly known?: readonly Remembered[];
  /** Called for each new one, before it is taken; must not throw. */
  readonly onNew?: (remembered: Remembered, now: Date) => void;
}

const BUCKET_MS = 60_000;

export class ReplayCache {
  readonly #maxEntries: number;
  readonly #onNew: NonNullable<ReplayCacheOptions['onNew']>;
  /** {@link keyOf} fingerprints, by the minute in which they expire: whole minutes are forgotten at once. */
  readonly #buckets = new Map<number, Set<string>>();
  #size = 0;

  constructor({ maxEntries = 500_000, known = [], onNew = () => undefined }: ReplayCacheOptions = {}) {
    this.#maxEntries = maxEntries;
    this.#onNew = onNew;
    for (const { fingerprint, expires } of known) this.#add(keyOf(fingerprint), expires);
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
    const fingerprint = fingerprintOf(presented);
    const key = keyOf(fingerprint);
    if (this.#buckets.get(minuteOf(expires))?.has(key) === true) return 'replay';
    if (this.#size >= this.#maxEntries) return 'full';
    this.#add(key, expires);
    this.#onNew({ fingerprint, expires }, now);
    return 'new';
  }

  #add(key: string, expires: Date): void {
    const bucket = this.#buckets.get(minuteOf(expires)) ?? new Set<string>();
    this.#size -= bucket.size;
    bucket.add(key);
    this.#size += bucket.size;
    this.#buckets.set(minuteOf(expires), bucket);
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

const minuteOf = (time: Date): number => Math.floor(time.getTime() / BUCKET_MS);

/** 128 bits of the hash, a character for each octet: a third of the memory that the text takes, and as good as unique. */
const keyOf = (fingerprint: string): string => Buffer.from(fingerprint, 'base64url').toString('latin1', 0, 16);

function fingerprintOf(presented: PresentedAuthenticator): string {
  const { clientRealm, clientName, clientTime, clientMicroseconds, ciphertext } = presented;
  const names = JSON.stringify([clientRealm, clientName, clientTime.getTime(), clientMicroseconds]);
  return hash('sha256', Buffer.concat([Buffer.from(`${names}\0`), ciphertext]), 'base64url');
}
