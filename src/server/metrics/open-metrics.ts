/**
 * Metrics for Prometheus, where `server.metrics` asks for them: what is counted, and where it is read. Without that setting
 * nothing is counted and nothing listens.
 */
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Logger } from 'pino';
import type { ServerSettings } from '../../model/server.ts';
import type { Store } from '../../store/store.ts';
import { certificateMetrics } from './certificates.ts';
import type { CertificateSources } from './certificates.ts';
import { directoryMetrics } from './directories.ts';
import type { ReadGateways } from './directories.ts';
import { listenForMetrics } from './listener.ts';
import type { MetricsListener } from './listener.ts';
import { countOutcomes } from './outcomes.ts';
import { reloadMetrics } from './reloads.ts';
import type { ReloadMetrics } from './reloads.ts';
import { servingMetrics } from './serving.ts';
import type { ServingSources } from './serving.ts';

export interface MetricsSources extends ServingSources, CertificateSources {
  readonly gateways: ReadGateways;
}

export interface Metrics {
  /** The store's activities, counted as they are written. */
  readonly counted: (activities: Store['activities']) => Store['activities'];
  readonly reloads: ReloadMetrics;
  /** Reads from these from now on, and answers who asks; before the HTTP server is ready. */
  listen(sources: MetricsSources): Promise<MetricsListener>;
}

/** @param clock milliseconds, monotonic */
export function openMetrics(
  settings: NonNullable<ServerSettings['metrics']>,
  { log, clock }: { readonly log: Pick<Logger, 'error'>; readonly clock: () => number },
): Metrics {
  const registry = new Registry();
  // `process_…` and `nodejs_…`, as every Node program names them: CPU time, RSS, open files, event loop lag, heap.
  collectDefaultMetrics({ register: registry });
  return {
    counted: (activities) => countOutcomes(activities, registry, clock),
    reloads: reloadMetrics(registry),
    async listen(sources) {
      servingMetrics(registry, sources);
      certificateMetrics(registry, sources);
      directoryMetrics(registry, sources.gateways);
      return listenForMetrics(settings, { contentType: registry.contentType, text: () => registry.metrics() }, log);
    },
  };
}
