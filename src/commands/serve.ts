/** `mortise serve`: the production entry. Runs until SIGINT or SIGTERM; answers what is under way before it ends. */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { openLdapDirectory } from '../directory/ldap.ts';
import { startServer } from '../server/serve.ts';
import { readConfiguration, withStore } from './open.ts';
import type { ConfigOption } from './open.ts';

export async function serve(options: ConfigOption): Promise<number> {
  const configuration = readConfiguration(options);
  const log = pino({ name: 'mortise' }, pino.destination({ dest: 2, sync: false }));
  for (const warning of configuration.warnings) log.warn({ path: warning.path }, warning.message);
  const { ldapCaFile } = configuration.server;
  const ca = ldapCaFile === undefined ? undefined : readFileSync(ldapCaFile, 'utf8');
  await withStore(configuration, async (store) => {
    const server = await startServer(configuration, {
      store,
      log,
      now: () => new Date(),
      openDirectory: (gateway) => openLdapDirectory(gateway, { ...(ca !== undefined && { ca }), log }),
    });
    log.info({ address: server.address, publicBaseUrl: configuration.server.publicBaseUrl }, 'listening');
    await untilStopped(log);
    await server.close();
  });
  return 0;
}

async function untilStopped(log: Logger): Promise<void> {
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, resolve);
  });
  log.info({ signal }, 'stopping');
}
