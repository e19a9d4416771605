/** What the command line of a benchmark says: `[rounds] [--short]`. */

export interface BenchOptions {
  /** As much as shows that it works and about where the figures are; all benchmarks together take two minutes then. */
  readonly short: boolean;
  /** How many rounds, when they are given. */
  readonly rounds: number | undefined;
}

export function readOptions(args: readonly string[]): BenchOptions {
  const rounds = args.map(Number).find((number) => Number.isInteger(number) && number > 0);
  return { short: args.includes('--short'), rounds };
}
