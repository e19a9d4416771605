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

const HEADINGS = ['', 'a CPU-second', 'of the RSA limit', '(least–most)', 'p50 ms', 'p99 ms', 'operations'];

const perCpuSecond = ({ operations, cpuSeconds }: Round): number => operations / cpuSeconds;
const ofLimit = (round: Round): number => perCpuSecond(round) / round.rsaLimit;

function cells(name: string, rounds: readonly Round[]): readonly string[] {
  const ratios = rounds.map(ofLimit);
  const latencies = rounds.flatMap((round) => round.latencies);
  return [
    name,
    median(rounds.map(perCpuSecond)).toFixed(0),
    median(ratios).toFixed(3),
    `(${Math.min(...ratios).toFixed(3)}–${Math.max(...ratios).toFixed(3)})`,
    quantile(latencies, 0.5).toFixed(1),
    quantile(latencies, 0.99).toFixed(1),
    String(latencies.length),
  ];
}

export function table(results: readonly Result[]): string {
  const measured = results.flatMap((result) => ('rounds' in result ? [result] : []));
  const rows = [HEADINGS, ...measured.map(({ name, rounds }) => cells(name, rounds))];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 2)))
      .join('');
  const limits = measured[0]?.rounds.map(({ rsaLimit }) => rsaLimit) ?? [];
  const failures = results.flatMap((result) =>
    'failure' in result ? [`${result.name}: FAILED: ${result.failure}`] : [],
  );
  return [
    `RSA limit: ${median(limits).toFixed(0)} signatures a CPU-second (RSA-2048, SHA-256)`,
    '',
    ...rows.map(line),
    ...failures,
  ].join('\n');
}
