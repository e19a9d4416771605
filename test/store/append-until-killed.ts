/** Appends records from several callers and prints the id of each once it is acknowledged, until it is killed. Argument: the store's path. */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { issued } from './sample-activity.ts';

const CALLERS = 8;
const store = await openSqliteStore(process.argv[2] ?? '');

await Promise.all(
  Array.from({ length: CALLERS }, async () => {
    for (;;) {
      const id = randomUUID();
      await store.activities.append(issued(id, new Date().toISOString()));
      // Synchronous: what has been acknowledged is said before anything else happens.
      writeSync(1, `${id}\n`);
    }
  }),
);
