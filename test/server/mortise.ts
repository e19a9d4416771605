/** Mortise as `serve` runs it, on real https, with what a test wants different; and tickets that its service account accepts. */
import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Configuration } from '../../src/config/load.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { SAMPLE_COMPUTERS, SAMPLE_REALM, SAMPLE_SERVICE_ACCOUNT } from '../../src/directory/sample-domain.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { stringToKey } from '../../src/kerberos/encryption.ts';
import type { Application } from '../../src/model/application.ts';
import type { Gateway } from '../../src/model/gateway.ts';
import type { ServerSettings } from '../../src/model/server.ts';
import { mintNegotiateToken } from '../../src/rehearsal/kdc.ts';
import type { MintedToken, NegotiateOptions } from '../../src/rehearsal/kdc.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { SAMPLE_IDS } from '../../src/rehearsal/sample-configuration.ts';
import { prepareWorkspace } from '../../src/rehearsal/workspace.ts';
import type { Workspace } from '../../src/rehearsal/workspace.ts';
import type { OpenDirectory } from '../../src/server/directory-pool.ts';
import { startServer } from '../../src/server/serve.ts';
import type { Store } from '../../src/store/store.ts';

export const HOST = 'sso.localhost';
export const APP = SAMPLE_IDS.application;
export const AUDIENCE = 'urn:federation:MicrosoftOnline';

export const PATHS = {
  mex: `/wsf/mex/${APP}`,
  mex13: `/wsf/mex13/${APP}`,
  active: `/wsf/sts/${APP}`,
  windows2005: `/wsf/sts/${APP}/2005/windowstransport`,
  windows13: `/wsf/sts/${APP}/13/windowstransport`,
  password2005: `/wsf/sts/${APP}/2005/usernamemixed`,
  password13: `/wsf/sts/${APP}/13/usernamemixed`,
} as const;

export interface Differences {
  readonly server?: Partial<ServerSettings>;
  readonly application?: Partial<Application>;
  /** Further applications, each as the first one but for what it says. */
  readonly more?: readonly Partial<Application>[];
  readonly gateway?: Partial<Gateway>;
  readonly store?: Store;
  readonly directory?: Directory;
  readonly openDirectory?: OpenDirectory;
  readonly now?: () => Date;
}

export interface RunningMortise {
  readonly port: number;
  /** Where `server.metrics` is set. */
  readonly metricsPort?: number;
  readonly ca: string;
  /** What was logged, line by line. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  /** Puts another configuration in force; of the differences only those of the configuration. */
  reload?(differences: Differences): Promise<void>;
  close(graceMs?: number): Promise<void>;
}

/** One folder with configuration, certificates and store, on which servers are started. */
export interface Ground {
  readonly workspace: Workspace;
  readonly store: Store;
  start(differences?: Differences): Promise<RunningMortise>;
  /** A ticket of DESKTOP-01$ for this server and its Negotiate token, unless said otherwise. */
  mint(differences?: Partial<NegotiateOptions>): MintedToken;
  /** Every secret of this ground as it could appear in a text. */
  secrets(): readonly string[];
  close(): Promise<void>;
}

export async function openGround(): Promise<Ground> {
  const workspace = await prepareWorkspace({
    plan: SOUND_PLAN,
    publicBaseUrl: `https://${HOST}`,
    port: 0,
    hosts: [HOST],
    now: new Date(),
  });
  const running = new Set<RunningMortise>();
  const key = serviceKey(workspace.serviceAccountPassword);
  return {
    workspace,
    store: workspace.store,
    async start(differences = {}) {
      const server = await start(workspace, differences);
      running.add(server);
      return server;
    },
    mint: (differences) => mint(key, differences),
    secrets: () => [
      workspace.serviceAccountPassword,
      workspace.configuration.server.masterKey,
      Buffer.from(key).toString('hex'),
      Buffer.from(key).toString('base64'),
      'PRIVATE KEY',
    ],
    async close() {
      for (const server of running) await server.close();
      await workspace.close();
    },
  };
}

/** [MS-KILE] 3.1.1.2: the salt is the realm and the account's name. */
export const serviceKey = (password: string): Uint8Array =>
  stringToKey(18, password, SAMPLE_REALM + SAMPLE_SERVICE_ACCOUNT.sAMAccountName);

export function mint(key: Uint8Array, differences: Partial<NegotiateOptions> = {}): MintedToken {
  return mintNegotiateToken({
    client: { name: SAMPLE_COMPUTERS.consistent, realm: SAMPLE_REALM },
    service: { principal: `HTTP/${HOST}`, realm: SAMPLE_REALM, key, etype: 18, kvno: 2 },
    now: new Date(),
    randomBytes,
    ...differences,
  });
}

async function start(workspace: Workspace, differences: Differences): Promise<RunningMortise> {
  const logged: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(JSON.parse(chunk.toString('utf8')) as Record<string, unknown>);
      done();
    },
  });
  const server = await startServer(configurationWith(workspace.configuration, differences), {
    store: differences.store ?? workspace.store,
    log: pino({ level: 'trace' }, sink),
    now: differences.now ?? (() => new Date()),
    openDirectory: differences.openDirectory ?? (() => differences.directory ?? openSampleDirectory(sampleForest)),
  });
  let closed: Promise<void> | undefined;
  return {
    port: server.address.port,
    ...(server.metricsAddress && { metricsPort: server.metricsAddress.port }),
    ca: workspace.tls.ca,
    logged,
    reload: (changes) => server.reload(configurationWith(workspace.configuration, { ...differences, ...changes })),
    close: (graceMs) => (closed ??= server.close(graceMs)),
  };
}

function configurationWith(configuration: Configuration, differences: Differences): Configuration {
  const { environment } = configuration;
  const applications = environment.applications.map((application) => ({ ...application, ...differences.application }));
  const more = (differences.more ?? []).flatMap((other) =>
    applications.slice(0, 1).map((one) => ({ ...one, ...other })),
  );
  return {
    ...configuration,
    server: { ...configuration.server, ...differences.server },
    environment: {
      ...environment,
      gateways: environment.gateways.map((gateway) => ({ ...gateway, ...differences.gateway })),
      applications: [...applications, ...more],
    },
  };
}

/** A store of which some promises are other ones. */
export const storeWith = (store: Store, activities: Partial<Store['activities']>): Store => ({
  ...store,
  activities: { ...store.activities, ...activities },
});
