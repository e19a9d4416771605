/** What the doctor says: findings as data. Text, JSON and HTML are written from them (report/). */
import type { Quote } from './capture.ts';

export const SEVERITIES = ['error', 'warning', 'info', 'ok'] as const;
/** Worst first. */
export type Severity = (typeof SEVERITIES)[number];

/** Where the knowledge comes from: how far to trust it. */
export type Confidence = 'documented' | 'vendor' | 'observed' | 'inferred';

export interface FixStep {
  readonly text: string;
  /** To run as it stands. */
  readonly command?: string;
  /** The evidence points to this step; the others stand before and after it in their order. */
  readonly pointedTo?: true;
}

export interface ComparisonRow {
  readonly name: string;
  readonly expected: string | undefined;
  readonly actual: string | undefined;
  readonly verdict: 'same' | 'differs' | 'missing' | 'shown';
  readonly note?: string;
}

/** What a record of Mortise's own must match to stand beside the finding. */
export interface Correlation {
  /** client-request-id or correlation ids, lower case. */
  readonly requestIds: readonly string[];
  /** A device's name or id. */
  readonly devices: readonly string[];
  readonly at?: Date;
}

export interface Finding {
  /** Stable, for example `DOC-DB-09`; never given to another meaning. */
  readonly id: string;
  readonly severity: Severity;
  /** One line. */
  readonly title: string;
  readonly seen: readonly Quote[];
  readonly expected?: string;
  readonly cause: string;
  /** In their order. */
  readonly fix: readonly FixStep[];
  /** For people: whose knowledge it is, for example `Microsoft Learn, Troubleshoot hybrid join`. */
  readonly source: string;
  readonly confidence: Confidence;
  readonly rows?: readonly ComparisonRow[];
  readonly correlation?: Correlation;
  /** What follows from it and needs no cure of its own. */
  readonly consequences: readonly Finding[];
  /** Lines of Mortise's record that belong to it, as `mortise log` prints them. */
  readonly record?: readonly string[];
}

export interface Diagnosis {
  /** Worst first; within one severity in the order in which to act. */
  readonly findings: readonly Finding[];
}
