/**
 * How many requests one source may send in a minute, where `server.limits.requestsPerMinute` says so. A token bucket of one
 * minute's worth: an office that comes at nine o'clock is let in at once, a client in a circle is not.
 *
 * Owns the counting. Plain HTTP, never a SOAP fault: nothing was judged, so nothing is recorded. What one source is stands in
 * signin/source.ts.
 */
import type { Logger } from 'pino';
import { THIS_MACHINE } from '../model/server.ts';
import { sourceOf } from '../signin/source.ts';
import type { HttpServer } from './http-server.ts';
import { networkMatcher, plainAddress } from './networks.ts';
import { ALWAYS_ANSWERED, occasionally } from './overload.ts';

export interface RateLimit {
  /** No limit when undefined. */
  readonly requestsPerMinute: number | undefined;
  /** A proxy that does not say whom it speaks for speaks for many. */
  readonly isProxy: (address: string) => boolean;
  readonly log: Pick<Logger, 'warn'>;
  /** Milliseconds, monotonic. */
  readonly clock?: () => number;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

const MINUTE_MS = 60_000;
/** Of sums of fractions. */
const ROUNDING_MS = 0.001;
/** Seconds on top of the wait; spread, so that the clients of one office do not come back together. */
const SPREAD = 5;
/** Bounds the memory. Beyond it new sources are let in: so many are no case for a limit of one source. */
const MOST_SOURCES = 100_000;

const isThisMachine = networkMatcher([...THIS_MACHINE]);

/** @returns how many were turned away since the start */
export function limitRate(http: HttpServer, options: RateLimit): () => number {
  const { requestsPerMinute, isProxy, log, clock = () => performance.now(), random = Math.random } = options;
  if (requestsPerMinute === undefined) return () => 0;
  const buckets = openBuckets(requestsPerMinute);
  const timer = setInterval(() => buckets.forget(clock()), MINUTE_MS).unref();
  http.addHook('onClose', async () => clearInterval(timer));
  const say = occasionally(clock, (turnedAway, source: string) =>
    log.warn({ turnedAway, source }, 'requests of a source that sends too many are turned away'),
  );
  let turnedAway = 0;
  http.addHook('onRequest', async ({ ip, routeOptions: { url = '' } }, reply) => {
    const address = plainAddress(ip);
    if (ALWAYS_ANSWERED.has(url) || isThisMachine(address) || isProxy(address)) return undefined;
    const source = sourceOf(address);
    const waitMs = buckets.take(source, clock());
    if (waitMs === 0) return undefined;
    turnedAway += 1;
    say(source);
    // RFC 6585 §4.
    return reply
      .code(429)
      .headers({ 'Retry-After': String(Math.ceil(waitMs / 1_000 + random() * SPREAD)), 'Cache-Control': 'no-store' })
      .type('text/plain; charset=utf-8')
      .send('Too many requests. Try again in a few seconds.\n');
  });
  return () => turnedAway;
}

export interface Buckets {
  /** 0 where the request may pass; else how long until one may. */
  take(source: string, now: number): number;
  /** Those that are full again. */
  forget(now: number): void;
  readonly size: () => number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371, annex A): of each source only the time at which its bucket is full again.
 *
 * @param mostSources how many are remembered at one time
 */
export function openBuckets(perMinute: number, mostSources = MOST_SOURCES): Buckets {
  const interval = MINUTE_MS / perMinute;
  const fullAt = new Map<string, number>();
  return {
    take(source, now) {
      const known = fullAt.get(source);
      if (known === undefined && fullAt.size >= mostSources) return 0;
      const next = Math.max(known ?? now, now) + interval;
      const excess = next - now - MINUTE_MS;
      if (excess > ROUNDING_MS) return excess;
      fullAt.set(source, next);
      return 0;
    },
    forget(now) {
      for (const [source, at] of fullAt) if (at <= now) fullAt.delete(source);
    },
    size: () => fullAt.size,
  };
}
