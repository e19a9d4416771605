/**
 * The rehearsal's world: Mortise as `serve` runs it, a sample forest as its directory, a small KDC, a strict local Entra
 * and one Windows device. Owns their lifetime; a plan (plan.ts) says what is wrong in it.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { pino } from 'pino';
import type { Configuration } from '../config/load.ts';
import type { Directory } from '../directory/directory.ts';
import { texts } from '../directory/entry.ts';
import type { Entry } from '../directory/entry.ts';
import { SAMPLE_BASE_DN, SAMPLE_DOMAIN, sampleForest } from '../directory/sample-forest.ts';
import { openSampleDirectory } from '../directory/sample.ts';
import { serviceConnectionPoint } from '../directory/sample-scp.ts';
import { applicationUrls } from '../model/urls.ts';
import type { ApplicationUrls } from '../model/urls.ts';
import { Refusal } from '../refusal.ts';
import { startServer } from '../server/serve.ts';
import type { Store } from '../store/store.ts';
import type { Device } from './device.ts';
import { startLocalEntra } from './entra/local-entra.ts';
import type { LocalEntra } from './entra/local-entra.ts';
import { believedSettings } from './federation.ts';
import { openHttpClient } from './http-client.ts';
import type { HttpClient } from './http-client.ts';
import type { Plan } from './plan.ts';
import { choosePorts } from './ports.ts';
import type { JoiningComputer } from './registration.ts';
import { SAMPLE_IDS } from './sample-configuration.ts';
import { sampleTickets } from './sample-tickets.ts';
import { makeUserCertificate } from './user-certificate.ts';
import { prepareWorkspace } from './workspace.ts';

const HOSTS = {
  mortise: 'sso.localhost',
  login: 'login.localhost',
  drs: 'enterpriseregistration.localhost',
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

export async function openWorld(plan: Plan, options: WorldOptions): Promise<World> {
  const now = (): Date => new Date();
  const tenantId = randomUUID();
  const ports = await choosePorts(options.port);
  const publicBaseUrl = `https://${HOSTS.mortise}:${ports.mortise}`;
  const workspace = await prepareWorkspace({
    plan,
    publicBaseUrl,
    port: ports.mortise,
    hosts: Object.values(HOSTS),
    now: now(),
  });
  const { configuration, store, tls } = workspace;
  const forest = [...sampleForest, ...serviceConnectionPoint(SAMPLE_DOMAIN, tenantId)];
  const directory = openSampleDirectory(forest);

  const mortise = await startServer(configuration, {
    store,
    log: pino({ level: options.logLevel ?? 'silent' }, pino.destination(2)),
    now: () => new Date(Date.now() + plan.mortiseClockMs),
    openDirectory: () => (plan.directoryAnswers ? openSampleDirectory(forest) : downDirectory(configuration)),
  });
  const entra = await startLocalEntra({
    tls: { key: tls.privateKey, cert: tls.certificate },
    loginHost: HOSTS.login,
    drsHost: HOSTS.drs,
    port: ports.entra,
    now: () => new Date(Date.now() + plan.entraClockMs),
    tenantId,
    tenantName: 'Example (rehearsal)',
    domains: [
      { name: SAMPLE_DOMAIN, verified: true, federation: await believedSettings(configuration, store, plan, now()) },
    ],
    directoryComputers: forest.flatMap(directoryComputer),
  });
  entra.setPolicy({ blockDeviceRegistration: plan.registrationBlocked });

  const http = openHttpClient(tls.ca);
  const computer = joiningComputer(forest, plan.computer);
  const userCertificate = await makeUserCertificate(computer.objectGuid, now());
  if (options.fallback === 'synchronised') {
    entra.syncDevice({
      objectGUID: computer.objectGuid,
      objectSid: computer.objectSid,
      displayName: computer.displayName,
      userCertificate: userCertificate.certificate,
    });
  }
  return {
    device: {
      computer,
      directory,
      forestRoot: SAMPLE_BASE_DN,
      forest: SAMPLE_DOMAIN,
      login: entra.urls.login,
      drs: entra.urls.drs,
      http,
      ticketFor: sampleTickets({ plan, password: workspace.serviceAccountPassword, now, randomBytes }),
      fallback: options.fallback === 'disabled' ? undefined : { userCertificateKey: userCertificate.privateKey },
      now,
      randomUUID,
    },
    store,
    configuration,
    configurationFile: workspace.configurationFile,
    urls: applicationUrls(publicBaseUrl, SAMPLE_IDS.application),
    entra,
    caFile: workspace.caFile,
    ca: tls.ca,
    close: () => closeAll(http, [mortise, entra, directory, store], workspace.folder),
  };
}

/** In order; the folder goes with its secrets. */
async function closeAll(http: HttpClient, parts: readonly { close(): Promise<void> }[], folder: string): Promise<void> {
  http.close();
  for (const part of parts) await part.close();
  rmSync(folder, { recursive: true, force: true });
}

/** What the LDAP directory says when no domain controller answers. */
function downDirectory({ environment }: Configuration): Directory {
  const servers = environment.gateways.flatMap((gateway) => gateway.serversHostAndPort).join(', ');
  return {
    search: async () => {
      throw new Refusal('directory-down', { actual: `${servers}: connect ECONNREFUSED` });
    },
    close: async () => undefined,
  };
}

const first = (entry: Entry, attribute: string): string => texts(entry, attribute)[0] ?? '';

function isSampleComputer(entry: Entry): boolean {
  return texts(entry, 'objectClass').includes('computer');
}

function directoryComputer(entry: Entry): { objectGUID: string; objectSid: string; name: string }[] {
  if (!isSampleComputer(entry)) return [];
  return [{ objectGUID: first(entry, 'objectGUID'), objectSid: first(entry, 'objectSid'), name: first(entry, 'cn') }];
}

function joiningComputer(forest: readonly Entry[], sAMAccountName: string): JoiningComputer {
  const entry = forest.find((candidate) => first(candidate, 'sAMAccountName') === sAMAccountName);
  if (entry === undefined) throw new Error(`the sample forest has no ${sAMAccountName}`);
  return {
    sAMAccountName,
    displayName: first(entry, 'cn'),
    domain: SAMPLE_DOMAIN,
    domainController: `DC1.${SAMPLE_DOMAIN}`,
    objectGuid: first(entry, 'objectGUID'),
    objectSid: first(entry, 'objectSid'),
  };
}
