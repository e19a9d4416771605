/** kill -9 at any moment: all that was acknowledged is there, what was used up stays so, and the file is whole. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { uuid } from './sample-users.ts';

const folder = mkdtempSync(join(tmpdir(), 'mortise-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A record's line is a UUID and its end. */
const RECORD_LINE = 37;

/** Lets a writer run until it has said so many bytes, and a little longer; returns the lines of what it acknowledged. */
async function runAndKill(
  writer: 'append-until-killed' | 'sign-in-until-killed',
  args: readonly [path: string, ...more: string[]],
  bytes: number,
  extraMs: number,
): Promise<readonly string[]> {
  const program = join(import.meta.dirname, `${writer}.ts`);
  // A file, not a pipe: a full pipe would fail the writer.
  const said = `${args[0]}.acknowledged`;
  const output = openSync(said, 'w');
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', output, 'inherit'] });
  closeSync(output);
  const exited = once(child, 'exit');
  while (statSync(said).size < bytes && child.exitCode === null) await setTimeout(2);
  await setTimeout(extraMs);
  child.kill('SIGKILL');
  const [, signal] = (await exited) as [number | null, string | null];
  expect(signal, 'the writer ended by itself').toBe('SIGKILL');
  // The last line may be cut short: that was acknowledged, but to nobody.
  return readFileSync(said, 'latin1').split('\n').slice(0, -1);
}

function expectWhole(path: string, round: number): void {
  const db = new DatabaseSync(path);
  expect(db.prepare('PRAGMA integrity_check').all(), `round ${round}`).toEqual([{ integrity_check: 'ok' }]);
  expect(db.prepare('PRAGMA foreign_key_check').all(), `round ${round}`).toEqual([]);
  db.close();
}

test('loses no acknowledged record, round after round on one file', async () => {
  const path = join(folder, 'store.db');
  const acknowledged = new Set<string>();
  for (const [round, extraMs] of [0, 1, 3, 7, 13, 29].entries()) {
    const bytes = (1 + round * 150) * RECORD_LINE;
    const ids = await runAndKill('append-until-killed', [path], bytes, extraMs);
    expect(ids.length, 'the writer acknowledged nothing').toBeGreaterThan(round * 150);
    for (const id of ids) acknowledged.add(id);
    expectWhole(path, round);
  }

  // The dead writer's lock is free, and its log is read.
  const store = await openSqliteStore(path);
  const kept = new Set((await store.activities.list({ limit: 1_000_000 })).map(({ id }) => id));
  const named = await store.activities.list({ device: 'desktop-02', limit: 1_000_000 });
  await store.close();
  expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([]);
  expect(named.length, 'a record and its names are written together').toBe(kept.size);
}, 120_000);

test('forgets no session, and takes no code a second time', async () => {
  const path = join(folder, 'sign-in.db');
  const USER = uuid(1);
  for (const [round, extraMs] of [0, 2, 11].entries()) {
    const lines = await runAndKill('sign-in-until-killed', [path, String(round)], 3_000, extraMs);
    expectWhole(path, round);
    const acknowledged = (kind: string) =>
      lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1));
    const sessions = acknowledged('session');
    const codes = acknowledged('code');
    const counter = Number(acknowledged('counter').at(-1));

    const store = await openSqliteStore(path);
    const found = await Promise.all(sessions.map((id) => store.sessions.find(id)));
    const used = { counter, mayStay: false };
    const again = await Promise.all(codes.map((digest) => store.secondFactors.useRecoveryCode(USER, digest)));
    const counterAgain = await store.secondFactors.use('f', used, new Date());
    await store.close();
    expect([sessions.length > 0, codes.length > 0, counter > 0], `round ${round}`).toEqual([true, true, true]);
    expect(found.filter((each) => each === undefined)).toEqual([]);
    expect([...again, counterAgain].filter(Boolean)).toEqual([]);
  }
}, 120_000);
