/**
 * The embedded engine of the Store promise: one SQLite file, or memory. Owns how the parts are put together; what a file
 * needs is in sqlite-file.ts, how writes are grouped in group-commit.ts, the tables in migrations.ts.
 * On a file two connections work: a thread's writes, this thread's reads (WAL: neither waits for the other).
 */
import type { DatabaseSync } from 'node:sqlite';
import { readingOver } from './node-sqlite.ts';
import { preparedStatements } from './prepared-statements.ts';
import { readActivities, sqliteActivities } from './sqlite-activities.ts';
import { sqliteAuthenticators } from './sqlite-authenticators.ts';
import { readCheckpoints, sqliteCheckpoints } from './sqlite-checkpoints.ts';
import { sqliteFamiliarSources } from './sqlite-familiar-sources.ts';
import { openForReading, openInMemory } from './sqlite-file.ts';
import { readSecondFactors, sqliteSecondFactors } from './sqlite-second-factors.ts';
import { sqliteServiceCredentials } from './sqlite-service-credentials.ts';
import { sqliteSessions } from './sqlite-sessions.ts';
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
    return storeOver(db, memoryWriter(db));
  }
  const writer = await startFileWriter(path);
  try {
    return storeOver(openForReading(path), writer);
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** Opens a file for reading only, beside a running writer or without one. Throws StoreError, `older` among others. */
export async function openSqliteStoreForReading(path: string): Promise<StoreReader> {
  const sqlite = openForReading(path);
  const reading = readingOver(preparedStatements(sqlite));
  return {
    users: readUsers(reading),
    secondFactors: readSecondFactors(reading),
    signingKeys: readSigningKeys(reading.db),
    activities: readActivities(reading.db),
    checkpoints: readCheckpoints(reading.db),
    async atOneMoment(read) {
      sqlite.exec('BEGIN');
      try {
        return await read();
      } finally {
        sqlite.exec('COMMIT');
      }
    },
    async close() {
      if (sqlite.isOpen) sqlite.close();
    },
  };
}

/** `sqlite` reads what `writer` writes. */
export function storeOver(sqlite: DatabaseSync, writer: Writer): Store {
  const reading = readingOver(preparedStatements(sqlite));
  const { db } = reading;
  return {
    users: sqliteUsers(reading, writer),
    sessions: sqliteSessions(reading, writer),
    secondFactors: sqliteSecondFactors(reading, writer),
    signingKeys: sqliteSigningKeys(db, writer),
    authenticators: sqliteAuthenticators(reading, writer),
    serviceCredentials: sqliteServiceCredentials(db, writer),
    familiarSources: sqliteFamiliarSources(reading, writer),
    activities: sqliteActivities(db, writer),
    checkpoints: sqliteCheckpoints(db, writer),
    uncommittedWrites: () => writer.uncommitted(),
    failed: writer.failed,
    async close() {
      // The writer's connection closes last: the last one moves the log into the file and removes it.
      await writer.finish();
      if (sqlite.isOpen) sqlite.close();
      await writer.close();
    },
  };
}
