/** A question to the record whose answer may be millions of records long, in pages: what is in memory is bounded. */
import type { StoreReader } from '../store/store.ts';
import type { Activity, ActivityQuery } from './activity.ts';

const PAGE = 1_000;

/** Newest first, at least one page. Records that are written meanwhile are newer, and so on none of the later pages. */
export async function* pagesOf(
  activities: Pick<StoreReader['activities'], 'list'>,
  { limit, ...query }: ActivityQuery,
): AsyncGenerator<readonly Activity[]> {
  let { until } = query;
  /** Those of the moment at which the last page ended: the next one begins with them. */
  let shown: ReadonlySet<string> = new Set();
  for (let left = limit; ;) {
    const size = Math.min(left, PAGE) + shown.size;
    const found = await activities.list({ ...query, ...(until !== undefined && { until }), limit: size });
    const fresh = found.filter(({ id }) => !shown.has(id));
    yield fresh;
    left -= fresh.length;
    const oldest = found.at(-1)?.recordedAt.getTime();
    if (oldest === undefined || fresh.length === 0 || left <= 0 || found.length < size) return;
    shown = new Set(found.filter(({ recordedAt }) => recordedAt.getTime() === oldest).map(({ id }) => id));
    until = new Date(oldest + 1);
  }
}
