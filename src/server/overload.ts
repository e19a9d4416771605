/**
 * New work is turned away early when there is too much: 503 with a Retry-After, before anything of the request is parsed.
 * Owns when there is too much. Never a SOAP fault: nothing was judged, so nothing is recorded, and the client asks again.
 */
import type { Logger } from 'pino';
import type { HttpServer } from './http-server.ts';

export interface OverloadOptions {
  /** Requests that may be under way at one time. */
  readonly requestsUnderWay: number;
  readonly log: Pick<Logger, 'warn'>;
  /** Milliseconds, monotonic. */
  readonly clock?: () => number;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

/** How often the event loop's lag is measured, and how much of it on average, in milliseconds, is too much. */
const LAG = { everyMs: 100, tooMuchMs: 2_000 } as const;
/** With fewer requests under way, the machine is slow for another reason: turning them away would not help it. */
const FEW_REQUESTS = 100;
/** Seconds; spread, so that those who were turned away together do not come back together. */
const RETRY_AFTER = { least: 2, most: 10 } as const;
const SAY_EVERY_MS = 10_000;

/** A supervisor that hears nothing would end the process that is merely busy. */
export const ALWAYS_ANSWERED: ReadonlySet<string> = new Set(['/health', '/livez', '/readyz']);

export interface RequestCounts {
  readonly underWay: number;
  /** Since the start. */
  readonly turnedAway: number;
}

/** @returns the counts at the time of the call */
export function shedOverload(http: HttpServer, options: OverloadOptions): () => RequestCounts {
  const { requestsUnderWay, log, clock = () => performance.now(), random = Math.random } = options;
  const lag = measureLag(http, clock);
  const say = occasionally(clock, (turnedAway, underWay: number) =>
    log.warn({ turnedAway, underWay, lagMs: Math.round(lag()) }, 'overloaded: new requests are turned away'),
  );
  let [underWay, turnedAway] = [0, 0];
  http.addHook('onRequest', async ({ routeOptions: { url = '' } }, reply) => {
    if (ALWAYS_ANSWERED.has(url)) return undefined;
    const tooMany = underWay >= requestsUnderWay || (underWay >= FEW_REQUESTS && lag() > LAG.tooMuchMs);
    if (!tooMany) {
      underWay += 1;
      reply.raw.once('close', () => (underWay -= 1));
      return undefined;
    }
    turnedAway += 1;
    say(underWay);
    const seconds = RETRY_AFTER.least + Math.floor(random() * (RETRY_AFTER.most - RETRY_AFTER.least + 1));
    return reply
      .code(503)
      .headers({ 'Retry-After': String(seconds), 'Cache-Control': 'no-store' })
      .type('text/plain; charset=utf-8')
      .send('The server is busy. Try again in a few seconds.\n');
  });
  return () => ({ underWay, turnedAway });
}

/** How late a timer comes, averaged so that one long step (a reload, say) is no overload. */
function measureLag(http: HttpServer, clock: () => number): () => number {
  let [last, average] = [clock(), 0];
  const timer = setInterval(() => {
    const at = clock();
    average = (average + Math.max(0, at - last - LAG.everyMs)) / 2;
    last = at;
  }, LAG.everyMs).unref();
  http.addHook('onClose', async () => clearInterval(timer));
  return () => average;
}

/** Says a thing at once, then at most every ten seconds, with how often it was since. */
export function occasionally<Facts extends readonly unknown[]>(
  clock: () => number,
  say: (times: number, ...facts: Facts) => void,
): (...facts: Facts) => void {
  let [times, saidAt] = [0, Number.NEGATIVE_INFINITY];
  return (...facts) => {
    times += 1;
    if (clock() - saidAt < SAY_EVERY_MS) return;
    say(times, ...facts);
    [times, saidAt] = [0, clock()];
  };
}
