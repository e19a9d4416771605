/**
 * The server, wired in one visible function: configuration in, a listening Mortise out.
 * Owns the lifetime of listener, directories and of what outlasts a change of the configuration. The rehearsal starts the
 * same server with a directory of its own.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ListenerDependencies } from '../administration/listener.ts';
import type { Configuration } from '../config/load.ts';
import type { ReplayCache } from '../kerberos/replay.ts';
import type { ServerSettings } from '../model/server.ts';
import { openAttempts } from '../signin/attempts.ts';
import { answerOnce } from '../signin/resend.ts';
import { openSecondFactors } from '../signin/second-factor/second-factors.ts';
import { openSessions } from '../signin/browser/sessions.ts';
import { openSpraying } from '../signin/spraying.ts';
import type { Store } from '../store/store.ts';
import { mountBrowserRoutes } from './browser/mount.ts';
import { openDirectoryPool } from './directory-pool.ts';
import type { DirectoryPool, OpenDirectory } from './directory-pool.ts';
import { watchExpiry } from './expired-credentials.ts';
import { makeGeneration } from './generation.ts';
import type { Generation, Lasting } from './generation.ts';
import { mountHealth, openReadiness, watchRecord } from './health.ts';
import { limitsOf, TIMEOUTS } from './http-limits.ts';
import { createHttpServer } from './http-server.ts';
import type { HttpServer } from './http-server.ts';
import type { MetricsListener } from './metrics/listener.ts';
import type { Metrics } from './metrics/open-metrics.ts';
import { metricsSources } from './metrics/sources.ts';
import { requireReloadable } from './reload.ts';
import { openReplayMemory } from './replay-memory.ts';
import { mountRoutes } from './routes.ts';
import { ownCertificates, tlsOptions } from './tls-context.ts';

export interface ServeDependencies {
  readonly store: Store;
  readonly openDirectory: OpenDirectory;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface RunningServer {
  /** For orders that come beside HTTP, from this machine (administration/). */
  readonly administration: ListenerDependencies;
  /** Where it listens; the port that the system chose when the configuration says 0. */
  readonly address: AddressInfo;
  /** Where metrics are read; undefined where `server.metrics` is absent. */
  readonly metricsAddress: AddressInfo | undefined;
  /**
   * Puts another configuration in force, all of it at once: requests under way end by the one that they began with. Keys,
   * keytabs, certificates and the logo are read anew. Where it rejects, nothing has changed.
   *
   * @throws ReloadError for what a start alone takes up, and whatever keeps a server from starting
   */
  reload(configuration: Configuration): Promise<void>;
  /** Tells the metrics that a changed file was refused before it came to `reload`. */
  noteRefusal(): void;
  /**
   * Answers what is under way, then closes listener and directories. The store is the caller's.
   *
   * @param graceMs how long requests that do not end may take; ten seconds when absent
   */
  close(graceMs?: number): Promise<void>;
}

export async function startServer(configuration: Configuration, outer: ServeDependencies): Promise<RunningServer> {
  const { server: settings } = configuration;
  const { log, now } = outer;
  const metrics = settings.metrics && (await openMetrics(settings.metrics, log));
  const record = watchRecord(outer.store.activities, now);
  const activities = metrics?.counted(record.activities) ?? record.activities;
  const given = { ...outer, store: { ...outer.store, activities } };
  let inForce: Generation | undefined;
  const current = (): Generation => {
    if (inForce === undefined) throw new Error('no configuration is in force yet');
    return inForce;
  };
  const replay = await openReplayMemory(given.store.authenticators, now(), log);
  const lasting = openLasting(configuration, given, replay, current);
  const directories = openDirectoryPool(given.openDirectory, limitsOf(settings).requestSeconds * 1_000);

  let shown = ownCertificates(settings.tls);
  let metricsListener: MetricsListener | undefined;

  const take = async (next: Configuration, putToUse: () => void): Promise<void> => {
    const { ldapCaFile } = next.server;
    const prepared = directories.prepare(ldapCaFile === undefined ? undefined : readFileSync(ldapCaFile, 'utf8'));
    try {
      const made = await makeGeneration(next, lasting, prepared, inForce);
      const certificates = ownCertificates(next.server.tls);
      putToUse();
      [inForce, shown] = [made, certificates];
      prepared.commit();
      metrics?.reloads.taken(now());
    } catch (error) {
      await prepared.abandon();
      throw error;
    }
  };
  try {
    await take(configuration, () => undefined);
    const { http, counts } = createHttpServer(settings, log);
    mountRoutes(http, settings.publicBaseUrl, () => current().service);
    mountBrowserRoutes(http, () => current().browser);
    const applications = () => current().service.applications;
    const certificates = () => (settings.trustedProxies.length > 0 ? [] : shown.map(({ certificate }) => certificate));
    const readiness = openReadiness({ ...given, recordFails: record.fails, applications, certificates });
    mountHealth(http, readiness);
    const sources = { http, counts, readiness, replay, store: given.store, shown: () => shown, applications };
    metricsListener = await metrics?.listen(metricsSources(settings, sources));
    // A copy: Fastify writes into what it is given.
    await http.listen({ ...settings.listen });
    const expiry = watchExpiry({ ...given, store: given.store.serviceCredentials, current });
    let last: Promise<void> = Promise.resolve();
    const reloadAfter = async (before: Promise<void>, next: Configuration): Promise<void> => {
      await before;
      requireReloadable(current().configuration.server, next.server);
      await take(next, () => http.server.setSecureContext(tlsOptions(next.server.tls)));
    };
    return {
      address: http.server.address() as AddressInfo,
      metricsAddress: metricsListener?.address,
      administration: administrationOf(given.store, lasting, current),
      reload(next) {
        // One after the other: each is compared with the one that is in force then.
        const done = reloadAfter(last, next);
        last = done.catch(() => metrics?.reloads.refused());
        return done;
      },
      noteRefusal: () => metrics?.reloads.refused(),
      close: async (graceMs = TIMEOUTS.stop) => {
        await expiry.close();
        await stop(http, directories, graceMs, log);
        await metricsListener?.close();
      },
    };
  } catch (error) {
    await metricsListener?.close();
    await directories.close();
    throw error;
  }
}

/** Loaded where it is asked for: the library takes a tenth of a start. */
async function openMetrics(settings: NonNullable<ServerSettings['metrics']>, log: Logger): Promise<Metrics> {
  const { openMetrics: open } = await import('./metrics/open-metrics.ts');
  return open(settings, { log, clock: () => performance.now() });
}

/** What is remembered across configurations: a change of the file is no way around a guard, and ends no session. */
function openLasting(
  { server: { masterKey } }: Configuration,
  { store, log, now }: ServeDependencies,
  replay: ReplayCache,
  current: () => Generation,
): Lasting {
  return {
    store,
    randomBytes,
    now,
    log,
    dependencies: {
      users: store.users,
      activities: store.activities,
      replay,
      attempts: openAttempts(randomBytes(32)),
      spraying: openSpraying((ms) => sleep(ms, undefined, { ref: false })),
      familiarSources: store.familiarSources,
      sessions: openSessions({ store: store.sessions, randomBytes }),
      secondFactors: openSecondFactors({ store: store.secondFactors, masterKey, randomBytes, randomUUID }),
      randomUUID,
      clock: () => performance.now(),
    },
    issue: answerOnce((request) => current().issue(request), randomBytes(32)),
  };
}

function administrationOf(
  store: Store,
  { dependencies: { sessions, secondFactors }, now, log }: Lasting,
  current: () => Generation,
): ListenerDependencies {
  return {
    users: store.users,
    get gateways() {
      return current().configuration.environment.gateways;
    },
    secondFactors,
    storedFactors: store.secondFactors,
    endSessions: (userId) => sessions.endOfUser(userId),
    activities: store.activities,
    now,
    randomUUID,
    log,
  };
}

/** Node checks its own time limits no more once it stops, so a client that never ends its request is cut off here. */
async function stop(http: HttpServer, directories: DirectoryPool, graceMs: number, log: Logger): Promise<void> {
  const cutOff = setTimeout(() => {
    log.warn('requests that did not end are cut off');
    http.server.closeAllConnections();
  }, graceMs);
  await http.close();
  clearTimeout(cutOff);
  await directories.close();
}
