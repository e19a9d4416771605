/** In metrics: connections and requests, the store's queue, the replay memory, what is missing, the configuration, Mortise itself. */
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Readiness } from '../health.ts';
import type { HttpCounts, HttpServer } from '../http-server.ts';
import { readCounter, readGauge } from './gauges.ts';

export interface ServingSources {
  readonly http: HttpServer;
  readonly counts: () => HttpCounts;
  readonly connectionsPerSource: number;
  readonly uncommittedWrites: () => number;
  readonly replayCacheSize: () => number;
  readonly readiness: () => Promise<Readiness>;
  readonly version: string;
}

const one = (value: number): readonly { readonly value: number }[] => [{ value }];

export function servingMetrics(registry: Registry, sources: ServingSources): void {
  const { http, counts, connectionsPerSource, uncommittedWrites, replayCacheSize, readiness, version } = sources;
  const gauge = (name: string, help: string, read: () => number): void =>
    readGauge(registry, { name, help, read: () => one(read()) });
  countAnswers(registry, http);
  gauge('mortise_http_requests_under_way', 'Requests that are not answered yet.', () => counts().requests.underWay);
  readCounter(registry, {
    name: 'mortise_http_requests_shed_total',
    help: 'Requests turned away unread: with 503 for overload, with 429 for the rate of their source.',
    labels: ['reason'],
    read: () => [
      { labels: { reason: 'overload' }, value: counts().requests.turnedAway },
      { labels: { reason: 'rate' }, value: counts().tooFrequent },
    ],
  });
  gauge('mortise_http_connections', 'Connections that are open.', () => counts().connections.open);
  gauge('mortise_http_sources', 'Addresses (of IPv6: /64 networks) that hold connections.', () => {
    return counts().connections.sources;
  });
  gauge('mortise_http_connections_of_one_source', 'Connections of the source that holds most.', () => {
    return counts().connections.mostOfOneSource;
  });
  gauge('mortise_http_connections_of_one_source_limit', 'How many one source may hold.', () => connectionsPerSource);
  readCounter(registry, {
    name: 'mortise_http_connections_refused_total',
    help: 'Connections closed because their source held too many; the log names the source.',
    read: () => one(counts().connections.refused),
  });
  gauge('mortise_store_writes_waiting', 'Writes to the store that are not durable yet.', uncommittedWrites);
  gauge('mortise_replay_cache_entries', 'Kerberos authenticators that are remembered.', replayCacheSize);
  readGauge(registry, {
    name: 'mortise_missing',
    help: '1 for each thing that /readyz names.',
    labels: ['what', 'name', 'reason'],
    read: async () =>
      (await readiness()).missing.map(({ what, name = '', reason }) => ({ labels: { what, name, reason }, value: 1 })),
  });
  readGauge(registry, {
    name: 'mortise_build_info',
    help: 'Always 1; which Mortise on which Node.',
    labels: ['version', 'node'],
    read: () => [{ labels: { version, node: process.version }, value: 1 }],
  });
}

function countAnswers(registry: Registry, http: HttpServer): void {
  const answers = new Counter({
    name: 'mortise_http_responses_total',
    help: 'Answers by HTTP status, everything that was asked included.',
    labelNames: ['status'] as const,
    registers: [registry],
  });
  http.addHook('onResponse', (_request, { statusCode }, done) => {
    answers.inc({ status: statusCode });
    done();
  });
}
