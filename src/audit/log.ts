/**
 * What `mortise log` prints: the record of outcomes as a table, one record in full (`--id`), or one JSON document a line
 * (`--json`; its fields are those of Activity, times in ISO 8601). Owns no parsing of arguments and opens no store.
 */
import type { StoreReader } from '../store/store.ts';
import type { Activity, ActivityQuery } from './activity.ts';
import { refusals } from '../refusal.ts';
import { detailLines, tableHead, tableLines } from './log-text.ts';
import { pagesOf } from './pages.ts';
import { printable } from './terminal-text.ts';

export interface LogOptions extends Omit<ActivityQuery, 'limit'> {
  /** {@link DEFAULT_LOG_LIMIT} when absent. */
  readonly limit?: number;
  readonly json?: boolean;
}

export const DEFAULT_LOG_LIMIT = 50;

/** `process.stdout` is one. */
export interface Output {
  write(text: string): unknown;
}

/** Prints newest first; returns how many records matched, at most the limit. */
export async function printActivities(
  store: { readonly activities: Pick<StoreReader['activities'], 'list'> },
  options: LogOptions,
  out: Output,
): Promise<number> {
  const { json = false, limit = DEFAULT_LOG_LIMIT, ...filters } = options;
  const print = (lines: readonly string[]): void => void (lines.length > 0 && out.write(`${lines.join('\n')}\n`));
  if (!json && filters.id !== undefined) {
    const [first, ...others] = await store.activities.list({ ...filters, limit: Math.min(limit, 2) });
    if (first !== undefined && others.length === 0) {
      print(detailLines(first));
      return 1;
    }
  }
  let printed = 0;
  for await (const page of pagesOf(store.activities, { ...filters, limit })) {
    if (json) print(page.map((activity) => JSON.stringify(activity)));
    else print([...(printed === 0 ? beginning(page, filters) : []), ...page.flatMap((each) => tableLines(each))]);
    printed += page.length;
  }
  if (!json && printed === limit) print([`The newest ${limit}; there may be more: --limit N.`]);
  return printed;
}

type Filters = Omit<ActivityQuery, 'limit'>;

const beginning = (page: readonly Activity[], filters: Filters): readonly string[] =>
  page.length === 0 ? [nothing(filters)] : [tableHead()];

function nothing({ refusal, since, until, ...filters }: Filters): string {
  if (since !== undefined && until !== undefined && since >= until)
    return 'No record matches: --until is not after --since. `1h` is an hour ago.';
  if (refusal !== undefined && !Object.hasOwn(refusals, refusal))
    return `No record matches, and this Mortise refuses nothing as ${printable(refusal)}: docs/refusals.md lists the codes.`;
  const isFiltered = Object.values({ refusal, since, until, ...filters }).some((value) => value !== undefined);
  return isFiltered
    ? 'No record matches. A device is named by its name, principal, objectGUID or dn, a person by user name or UPN too: whole. A refusal of a ticket that did not open names nobody: look without --device and --person.'
    : 'Nothing is recorded yet: no computer has come with a ticket (the 401 that asks for one is not recorded). On one, as SYSTEM: `klist get HTTP/<host of publicBaseUrl>`.';
}
