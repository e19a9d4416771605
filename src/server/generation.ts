/**
 * What one configuration makes of the server: applications with their mappings and keys, and what both kinds of endpoints
 * work with. Made whole before it is put in force, so that each request sees one configuration from end to end.
 *
 * Does not own: what lasts longer than a configuration (sessions, attempts, replay memory: serve.ts).
 */
import type { Configuration } from '../config/load.ts';
import type { Asset } from '../pages/assets.ts';
import type { BrowserDependencies } from '../signin/browser/attempt.ts';
import { issueToken } from '../signin/issue.ts';
import type { IssueDependencies, Outcome, TokenRequest } from '../signin/issue.ts';
import type { Store } from '../store/store.ts';
import { applicationFinder, ownHosts } from './application-hosts.ts';
import { openBrowserService } from './browser/open-service.ts';
import type { BrowserParts } from './browser/open-service.ts';
import type { BrowserService } from './browser/service.ts';
import { withFormer } from './certificate-end-points.ts';
import type { CertificateEndPoints } from './certificate-end-points.ts';
import type { PreparedDirectories } from './directory-pool.ts';
import { issuingApplications, openGateways } from './issuing.ts';
import { networkMatcher } from './networks.ts';
import { retainCredentials } from './retained-credentials.ts';
import { openKeys, saltAsker } from './open-keys.ts';
import type { ServiceKeys } from './service-keys.ts';
import { requireSigningKeys } from './signing-keys.ts';
import { certificatesOf } from './tls-context.ts';
import { tlsServerEndPoints } from './tls-server-end-point.ts';
import type { TokenService } from './token-endpoint.ts';

/** What the flow needs beside the configuration's part of it. */
export type LastingDependencies = Omit<
  BrowserDependencies,
  'environment' | 'signingKeys' | 'tlsServerEndPoints' | 'askForSalt'
>;

export interface Lasting extends Pick<BrowserParts, 'randomBytes' | 'now' | 'log'> {
  readonly store: Store;
  readonly dependencies: LastingDependencies;
  /** The flow, with the memory of what it has answered (signin/resend.ts). */
  readonly issue: (request: TokenRequest) => Promise<Outcome>;
}

export interface Generation {
  readonly configuration: Configuration;
  readonly service: TokenService;
  readonly browser: BrowserService;
  /** Of this configuration alone: pages of the one before may still ask for theirs. */
  readonly assets: ReadonlyMap<string, Asset>;
  readonly issue: (request: TokenRequest) => Promise<Outcome>;
  readonly endPoints: CertificateEndPoints;
  readonly serviceKeys: ServiceKeys;
}

/**
 * @param before the one that is in force
 * @throws StartError, KeyError, ServiceKeyError, and the system's for a file that cannot be read
 */
export async function makeGeneration(
  configuration: Configuration,
  lasting: Lasting,
  directories: PreparedDirectories,
  before: Generation | undefined,
): Promise<Generation> {
  const { server, environment } = configuration;
  const { store, now, log, randomBytes } = lasting;
  const signingKeys = await requireSigningKeys(configuration, await store.signingKeys.list());
  const own = certificatesOf(server.tls).flatMap(tlsServerEndPoints);
  const endPoints = withFormer(own, before?.endPoints, now());
  const opened = openGateways(environment, server.publicBaseUrl, directories.open, server.trustedProxies.length > 0);
  const retained = await retainCredentials(environment.gateways, {
    store: store.serviceCredentials,
    masterKey: server.masterKey,
    now: now(),
    log,
    randomBytes,
    randomUUID: lasting.dependencies.randomUUID,
  });
  const serviceKeys = await openKeys(environment.gateways, opened, retained, before?.serviceKeys.salts(), lasting);
  const applications = issuingApplications(environment, server.publicBaseUrl, {
    ...opened,
    services: serviceKeys.services,
  });
  const dependencies = {
    ...lasting.dependencies,
    environment,
    signingKeys,
    tlsServerEndPoints: () => endPoints.at(now()),
    askForSalt: saltAsker(environment.gateways, serviceKeys, lasting),
  };
  const browser = openBrowserService(configuration, { applications, dependencies, randomBytes, now, log });
  // Last: what rejects above has changed nothing.
  await retained.keep(serviceKeys.salts());
  const files = new Map([...(before?.assets ?? []), ...browser.assets.files]);
  return {
    configuration,
    service: {
      applications,
      applicationAt: applicationFinder(applications),
      isOwnHost: ownHosts(server.publicBaseUrl, applications),
      issue: lasting.issue,
      sourceAllowed: networkMatcher(server.windowsTransportNetworks),
      now,
      log,
    },
    browser: { ...browser, assets: { ...browser.assets, files } },
    assets: browser.assets.files,
    issue: (request) => issueToken(request, dependencies satisfies IssueDependencies),
    endPoints,
    serviceKeys,
  };
}
