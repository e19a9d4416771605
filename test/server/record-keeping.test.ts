/** When the record is signed. What is signed is proved in test/audit/verify.test.ts. */
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { keepRecord } from '../../src/server/record-keeping.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { issued } from '../store/sample-activity.ts';
import { uuid } from '../store/sample-users.ts';

const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');

test('what a killed process left is signed at the start, and the last record when it stops', async () => {
  const store = await openSqliteStore(':memory:');
  const signed = async () => (await store.checkpoints.newest())?.last.sequence;
  await store.activities.append(issued(uuid(1), '2026-01-01T00:00:00Z'));
  const keeping = await keepRecord({
    store,
    masterKey: MASTER_KEY,
    retentionDays: undefined,
    now: () => new Date('2026-01-02T00:00:00Z'),
    log: pino({ level: 'silent' }),
  });
  await expect.poll(signed).toBe(1);
  await store.activities.append(issued(uuid(2), '2026-01-02T00:00:00Z'));
  expect(await signed()).toBe(1);
  await keeping.close();
  expect(await signed()).toBe(2);
  await store.close();
});

test('whoever starts on a record whose checkpoints were taken out is told, before it is signed anew', async () => {
  const store = await openSqliteStore(':memory:');
  // More than one page of them.
  const hours = Array.from({ length: 600 }, (_, n) => new Date(Date.UTC(2026, 0, 1, n)));
  for (const [n, at] of hours.entries()) await store.activities.append(issued(uuid(n), at.toISOString()));
  const said: unknown[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void said.push(JSON.parse(line)) });
  const now = () => new Date('2026-02-01T00:00:00Z');
  const keeping = await keepRecord({ store, masterKey: MASTER_KEY, retentionDays: undefined, now, log });
  await keeping.close();
  expect(said).toMatchObject([
    {
      finding: expect.stringMatching(
        /^The records from 1 on are not signed, though 35940 minutes lie between/,
      ) as string,
      msg: 'checkpoints are gone: mortise log verify',
    },
  ]);
  expect((await store.checkpoints.newest())?.last.sequence).toBe(600);
  const again = await keepRecord({ store, masterKey: MASTER_KEY, retentionDays: undefined, now, log });
  await again.close();
  expect(said).toHaveLength(1);
  await store.close();
});
