/** What most commands need first: the configuration, and the store it names. */
import { readFileSync } from 'node:fs';
import { loadConfiguration, loadPublicConfiguration } from '../config/load.ts';
import type { Configuration, PublicConfiguration } from '../config/load.ts';
import { openSqliteStore, openSqliteStoreForReading } from '../store/sqlite.ts';
import type { Store, StoreReader } from '../store/store.ts';

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
export async function withStoreReader<T>(
  { server }: PublicConfiguration,
  use: (store: StoreReader) => Promise<T>,
): Promise<T> {
  const store = await openSqliteStoreForReading(server.store.path);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
