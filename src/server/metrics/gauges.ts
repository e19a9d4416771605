/**
 * Gauges and counters that are read when somebody asks, from those who know: nothing is counted twice, and what nobody reads
 * costs nothing.
 */
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ReadMetric {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Whole anew at each call: what is not in it is gone. */
  readonly read: () => readonly Sample[] | Promise<readonly Sample[]>;
}

export function readGauge(registry: Registry, metric: ReadMetric): void {
  const gauge: Gauge = new Gauge({
    ...described(registry, metric),
    collect: () => refill(gauge, metric, ({ labels = {}, value }) => gauge.set(labels, value)),
  });
}

/** Of numbers that grow elsewhere from the start on. */
export function readCounter(registry: Registry, metric: ReadMetric): void {
  const counter: Counter = new Counter({
    ...described(registry, metric),
    collect: () => refill(counter, metric, ({ labels = {}, value }) => counter.inc(labels, value)),
  });
}

const described = (registry: Registry, { name, help, labels = [] }: ReadMetric) => ({
  name,
  help,
  labelNames: [...labels],
  registers: [registry],
});

async function refill(metric: { reset(): void }, { read }: ReadMetric, put: (sample: Sample) => void): Promise<void> {
  const samples = await read();
  metric.reset();
  for (const sample of samples) put(sample);
}
