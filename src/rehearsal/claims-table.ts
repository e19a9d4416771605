/** The table under the transcript: what an assertion says, claim by claim, and where each came from. */
import type { Activity, RecordedClaim } from '../audit/activity.ts';
import type { AcceptedClaims } from './entra/token-claims.ts';

export type AcceptedClaim = Omit<RecordedClaim, 'source'>;

/**
 * @param accepted what the local Entra read from the assertion that it verified
 * @param activity Mortise's record of the same assertion, which knows the sources
 */
export function withSources(
  accepted: readonly AcceptedClaim[],
  activity: Activity | undefined,
): readonly RecordedClaim[] {
  const sources = new Map(
    activity?.assertion?.claims.map((claim) => [`${claim.namespace} ${claim.name}`, claim.source]),
  );
  return accepted.map((claim) => ({ ...claim, source: sources.get(`${claim.namespace} ${claim.name}`) ?? '' }));
}

/** All that Entra took from an assertion, its NameIdentifier first. */
export function acceptedRows(
  { nameIdentifier, claims }: AcceptedClaims,
  activity: Activity | undefined,
): readonly RecordedClaim[] {
  const { format, value } = nameIdentifier;
  return withSources([{ name: 'NameIdentifier', namespace: format, value }, ...claims], activity);
}

const COLUMNS = ['Claim', 'Namespace (for NameIdentifier: format)', 'Value'] as const;
const SOURCE = 'Where it came from';

/** One row a claim; where that is too wide for the terminal, the source stands on a line of its own below. */
export function claimsTable(claims: readonly RecordedClaim[], terminalColumns = Infinity): readonly string[] {
  const rows = claims.map(({ name, namespace, value, source }) => [name, namespace, value, source]);
  const wide = table([...COLUMNS, SOURCE], rows);
  if (wide.every((line) => line.length <= terminalColumns)) return wide;
  const narrow = table(
    COLUMNS,
    rows.map((row) => row.slice(0, COLUMNS.length)),
  );
  return narrow.flatMap((line, index) => [line, ...sourceBelow(claims[index - 2])]);
}

/** The first two lines are the header: they have no claim. */
const sourceBelow = (claim: RecordedClaim | undefined): readonly string[] =>
  claim === undefined || claim.source === '' ? [] : [`    from ${claim.source}`];

/** Columns as wide as their widest cell. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
