/** A Mortise for browsers: `serve` on real https over the sample directory, with a clock of its own and a store in memory. */
import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Activity } from '../../../src/audit/activity.ts';
import type { Configuration } from '../../../src/config/load.ts';
import { SAMPLE_REALM, SAMPLE_SERVICE_ACCOUNT } from '../../../src/directory/sample-domain.ts';
import { stringToKey } from '../../../src/kerberos/encryption.ts';
import type { Application } from '../../../src/model/application.ts';
import type { UserType } from '../../../src/model/gateway.ts';
import type { ServerSettings } from '../../../src/model/server.ts';
import type { SignInSettings } from '../../../src/model/sign-in.ts';
import { mintNegotiateToken } from '../../../src/rehearsal/kdc.ts';
import type { MintedToken, NegotiateOptions } from '../../../src/rehearsal/kdc.ts';
import { SOUND_PLAN } from '../../../src/rehearsal/plan.ts';
import { SAMPLE_IDS } from '../../../src/rehearsal/sample-configuration.ts';
import { prepareWorkspace } from '../../../src/rehearsal/workspace.ts';
import type { Workspace } from '../../../src/rehearsal/workspace.ts';
import { startServer } from '../../../src/server/serve.ts';
import { openSecondFactors } from '../../../src/signin/second-factor/second-factors.ts';
import type { SecondFactors } from '../../../src/signin/second-factor/second-factors.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import type { Store } from '../../../src/store/store.ts';
import { openChangingDirectory } from '../../signin/browser/changing-directory.ts';
import type { ChangingDirectory } from '../../signin/browser/changing-directory.ts';

export const HOST = 'sso.localhost';
export const APP = SAMPLE_IDS.application;
export const PASSIVE = `/wsf/prp/${APP}`;
export const ACCOUNT = `/wsf/account/${APP}`;
export const REPLY_URL = 'https://login.microsoftonline.com/login.srf';
/** As Entra begins. */
export const SIGN_IN = 'wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline&wctx=estsredirect%3d2';

export interface Differences {
  readonly server?: Partial<ServerSettings>;
  readonly signIn?: Partial<SignInSettings>;
  readonly application?: Partial<Application>;
  /** Further applications, each as the first one but for what it says. */
  readonly more?: readonly Partial<Application>[];
  readonly people?: Partial<UserType>;
  /** The store with some promises broken. */
  readonly store?: (store: Store) => Store;
}

export interface Site {
  readonly port: number;
  readonly ca: string;
  readonly store: Store;
  readonly directory: ChangingDirectory;
  /** As an administrator has them. */
  readonly secondFactors: SecondFactors;
  /** What was logged, line by line. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  readonly serviceAccountPassword: string;
  now(): Date;
  passTime(ms: number): void;
  /** Puts another configuration in force; of the differences only those of the configuration. */
  reload(differences: Differences): Promise<void>;
  /** A ticket of this account, minted now. */
  mint(account: string, differences?: Partial<NegotiateOptions>): MintedToken;
  /** Oldest first. */
  records(): Promise<readonly Activity[]>;
  lastRecord(): Promise<Activity>;
}

let workspace: Workspace | undefined;

/** Once in each file of tests: keys and certificates, which take their time to make. */
export function useWorkspace(): void {
  beforeAll(async () => {
    const publicBaseUrl = `https://${HOST}`;
    workspace = await prepareWorkspace({ plan: SOUND_PLAN, publicBaseUrl, port: 0, hosts: [HOST], now: new Date() });
  });
  afterAll(() => workspace?.close());
}

/** Closed when the test ends. */
export async function openSite(differences: Differences = {}): Promise<Site> {
  if (workspace === undefined) throw new Error('useWorkspace() comes first');
  const own = workspace;
  let passed = 0;
  const now = (): Date => new Date(Date.now() + passed);
  const store = await openSqliteStore(':memory:');
  for (const key of await own.store.signingKeys.list()) await store.signingKeys.put(key);
  const directory = openChangingDirectory(now);
  const logged: Record<string, unknown>[] = [];
  const configuration = configurationWith(own.configuration, differences);
  const server = await startServer(configuration, {
    store: differences.store?.(store) ?? store,
    log: pino({ level: 'trace' }, jsonLines(logged)),
    now,
    openDirectory: () => directory,
  });
  onTestFinished(async () => {
    await server.close(0);
    await store.close();
  });
  const { masterKey } = configuration.server;
  const records = async (): Promise<readonly Activity[]> =>
    (await store.activities.list({ limit: 10_000 })).toReversed();
  return {
    port: server.address.port,
    ca: own.tls.ca,
    store,
    directory,
    secondFactors: openSecondFactors({ store: store.secondFactors, masterKey, randomBytes, randomUUID: uuid }),
    logged,
    serviceAccountPassword: own.serviceAccountPassword,
    now,
    passTime: (ms) => void (passed += ms),
    reload: (changes) => server.reload(configurationWith(own.configuration, { ...differences, ...changes })),
    mint: (account, changes) => mint(account, own.serviceAccountPassword, now(), changes),
    records,
    async lastRecord() {
      const last = (await records()).at(-1);
      if (last === undefined) throw new Error('nothing was recorded');
      return last;
    },
  };
}

const uuid = (): string => crypto.randomUUID();

function jsonLines(lines: Record<string, unknown>[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString('utf8')) as Record<string, unknown>);
      done();
    },
  });
}

function configurationWith(configuration: Configuration, differences: Differences): Configuration {
  const { environment, server } = configuration;
  const { application, more = [], people } = differences;
  const applications = environment.applications.map((one) => ({ ...one, ...application }));
  const others = more.flatMap((other) => applications.slice(0, 1).map((one) => ({ ...one, ...other })));
  const userType = (type: UserType): UserType => (type.kind === 'person' ? { ...type, ...people } : type);
  return {
    ...configuration,
    server: { ...server, ...differences.server },
    environment: {
      ...environment,
      signIn: { ...environment.signIn, ...differences.signIn },
      applications: [...applications, ...others],
      gateways: environment.gateways.map((one) => ({ ...one, userTypes: one.userTypes.map(userType) })),
    },
  };
}

function mint(account: string, password: string, now: Date, changes: Partial<NegotiateOptions> = {}): MintedToken {
  const key = stringToKey(18, password, SAMPLE_REALM + SAMPLE_SERVICE_ACCOUNT.sAMAccountName);
  return mintNegotiateToken({
    client: { name: account, realm: SAMPLE_REALM },
    service: { principal: `HTTP/${HOST}`, realm: SAMPLE_REALM, key, etype: 18, kvno: 2 },
    now,
    randomBytes,
    ...changes,
  });
}
