/** `mortise serve`: the production entry. Runs until SIGINT or SIGTERM; answers what is under way before it ends. */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { startAdministration } from '../administration/listener.ts';
import { problemText } from '../config/problem.ts';
import { openLdapDirectory } from '../directory/ldap.ts';
import { keepRecord } from '../server/record-keeping.ts';
import { startServer } from '../server/serve.ts';
import { readConfigurationToServe, withStore } from './open.ts';
import type { ConfigOption } from './open.ts';

export async function serve(options: ConfigOption): Promise<number> {
  const configuration = readConfigurationToServe(options);
  const log = pino({ name: 'mortise' }, pino.destination({ dest: 2, sync: false }));
  for (const warning of configuration.warnings) log.warn(problemText(warning));
  const { ldapCaFile, publicBaseUrl } = configuration.server;
  const ca = ldapCaFile === undefined ? undefined : readFileSync(ldapCaFile, 'utf8');
  return withStore(configuration, async (store) => {
    const now = () => new Date();
    const { masterKey, record } = configuration.server;
    const keeping = await keepRecord({ store, masterKey, retentionDays: record?.retentionDays, now, log });
    try {
      const server = await startServer(configuration, {
        store,
        log,
        now,
        openDirectory: (gateway) => openLdapDirectory(gateway, { ...(ca !== undefined && { ca }), log }),
      });
      const administration = await startAdministration(configuration.server.store.path, server.administration);
      const stopped = firstSignal(() => log.info({ address: server.address, publicBaseUrl }, 'listening'));
      const reason = await Promise.race([stopped, store.failed]);
      if (reason instanceof Error) log.fatal({ err: reason }, 'the store cannot be written any more: start serve anew');
      else log.info({ signal: reason }, 'stopping');
      await administration.close();
      await server.close();
      return reason instanceof Error ? 1 : 0;
    } finally {
      // Last: its checkpoint signs what was answered in the end.
      await keeping.close();
    }
  });
}

/**
 * The handlers stay: Ctrl+C comes twice, from the terminal and from bin/mortise.js, and a second signal must not cut off
 * what is under way. server.close() ends in any case.
 */
async function firstSignal(ready: () => void): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, resolve);
    ready();
  });
}
