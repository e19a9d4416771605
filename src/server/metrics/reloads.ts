/** Changes of the configuration in metrics, named as Prometheus names its own: a refused file must not go unseen for weeks. */
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

export interface ReloadMetrics {
  readonly taken: (at: Date) => void;
  readonly refused: () => void;
}

export function reloadMetrics(registry: Registry): ReloadMetrics {
  const registers = [registry];
  const successful = new Gauge({
    name: 'mortise_configuration_last_reload_successful',
    help: '0 when the last changed configuration or certificate was refused: the one before is in force.',
    registers,
  });
  const takenAt = new Gauge({
    name: 'mortise_configuration_taken_timestamp_seconds',
    help: 'When the configuration that is in force was taken up, in seconds since 1970.',
    registers,
  });
  return {
    taken(at) {
      successful.set(1);
      takenAt.set(at.getTime() / 1_000);
    },
    refused: () => successful.set(0),
  };
}
