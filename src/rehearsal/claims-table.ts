/** The table under the transcript: what Entra accepted, claim by claim, and where each came from. */
import type { Activity } from '../audit/activity.ts';

export interface AcceptedClaim {
  readonly name: string;
  readonly namespace: string;
  readonly value: string;
}

/**
 * @param accepted what the local Entra read from the assertion that it verified
 * @param activity Mortise's record of the same assertion, which knows the sources
 */
export function claimsTable(accepted: readonly AcceptedClaim[], activity: Activity | undefined): readonly string[] {
  const sources = new Map(
    activity?.assertion?.claims.map((claim) => [`${claim.namespace} ${claim.name}`, claim.source]),
  );
  const rows = accepted.map(({ name, namespace, value }) => [
    name,
    namespace,
    value,
    sources.get(`${namespace} ${name}`) ?? '',
  ]);
  return table(['Claim', 'Namespace (for NameIdentifier: format)', 'Value', 'Where it came from'], rows);
}

/** Columns as wide as their widest cell. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
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
