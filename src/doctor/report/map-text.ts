/** Passes every text of a report through a function: how secrets are hidden and names are replaced, in one place for all forms. */
import type { Quote } from '../capture.ts';
import type { ComparisonRow, Finding } from '../finding.ts';
import type { Report } from './report.ts';

/** `said`: our own words, which may name a value; `seen`: what came from a capture, the record or the configuration. */
export type TextMap = (text: string, origin: 'said' | 'seen') => string;

export function mapReport(report: Report, map: TextMap): Report {
  return {
    ...report,
    findings: report.findings.map((finding) => mapFinding(finding, map)),
    unknown: {
      quotes: report.unknown.quotes.map((quote) => mapQuote(quote, map)),
      more: report.unknown.more.map((more) => ({ ...more, file: map(more.file, 'seen') })),
    },
    inputs: report.inputs.map((input) => ({ ...input, file: map(input.file, 'seen') })),
  };
}

function mapQuote(quote: Quote, map: TextMap): Quote {
  return { ...quote, file: map(quote.file, 'seen'), text: map(quote.text, 'seen') };
}

function mapFinding(finding: Finding, map: TextMap): Finding {
  const { expected, rows, correlation, record, ...rest } = finding;
  return {
    ...rest,
    title: map(finding.title, 'said'),
    cause: map(finding.cause, 'said'),
    seen: finding.seen.map((quote) => mapQuote(quote, map)),
    fix: finding.fix.map(({ text, command, ...step }) => ({
      ...step,
      text: map(text, 'said'),
      ...(command === undefined ? {} : { command: map(command, 'said') }),
    })),
    consequences: finding.consequences.map((consequence) => mapFinding(consequence, map)),
    ...(expected === undefined ? {} : { expected: map(expected, 'said') }),
    ...(rows === undefined ? {} : { rows: rows.map((row) => mapRow(row, map)) }),
    ...(record === undefined ? {} : { record: record.map((line) => map(line, 'seen')) }),
    ...(correlation === undefined
      ? {}
      : {
          correlation: {
            ...correlation,
            requestIds: correlation.requestIds.map((id) => map(id, 'seen')),
            devices: correlation.devices.map((device) => map(device, 'seen')),
          },
        }),
  };
}

function mapRow(row: ComparisonRow, map: TextMap): ComparisonRow {
  return {
    ...row,
    name: map(row.name, 'said'),
    expected: row.expected === undefined ? undefined : map(row.expected, 'said'),
    actual: row.actual === undefined ? undefined : map(row.actual, 'said'),
    ...(row.note === undefined ? {} : { note: map(row.note, 'said') }),
  };
}
