/** `mortise backup`: everything that Mortise keeps, in one file, taken beside a running `serve`. */
import { StoreError } from '../store/store-error.ts';
import { copyStore, putInPlace } from '../store/copy.ts';
import { openSqliteStoreForReading } from '../store/sqlite.ts';
import { readPublicConfiguration } from './open.ts';
import type { ConfigOption } from './open.ts';

export async function backupCommand(file: string, options: ConfigOption): Promise<number> {
  const { path } = readPublicConfiguration(options).server.store;
  putInPlace(await copyStore(path, file), file);
  console.log(`${file} holds everything of ${path}${await contents(file)}.`);
  console.log(
    'The master key and the configuration are not in it: keep them elsewhere. Without the master key it cannot sign.',
  );
  return 0;
}

/** Of a store that an earlier Mortise wrote, nothing is said. */
async function contents(file: string): Promise<string> {
  try {
    const store = await openSqliteStoreForReading(file);
    try {
      const last = await store.activities.last();
      const keys = await store.signingKeys.list();
      const record = last === undefined ? 'no record' : `the record up to number ${last.sequence}`;
      return `: ${record}, ${keys.length} signing ${keys.length === 1 ? 'key' : 'keys'}`;
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof StoreError && error.code === 'older') return '';
    throw error;
  }
}
