/** The embedded engine: the common promise, on a file and in memory, and what only a file can show. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations.ts';
import { openSqliteStore, openSqliteStoreForReading } from '../../src/store/sqlite.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { describeStore } from '../conformance/store.ts';
import { issued, wholeActivity } from './sample-activity.ts';
import { factor, session } from './sample-sign-in.ts';
import { device, DEVICES, GATEWAY, t0, t1, uuid } from './sample-users.ts';

const folder = mkdtempSync(join(tmpdir(), 'mortise-store-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = (): string => join(folder, `store-${(files += 1)}.db`);

describeStore('a SQLite file', () => openSqliteStore(newPath()));
describeStore('SQLite in memory', () => openSqliteStore(':memory:'));

async function storeErrorOf(promise: Promise<unknown>): Promise<StoreError> {
  const error = await promise.then(
    () => new Error('it was opened'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
}

/** Commit frames in a write-ahead log: those whose "size in pages after commit" is not zero (https://sqlite.org/fileformat2.html §4.1). */
function commitsIn(walFile: string): number {
  const wal = readFileSync(walFile);
  const pageSize = wal.readUInt32BE(8);
  const salt = wal.subarray(16, 24);
  let commits = 0;
  for (let at = 32; at + 24 + pageSize <= wal.length; at += 24 + pageSize) {
    if (wal.subarray(at + 8, at + 16).equals(salt) && wal.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}

describe('a file', () => {
  test('keeps what was written when it is opened again', async () => {
    const path = newPath();
    const first = await openSqliteStore(path);
    await first.activities.append(wholeActivity);
    await first.close();
    const second = await openSqliteStore(path);
    await second.activities.append(issued(uuid(1), '2026-04-01T00:00:00Z'));
    const found = await second.activities.list({ limit: 10 });
    await second.close();
    expect(found).toEqual([issued(uuid(1), '2026-04-01T00:00:00Z'), wholeActivity]);
  });

  test('keeps sessions, second factors and codes when it is opened again', async () => {
    const path = newPath();
    const first = await openSqliteStore(path);
    const user = await first.users.create(device(1), t0);
    await first.sessions.put(session('s', user.id));
    await first.secondFactors.add(factor('f', user.id, { counter: 1 }));
    await first.secondFactors.use('f', { counter: 2, mayStay: false }, t1);
    await first.secondFactors.replaceRecoveryCodes(user.id, ['a', 'b']);
    await first.secondFactors.useRecoveryCode(user.id, 'a');
    await first.secondFactors.putEnrolmentCode(user.id, 'e', t1);
    await first.close();
    const second = await openSqliteStore(path);
    const found = {
      user: await second.users.find(user.id),
      session: await second.sessions.find('s'),
      factors: await second.secondFactors.list(user.id),
      codeAgain: await second.secondFactors.useRecoveryCode(user.id, 'a'),
      codesLeft: await second.secondFactors.recoveryCodesLeft(user.id),
      enrolment: await second.secondFactors.useEnrolmentCode(user.id, 'e', t0),
    };
    await second.close();
    expect(found).toEqual({
      user,
      session: session('s', user.id),
      factors: [factor('f', user.id, { counter: 2, lastUsedAt: t1 })],
      codeAgain: false,
      codesLeft: 1,
      enrolment: true,
    });
  });

  test.skipIf(process.platform === 'win32')('is readable for its owner only, its companions too', async () => {
    const path = newPath();
    const store = await openSqliteStore(path);
    await store.activities.append(wholeActivity);
    const modes = ['', '-wal', '-shm', '.lock'].map((suffix) => statSync(path + suffix).mode & 0o777);
    await store.close();
    expect(modes).toEqual([0o600, 0o600, 0o600, 0o600]);
    chmodSync(path, 0o644);
    const again = await openSqliteStore(path);
    await again.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('commits appends that wait at the same time in one transaction', async () => {
    const path = newPath();
    const store = await openSqliteStore(path);
    await store.activities.append(wholeActivity);
    const before = commitsIn(`${path}-wal`);
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => store.activities.append(issued(uuid(n), '2026-01-01T00:00:00Z'))),
    );
    const together = commitsIn(`${path}-wal`) - before;
    for (let n = 100; n < 110; n += 1) await store.activities.append(issued(uuid(n), '2026-01-01T00:00:00Z'));
    const alone = commitsIn(`${path}-wal`) - before - together;
    await store.close();
    expect({ together, alone }).toEqual({ together: 1, alone: 10 });
  });

  test('says when its writer has ended, and takes nothing more', async () => {
    const started = once(process, 'worker') as Promise<[Worker]>;
    const store = await openSqliteStore(newPath());
    const [writer] = await started;
    await writer.terminate();
    expect((await store.failed).message).toContain('the thread that writes to the store has ended');
    await expect(store.activities.append(wholeActivity)).rejects.toThrow('has ended');
    await expect(store.close()).rejects.toThrow('has ended');
  });

  test('has each acknowledged record in the log before the promise resolves', async () => {
    const path = newPath();
    const store = await openSqliteStore(path);
    for (let n = 0; n < 20; n += 1) {
      await store.activities.append(issued(uuid(n), '2026-01-01T00:00:00Z'));
      expect(readFileSync(`${path}-wal`).includes(uuid(n)), `record ${n} is not in the log`).toBe(true);
    }
    await store.close();
  });

  test('commits with an fsync each (synchronous = FULL)', async () => {
    // The setting belongs to a connection, so the connection that writes is asked: with sqlite-file.ts itself.
    const { openForWriting } = await import('../../src/store/sqlite-file.ts');
    const file = openForWriting(newPath());
    const ask = (pragma: string) => Object.values(file.db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
    const settings = ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'].map(ask);
    file.close();
    expect(settings).toEqual(['wal', 2, 1, 5_000]);
  });
});

describe('a second process', () => {
  test('may not write, and learns why', async () => {
    const path = newPath();
    const store = await openSqliteStore(path);
    const program = `
      import { openSqliteStore } from ${JSON.stringify(new URL('../../src/store/sqlite.ts', import.meta.url).href)};
      await openSqliteStore(${JSON.stringify(path)}).then(() => console.log('opened'), (e) => console.log(e.code + ': ' + e.message));
      process.exit();`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    await store.activities.append(wholeActivity);
    await store.close();
    expect(child.stderr).toBe('');
    expect(child.stdout).toBe(
      `in-use: Another process writes to ${path} (a running \`mortise serve\`?). Stop it first, or give this one another server.store.path.\n`,
    );
  });

  test('may not write under another name of the file', async () => {
    const path = newPath();
    const store = await openSqliteStore(path);
    const link = `${path}-link`;
    symlinkSync(path, link);
    const error = await storeErrorOf(openSqliteStore(link));
    await store.close();
    expect(error.code).toBe('in-use');
  });

  test('may write once the first has closed', async () => {
    const path = newPath();
    await (await openSqliteStore(path)).close();
    const second = await openSqliteStore(path);
    await second.close();
  });

  test('may read while the first writes, and sees what was acknowledged', async () => {
    const path = newPath();
    const store = await openSqliteStore(path);
    const reader = await openSqliteStoreForReading(path);
    for (let n = 0; n < 10; n += 1) {
      await store.activities.append(issued(uuid(n), '2026-01-01T00:00:00Z'));
      expect((await reader.activities.list({ limit: 100 }))[0]?.id).toBe(uuid(n));
    }
    const user = await store.users.create(device(1), t0);
    await store.secondFactors.add(factor('f', user.id));
    await store.secondFactors.replaceRecoveryCodes(user.id, ['a']);
    expect(await reader.users.list()).toEqual([user]);
    expect(await reader.users.find(user.id)).toEqual(user);
    expect(await reader.users.findByUniqueValue(user.username)).toEqual([user]);
    expect(await reader.users.findByCorrelation(GATEWAY, DEVICES, 'dn', 'CN=PC1,DC=corp')).toEqual([user]);
    expect(await reader.secondFactors.list(user.id)).toEqual([factor('f', user.id)]);
    expect(await reader.secondFactors.recoveryCodesLeft(user.id)).toBe(1);
    expect(await reader.signingKeys.list()).toEqual([]);
    await reader.close();
    await reader.close();
    await store.close();
  });

  test('may read when nobody writes', async () => {
    const path = newPath();
    const store = await openSqliteStore(path);
    await store.activities.append(wholeActivity);
    await store.close();
    const reader = await openSqliteStoreForReading(path);
    const found = await reader.activities.list({ limit: 10 });
    await reader.close();
    expect(found).toEqual([wholeActivity]);
  });
});

describe('what cannot be opened', () => {
  test.each([openSqliteStore, openSqliteStoreForReading])('a newer store: %o', async (open) => {
    const path = newPath();
    await (await openSqliteStore(path)).close();
    const db = new DatabaseSync(path);
    db.exec(`INSERT INTO migration (number, name) VALUES (${migrations.length + 3}, 'later')`);
    db.close();
    const error = await storeErrorOf(open(path));
    expect(error.code).toBe('newer');
    expect(error.message).toContain(
      `is at version ${migrations.length + 3}; this Mortise knows versions up to ${migrations.length}`,
    );
  });

  test.each([openSqliteStore, openSqliteStoreForReading])('the database of another program: %o', async (open) => {
    const path = newPath();
    const db = new DatabaseSync(path);
    db.exec('CREATE TABLE other (a)');
    db.close();
    expect((await storeErrorOf(open(path))).code).toBe('not-a-store');
  });

  test.each([openSqliteStore, openSqliteStoreForReading])('a file that is no database: %o', async (open) => {
    const path = newPath();
    writeFileSync(path, 'server:\n  publicBaseUrl: https://sts.example.test\n'.repeat(40), { mode: 0o644 });
    expect((await storeErrorOf(open(path))).code).toBe('not-a-store');
    expect(readFileSync(path, 'utf8')).toContain('publicBaseUrl');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777, 'the mode was changed').toBe(0o644);
  });

  test('a folder, whose mode stays', async () => {
    const path = newPath();
    mkdirSync(path, { mode: 0o755 });
    expect((await storeErrorOf(openSqliteStore(path))).code).toBe('not-a-store');
    expect(statSync(path).mode & 0o777).toBe(0o755);
  });

  test('a path in a folder that is not there', async () => {
    const error = await storeErrorOf(openSqliteStore(join(folder, 'no', 'store.db')));
    expect(error.code).toBe('missing');
    expect(error.message).toContain(join(folder, 'no'));
  });

  test('a file to read that is not there', async () => {
    expect((await storeErrorOf(openSqliteStoreForReading(join(folder, 'none.db')))).code).toBe('missing');
  });

  test('an empty file to read: nobody has migrated it', async () => {
    const path = newPath();
    writeFileSync(path, '');
    expect((await storeErrorOf(openSqliteStoreForReading(path))).code).toBe('older');
  });
});
