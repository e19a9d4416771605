/**
 * The report for programs. The schema is documented in docs/doctor.md: fields may be added within a version; a field that
 * goes or changes its meaning raises it.
 */
import type { Finding } from '../finding.ts';
import type { Report } from './report.ts';
import { countBySeverity, statusOf } from './report.ts';

export const SCHEMA_VERSION = 1;

/** One JSON document, indented, with a line break at its end. */
export function jsonReport({ findings, unknown, inputs, at, redacted }: Report): string {
  const document = {
    format: 'mortise.doctor',
    version: SCHEMA_VERSION,
    redacted,
    at: at?.toISOString() ?? null,
    status: statusOf(findings),
    summary: countBySeverity(findings),
    findings: findings.map(findingDocument),
    unknown,
    inputs,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** Every field is there: null or an empty list where there is nothing to say. */
function findingDocument(finding: Finding): unknown {
  return {
    id: finding.id,
    severity: finding.severity,
    title: finding.title,
    seen: finding.seen,
    expected: finding.expected ?? null,
    cause: finding.cause,
    fix: finding.fix.map(({ text, command, pointedTo }) => ({
      text,
      command: command ?? null,
      pointedTo: pointedTo ?? false,
    })),
    source: finding.source,
    confidence: finding.confidence,
    rows: (finding.rows ?? []).map(({ name, expected, actual, verdict, note }) => ({
      name,
      expected: expected ?? null,
      actual: actual ?? null,
      verdict,
      note: note ?? null,
    })),
    correlation: {
      requestIds: finding.correlation?.requestIds ?? [],
      devices: finding.correlation?.devices ?? [],
      at: finding.correlation?.at?.toISOString() ?? null,
    },
    record: finding.record ?? [],
    consequences: finding.consequences.map(findingDocument),
  };
}
