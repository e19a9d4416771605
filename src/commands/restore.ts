/**
 * `mortise restore`: puts a backup where the configuration has the store, once it is known to be whole and to open under
 * the master key. What is there is never replaced. The restoration stands in the record: what came after the backup is
 * not in it.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Configuration } from '../config/load.ts';
import { requireSigningKeys, StartError } from '../server/signing-keys.ts';
import { copyStore, putInPlace } from '../store/copy.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { account } from './account.ts';
import { readConfiguration } from './open.ts';
import type { ConfigOption } from './open.ts';
import { CommandError } from './problem.ts';

export async function restoreCommand(file: string, options: ConfigOption): Promise<number> {
  const configuration = readConfiguration(options);
  const { path } = configuration.server.store;
  if (!existsSync(dirname(path)))
    throw new CommandError(
      `server.store.path: the folder ${dirname(path)} does not exist. Create it for the account that runs Mortise.`,
    );
  const partial = await copyStore(file, path);
  try {
    const store = await openSqliteStore(partial);
    try {
      const warning = await keysWarning(configuration, store);
      if (warning !== undefined) console.log(`Warning: ${warning}`);
      await recordRestoration(store, file);
    } finally {
      await store.close();
    }
    putInPlace(partial, path);
  } finally {
    for (const left of ['', '-wal', '-shm', '.lock']) rmSync(partial + left, { force: true });
  }
  console.log(`${path} is restored from ${file}.`);
  console.log(`Before you start serve: mortise check --config ${options.config}`);
  console.log(`                        mortise log verify --config ${options.config}`);
  return 0;
}

/** A wrong master key is found out before anything is in its place; a key that is not there can be made afterwards. */
async function keysWarning(configuration: Configuration, store: Store): Promise<string | undefined> {
  try {
    await requireSigningKeys(configuration, await store.signingKeys.list());
    return undefined;
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
}

async function recordRestoration(store: Store, file: string): Promise<void> {
  const [newest] = await store.activities.list({ limit: 1 });
  const until =
    newest === undefined ? 'which held no record' : `whose newest record is of ${newest.recordedAt.toISOString()}`;
  await store.activities.append({
    id: randomUUID(),
    recordedAt: new Date(),
    outcome: 'done',
    event: { kind: 'store-restored', detail: `from ${basename(file)}, ${until}`, by: account() },
    endpoint: 'command-line',
    sourceAddress: 'local',
    steps: [],
    notes: [],
  });
}
