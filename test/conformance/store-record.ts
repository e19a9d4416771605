/** What every engine of the Store promise keeps of the record: found by name, outcome and time, chained, pruned. */
import * as fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import { verifyRecord } from '../../src/audit/verify.ts';
import type { Store } from '../../src/store/store.ts';
import { factorsReset, issued, wholeActivity } from '../store/sample-activity.ts';
import { sealingOver } from '../store/sample-sealing.ts';
import { t0, t2, uuid } from '../store/sample-users.ts';

/** `current` is the store of the test that runs; it holds nothing yet. */
export function recordTests(current: () => Store): void {
  let store: Store;
  beforeEach(() => {
    store = current();
  });

  const list = async (query: Parameters<Store['activities']['list']>[0]) =>
    (await store.activities.list(query)).map(({ id }) => id);

  test('every field comes back as it was', async () => {
    await store.activities.append(wholeActivity);
    await store.activities.append(factorsReset);
    expect(await store.activities.list({ limit: 10 })).toStrictEqual([factorsReset, wholeActivity]);
  });

  test('a field that is absent stays absent', async () => {
    const activity = issued(uuid(1), '2026-01-01T00:00:00Z');
    await store.activities.append(activity);
    const [back] = await store.activities.list({ limit: 10 });
    expect(back).toStrictEqual(activity);
  });

  test('any text in it comes back as it was, and finds it', async () => {
    // No `$`, no `@`: those have a meaning in names.
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((name) => !/[$@]/.test(name));
    let n = 0;
    await fc.assert(
      fc.asyncProperty(text, text, async (principal, detail) => {
        n += 1;
        const activity: Activity = { ...issued(uuid(n), '2026-01-01T00:00:00Z', principal), notes: [detail] };
        await store.activities.append(activity);
        const found = await store.activities.list({ device: principal, limit: 1000 });
        expect(found).toContainEqual(activity);
      }),
      { numRuns: 100 },
    );
  });

  test('is listed newest first, at most the limit', async () => {
    const times = ['2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-03T00:00:00Z'];
    for (const [n, at] of times.entries()) await store.activities.append(issued(uuid(n), at));
    expect(await list({ limit: 10 })).toEqual([uuid(3), uuid(1), uuid(0), uuid(2)]);
    expect(await list({ limit: 2 })).toEqual([uuid(3), uuid(1)]);
    expect(await list({ limit: 10, since: new Date('2026-01-02T00:00:00Z') })).toEqual([uuid(3), uuid(1), uuid(0)]);
  });

  test.each([
    ['name', 'desktop-01$'],
    ['name without $', 'Desktop-01'],
    ['principal', 'desktop-01$@corp.example.test'],
    ['username', '2D1F9A3E-7C55-4E0B-A1F7-5F2F3A4B5C6D'],
    ['dn', 'cn=desktop-01,ou=computers,dc=corp,dc=example,dc=test'],
  ])('is found by the device’s %s', async (_, name) => {
    await store.activities.append(wholeActivity);
    await store.activities.append(issued(uuid(1), '2026-03-03T00:00:00Z'));
    expect(await list({ device: name, limit: 10 })).toEqual([wholeActivity.id]);
    expect(await list({ device: name, limit: 10, since: new Date('2026-03-03T00:00:00Z') })).toEqual([]);
  });

  test('is not found by a part of a name', async () => {
    await store.activities.append(wholeActivity);
    expect(await list({ device: 'DESKTOP', limit: 10 })).toEqual([]);
    expect(await list({ device: '%', limit: 10 })).toEqual([]);
  });

  test('is found by outcome, refusal and id, and by all of them together', async () => {
    await store.activities.append(wholeActivity);
    await store.activities.append(issued(uuid(1), '2026-03-03T00:00:00Z', 'DESKTOP-01$@CORP.EXAMPLE.TEST'));
    expect(await list({ outcome: 'issued', limit: 10 })).toEqual([uuid(1)]);
    await store.activities.append({ ...factorsReset, recordedAt: t0 });
    expect(await list({ outcome: 'refused', limit: 10 })).toEqual([wholeActivity.id]);
    expect(await list({ outcome: 'done', limit: 10 })).toEqual([factorsReset.id]);
    expect(await list({ device: 'NORA@corp.example.test', limit: 10 })).toEqual([factorsReset.id]);
    expect(await list({ refusal: 'attribute-missing', limit: 10 })).toEqual([wholeActivity.id]);
    expect(await list({ refusal: 'kerberos-replay', limit: 10 })).toEqual([]);
    expect(await list({ id: '6F1C2A54', limit: 10 })).toEqual([wholeActivity.id]);
    expect(await list({ id: wholeActivity.id, limit: 10 })).toEqual([wholeActivity.id]);
    expect(await list({ device: 'desktop-01', limit: 10 })).toEqual([uuid(1), wholeActivity.id]);
    expect(await list({ device: 'desktop-01', outcome: 'refused', refusal: 'attribute-missing', limit: 1 })).toEqual([
      wholeActivity.id,
    ]);
  });

  test('a second record of one id fails alone, though it shares a transaction', async () => {
    const outcomes = await Promise.allSettled([
      store.activities.append(issued(uuid(1), '2026-01-01T00:00:00Z')),
      store.activities.append(issued(uuid(1), '2026-01-02T00:00:00Z')),
      store.activities.append(issued(uuid(2), '2026-01-03T00:00:00Z')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await list({ limit: 10 })).toEqual([uuid(2), uuid(1)]);
  });

  test('is found by person, assertion and the end of a time; a computer is no person', async () => {
    const token = (id: string) => ({ id, notOnOrAfter: t2, claims: [] });
    const nora = { ...issued(uuid(1), '2026-03-03T00:00:00Z', 'nora@CORP'), assertion: token('_Aa') };
    await store.activities.append(nora);
    await store.activities.append({
      ...issued(uuid(2), '2026-03-04T00:00:00Z', 'nora$@CORP'),
      assertion: token('_b'),
    });
    await store.activities.append({ ...factorsReset, recordedAt: t0 });
    await store.activities.append(wholeActivity);
    expect(await list({ person: 'NORA', limit: 10 })).toEqual([uuid(1)]);
    expect(await list({ device: 'nora', limit: 10 })).toEqual([uuid(2), uuid(1)]);
    expect(await list({ device: 'nora', person: 'nora@corp', limit: 10 })).toEqual([uuid(1)]);
    expect(await list({ person: 'nora@corp.example.test', limit: 10 })).toEqual([factorsReset.id]);
    expect(await list({ person: 'desktop-01', limit: 10 })).toEqual([]);
    expect(await list({ assertion: '_Aa', limit: 10 })).toEqual([uuid(1)]);
    expect(await list({ assertion: '_aa', limit: 10 })).toEqual([]);
    expect(await list({ assertion: wholeActivity.assertion?.id ?? '', limit: 10 }), 'it was refused').toEqual([]);
    const until = new Date('2026-03-04T00:00:00Z');
    expect(await list({ until, since: new Date('2026-03-03T00:00:00Z'), limit: 10 })).toEqual([uuid(1)]);
    expect(await list({ until, person: 'nora', limit: 10 })).toEqual([uuid(1)]);
  });

  test('is followed in the order of recording, and by the same filters', async () => {
    for (const n of [1, 2, 3]) await store.activities.append(issued(uuid(n), `2026-03-0${4 - n}T00:00:00Z`, `pc${n}$`));
    const following = async (after: number, query: object = {}) =>
      (await store.activities.following(after, { limit: 10, ...query })).map(({ activity }) => activity.id);
    expect(await following(0)).toEqual([uuid(1), uuid(2), uuid(3)]);
    expect(await following(1)).toEqual([uuid(2), uuid(3)]);
    expect(await following(0, { device: 'pc3' })).toEqual([uuid(3)]);
    expect(await following(0, { limit: 1 })).toEqual([uuid(1)]);
    expect(await following(0, { until: new Date('2026-03-02T00:00:00Z') })).toEqual([uuid(3)]);
    expect(await following(3)).toEqual([]);
  });

  test('is numbered without gaps, also where one record fails', async () => {
    const ids = [uuid(1), uuid(1), uuid(2)];
    await Promise.allSettled(ids.map((id) => store.activities.append(issued(id, '2026-01-01T00:00:00Z'))));
    const rows = await store.activities.rows(0, 10);
    expect(rows.map(({ sequence, id }) => [sequence, id])).toEqual([
      [1, uuid(1)],
      [2, uuid(2)],
    ]);
    expect(await store.activities.last()).toEqual({ sequence: 2, hash: rows[1]?.hash });
    expect(await store.activities.link(1)).toEqual({ sequence: 1, hash: rows[0]?.hash });
    expect(await store.activities.link(3)).toBeUndefined();
    expect(await store.activities.unchainedThrough()).toBe(0);
    expect([...((await store.activities.names(rows)).get(2) ?? [])].toSorted()).toEqual([
      'desktop-02',
      'desktop-02$',
      'desktop-02$@corp.example.test',
    ]);
  });

  test('is pruned before a time, oldest first, and no name leads to what is gone', async () => {
    const appended = Array.from({ length: 1_203 }, (_, n) =>
      store.activities.append(issued(uuid(n), n < 1_200 ? '2026-01-01T00:00:00Z' : '2026-02-01T00:00:00Z')),
    );
    await Promise.all(appended);
    const sealing = await sealingOver(store);
    const left = [uuid(1_202), uuid(1_201), uuid(1_200)];
    expect(await sealing.prune(new Date('2026-02-01T00:00:00Z'))).toBe(1_200);
    expect(await list({ limit: 10 })).toEqual(left);
    expect(await list({ device: 'desktop-02', limit: 10 })).toEqual(left);
    expect(await sealing.prune(new Date('2026-02-01T00:00:00Z'))).toBe(0);
    expect(await verifyRecord(store)).toMatchObject({ records: 3, findings: [], checkpoints: 3 });
  });

  test('goes on behind what was pruned, when nothing is left', async () => {
    for (const n of [1, 2]) await store.activities.append(issued(uuid(n), '2026-01-01T00:00:00Z'));
    const sealing = await sealingOver(store);
    expect(await sealing.prune(new Date('2026-02-01T00:00:00Z'))).toBe(2);
    expect(await store.activities.last()).toBeUndefined();
    expect(await verifyRecord(store)).toMatchObject({ records: 0, findings: [] });
    await store.activities.append(issued(uuid(3), '2026-02-01T00:00:00Z'));
    expect((await store.activities.rows(0, 10)).map(({ sequence }) => sequence)).toEqual([3]);
    expect(await verifyRecord(store)).toMatchObject({ records: 1, unsigned: 1, findings: [] });
  });
}
