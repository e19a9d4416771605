/** The flow with a sample directory and a store in memory, and requests with user name and password. */
import { randomBytes, randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { texts } from '../../src/directory/entry.ts';
import { Password } from '../../src/directory/password.ts';
import { SAMPLE_BASE_DN, SAMPLE_PEOPLE, SAMPLE_PERSON_PASSWORD } from '../../src/directory/sample-domain.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { ReplayCache } from '../../src/kerberos/replay.ts';
import { loadSigningKeys } from '../../src/keys/protection.ts';
import type { Application } from '../../src/model/application.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { SAMPLE_IDS } from '../../src/rehearsal/sample-configuration.ts';
import { prepareWorkspace } from '../../src/rehearsal/workspace.ts';
import { issuingApplications, openGateways } from '../../src/server/issuing.ts';
import { openAttempts } from '../../src/signin/attempts.ts';
import { issueToken } from '../../src/signin/issue.ts';
import type { AskedFor, IssueDependencies, Outcome, TokenRequest } from '../../src/signin/issue.ts';
import { openSpraying } from '../../src/signin/spraying.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';

export const NOW = new Date(Date.UTC(2026, 2, 4, 12, 0));
const BASE_URL = 'https://sso.localhost:8443';

export interface Ask {
  readonly username?: string;
  readonly password?: string;
  /** Ten minutes from now when it is not named; undefined: none. */
  readonly timestamp?: AskedFor['timestamp'] | undefined;
  readonly source?: string;
  readonly now?: Date;
}

export interface PasswordGround {
  readonly directory: Directory;
  request(ask: Ask): TokenRequest;
  ask(ask: Ask): Promise<Outcome>;
  answer(request: TokenRequest): Promise<Outcome>;
  codeOf(outcome: Outcome): string;
  records(): Promise<readonly Activity[]>;
  lastRecord(): Promise<Activity>;
  badPasswordCount(account: string): Promise<number>;
  /** Milliseconds of each wait so far. */
  slept(): readonly number[];
}

export async function openPasswordGround(
  application: { readonly [Name in keyof Application]?: Application[Name] | undefined } = {},
  passwords: ReadonlyMap<string, string> = new Map(
    Object.values(SAMPLE_PEOPLE).map((name) => [name, SAMPLE_PERSON_PASSWORD]),
  ),
): Promise<PasswordGround> {
  const workspace = await prepareWorkspace({
    plan: SOUND_PLAN,
    publicBaseUrl: BASE_URL,
    port: 0,
    hosts: ['sso.localhost'],
    now: NOW,
  });
  const store = await openSqliteStore(':memory:');
  onTestFinished(async () => {
    await store.close();
    await workspace.close();
  });
  const directory = openSampleDirectory(sampleForest, { passwords, now: () => NOW });
  const { environment, server } = workspace.configuration;
  const changed = {
    ...environment,
    applications: environment.applications.map((one) => ({ ...one, ...application }) as Application),
  };
  const issuing = issuingApplications(
    changed,
    BASE_URL,
    openGateways(changed, BASE_URL, () => directory),
  );
  const waits: number[] = [];
  const dependencies: IssueDependencies = {
    users: store.users,
    activities: store.activities,
    familiarSources: store.familiarSources,
    environment: changed,
    signingKeys: await loadSigningKeys(await workspace.store.signingKeys.list(), server.masterKey),
    replay: new ReplayCache(),
    attempts: openAttempts(randomBytes(32)),
    spraying: openSpraying(async (ms) => void waits.push(ms)),
    randomUUID,
    clock: () => 0,
  };
  const request = (ask: Ask): TokenRequest => requestFor(ask, issuing.get(SAMPLE_IDS.application));
  const answer = (asked: TokenRequest): Promise<Outcome> => issueToken(asked, dependencies);
  const records = (): Promise<readonly Activity[]> => store.activities.list({ limit: 1_000 });
  return {
    directory,
    request,
    answer,
    ask: (ask) => answer(request(ask)),
    codeOf: (outcome) => (outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind),
    records,
    lastRecord: async () => {
      const [last] = await records();
      if (last === undefined) throw new Error('nothing was recorded');
      return last;
    },
    badPasswordCount: (account) => badPasswordCount(directory, account),
    slept: () => [...waits],
  };
}

function requestFor(ask: Ask, issuing: TokenRequest['issuing'] | undefined): TokenRequest {
  const { username, password = SAMPLE_PERSON_PASSWORD, source = '192.0.2.1', now = NOW } = ask;
  if (issuing === undefined) throw new Error('the sample application is missing');
  const tenMinutes = { created: now, expires: new Date(now.getTime() + 600_000) };
  const timestamp = 'timestamp' in ask ? ask.timestamp : tenMinutes;
  const asked: AskedFor = {
    appliesTo: 'urn:federation:MicrosoftOnline',
    ...(username !== undefined && { usernameToken: { username, password: new Password(password) } }),
    ...(timestamp !== undefined && { timestamp }),
  };
  return {
    issuing,
    endpoint: 'usernamemixed-13',
    accepts: ['password'],
    sourceAddress: source,
    sourceAllowed: true,
    requestId: undefined,
    authorization: undefined,
    negotiation: undefined,
    body: Buffer.from(JSON.stringify({ username, password })),
    read: () => asked,
    now,
  };
}

async function badPasswordCount(directory: Directory, account: string): Promise<number> {
  const [entry] = await directory.search({
    base: SAMPLE_BASE_DN,
    scope: 'sub',
    filter: { type: 'equal', attribute: 'sAMAccountName', value: Buffer.from(account) },
    attributes: ['badPwdCount'],
    sizeLimit: 1,
  });
  return Number(entry === undefined ? Number.NaN : texts(entry, 'badPwdCount')[0]);
}
