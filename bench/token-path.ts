/**
 * The whole token path over real HTTPS (ticket in, recorded assertion out) against this machine's RSA limit, in one run.
 *
 * Client and server share the process, so the figure is a lower bound: minting the tickets' AP-REQs is done beforehand, TLS
 * of both ends is not. Says where the rest goes: the same flow without HTTP, and without HTTP and disk.
 *
 *   node bench/token-path.ts [tokens, 600 when absent]
 */
import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Agent, request } from 'node:https';
import { availableParallelism } from 'node:os';
import { openSampleDirectory } from '../src/directory/sample.ts';
import { sampleForest } from '../src/directory/sample-forest.ts';
import { ReplayCache } from '../src/kerberos/replay.ts';
import { loadSigningKeys } from '../src/keys/protection.ts';
import { SOUND_PLAN } from '../src/rehearsal/plan.ts';
import { openWorld } from '../src/rehearsal/world.ts';
import type { World } from '../src/rehearsal/world.ts';
import { issuingApplications, openGateways } from '../src/server/issuing.ts';
import { openAttempts } from '../src/signin/attempts.ts';
import { issueToken } from '../src/signin/issue.ts';
import type { IssueDependencies, IssuingApplication } from '../src/signin/issue.ts';
import { openSpraying } from '../src/signin/spraying.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';

const TOKENS = Number(process.argv[2] ?? 600);
const IN_FLIGHT = 16 * availableParallelism();
const AUDIENCE = 'urn:federation:MicrosoftOnline';

/** Operations a second of `count` operations, {@link IN_FLIGHT} at a time. */
async function rate(count: number, operation: (index: number) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await operation(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return (count / (performance.now() - start)) * 1000;
}

function bareSignature(key: KeyObject): Promise<unknown> {
  const data = Buffer.alloc(800, 'x');
  return new Promise((resolve, reject) =>
    sign('sha256', data, key, (error, signature) => (error === null ? resolve(signature) : reject(error))),
  );
}

function rst(to: string): string {
  return `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header><a:Action s:mustUnderstand="1">http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue</a:Action><a:MessageID>urn:uuid:${randomUUID()}</a:MessageID><a:To s:mustUnderstand="1">${to}</a:To></s:Header><s:Body><trust:RequestSecurityToken xmlns:trust="http://docs.oasis-open.org/ws-sx/ws-trust/200512"><wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><a:EndpointReference><a:Address>${AUDIENCE}</a:Address></a:EndpointReference></wsp:AppliesTo><trust:KeyType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer</trust:KeyType><trust:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</trust:RequestType></trust:RequestSecurityToken></s:Body></s:Envelope>`;
}

/** Each ticket carries an authenticator of its own: the same one twice is a replay. */
function tickets(world: World, count: number): readonly string[] {
  return Array.from({ length: count }, () => {
    const { token } = world.device.ticketFor('sso.localhost');
    return `Negotiate ${Buffer.from(token).toString('base64')}`;
  });
}

function post(agent: Agent, url: URL, authorization: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        method: 'POST',
        host: '127.0.0.1',
        port: url.port,
        path: url.pathname,
        servername: url.hostname,
        headers: { host: url.host, authorization, 'content-type': 'application/soap+xml; charset=utf-8' },
      },
      (incoming) => {
        incoming.resume();
        incoming.on('end', () =>
          incoming.statusCode === 200 ? resolve() : reject(new Error(`answered ${incoming.statusCode}`)),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function dependenciesOf(world: World, store: World['store']): Promise<IssueDependencies> {
  const { environment, server } = world.configuration;
  return {
    users: store.users,
    activities: store.activities,
    environment,
    signingKeys: await loadSigningKeys(await world.store.signingKeys.list(), server.masterKey),
    replay: new ReplayCache(),
    attempts: openAttempts(randomBytes(32)),
    spraying: openSpraying(async () => undefined),
    familiarSources: store.familiarSources,
    randomUUID,
    clock: () => performance.now(),
  };
}

async function flowRate(world: World, issuing: IssuingApplication, store: World['store']): Promise<number> {
  const dependencies = await dependenciesOf(world, store);
  const headers = tickets(world, TOKENS);
  return rate(TOKENS, async (index) => {
    const outcome = await issueToken(
      {
        issuing,
        endpoint: 'windowstransport-13',
        accepts: ['kerberos'],
        sourceAddress: '127.0.0.1',
        sourceAllowed: true,
        requestId: undefined,
        authorization: headers[index],
        negotiation: undefined,
        body: new Uint8Array(),
        read: () => ({ appliesTo: AUDIENCE }),
        now: new Date(),
      },
      dependencies,
    );
    if (outcome.kind !== 'issued') throw new Error(`not issued: ${JSON.stringify(outcome)}`);
  });
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const world = await openWorld(SOUND_PLAN, { fallback: 'disabled', port: 0 });
const memory = await openSqliteStore(':memory:');
try {
  const { environment, server } = world.configuration;
  const opened = openGateways(environment, server.publicBaseUrl, () => openSampleDirectory(sampleForest));
  const [issuing] = issuingApplications(environment, server.publicBaseUrl, opened).values();
  if (issuing === undefined) throw new Error('the rehearsal has an application');
  const url = new URL(world.urls.windowsTransport13);
  const agent = new Agent({ keepAlive: true, ca: world.ca, maxSockets: IN_FLIGHT });
  const body = rst(url.href);
  await rate(50, () => bareSignature(privateKey));
  const warm = tickets(world, 50);
  await rate(50, (index) => post(agent, url, warm[index] ?? '', body));

  const limit = await rate(TOKENS * 2, () => bareSignature(privateKey));
  const headers = tickets(world, TOKENS);
  const https = await rate(TOKENS, (index) => post(agent, url, headers[index] ?? '', body));
  const flow = await flowRate(world, issuing, world.store);
  const inMemory = await flowRate(world, issuing, memory);
  agent.destroy();
  const line = (what: string, perSecond: number): void =>
    console.log(
      `${what.padEnd(52)}${perSecond.toFixed(0).padStart(7)}/s ${((perSecond / limit) * 100).toFixed(0).padStart(4)} %`,
    );
  console.log(`token path, ${TOKENS} tokens, ${IN_FLIGHT} in flight, RSA-2048`);
  line('RSA limit (bare signatures)', limit);
  line('the flow, record in memory', inMemory);
  line('the flow, record durable on disk', flow);
  line('over HTTPS, record durable, client in this process', https);
} finally {
  await memory.close();
  await world.close();
}
