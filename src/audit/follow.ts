/** What `mortise log --follow` prints: the newest records, oldest first, and then each new one, until it is told to end. */
import type { StoreReader } from '../store/store.ts';
import type { Activity } from './activity.ts';
import { DEFAULT_LOG_LIMIT } from './log.ts';
import type { LogOptions, Output } from './log.ts';
import { tableHead, tableLines } from './log-text.ts';

const PAGE = 500;

export interface Following {
  /** Waits a moment; rejects or resolves early when `signal` is aborted. */
  readonly pause: () => Promise<unknown>;
  readonly signal: AbortSignal;
}

/** Returns how many were printed. A record is seen after the answer that it is about has left, within one `pause`. */
export async function followActivities(
  store: Pick<StoreReader, 'activities' | 'atOneMoment'>,
  options: LogOptions,
  out: Output,
  { pause, signal }: Following,
): Promise<number> {
  const { json = false, limit = DEFAULT_LOG_LIMIT, ...filters } = options;
  let printed = 0;
  const print = (activities: readonly Activity[]): void => {
    const lines = activities.flatMap((activity) => (json ? [JSON.stringify(activity)] : tableLines(activity)));
    if (lines.length > 0) out.write(`${lines.join('\n')}\n`);
    printed += activities.length;
  };
  if (!json) out.write(`${tableHead()}\n`);
  const start = await store.atOneMoment(async () => ({
    activities: await store.activities.list({ ...filters, limit }),
    last: (await store.activities.last())?.sequence ?? 0,
  }));
  print(start.activities.toReversed());
  for (let after = start.last; !signal.aborted;) {
    // Asked first, so that no record between the two questions is passed over: what does not match is looked at once.
    const seen = (await store.activities.last())?.sequence ?? after;
    const found = await store.activities.following(after, { ...filters, limit: PAGE });
    print(found.map(({ activity }) => activity));
    const isAll = found.length < PAGE;
    after = Math.max(after, found.at(-1)?.sequence ?? after, isAll ? seen : after);
    if (isAll) await pause();
  }
  return printed;
}
