/**
 * The rows that a benchmark adds to docs/performance.md: what was measured, the figure, and the aim. Appended to the file that
 * MORTISE_BENCH_ROWS names, from which bench/harness/results.ts makes the table; nothing happens without one.
 */
import { appendFileSync } from 'node:fs';

export interface Row {
  readonly what: string;
  readonly result: string;
  /** In words; absent where there is none. */
  readonly aim?: string;
  readonly met?: boolean;
}

export interface PublishedRow extends Row {
  /** What makes the row: a file of bench/, without its ending. */
  readonly bench: string;
}

export function publish(bench: string, rows: readonly Row[]): void {
  const file = process.env['MORTISE_BENCH_ROWS'];
  if (file === undefined) return;
  for (const row of rows) appendFileSync(file, `${JSON.stringify({ bench, ...row } satisfies PublishedRow)}\n`);
}

/** An aim for a figure, and whether it is met. */
export function verdict(
  value: number,
  relation: 'at least' | 'below',
  aim: number,
  unit = '',
): Pick<Required<Row>, 'aim' | 'met'> {
  return {
    aim: `${relation} ${aim.toFixed(aim < 1 ? 2 : 0)}${unit}`,
    met: relation === 'below' ? value < aim : value >= aim,
  };
}
