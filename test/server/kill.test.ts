/**
 * kill -9 under load, again and again on one store: every token that a client holds has its record, and the chain of
 * records is whole. MORTISE_KILLS says how often; without it as often as half a minute allows.
 */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { verifyRecord } from '../../src/audit/verify.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { askUntilKilled, startKillable } from './killable-server.ts';
import { openGround } from './mortise.ts';
import type { Ground } from './mortise.ts';

const ASKED = process.env['MORTISE_KILLS'];
const MOST_KILLS = ASKED === undefined ? 40 : Number(ASKED);
const LONG_ENOUGH_MS = ASKED === undefined ? 30_000 : Number.POSITIVE_INFINITY;
/** Another number of answers each time, and so another moment: in the first commit, between two, after a checkpoint. */
const enough = (kill: number): number => 1 + ((kill * 7) % 50);

/** The assertions that had arrived when the server was dead. */
async function answersUntilKilled(ground: Ground, wanted: number): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  await askUntilKilled(ground, await startKillable(ground), (_, text) => {
    acknowledged.push(/AssertionID="([^"]+)"/.exec(text)?.[1] ?? 'none');
    return { isEnough: acknowledged.length === wanted };
  });
  return acknowledged;
}

test('every token that was acknowledged is recorded, though the server is killed under load', async () => {
  const ground = await openGround();
  const { path } = ground.workspace.configuration.server.store;
  await ground.store.close();

  const acknowledged: string[] = [];
  const start = performance.now();
  let kills = 0;
  for (; kills < MOST_KILLS && performance.now() - start < LONG_ENOUGH_MS; kills += 1)
    acknowledged.push(...(await answersUntilKilled(ground, enough(kills))));

  const store = await openSqliteStore(path);
  const all = await store.activities.list({ limit: 1_000_000 });
  const { findings, checkpoints } = await verifyRecord(store);
  await store.close();
  const db = new DatabaseSync(path);
  expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  db.close();
  await ground.close();
  const recorded = new Set(all.map(({ assertion }) => assertion?.id));
  expect(acknowledged.length).toBeGreaterThanOrEqual(kills);
  expect(acknowledged.filter((id) => !recorded.has(id))).toEqual([]);
  expect(findings).toEqual([]);
  if (kills > 2) expect(checkpoints).toBeGreaterThan(0);
  if (ASKED !== undefined) console.log(`${kills} kills, ${acknowledged.length} answers, ${all.length} records`);
}, 100_000_000);
