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

export function readGauge(registry: Registry, { name, help, labels = [], read }: ReadMetric): void {
  const gauge = new Gauge({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect: async () => {
      const samples = await read();
      gauge.reset();
      for (const sample of samples) gauge.set(sample.labels ?? {}, sample.value);
    },
  });
}

/** Of numbers that grow elsewhere from the start on. */
export function readCounter(registry: Registry, { name, help, labels = [], read }: ReadMetric): void {
  const counter = new Counter({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect: async () => {
      const samples = await read();
      counter.reset();
      for (const sample of samples) counter.inc(sample.labels ?? {}, sample.value);
    },
  });
}
