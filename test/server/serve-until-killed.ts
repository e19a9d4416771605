/** Mortise on a configuration of the rehearsal's; prints its port, then answers until it is killed. Argument: the configuration file. */
import { pino } from 'pino';
import { loadConfiguration } from '../../src/config/load.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { startServer } from '../../src/server/serve.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';

const configuration = loadConfiguration({ path: process.argv[2] ?? '' }, { env: {} });
const server = await startServer(configuration, {
  store: await openSqliteStore(configuration.server.store.path),
  log: pino({ level: 'silent' }),
  now: () => new Date(),
  openDirectory: () => openSampleDirectory(sampleForest),
});
process.stdout.write(`${server.address.port}\n`);
