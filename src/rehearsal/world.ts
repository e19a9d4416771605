/**
 * The rehearsal's world: Mortise as `serve` runs it, a sample forest as its directory, a small KDC, a strict local Entra
 * and one Windows device. Owns their lifetime; a plan (plan.ts) says what is wrong in it.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { Configuration } from '../config/load.ts';
import type { Directory } from '../directory/directory.ts';
import type { Entry } from '../directory/entry.ts';
import { SAMPLE_BASE_DN, SAMPLE_DOMAIN, SAMPLE_PEOPLE } from '../directory/sample-domain.ts';
import { sampleForest } from '../directory/sample-forest.ts';
import { openSampleDirectory } from '../directory/sample.ts';
import { serviceConnectionPoint } from '../directory/sample-scp.ts';
import { applicationUrls } from '../model/urls.ts';
import type { ApplicationUrls } from '../model/urls.ts';
import { Refusal } from '../refusal.ts';
import { startServer } from '../server/serve.ts';
import type { RunningServer } from '../server/serve.ts';
import type { Store } from '../store/store.ts';
import type { Device } from './device.ts';
import type { LocalEntra } from './entra/local-entra.ts';
import { openHttpClient } from './http-client.ts';
import type { HttpClient } from './http-client.ts';
import { through } from './on-the-way.ts';
import type { OnTheWay } from './on-the-way.ts';
import type { Plan } from './plan.ts';
import { choosePorts } from './ports.ts';
import type { Ports } from './ports.ts';
import { joiningComputer } from './sample-computers.ts';
import { ENTRA_HOSTS, SAMPLE_INITIAL_DOMAIN, startSampleEntra, synchronise } from './sample-entra.ts';
import { personOf, samplePasswordsOfPeople, withUpnSuffix } from './sample-people.ts';
import type { Person } from './sign-in.ts';
import { onItsWay } from './signing-gateway.ts';
import { SAMPLE_IDS } from './sample-configuration.ts';
import { sampleTickets } from './sample-tickets.ts';
import type { ClientTicket } from './windows-transport-client.ts';
import { makeUserCertificate } from './user-certificate.ts';
import { prepareWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

const HOSTS = {
  mortise: 'sso.localhost',
  ...ENTRA_HOSTS,
} as const;

/** Whether the device may fall back to a synchronised join, and whether Entra Connect has synchronised it. */
export type Fallback = 'disabled' | 'synchronised' | 'not-synchronised';

export interface WorldOptions {
  readonly fallback: Fallback;
  /** Port of Mortise, the local Entra takes the next one; 0 takes free ones. */
  readonly port: number | undefined;
  /** Mortise's log; silent when absent. */
  readonly logLevel?: string;
}

export interface World {
  readonly device: Device;
  /** Who signs in once the device has joined. */
  readonly person: Person;
  readonly browsers: Browsers;
  /** What the plan lets happen to the device in Entra, and on the way of its requests. */
  readonly betweenJoinAndSignIn: (deviceId: string) => void;
  readonly store: Store;
  readonly configuration: Configuration;
  readonly configurationFile: string;
  readonly urls: ApplicationUrls;
  readonly entra: LocalEntra;
  /** PEM file of the throw-away authority that signed all certificates here, and its text. */
  readonly caFile: string;
  readonly ca: string;
  close(): Promise<void>;
}

/** What the browsers of people need. */
export interface Browsers {
  readonly http: HttpClient;
  /** Of whom Entra wants a second factor. The person of the rehearsal is left without one, to be tried by hand. */
  readonly withSecondFactor: Person;
  /** The Kerberos tickets of whoever is signed in at a computer of the domain. */
  readonly ticketFor: (host: string) => ClientTicket;
}

const ATTEMPTS = 5;

/** @throws the listener's error when a port that was asked for is taken; nothing stays open then */
export async function openWorld(plan: Plan, options: WorldOptions): Promise<World> {
  const asked = options.port !== undefined && options.port !== 0;
  for (let attempt = 1; ; attempt++) {
    const ports = await choosePorts(attempt === 1 ? options.port : 0);
    try {
      return await openWorldAt(ports, plan, options);
    } catch (error) {
      // Somebody else, such as a second rehearsal, took the port since it was looked at.
      if (asked || attempt === ATTEMPTS || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

async function openWorldAt(ports: Ports, plan: Plan, options: WorldOptions): Promise<World> {
  const parts: Closable[] = [];
  const opened = <T extends Closable>(part: T): T => {
    parts.push(part);
    return part;
  };
  try {
    return await build(ports, plan, options, opened, () => closeAll(parts));
  } catch (error) {
    await closeAll(parts);
    throw error;
  }
}

interface Closable {
  close(): Promise<void> | void;
}

/** Last opened, first closed; one that fails does not keep the others open. */
async function closeAll(parts: Closable[]): Promise<void> {
  const part = parts.pop();
  if (part === undefined) return;
  try {
    await part.close();
  } finally {
    await closeAll(parts);
  }
}

async function build(
  ports: Ports,
  plan: Plan,
  options: WorldOptions,
  opened: <T extends Closable>(part: T) => T,
  close: () => Promise<void>,
): Promise<World> {
  const now = (): Date => new Date();
  const tenantId = randomUUID();
  const publicBaseUrl = `https://${HOSTS.mortise}:${ports.mortise}`;
  const hosts = Object.values(HOSTS);
  const loginSrf = `https://${HOSTS.login}:${ports.entra}/login.srf`;
  const files = { plan, publicBaseUrl, port: ports.mortise, loginSrf, hosts, now: now() };
  const workspace = opened(await prepareWorkspace(files));
  const { configuration, configurationFile, store, tls, caFile } = workspace;
  const forest = [...withUpnSuffix(sampleForest, plan), ...scp(plan, tenantId)];
  opened(await startMortise(workspace, plan, forest, options.logLevel));
  const entra = opened(await startSampleEntra(workspace, plan, forest, { tenantId, port: ports.entra, now: now() }));
  const computer = joiningComputer(forest, plan.computer);
  const userCertificate = await makeUserCertificate(computer.objectGuid, now());
  if (options.fallback === 'synchronised' || plan.userCertificateInEntra === 'current')
    synchronise(entra, computer, userCertificate.certificate);
  if (plan.userCertificateInEntra === 'earlier')
    synchronise(entra, computer, (await makeUserCertificate(computer.objectGuid, now())).certificate);
  const password = plan.serviceAccountPassword === 'same' ? workspace.serviceAccountPassword : randomUUID();
  const tickets = { plan, password, now, randomBytes };
  const http = opened(openHttpClient(tls.ca));
  let later: OnTheWay = (request, pass) => pass(request);
  const device: Device = {
    computer,
    directory: opened(openSampleDirectory(forest)),
    forestRoot: SAMPLE_BASE_DN,
    forest: SAMPLE_DOMAIN,
    login: entra.urls.login,
    drs: entra.urls.drs,
    deviceLogin: entra.urls.deviceLogin,
    deviceDrs: entra.urls.deviceDrs,
    clientWith: (certificate) => openHttpClient(tls.ca, certificate),
    http: through(onItsWay(http, plan, workspace.gatewayKey), (request, pass) => later(request, pass)),
    ticketFor: sampleTickets(tickets),
    userCertificateKey: userCertificate.privateKey,
    fallbackToSyncJoin: options.fallback !== 'disabled',
    now: () => new Date(Date.now() + plan.deviceClockMs),
    randomUUID,
  };
  const urls = applicationUrls(publicBaseUrl, SAMPLE_IDS.application);
  const person = personOf(forest, plan);
  const browsers: Browsers = {
    http: onItsWay(opened(openHttpClient(tls.ca)), plan, undefined),
    withSecondFactor: personOf(forest, plan, SAMPLE_PEOPLE.mailNotUpn),
    ticketFor: sampleTickets({ ...tickets, person: plan.person }),
  };
  const betweenJoinAndSignIn = (deviceId: string): void => {
    later = plan.onTheWayLater ?? later;
    if (plan.deviceInEntra === 'disabled') entra.setDeviceEnabled(deviceId, false);
    if (plan.deviceInEntra === 'deleted') entra.deleteDevice(deviceId);
  };
  const own = { store, configuration, configurationFile, urls, entra, caFile, ca: tls.ca };
  return { device, person, browsers, betweenJoinAndSignIn, ...own, close };
}

/** The service connection point of the sample forest, if it has one. */
function scp(plan: Plan, tenantId: string): readonly Entry[] {
  const name = plan.scpName({ domain: SAMPLE_DOMAIN, initialDomain: SAMPLE_INITIAL_DOMAIN, tenantId });
  return name === undefined ? [] : serviceConnectionPoint(name, tenantId);
}

/** As `serve` starts it, but for directory, clock and log. */
function startMortise(
  { configuration, store }: Workspace,
  plan: Plan,
  forest: readonly Entry[],
  logLevel = 'silent',
): Promise<RunningServer> {
  return startServer(configuration, {
    store,
    // As in `serve`: a line waits for no disk.
    log: pino({ level: logLevel }, pino.destination({ dest: 2, sync: false })),
    now: () => new Date(Date.now() + plan.mortiseClockMs),
    openDirectory: () =>
      plan.directoryAnswers
        ? openSampleDirectory(forest, { passwords: samplePasswordsOfPeople })
        : downDirectory(configuration),
  });
}

/** What the LDAP directory says when no domain controller answers. */
function downDirectory({ environment }: Configuration): Directory {
  const servers = environment.gateways.flatMap((gateway) => gateway.serversHostAndPort).join(', ');
  const down = async (): Promise<never> => {
    throw new Refusal('directory-down', { actual: `${servers}: connect ECONNREFUSED` });
  };
  return {
    search: down,
    checkPassword: down,
    changePassword: down,
    close: async () => undefined,
  };
}
