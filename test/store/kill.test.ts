/** kill -9 at any moment: every record that was acknowledged is there, and the file is whole. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'mortise-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A line is a UUID and its end. */
const LINE_LENGTH = 37;

/** Lets a writer run until it has acknowledged so many records, and a little longer; returns all that it acknowledged. */
async function runAndKill(path: string, acknowledgements: number, extraMs: number): Promise<readonly string[]> {
  const program = join(import.meta.dirname, 'append-until-killed.ts');
  // A file, not a pipe: a full pipe would fail the writer.
  const said = `${path}.acknowledged`;
  const output = openSync(said, 'w');
  const child = spawn(process.execPath, [program, path], { stdio: ['ignore', output, 'inherit'] });
  closeSync(output);
  const exited = once(child, 'exit');
  while (statSync(said).size < acknowledgements * LINE_LENGTH && child.exitCode === null) await setTimeout(2);
  await setTimeout(extraMs);
  child.kill('SIGKILL');
  const [, signal] = (await exited) as [number | null, string | null];
  expect(signal, 'the writer ended by itself').toBe('SIGKILL');
  // The last line may be cut short: that record was acknowledged, but to nobody.
  return readFileSync(said, 'latin1').split('\n').slice(0, -1);
}

test('loses no acknowledged record, round after round on one file', async () => {
  const path = join(folder, 'store.db');
  const acknowledged = new Set<string>();
  for (const [round, extraMs] of [0, 1, 3, 7, 13, 29].entries()) {
    const ids = await runAndKill(path, 1 + round * 150, extraMs);
    expect(ids.length, 'the writer acknowledged nothing').toBeGreaterThan(round * 150);
    for (const id of ids) acknowledged.add(id);

    const db = new DatabaseSync(path);
    expect(db.prepare('PRAGMA integrity_check').all(), `round ${round}`).toEqual([{ integrity_check: 'ok' }]);
    expect(db.prepare('PRAGMA foreign_key_check').all(), `round ${round}`).toEqual([]);
    db.close();
  }

  // The dead writer's lock is free, and its log is read.
  const store = await openSqliteStore(path);
  const kept = new Set((await store.activities.list({ limit: 1_000_000 })).map(({ id }) => id));
  const named = await store.activities.list({ device: 'desktop-02', limit: 1_000_000 });
  await store.close();
  expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([]);
  expect(named.length, 'a record and its names are written together').toBe(kept.size);
}, 120_000);
