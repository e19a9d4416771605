/** The results of a comparison as a table of plain text: medians over rounds, latencies over all operations. */
import type { Result, Round } from './rounds.ts';

/** The value below which `share` of the values lie (nearest rank); NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
};

export const spread = (ratios: readonly number[]): string =>
  `(${Math.min(...ratios).toFixed(3)}–${Math.max(...ratios).toFixed(3)})`;

/** What a table, or a line of docs/performance.md, says of a contestant. */
export interface Summary {
  readonly perCpuSecond: number;
  readonly ofLimit: number;
  readonly ratios: readonly number[];
  readonly p50: number;
  readonly p99: number;
  readonly operations: number;
}

export function summaryOf(rounds: readonly Round[]): Summary {
  const rates = rounds.map(({ operations, cpuSeconds }) => operations / cpuSeconds);
  const ratios = rounds.map(({ rsaLimit }, index) => (rates[index] ?? Number.NaN) / rsaLimit);
  const latencies = rounds.flatMap((round) => round.latencies);
  return {
    perCpuSecond: median(rates),
    ofLimit: median(ratios),
    ratios,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    operations: latencies.length,
  };
}

const HEADINGS = ['', 'a CPU-second', 'of the RSA limit', '(least–most)', 'p50 ms', 'p99 ms', 'operations'];

function cells(name: string, rounds: readonly Round[]): readonly string[] {
  const { perCpuSecond, ofLimit, ratios, p50, p99, operations } = summaryOf(rounds);
  return [
    name,
    perCpuSecond.toFixed(0),
    ofLimit.toFixed(3),
    spread(ratios),
    p50.toFixed(1),
    p99.toFixed(1),
    String(operations),
  ];
}

export function table(results: readonly Result[]): string {
  const measured = results.flatMap((result) => ('rounds' in result ? [result] : []));
  const limits = measured[0]?.rounds.map(({ rsaLimit }) => rsaLimit) ?? [];
  const failures = results.flatMap((result) =>
    'failure' in result ? [`${result.name}: FAILED: ${result.failure}`] : [],
  );
  return [
    `RSA limit: ${median(limits).toFixed(0)} signatures a CPU-second (RSA-2048, SHA-256)`,
    '',
    columns([HEADINGS, ...measured.map(({ name, rounds }) => cells(name, rounds))]),
    ...failures,
  ].join('\n');
}

/** The first column to the left, the others to the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 2)))
        .join(''),
    )
    .join('\n');
}
