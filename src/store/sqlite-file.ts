/**
 * The file: created with mode 0600, locked against a second writer, opened with the settings that make a commit
 * durable. The lock is an exclusive transaction on `<path>.lock` that lasts as long as the process does: the kernel frees
 * it after kill -9, and readers of the store itself are not in its way. It needs a local file system.
 */
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { addChainFunctions } from './chain.ts';
import { migrate, migrations, newerStore, storeVersion } from './migrations.ts';
import { StoreError } from './store-error.ts';

export interface WritableFile {
  readonly db: DatabaseSync;
  close(): void;
}

/** How long to wait for a lock of somebody who is about to let go, in milliseconds. */
const WAIT_FOR_WRITER_MS = 3_000;
const BUSY_TIMEOUT_MS = 5_000;

/** Opens, creating and migrating as needed. Throws StoreError. */
export function openForWriting(path: string): WritableFile {
  return explained(path, () => {
    const file = realFile(path);
    createPrivately(file);
    const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, defensive: true });
    let lock: DatabaseSync | undefined;
    try {
      storeVersion(db, path);
      lock = lockOutOtherWriters(file);
      keepPrivate(file);
      makeDurable(db);
      addChainFunctions(db);
      migrate(db, path);
    } catch (error) {
      db.close();
      lock?.close();
      throw error;
    }
    return { db, close: () => (db.close(), lock.close()) };
  });
}

/** Opens for reading, also while another process writes. Throws StoreError. */
export function openForReading(path: string): DatabaseSync {
  if (!existsSync(path)) {
    throw new StoreError(
      'missing',
      `There is no store at ${path}: nothing has been kept yet, or server.store.path is wrong. \`mortise keys create\` makes it.`,
    );
  }
  return explained(path, () => {
    const db = new DatabaseSync(realFile(path), { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      requirePresentVersion(db, path);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** A store that lives as long as the process. */
export function openInMemory(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  migrate(db, ':memory:');
  addChainFunctions(db);
  return db;
}

function requirePresentVersion(db: DatabaseSync, path: string): void {
  const version = storeVersion(db, path);
  if (version > migrations.length) throw newerStore(path, version, migrations.length);
  if (version < migrations.length) {
    throw new StoreError(
      'older',
      `${path} is of an earlier Mortise. Start \`mortise serve\` once: it brings it up to date. A backup is brought up to date by \`mortise restore\`.`,
    );
  }
}

function realFile(path: string): string {
  if (existsSync(path)) {
    if (statSync(path).isFile()) return realpathSync(path);
    throw new StoreError('not-a-store', `${path} is not a file. Correct server.store.path, or name another file.`);
  }
  const folder = dirname(path);
  if (existsSync(folder)) return join(realpathSync(folder), basename(path));
  throw new StoreError('missing', `The folder ${folder} does not exist. Create it for the account that runs Mortise.`);
}

/**
 * Makes an empty file that nobody else may read; SQLite gives -wal and -shm the same mode. An existing file is never
 * opened here: closing it would drop the locks that SQLite holds in this process (https://sqlite.org/howtocorrupt.html §2.2).
 */
function createPrivately(file: string): void {
  if (existsSync(file)) return;
  closeSync(openSync(file, 'wx', 0o600));
  if (process.platform === 'win32') return;
  // A new name survives a power cut only when its folder has been synchronised.
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

/** A copy or a restore may have widened the mode. Windows has access lists instead, inherited from the folder. */
function keepPrivate(file: string): void {
  if (process.platform !== 'win32') chmodSync(file, 0o600);
}

function lockOutOtherWriters(file: string): DatabaseSync {
  const lockFile = `${file}.lock`;
  createPrivately(lockFile);
  const lock = new DatabaseSync(lockFile, { timeout: WAIT_FOR_WRITER_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (resultCode(error) !== SQLITE_BUSY) throw error;
    throw new StoreError(
      'in-use',
      `Another process writes to ${file} (a running \`mortise serve\`?). Stop it first, or give this one another server.store.path.`,
      { cause: error },
    );
  }
}

/** https://sqlite.org/pragma.html. FULL: each commit is on the disk before COMMIT returns; fullfsync: on macOS too. */
function makeDurable(db: DatabaseSync): void {
  const { journal_mode: mode } = db.prepare('PRAGMA journal_mode = WAL').get() as { journal_mode: string };
  if (mode !== 'wal') throw new Error(`the file system cannot hold a write-ahead log (journal mode ${mode})`);
  db.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF');
  // Nothing of a temporary journal outlasts its transaction. A log of 16 MiB instead of 4 writes the same pages less often, and
  // 8 MiB of pages in memory keep most of the indexes from being read anew.
  db.exec('PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -8192');
}

const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** The primary result code, the low byte of the extended one (https://sqlite.org/rescode.html). */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/** Says what an error of SQLite or of the file system means. @throws StoreError */
export function explained<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    if (resultCode(error) === SQLITE_NOTADB) {
      throw new StoreError(
        'not-a-store',
        `${path} is not a store of Mortise. Correct server.store.path, or name another file.`,
        {
          cause: error,
        },
      );
    }
    const reason = error instanceof Error ? error.message : String(error);
    if (resultCode(error) === SQLITE_CORRUPT) {
      throw new StoreError('damaged', `${path} is damaged: ${reason}. Restore a backup that is whole.`, {
        cause: error,
      });
    }
    throw new StoreError(
      'unusable',
      `${path} cannot be used: ${reason}. Check that the account that runs Mortise owns the file and its folder, and the free space.`,
      { cause: error },
    );
  }
}
