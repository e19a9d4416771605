/** A long answer in pages is the answer in one, each record once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pagesOf } from '../../src/audit/pages.ts';
import type { ActivityQuery } from '../../src/audit/activity.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { issued } from '../store/sample-activity.ts';
import { uuid } from '../store/sample-users.ts';

let store: Store;
beforeAll(async () => {
  store = await openSqliteStore(':memory:');
  // 4,300 records: most share their millisecond with others, 1,500 of them one.
  const times = Array.from({ length: 4_300 }, (_, n) => (n > 1_000 && n < 2_500 ? 400 : n % 700));
  const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
  await Promise.all(times.map((ms, n) => store.activities.append(issued(uuid(n), at(ms)))));
});
afterAll(() => store.close());

async function paged(
  query: ActivityQuery,
): Promise<{ readonly ids: readonly string[]; readonly sizes: readonly number[] }> {
  const pages: (readonly string[])[] = [];
  for await (const page of pagesOf(store.activities, query)) pages.push(page.map(({ id }) => id));
  return { ids: pages.flat(), sizes: pages.map(({ length }) => length) };
}

test.each([
  { limit: 1_000_000 },
  { limit: 4_300 },
  { limit: 1_000 },
  { limit: 2_001 },
  { limit: 1_000_000, since: new Date('2026-01-01T00:00:00.100Z'), until: new Date('2026-01-01T00:00:00.401Z') },
  { limit: 1_000_000, device: 'desktop-02' },
  { limit: 10, device: 'nobody' },
])('%j', async (query) => {
  const { ids, sizes } = await paged(query);
  const whole = await store.activities.list(query);
  expect(ids).toEqual(whole.map(({ id }) => id));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
});
