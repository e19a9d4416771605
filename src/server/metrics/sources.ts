/** Who knows what the metrics show: the parts of a running server, as open-metrics.ts asks for them. */
import type { ReplayCache } from '../../kerberos/replay.ts';
import type { ServerSettings } from '../../model/server.ts';
import type { IssuingApplication } from '../../signin/issue.ts';
import type { Store } from '../../store/store.ts';
import { limitsOf } from '../http-limits.ts';
import { version } from '../version.ts';
import type { MetricsSources } from './open-metrics.ts';

export interface Watched extends Pick<MetricsSources, 'http' | 'counts' | 'readiness' | 'shown'> {
  readonly replay: ReplayCache;
  readonly store: Store;
  readonly applications: () => ReadonlyMap<string, IssuingApplication>;
}

export function metricsSources(settings: ServerSettings, watched: Watched): MetricsSources {
  const { replay, store, applications } = watched;
  return {
    ...watched,
    version: version(),
    connectionsPerSource: limitsOf(settings).connectionsPerSource,
    uncommittedWrites: () => store.uncommittedWrites(),
    replayCacheSize: () => replay.size,
    signingKeys: () => store.signingKeys.list(),
    applications: () => [...applications().values()].map(({ application }) => application),
    gateways: () =>
      [...new Map([...applications().values()].flatMap(({ gateways }) => [...gateways])).values()].map(
        ({ gateway: { name }, directory }) => ({ name, directory }),
      ),
  };
}
