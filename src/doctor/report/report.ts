/** What a report is written from: text, JSON and HTML show the same data. Nothing is judged here. */
import type { Reading } from '../capture.ts';
import type { Diagnosis, Finding, Severity } from '../finding.ts';
import { SEVERITIES } from '../finding.ts';

export interface Report {
  readonly findings: readonly Finding[];
  readonly unknown: Reading['unknown'];
  readonly inputs: Reading['inputs'];
  /** `--at`. */
  readonly at: Date | undefined;
  readonly redacted: boolean;
}

export function reportOf({ findings }: Diagnosis, { unknown, inputs }: Reading, at: Date | undefined): Report {
  return { findings, unknown, inputs, at, redacted: false };
}

/** Of findings, not of what is folded under them: consequences need no cure of their own. */
export function countBySeverity(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return { error: count('error'), warning: count('warning'), info: count('info'), ok: count('ok') };
}

/** `1 error, 2 warnings, 1 note`; `nothing found` without findings. */
export function summaryOf(findings: readonly Finding[]): string {
  const counts = countBySeverity(findings);
  const words = { error: 'error', warning: 'warning', info: 'note', ok: 'in order' } as const;
  const parts = SEVERITIES.filter((severity) => counts[severity] > 0).map((severity) => {
    const plural = counts[severity] === 1 || severity === 'ok' ? '' : 's';
    return `${counts[severity]} ${words[severity]}${plural}`;
  });
  return parts.length === 0 ? 'nothing found' : parts.join(', ');
}

/** Exit status: 0 in order, 1 warnings, 2 errors. */
export function statusOf(findings: readonly Finding[]): 0 | 1 | 2 {
  const counts = countBySeverity(findings);
  if (counts.error > 0) return 2;
  return counts.warning > 0 ? 1 : 0;
}

const CONFIDENCE: Readonly<Record<Finding['confidence'], string>> = {
  documented: 'documented by Microsoft',
  vendor: 'documented by the vendor',
  observed: 'seen in practice',
  inferred: 'inferred, not documented',
};

export function sourceText({ source, confidence }: Finding): string {
  return `${source} (${CONFIDENCE[confidence]})`;
}
