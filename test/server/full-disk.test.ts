/** A full disk: SQLite's own "database or disk is full", and what a client gets of it; space again, and all goes on by itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyRecord } from '../../src/audit/verify.ts';
import { openForReading, openForWriting } from '../../src/store/sqlite-file.ts';
import { storeOver } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { memoryWriter } from '../../src/store/writer.ts';
import { expectFault } from './answers.ts';
import { negotiate, openClient } from './client.ts';
import { openGround } from './mortise.ts';
import type { Ground } from './mortise.ts';

const folder = mkdtempSync(join(tmpdir(), 'mortise-full-'));
let ground: Ground;
let disk: DatabaseSync;
let store: Store;
let closeFile: () => void;

beforeAll(async () => {
  ground = await openGround();
  const path = join(folder, 'store.db');
  const file = openForWriting(path);
  disk = file.db;
  closeFile = () => file.close();
  // The writer's connection is this test's to limit; everything else is as `serve` has it.
  store = storeOver(openForReading(path), memoryWriter(disk));
  for (const key of await ground.store.signingKeys.list()) await store.signingKeys.put(key);
});
afterAll(async () => {
  await ground.close();
  await store.close();
  closeFile();
  rmSync(folder, { recursive: true });
});

const limit = (pages: number): unknown => disk.prepare(`PRAGMA max_page_count = ${pages}`).get();

test('sign-ins are refused as record-unavailable while the disk is full, and go on when there is space', async () => {
  const server = await ground.start({ store });
  const client = openClient(server);
  const ask = () => client.ask(negotiate(ground.mint()));
  expect((await ask()).status).toBe(200);
  const { page_count: pages } = disk.prepare('PRAGMA page_count').get() as { page_count: number };
  limit(pages);

  // What is free within the pages is used up first.
  let answered = 1;
  let refused = await ask();
  for (; refused.status === 200; refused = await ask()) answered += 1;
  expectFault(refused, 500, 'record-unavailable');
  expect(refused.text).not.toMatch(/Assertion|disk|SQLITE/);
  expect(JSON.stringify(server.logged)).toContain('database or disk is full');

  limit(1_000_000);
  expect((await ask()).status).toBe(200);
  client.close();
  const issued = await store.activities.list({ outcome: 'issued', limit: 10_000 });
  expect(issued).toHaveLength(answered + 1);
  expect(await verifyRecord(store), 'a write that failed leaves no gap').toMatchObject({ findings: [] });
});
