/**
 * Copies a store, also beside a running writer: SQLite's online backup reads one moment of it. The copy is one file that
 * needs nothing beside it, checked before it gets its name, and never put in the place of another file.
 */
import { chmodSync, closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { migrations, newerStore, storeVersion } from './migrations.ts';
import { explained } from './sqlite-file.ts';
import { StoreError } from './store-error.ts';

/** All pages at once: in steps it would begin anew whenever somebody writes (https://sqlite.org/backup.html). */
const ALL_PAGES = 2_147_483_647;

/**
 * A copy under a name of its own, for {@link putInPlace} or to be thrown away.
 *
 * @throws StoreError missing, not-a-store, newer, damaged, unusable; nothing is left then
 */
export async function copyStore(from: string, to: string): Promise<string> {
  if (!existsSync(from)) throw new StoreError('missing', `There is no file ${from}.`);
  requireFree(to);
  if (!existsSync(dirname(to))) throw new StoreError('missing', `There is no folder ${dirname(to)}.`);
  const partial = `${to}.partial`;
  rmSync(partial, { force: true });
  const source = explained(from, () => openSource(from));
  try {
    closeSync(openSync(partial, 'wx', 0o600));
    await backup(source, partial, { rate: ALL_PAGES });
    if (process.platform !== 'win32') chmodSync(partial, 0o600);
    requireSound(partial, from);
    return partial;
  } catch (error) {
    rmSync(partial, { force: true });
    return explained(to, () => {
      throw error;
    });
  } finally {
    source.close();
  }
}

/** @throws StoreError exists, when there is a file of this name by now */
export function putInPlace(partial: string, to: string): void {
  explained(to, () => {
    synchronise(partial);
    requireFree(to);
    // Unlike a renaming, a link never replaces what is there.
    linkSync(partial, to);
    rmSync(partial);
    if (process.platform !== 'win32') synchronise(dirname(to));
  });
}

function requireFree(path: string): void {
  const there = [path, `${path}-wal`].find((each) => existsSync(each));
  if (there !== undefined)
    throw new StoreError(
      'exists',
      `${there} exists already and is left as it is. Choose another name, or move it away.`,
    );
}

function openSource(from: string): DatabaseSync {
  const db = new DatabaseSync(from, { readOnly: true, timeout: 5_000 });
  try {
    const version = storeVersion(db, from);
    if (version > migrations.length) throw newerStore(from, version, migrations.length);
    if (version === 0) throw new StoreError('not-a-store', `${from} is not a store of Mortise.`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** In the journal mode of a file that is only kept: one that is opened for reading needs no other files then. */
function requireSound(copy: string, from: string): void {
  const db = new DatabaseSync(copy);
  try {
    db.exec('PRAGMA journal_mode = DELETE');
    const found = db.prepare('PRAGMA integrity_check(5)').all();
    const dangling = db.prepare('PRAGMA foreign_key_check').all().length;
    const problems = found.map((row) => String(row['integrity_check'])).filter((text) => text !== 'ok');
    if (dangling > 0) problems.push(`${dangling} rows refer to what is not there`);
    if (problems.length > 0) throw new StoreError('damaged', `${from} is damaged: ${problems.join('; ')}.`);
  } finally {
    db.close();
  }
}

function synchronise(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
