/** What most commands need first: the configuration, and the store it names. */
import { loadConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/load.ts';
import { openSqliteStore, openSqliteStoreForReading } from '../store/sqlite.ts';
import type { Store, StoreReader } from '../store/store.ts';

export interface ConfigOption {
  readonly config: string;
}

/** @throws ConfigurationError with every problem of the file */
export function readConfiguration({ config }: ConfigOption): Configuration {
  return loadConfiguration({ path: config }, { env: process.env });
}

/** Opens the store, runs, and closes it whatever happens. */
export async function withStore<T>(configuration: Configuration, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore(configuration.server.store.path);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Opens the store for reading, beside a running `serve`. */
export async function withStoreReader<T>(
  configuration: Configuration,
  use: (store: StoreReader) => Promise<T>,
): Promise<T> {
  const store = await openSqliteStoreForReading(configuration.server.store.path);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
