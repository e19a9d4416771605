/**
 * `mortise serve`: the production entry. Runs until SIGINT or SIGTERM, and answers what is under way before it ends; SIGHUP
 * has it read its configuration anew.
 */
import { availableParallelism } from 'node:os';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { startAdministration } from '../administration/listener.ts';
import type { Configuration } from '../config/load.ts';
import { problemText } from '../config/problem.ts';
import { openLdapDirectory } from '../directory/ldap.ts';
import { loggedError } from '../server/error-log.ts';
import { keepRecord } from '../server/record-keeping.ts';
import { startServer } from '../server/serve.ts';
import type { RunningServer } from '../server/serve.ts';
import { sizeThreadPool } from '../server/thread-pool.ts';
import { watchCertificates } from '../server/tls-context.ts';
import { readConfigurationToServe, withStore } from './open.ts';
import type { ConfigOption } from './open.ts';
import { explain, isExplained } from './problem.ts';

export async function serve(options: ConfigOption): Promise<number> {
  sizeThreadPool(process.env, availableParallelism());
  const configuration = readConfigurationToServe(options);
  const log = pino({ name: 'mortise' }, pino.destination({ dest: 2, sync: false }));
  for (const warning of configuration.warnings) log.warn(problemText(warning));
  const { publicBaseUrl } = configuration.server;
  return withStore(configuration, async (store) => {
    const now = () => new Date();
    const { masterKey, record } = configuration.server;
    const keeping = await keepRecord({ store, masterKey, retentionDays: record?.retentionDays, now, log });
    try {
      const server = await startServer(configuration, {
        store,
        log,
        now,
        openDirectory: (gateway, ca) => openLdapDirectory(gateway, { ...(ca !== undefined && { ca }), log }),
      });
      const administration = await startAdministration(configuration.server.store.path, server.administration);
      const taking = oneByOne(configuration, server);
      if (RELOADS) process.on('SIGHUP', () => void reload(options, taking, log, () => server.noteRefusal()));
      const certificates = watchCertificates({ tls: taking.tls, take: () => taking.again(), log });
      const { address, metricsAddress } = server;
      const stopped = firstSignal(() => log.info({ address, metricsAddress, publicBaseUrl }, 'listening'));
      const reason = await Promise.race([stopped, store.failed]);
      if (reason instanceof Error)
        log.fatal({ error: loggedError(reason) }, 'the store cannot be written any more: start serve anew');
      else log.info({ signal: reason }, 'stopping');
      certificates.close();
      await administration.close();
      await server.close();
      return reason instanceof Error ? 1 : 0;
    } finally {
      // Last: its checkpoint signs what was answered in the end.
      await keeping.close();
    }
  });
}

/** On Windows, SIGHUP says that the console is closed, and the system ends the process soon after. */
const RELOADS = process.platform !== 'win32';

interface Taking {
  readonly tls: () => Configuration['server']['tls'];
  /** @throws as RunningServer.reload */
  take(read: () => Configuration): Promise<void>;
  /** The configuration that is in force, with its files read anew. */
  again(): Promise<void>;
}

/** One change after the other: a certificate that changes meanwhile must not bring the configuration of before back. */
function oneByOne(configuration: Configuration, server: RunningServer): Taking {
  let inForce = configuration;
  let last: Promise<void> = Promise.resolve();
  const takeAfter = async (before: Promise<void>, read: () => Configuration): Promise<void> => {
    await before;
    const next = read();
    await server.reload(next);
    inForce = next;
  };
  const take = (read: () => Configuration): Promise<void> => {
    const done = takeAfter(last, read);
    last = done.catch(() => undefined);
    return done;
  };
  return { tls: () => inForce.server.tls, take, again: () => take(() => inForce) };
}

/** A file that cannot be taken up changes nothing, and says so: whoever sent the signal looks into the log. */
async function reload(options: ConfigOption, taking: Taking, log: Logger, refused: () => void): Promise<void> {
  try {
    await taking.take(() => {
      const configuration = readConfigurationToServe(options);
      for (const warning of configuration.warnings) log.warn(problemText(warning));
      return configuration;
    });
    log.info({ config: options.config }, 'the configuration is taken up');
  } catch (error) {
    refused();
    const reason = isExplained(error) ? { reason: explain(error) } : { error: loggedError(error) };
    log.error({ config: options.config, ...reason }, 'the configuration is refused: the one before stays in force');
  }
}

/**
 * The handlers stay: Ctrl+C comes twice, from the terminal and from bin/mortise.js, and a second signal must not cut off
 * what is under way. server.close() ends in any case.
 */
async function firstSignal(ready: () => void): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, resolve);
    if (!RELOADS) process.on('SIGHUP', resolve);
    ready();
  });
}
