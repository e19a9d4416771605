/**
 * Overload: 400 connections ask without a pause, first of a Mortise that takes all of it, then of one whose
 * `server.limits.requestsUnderWay` is 64. Whoever is turned away comes back when Retry-After says so, as clients do. The
 * limit must keep the time of those that are taken short.
 *
 *   node bench/overload.ts [--short]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openHttpClient } from '../src/rehearsal/http-client.ts';
import type { HttpClient } from '../src/rehearsal/http-client.ts';
import { readOptions } from './harness/options.ts';
import { quantile } from './harness/report.ts';
import { publish } from './harness/rows.ts';
import { nthDevice } from './tokens/forest.ts';
import { startMortise } from './tokens/mortise.ts';
import { ticketRequests } from './tokens/requests.ts';
import type { Requests } from './tokens/requests.ts';
import type { SiteSettings } from './tokens/site.ts';

const DEVICES = { count: 1_000 };
const CONNECTIONS = 400;
const REQUESTS_UNDER_WAY = 64;

const { short } = readOptions(process.argv.slice(2));
const measureMs = short ? 2_000 : 15_000;
const mostTickets = measureMs * 5;

interface Outcome {
  /** Milliseconds. */
  readonly taken: readonly number[];
  readonly turnedAway: readonly number[];
  readonly retryAfter: readonly number[];
}

async function underLoad(limits: SiteSettings['limits']): Promise<Outcome> {
  const { site, stop } = await startMortise({ devices: DEVICES, ...(limits !== undefined && { limits }) });
  const requests = ticketRequests(site, (nth) => nthDevice(DEVICES, nth));
  requests.prepare(mostTickets);
  const clients = Array.from({ length: CONNECTIONS }, () => openHttpClient(site.ca));
  const outcome = { taken: [], turnedAway: [], retryAfter: [] };
  try {
    // Handshakes are no part of what is measured.
    const url = new URL('/livez', site.urls.windowsTransport13).href;
    await Promise.all(clients.map((client) => client.send({ method: 'GET', url })));
    const end = performance.now() + measureMs;
    await Promise.all(clients.map((client) => askUntil(end, client, requests, outcome)));
  } finally {
    for (const client of clients) client.close();
    await stop();
  }
  return outcome;
}

async function askUntil(
  end: number,
  client: HttpClient,
  requests: Requests,
  { taken, turnedAway, retryAfter }: { taken: number[]; turnedAway: number[]; retryAfter: number[] },
): Promise<void> {
  while (performance.now() < end) {
    const begin = performance.now();
    const { status, headers } = await client.send(requests.next());
    const took = performance.now() - begin;
    if (status === 200) taken.push(took);
    else if (status === 503) {
      const seconds = Number(headers['retry-after']);
      turnedAway.push(took);
      retryAfter.push(seconds);
      await sleep(Math.min(seconds * 1_000, Math.max(0, end - performance.now())));
    } else throw new Error(`answered ${status}`);
  }
}

const all = await underLoad(undefined);
const limited = await underLoad({ requestsUnderWay: REQUESTS_UNDER_WAY });
const p99 = (values: readonly number[]): string => `${quantile(values, 0.99).toFixed(0)} ms`;
const after = `Retry-After ${Math.min(...limited.retryAfter)}–${Math.max(...limited.retryAfter)} s`;
const result =
  `p99 of those taken ${p99(limited.taken)}, against ${p99(all.taken)} without the limit; ` +
  `${limited.turnedAway.length} turned away (503, ${after}), p99 ${p99(limited.turnedAway)}`;
const what = `overload: ${CONNECTIONS} connections, requestsUnderWay ${REQUESTS_UNDER_WAY}`;
console.log(`${what}: ${result}`);
publish('overload', [{ what, result }]);
