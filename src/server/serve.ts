/**
 * The server, wired in one visible function: configuration in, a listening Mortise out.
 * Owns the lifetime of listener, directories and store. The rehearsal starts the same server with a directory of its own.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ListenerDependencies } from '../administration/listener.ts';
import type { Configuration } from '../config/load.ts';
import type { Directory } from '../directory/directory.ts';
import { ReplayCache } from '../kerberos/replay.ts';
import { loadSigningKeys } from '../keys/protection.ts';
import type { SigningKey } from '../keys/signing-key.ts';
import type { Gateway } from '../model/gateway.ts';
import { openAttempts } from '../signin/attempts.ts';
import { issueToken } from '../signin/issue.ts';
import { answerOnce } from '../signin/resend.ts';
import { openSecondFactors } from '../signin/second-factor/second-factors.ts';
import { openSessions } from '../signin/browser/sessions.ts';
import { openSpraying } from '../signin/spraying.ts';
import type { Store, StoredSigningKey } from '../store/store.ts';
import { applicationFinder, ownHosts } from './application-hosts.ts';
import { mountBrowserRoutes } from './browser/mount.ts';
import { openBrowserService } from './browser/open-service.ts';
import { TIMEOUTS } from './http-limits.ts';
import { createHttpServer } from './http-server.ts';
import type { HttpServer } from './http-server.ts';
import { issuingApplications, openGateways } from './issuing.ts';
import type { OpenedGateways } from './issuing.ts';
import { networkMatcher } from './networks.ts';
import { mountRoutes } from './routes.ts';
import { tlsServerEndPoints } from './tls-server-end-point.ts';
import type { TokenService } from './token-endpoint.ts';

export interface ServeDependencies {
  readonly store: Store;
  readonly openDirectory: (gateway: Gateway) => Directory;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface RunningServer {
  /** For orders that come beside HTTP, from this machine (administration/). */
  readonly administration: ListenerDependencies;
  /** Where it listens; the port that the system chose when the configuration says 0. */
  readonly address: AddressInfo;
  /**
   * Answers what is under way, then closes listener and directories. The store is the caller's.
   *
   * @param graceMs how long requests that do not end may take; ten seconds when absent
   */
  close(graceMs?: number): Promise<void>;
}

/** Why `serve` does not start, in words for the administrator. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export async function startServer(configuration: Configuration, given: ServeDependencies): Promise<RunningServer> {
  const { server: settings, environment } = configuration;
  const { store, log, now } = given;
  const signingKeys = await requireSigningKeys(configuration, await store.signingKeys.list());
  const endPoints = tlsServerEndPoints(readFileSync(settings.tls.certificateFile));
  const behindProxy = settings.trustedProxies.length > 0;
  const opened = openGateways(environment, settings.publicBaseUrl, given.openDirectory, behindProxy);
  const flow = {
    users: store.users,
    activities: store.activities,
    environment,
    signingKeys,
    replay: new ReplayCache(),
    tlsServerEndPoints: () => endPoints,
    attempts: openAttempts(randomBytes(32)),
    spraying: openSpraying((ms) => sleep(ms, undefined, { ref: false })),
    familiarSources: store.familiarSources,
    randomUUID,
    clock: () => performance.now(),
  };
  const applications = issuingApplications(environment, settings.publicBaseUrl, opened);
  const service: TokenService = {
    applications,
    applicationAt: applicationFinder(applications),
    isOwnHost: ownHosts(settings.publicBaseUrl, applications),
    issue: answerOnce((request) => issueToken(request, flow), randomBytes(32)),
    sourceAllowed: networkMatcher(settings.windowsTransportNetworks),
    now,
    log,
  };
  const { masterKey } = settings;
  const secondFactors = openSecondFactors({ store: store.secondFactors, masterKey, randomBytes, randomUUID });
  const sessions = openSessions({ store: store.sessions, randomBytes });
  const dependencies = { ...flow, sessions, secondFactors };
  const browser = openBrowserService(configuration, { applications, dependencies, randomBytes, now, log });
  try {
    const http = createHttpServer(settings, log);
    mountRoutes(http, settings.publicBaseUrl, service);
    mountBrowserRoutes(http, browser);
    await http.listen(settings.listen);
    const address = http.server.address() as AddressInfo;
    const administration: ListenerDependencies = {
      users: store.users,
      gateways: environment.gateways,
      secondFactors,
      storedFactors: store.secondFactors,
      endSessions: (userId) => sessions.endOfUser(userId),
      activities: store.activities,
      now,
      randomUUID,
      log,
    };
    return { address, administration, close: (graceMs = TIMEOUTS.stop) => stop(http, opened, graceMs, log) };
  } catch (error) {
    await closeDirectories(opened);
    throw error;
  }
}

/** Node checks its own time limits no more once it stops, so a client that never ends its request is cut off here. */
async function stop(http: HttpServer, opened: OpenedGateways, graceMs: number, log: Logger): Promise<void> {
  const cutOff = setTimeout(() => {
    log.warn('requests that did not end are cut off');
    http.server.closeAllConnections();
  }, graceMs);
  await http.close();
  clearTimeout(cutOff);
  await closeDirectories(opened);
}

async function closeDirectories({ directories }: OpenedGateways): Promise<void> {
  await Promise.all([...directories.values()].map((directory) => directory.close()));
}

/**
 * A missing key is found out at start, not by the first device.
 *
 * @throws StartError when an application has none; KeyError when the master key does not open one
 */
export async function requireSigningKeys(
  { server, environment }: Pick<Configuration, 'server' | 'environment'>,
  stored: readonly StoredSigningKey[],
): Promise<readonly SigningKey[]> {
  const signing = environment.applications.filter((application) => application.enabled);
  const named = new Set(signing.map((application) => application.idpSigning.key.id));
  // Keys that no application names may be under an old master key: they keep nobody from signing.
  const signingKeys = await loadSigningKeys(
    stored.filter((key) => named.has(key.id)),
    server.masterKey,
  );
  const present = new Set(signingKeys.map((key) => key.id));
  const missing = signing.filter((application) => !present.has(application.idpSigning.key.id));
  if (missing.length === 0) return signingKeys;
  const lines = missing.map(
    (application) => `  ${application.name}: idpSigning.key.id ${application.idpSigning.key.id}`,
  );
  throw new StartError(
    `The store holds no signing key for:\n${lines.join('\n')}\nMake one with \`mortise keys create --config FILE\`, or bring one with \`mortise keys import\`.`,
  );
}
