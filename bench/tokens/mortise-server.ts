/**
 * Process: Mortise as `serve` runs it (commands/serve.ts), over a site that was made for it: store on disk, records durable
 * and sealed, a line of its log for each request. Only the directory may be the embedded one.
 */
import { once } from 'node:events';
import { pino } from 'pino';
import { loadConfiguration } from '../../src/config/load.ts';
import { openLdapDirectory } from '../../src/directory/ldap.ts';
import { keepRecord } from '../../src/server/record-keeping.ts';
import { startServer } from '../../src/server/serve.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { openForest } from './forest.ts';
import type { MortiseGiven } from './mortise.ts';

const ended = Promise.race([once(process, 'disconnect'), once(process, 'SIGTERM'), once(process, 'SIGINT')]);
const [{ configurationFile, devices }] = (await once(process, 'message')) as [MortiseGiven];
const configuration = loadConfiguration({ path: configurationFile }, { env: {} });
const log = pino({ name: 'mortise' }, pino.destination({ dest: 2, sync: false }));
const now = (): Date => new Date();
const store = await openSqliteStore(configuration.server.store.path);
try {
  const { masterKey } = configuration.server;
  const keeping = await keepRecord({ store, masterKey, retentionDays: undefined, now, log });
  const server = await startServer(configuration, {
    store,
    log,
    now,
    openDirectory: (gateway, ca) =>
      devices === undefined
        ? openLdapDirectory(gateway, { ...(ca !== undefined && { ca }), log })
        : openForest(devices),
  });
  process.send?.('listening');
  await ended;
  await server.close();
  await keeping.close();
} finally {
  await store.close();
  if (process.connected) process.disconnect?.();
}
