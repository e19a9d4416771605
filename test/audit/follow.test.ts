/** What `mortise log -f` asks the store for; what it prints is proved with a process (test/commands/log.test.ts). */
import { expect, test } from 'vitest';
import { followActivities } from '../../src/audit/follow.ts';
import type { Activity } from '../../src/audit/activity.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { StoreReader } from '../../src/store/store.ts';
import { issued } from '../store/sample-activity.ts';
import { uuid } from '../store/sample-users.ts';

const at = '2026-01-01T00:00:00Z';

test('what did not match is looked at once, and nothing that comes between two looks is passed over', async () => {
  const store = await openSqliteStore(':memory:');
  const stop = new AbortController();
  const asked: number[] = [];
  let pauses = 0;
  const append = (n: number, rest: Partial<Activity> = {}) =>
    store.activities.append({ ...issued(uuid(n), at), ...rest });
  await append(1);
  const reader: Pick<StoreReader, 'activities' | 'atOneMoment'> = {
    activities: {
      ...store.activities,
      async following(sequence, query) {
        asked.push(sequence);
        const found = await store.activities.following(sequence, query);
        // Written right behind the look: the next one must see it.
        if (pauses === 1) await append(4, { outcome: 'refused' });
        return found;
      },
    },
    atOneMoment: (read) => read(),
  };
  const pause = async (): Promise<void> => {
    pauses += 1;
    if (pauses === 1) await Promise.all([append(2), append(3)]);
    if (pauses === 4) stop.abort();
  };
  const lines: string[] = [];
  const printed = await followActivities(
    reader,
    { outcome: 'refused', json: true },
    { write: (text) => lines.push(text) },
    { pause, signal: stop.signal },
  );
  await store.close();
  expect(asked).toEqual([1, 1, 3, 4]);
  expect(printed).toBe(1);
  expect(lines.join('')).toContain(uuid(4));
});
