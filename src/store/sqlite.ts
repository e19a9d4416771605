/**
 * The embedded engine of the Store promise: one SQLite file, or memory. Owns how the parts are put together; what a file
 * needs is in sqlite-file.ts, how writes are grouped in group-commit.ts, the tables in migrations.ts.
 * On a file two connections work: a thread's writes, this thread's reads (WAL: neither waits for the other).
 */
import { Kysely } from 'kysely';
import type { DatabaseSync } from 'node:sqlite';
import { nodeSqliteDialect } from './node-sqlite.ts';
import type { Tables } from './schema.ts';
import { readActivities, sqliteActivities } from './sqlite-activities.ts';
import { sqliteFamiliarSources } from './sqlite-familiar-sources.ts';
import { openForReading, openInMemory } from './sqlite-file.ts';
import { readSigningKeys, sqliteSigningKeys } from './sqlite-signing-keys.ts';
import { readUsers, sqliteUsers } from './sqlite-users.ts';
import type { Store, StoreReader } from './store.ts';
import { memoryWriter, startFileWriter } from './writer.ts';
import type { Writer } from './writer.ts';

/**
 * Opens the store for reading and writing, creating it and bringing it up to date as needed. `:memory:` lasts until `close`.
 * Throws StoreError: `in-use` while another process writes, `newer`, `missing` (no folder), `not-a-store`, `unusable`.
 */
export async function openSqliteStore(path: string): Promise<Store> {
  if (path === ':memory:') {
    const db = openInMemory();
    return assembled(db, memoryWriter(db));
  }
  const writer = await startFileWriter(path);
  try {
    return await assembled(openForReading(path), writer);
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** Opens a file for reading only, beside a running writer or without one. Throws StoreError, `older` among others. */
export async function openSqliteStoreForReading(path: string): Promise<StoreReader> {
  const reading = openForReading(path);
  const db = kyselyOver(reading);
  return {
    users: readUsers(db),
    signingKeys: readSigningKeys(db),
    activities: readActivities(db),
    async close() {
      if (reading.isOpen) reading.close();
    },
  };
}

async function assembled(reading: DatabaseSync, writer: Writer): Promise<Store> {
  const db = kyselyOver(reading);
  return {
    users: sqliteUsers(db, writer),
    signingKeys: sqliteSigningKeys(db, writer),
    familiarSources: sqliteFamiliarSources(db, writer),
    activities: await sqliteActivities(db, writer),
    failed: writer.failed,
    async close() {
      // The writer's connection closes last: the last one moves the log into the file and removes it.
      await writer.finish();
      if (reading.isOpen) reading.close();
      await writer.close();
    },
  };
}

function kyselyOver(db: DatabaseSync): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: nodeSqliteDialect(db) });
}
