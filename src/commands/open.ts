/** What most commands need first: the configuration, and the store it names. */
import { existsSync, readFileSync } from 'node:fs';
import { loadConfiguration, loadPublicConfiguration } from '../config/load.ts';
import type { Configuration, PublicConfiguration } from '../config/load.ts';
import { openSqliteStore, openSqliteStoreForReading } from '../store/sqlite.ts';
import { StoreError } from '../store/store-error.ts';
import type { Store, StoreReader } from '../store/store.ts';
import { CommandError } from './problem.ts';

export interface ConfigOption {
  readonly config: string;
}

/** @throws ConfigurationError with every problem of the file */
export function readConfiguration({ config }: ConfigOption): Configuration {
  return loadConfiguration({ path: config }, { env: process.env });
}

/** With what the named certificates, keys and keytabs hold. @throws ConfigurationError */
export function readConfigurationToServe({ config }: ConfigOption): Configuration {
  const contents = { readBytes: (path: string) => readFileSync(path), now: new Date() };
  return loadConfiguration({ path: config }, { env: process.env, contents });
}

/** What can be read in a shell without the server's secrets. @throws ConfigurationError */
export function readPublicConfiguration({ config }: ConfigOption): PublicConfiguration {
  return loadPublicConfiguration({ path: config }, { env: process.env });
}

/** Opens the store, runs, and closes it whatever happens. */
export async function withStore<T>({ server }: PublicConfiguration, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore(server.store.path);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Opens the store for reading, beside a running `serve`. */
export function withStoreReader<T>(
  { server }: PublicConfiguration,
  use: (store: StoreReader) => Promise<T>,
): Promise<T> {
  return readStore(server.store.path, use);
}

/** The same, of a file that the administrator named: the configuration has no part in it. */
export async function withNamedStore<T>(path: string, use: (store: StoreReader) => Promise<T>): Promise<T> {
  if (!existsSync(path)) throw new CommandError(`There is no file ${path}.`);
  return readStore(path, use);
}

async function readStore<T>(path: string, use: (store: StoreReader) => Promise<T>): Promise<T> {
  const store = await openSqliteStoreForReading(path);
  try {
    return await use(store);
  } catch (error) {
    throw isUnreadable(error) ? unreadable(path, error) : error;
  } finally {
    await store.close();
  }
}

/** What SQLite, a number or a document says when somebody else, or a disk, has changed what is in the file. */
function isUnreadable(error: unknown): error is Error {
  if (error instanceof SyntaxError) return true;
  return (
    error instanceof Error && 'code' in error && ['ERR_SQLITE_ERROR', 'ERR_OUT_OF_RANGE'].includes(String(error.code))
  );
}

function unreadable(path: string, error: Error): StoreError {
  const text = `${path} holds what Mortise cannot read (${error.message}): it is damaged, or was changed. Keep it as it is, and restore the newest backup that \`mortise log verify --store FILE\` finds whole.`;
  return new StoreError('damaged', text, { cause: error });
}
