/** The steps of a browser's sign-in with a directory that changes and a store in memory, without HTTP. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Activity } from '../../../src/audit/activity.ts';
import { Password } from '../../../src/directory/password.ts';
import { SAMPLE_PERSON_PASSWORD, SAMPLE_REALM, SAMPLE_SERVICE_ACCOUNT } from '../../../src/directory/sample-domain.ts';
import { ReplayCache } from '../../../src/kerberos/replay.ts';
import { stringToKey } from '../../../src/kerberos/encryption.ts';
import { loadSigningKeys } from '../../../src/keys/protection.ts';
import type { Application } from '../../../src/model/application.ts';
import type { UserType } from '../../../src/model/gateway.ts';
import { mintNegotiateToken } from '../../../src/rehearsal/kdc.ts';
import type { NegotiateOptions } from '../../../src/rehearsal/kdc.ts';
import { SOUND_PLAN } from '../../../src/rehearsal/plan.ts';
import { SAMPLE_IDS } from '../../../src/rehearsal/sample-configuration.ts';
import { prepareWorkspace } from '../../../src/rehearsal/workspace.ts';
import type { Workspace } from '../../../src/rehearsal/workspace.ts';
import { issuingApplications, openGateways } from '../../../src/server/issuing.ts';
import { openAttempts } from '../../../src/signin/attempts.ts';
import type { BrowserAttempt, BrowserDependencies } from '../../../src/signin/browser/attempt.ts';
import { openByPassword } from '../../../src/signin/browser/open-session.ts';
import type { OpenOptions } from '../../../src/signin/browser/open-session.ts';
import { openSessions } from '../../../src/signin/browser/sessions.ts';
import type { Session } from '../../../src/signin/browser/sessions.ts';
import type { IssuingApplication } from '../../../src/signin/issue.ts';
import { openSecondFactors } from '../../../src/signin/second-factor/second-factors.ts';
import { openSpraying } from '../../../src/signin/spraying.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import type { Store } from '../../../src/store/store.ts';
import { openChangingDirectory } from './changing-directory.ts';
import type { ChangingDirectory } from './changing-directory.ts';

export const NOW = new Date(Date.UTC(2026, 2, 4, 12, 0));
export const minutesLater = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
export const ASKED = 'wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline';
export const NORA = 'nora.keller@corp.example.test';

const BASE_URL = 'https://sso.localhost:8443';

export const OPTIONS: OpenOptions = {
  lifetimes: { sessionMinutes: 480, staySignedInMinutes: 1440 },
  staysSignedIn: false,
  asked: ASKED,
  before: undefined,
};

export interface Differences {
  readonly application?: Partial<Application>;
  /** Of all user types for people. */
  readonly people?: Partial<UserType>;
}

export interface BrowserGround {
  readonly store: Store;
  readonly directory: ChangingDirectory;
  readonly dependencies: BrowserDependencies;
  readonly issuing: IssuingApplication;
  readonly gateway: IssuingApplication['passwordGateways'][number];
  /** One step, at NOW, unless said otherwise. */
  attempt(differences?: Partial<BrowserAttempt>): BrowserAttempt;
  /** A session of Nora's, by password, unless said otherwise. */
  signIn(username?: string, options?: Partial<OpenOptions>): Promise<Session>;
  /** A ticket of this person, for `Authorization`. */
  ticket(account: string, differences?: Partial<NegotiateOptions>): string;
  readonly serviceAccountPassword: string;
  records(): Promise<readonly Activity[]>;
  lastRecord(): Promise<Activity>;
}

let workspace: Workspace | undefined;

/** Once in each file of tests: keys and certificates, which take their time to make. */
export function useWorkspace(): void {
  beforeAll(async () => {
    const plan = SOUND_PLAN;
    workspace = await prepareWorkspace({ plan, publicBaseUrl: BASE_URL, port: 0, hosts: ['sso.localhost'], now: NOW });
  });
  afterAll(() => workspace?.close());
}

export async function openBrowserGround(differences: Differences = {}): Promise<BrowserGround> {
  if (workspace === undefined) throw new Error('useWorkspace() comes first');
  const store = await openSqliteStore(':memory:');
  onTestFinished(() => store.close());
  const directory = openChangingDirectory(() => NOW);
  const issuing = issuingWith(differences, workspace, directory);
  const [gateway] = issuing.passwordGateways;
  if (gateway === undefined) throw new Error('the sample has no gateway');
  const dependencies = await dependenciesOver(store, workspace);
  const { serviceAccountPassword } = workspace;
  const attempt: BrowserGround['attempt'] = (changes) => ({
    issuing,
    endpoint: 'passive',
    sourceAddress: '192.0.2.1',
    requestId: undefined,
    now: NOW,
    ...changes,
  });
  const records = (): Promise<readonly Activity[]> => store.activities.list({ limit: 1_000 });
  return {
    store,
    directory,
    dependencies,
    issuing,
    gateway,
    attempt,
    async signIn(username = NORA, options = {}) {
      const outcome = await openByPassword(attempt(), credential(username), { ...OPTIONS, ...options }, dependencies);
      if (outcome.kind !== 'opened') throw new Error(`not signed in: ${outcome.refusal.code}`);
      return outcome.session;
    },
    serviceAccountPassword,
    ticket: (account, changes) => ticketOf(account, serviceAccountPassword, changes),
    records,
    async lastRecord() {
      const [last] = await records();
      if (last === undefined) throw new Error('nothing was recorded');
      return last;
    },
  };
}

export const credential = (username = NORA, password = SAMPLE_PERSON_PASSWORD) => ({
  username,
  password: new Password(password),
});

export const codeOf = (outcome: { readonly kind: string }): string =>
  'refusal' in outcome ? (outcome.refusal as { readonly code: string }).code : outcome.kind;

function issuingWith({ application, people }: Differences, { configuration }: Workspace, directory: ChangingDirectory) {
  const { environment } = configuration;
  const changed = {
    ...environment,
    applications: environment.applications.map((one) => ({ ...one, ...application })),
    gateways: environment.gateways.map((gateway) => ({
      ...gateway,
      userTypes: gateway.userTypes.map((type) => (type.kind === 'person' ? { ...type, ...people } : type)),
    })),
  };
  const opened = openGateways(changed, BASE_URL, () => directory);
  const issuing = issuingApplications(changed, BASE_URL, opened).get(SAMPLE_IDS.application);
  if (issuing === undefined) throw new Error('the sample application is missing');
  return issuing;
}

async function dependenciesOver(store: Store, own: Workspace): Promise<BrowserDependencies> {
  const { environment, server } = own.configuration;
  const { masterKey } = server;
  return {
    users: store.users,
    activities: store.activities,
    familiarSources: store.familiarSources,
    environment,
    signingKeys: await loadSigningKeys(await own.store.signingKeys.list(), masterKey),
    replay: new ReplayCache(),
    attempts: openAttempts(randomBytes(32)),
    spraying: openSpraying(async () => undefined),
    randomUUID,
    clock: () => 0,
    sessions: openSessions({ store: store.sessions, randomBytes }),
    secondFactors: openSecondFactors({ store: store.secondFactors, masterKey, randomBytes, randomUUID }),
  };
}

function ticketOf(account: string, password: string, changes: Partial<NegotiateOptions> = {}): string {
  const key = stringToKey(18, password, SAMPLE_REALM + SAMPLE_SERVICE_ACCOUNT.sAMAccountName);
  const { token } = mintNegotiateToken({
    client: { name: account, realm: SAMPLE_REALM },
    service: { principal: 'HTTP/sso.localhost', realm: SAMPLE_REALM, key, etype: 18, kvno: 2 },
    now: NOW,
    randomBytes,
    ...changes,
  });
  return `Negotiate ${Buffer.from(token).toString('base64')}`;
}
