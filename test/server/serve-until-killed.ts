/**
 * Mortise on a configuration of the rehearsal's, its record sealed all the time; prints its port, then answers until it is
 * killed. Argument: the configuration file.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { openRecordKey } from '../../src/audit/record-key.ts';
import { openSealing } from '../../src/audit/sealing.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { startServer } from '../../src/server/serve.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';

const configuration = loadConfiguration({ path: process.argv[2] ?? '' }, { env: {} });
const store = await openSqliteStore(configuration.server.store.path);
const now = () => new Date();
const server = await startServer(configuration, {
  store,
  log: pino({ level: 'silent' }),
  now,
  openDirectory: () => openSampleDirectory(sampleForest),
});
const { key } = await openRecordKey(store.checkpoints, configuration.server.masterKey, { now: now(), randomBytes });
const sealing = await openSealing({
  ...store,
  key,
  now,
  changed: () => {
    throw new Error('what was signed before the kill has gone');
  },
});
process.stdout.write(`${server.address.port}\n`);
for (;;) {
  await sleep(20);
  await sealing.seal();
}
