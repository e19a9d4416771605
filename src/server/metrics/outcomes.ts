/**
 * What came of sign-ins, counted where they are recorded: one place that all of them pass, with every step's time in hand. So
 * the metrics and the record cannot differ, and the flow knows nothing of metrics.
 *
 * Owns what is counted of a record. Labels are words of ours alone, never what a caller sent: their number is bounded.
 */
import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Activity } from '../../audit/activity.ts';
import type { RefusalCode } from '../../refusal.ts';
import type { Store } from '../../store/store.ts';

type Activities = Store['activities'];

/** Seconds: a signature takes one thousandth, a password that is slowed down fifteen. */
const BUCKETS = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** @param clock milliseconds, monotonic */
export function countOutcomes(activities: Activities, registry: Registry, clock: () => number): Activities {
  const count = outcomeCounters(registry);
  return {
    ...activities,
    async append(activity) {
      const start = clock();
      try {
        await activities.append(activity);
      } catch (error) {
        // What the caller gets then: nothing that is not recorded leaves.
        count.refused(activity, 'record-unavailable');
        throw error;
      }
      count.recorded(activity, clock() - start);
    },
  };
}

function outcomeCounters(registry: Registry) {
  const registers = [registry];
  const issued = new Counter({
    name: 'mortise_tokens_issued_total',
    help: 'Tokens issued, by endpoint and by what they are about (device or person).',
    labelNames: ['endpoint', 'subject'] as const,
    registers,
  });
  const refusals = new Counter({
    name: 'mortise_refusals_total',
    help: 'Refusals, by endpoint and code (docs/refusals.md).',
    labelNames: ['endpoint', 'code'] as const,
    registers,
  });
  const events = new Counter({
    name: 'mortise_events_total',
    help: 'What was done that was neither a token nor a refusal, as mortise log names it.',
    labelNames: ['event'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'mortise_sign_in_duration_seconds',
    help: 'Time from the first step of an attempt to its durable record, by endpoint.',
    labelNames: ['endpoint'] as const,
    buckets: BUCKETS,
    registers,
  });
  const steps = new Histogram({
    name: 'mortise_step_duration_seconds',
    help: 'Time that each step of an attempt took, as mortise log names them; record is the wait until it was durable.',
    labelNames: ['step'] as const,
    buckets: BUCKETS,
    registers,
  });
  const refused = ({ endpoint }: Activity, code: RefusalCode): void => refusals.inc({ endpoint, code });
  return {
    refused,
    recorded(activity: Activity, recordMs: number): void {
      const { endpoint, outcome, refusal, event, subject } = activity;
      if (outcome === 'issued') issued.inc({ endpoint, subject: subject?.kind ?? '' });
      else if (refusal !== undefined) refused(activity, refusal.code);
      else if (event !== undefined) events.inc({ event: event.kind });
      let wholeMs = recordMs;
      for (const { name: step, durationMs } of activity.steps) {
        wholeMs += durationMs;
        steps.observe({ step }, durationMs / 1_000);
      }
      steps.observe({ step: 'record' }, recordMs / 1_000);
      durations.observe({ endpoint }, wholeMs / 1_000);
    },
  };
}
