/** /livez and /readyz: what is missing is named, in words that anybody may read, and asking costs nothing. */
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Directory } from '../../src/directory/directory.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { Refusal } from '../../src/refusal.ts';
import { makeThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import { HEALTH_TIMES, openReadiness } from '../../src/server/health.ts';
import type { HealthDependencies } from '../../src/server/health.ts';
import { negotiate, openClient } from './client.ts';
import type { Answer } from './client.ts';
import { openGround, storeWith } from './mortise.ts';
import type { Differences, Ground } from './mortise.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

async function readyz(differences: Differences): Promise<Answer> {
  const mortise = await ground.start(differences);
  const client = openClient(mortise);
  const answer = await client.send({ path: '/readyz' });
  client.close();
  await mortise.close();
  return answer;
}

const wellDependencies = (): HealthDependencies => ({
  applications: () => new Map(),
  certificates: () => [],
  store: ground.store,
  recordFails: () => false,
  now: () => new Date(),
  log: { info: () => undefined, warn: () => undefined },
});

const bodyOf = ({ text }: Answer): unknown => JSON.parse(text);
const sample = (search: Directory['search']): Directory => ({ ...openSampleDirectory(sampleForest), search });

const gatewayName = (): string | undefined => ground.workspace.configuration.environment.gateways[0]?.name;
const applicationName = (): string | undefined => ground.workspace.configuration.environment.applications[0]?.name;

describe('when nothing is missing', () => {
  test.each([
    ['/health', { status: 'UP' }],
    ['/livez', { status: 'UP' }],
    ['/readyz', { status: 'UP', missing: [] }],
  ])('%s', async (path, body) => {
    const mortise = await ground.start();
    const client = openClient(mortise);
    const answer = await client.send({ path });
    expect([answer.status, bodyOf(answer), answer.headers['cache-control']]).toEqual([200, body, 'no-store']);
    expect((await client.send({ path, method: 'HEAD' })).status).toBe(200);
    expect((await client.send({ path, method: 'POST' })).status).toBe(405);
    client.close();
  });
});

describe('/readyz names', () => {
  test.each(['directory-down', 'directory-bind-refused'] as const)('a directory: %s, and no host', async (code) => {
    const search = async (): Promise<never> => {
      throw new Refusal(code, { detail: 'dc1.corp.example.test: secret' });
    };
    const answer = await readyz({ directory: sample(search) });
    expect([answer.status, bodyOf(answer)]).toEqual([
      503,
      { status: 'DOWN', missing: [{ what: 'directory', name: gatewayName(), reason: code }] },
    ]);
  });

  test('a directory that does not answer in time', async () => {
    const answer = await readyz({ directory: sample(() => new Promise(() => undefined)) });
    expect([answer.status, bodyOf(answer)]).toMatchObject([503, { missing: [{ reason: 'directory-down' }] }]);
  });

  test.each([
    ['expired', 100],
    ['not-valid-yet', -100],
  ])('a signing key that is %s', async (reason, years) => {
    const at = new Date();
    at.setUTCFullYear(at.getUTCFullYear() + years);
    // Behind a proxy, so that Mortise's own certificate does not count.
    const answer = await readyz({ now: () => at, server: { trustedProxies: ['192.0.2.1'] } });
    expect([answer.status, bodyOf(answer)]).toEqual([
      503,
      { status: 'DOWN', missing: [{ what: 'signing-key', name: applicationName(), reason }] },
    ]);
  });

  test.each([
    ['expired', 30],
    ['not-valid-yet', -30],
  ])('a certificate that is %s: nobody comes past it', async (reason, days) => {
    const at = new Date(Date.now() + days * 86_400_000);
    const answer = await readyz({ now: () => at });
    const { missing } = bodyOf(answer) as { readonly missing: readonly unknown[] };
    expect(answer.status).toBe(503);
    expect(missing).toContainEqual({ what: 'certificate', name: 'ec', reason });
    const behindProxy = await readyz({ now: () => at, server: { trustedProxies: ['192.0.2.1'] } });
    expect(behindProxy.text).not.toContain('certificate');
  });

  test('one certificate of two: who can check the other is served', async () => {
    const now = new Date();
    const [sound, old] = await Promise.all(
      [now, new Date(now.getTime() - 90 * 86_400_000)].map((made) => makeThrowAwayTls(['sso.localhost'], made)),
    );
    const certificates = [sound, old].map((tls) => new X509Certificate(tls?.certificate ?? ''));
    const readiness = openReadiness({ ...wellDependencies(), certificates: () => certificates });
    const missing = [{ what: 'certificate', name: 'ec', reason: 'expired' }];
    expect(await readiness()).toEqual({ status: 'PARTIAL', missing });
  });

  test('a signing key that was deleted', async () => {
    const { store } = ground;
    let asked = 0;
    const list = async () => ((asked += 1) === 1 ? store.signingKeys.list() : []);
    const answer = await readyz({ store: { ...store, signingKeys: { ...store.signingKeys, list } } });
    expect(bodyOf(answer)).toMatchObject({ missing: [{ what: 'signing-key', reason: 'not-in-store' }] });
  });

  test('a store that is not written', async () => {
    const { store } = ground;
    const remember = async (): Promise<never> => {
      throw new Error('attempt to write a readonly database: /var/lib/secret');
    };
    const answer = await readyz({ store: { ...store, familiarSources: { ...store.familiarSources, remember } } });
    expect([answer.status, bodyOf(answer)]).toEqual([
      503,
      { status: 'DOWN', missing: [{ what: 'store', reason: 'not-writable' }] },
    ]);
  });

  test('a record that is not written, until the next one is', async () => {
    let full = true;
    const clock = { at: Date.now() };
    const store = storeWith(ground.store, {
      append: async (activity) => {
        if (full) throw new Error('database or disk is full');
        await ground.store.activities.append(activity);
      },
    });
    const mortise = await ground.start({ store, now: () => new Date(clock.at) });
    const client = openClient(mortise);
    expect((await client.ask(negotiate(ground.mint()))).text).toContain('record-unavailable');
    expect((await client.send({ path: '/readyz' })).status).toBe(503);
    full = false;
    expect((await client.ask(negotiate(ground.mint()))).status).toBe(200);
    expect((await client.send({ path: '/readyz' })).status, 'the answer of before is kept').toBe(503);
    clock.at += HEALTH_TIMES.keptMs;
    expect((await client.send({ path: '/readyz' })).status).toBe(200);
    client.close();
  });
});

test('some gateways without their directory: who signs in through the others is served', async () => {
  const { gateways, applications } = ground.workspace.configuration.environment;
  const opened = (name: string, directory: Directory) => ({ gateway: { ...gateways[0], name }, directory });
  const down = sample(() => Promise.reject(new Refusal('directory-down')));
  const application = {
    application: applications[0],
    gateways: new Map([
      ['a', opened('A', down)],
      ['b', opened('B', openSampleDirectory(sampleForest))],
    ]),
  };
  const log = { info: vi.fn(), warn: vi.fn() };
  const readiness = openReadiness({
    ...wellDependencies(),
    applications: () => new Map([['x', application]]) as never,
    log,
  });
  const missing = [{ what: 'directory', name: 'A', reason: 'directory-down' }];
  expect(await readiness()).toEqual({ status: 'PARTIAL', missing });
  expect(log.warn.mock.calls).toEqual([[{ status: 'PARTIAL', missing }, 'something is missing']]);
});

test('fifty that ask make the directory work once', async () => {
  let searches = 0;
  const directory = sample(async () => {
    searches += 1;
    return [];
  });
  const mortise = await ground.start({ directory });
  const client = openClient(mortise);
  for (let count = 0; count < 50; count++) await client.send({ path: '/readyz' });
  expect(searches).toBe(1);
  client.close();
});
