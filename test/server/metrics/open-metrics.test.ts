/** Metrics of a server that runs: after a join, a refusal, a request that was turned away, and a changed configuration. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ControllerState } from '../../../src/directory/directory.ts';
import { sampleForest } from '../../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../../src/directory/sample.ts';
import { limitsOf } from '../../../src/server/http-limits.ts';
import { expectFault } from '../answers.ts';
import { negotiate, openClient, openSocket } from '../client.ts';
import { openGround, PATHS, storeWith } from '../mortise.ts';
import type { Ground } from '../mortise.ts';
import { scrape, seriesOf } from './scrape.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

const metrics = { host: '127.0.0.1', port: 0, networks: ['127.0.0.1'] };
const WINDOWS = 'endpoint="windowstransport-13"';

test('nothing listens for them unless they are asked for', async () => {
  const mortise = await ground.start();
  expect(mortise.metricsPort).toBeUndefined();
  const client = openClient(mortise);
  expect((await client.send({ path: '/metrics' })).status).toBe(404);
  client.close();
});

test('the public address never answers with them', async () => {
  const mortise = await ground.start({ server: { metrics } });
  const client = openClient(mortise);
  expectFaultless(await client.send({ path: '/metrics' }));
  client.close();
});

function expectFaultless({ status, text }: { readonly status: number; readonly text: string }): void {
  expect([status, text]).toEqual([404, 'There is nothing at this address. (unknown-endpoint)\n']);
}

describe('what came of sign-ins', () => {
  test('a join, a replay, and each step’s time', async () => {
    const mortise = await ground.start({ server: { metrics } });
    const client = openClient(mortise);
    const ticket = negotiate(ground.mint());
    expect((await client.ask(ticket)).status).toBe(200);
    expect((await client.ask(ticket, { headers: { 'client-request-id': 'another' } })).text).toContain(
      'kerberos-replay',
    );
    const seen = await scrape(mortise);
    expect(seriesOf(seen, 'mortise_tokens_issued_total')).toEqual({ [`${WINDOWS},subject="device"`]: 1 });
    expect(seriesOf(seen, 'mortise_refusals_total')).toEqual({ [`code="kerberos-replay",${WINDOWS}`]: 1 });
    const steps = seriesOf(seen, 'mortise_step_duration_seconds_count');
    expect(steps).toEqual(
      Object.fromEntries(
        ['network', 'kerberos', 'request', 'directory', 'entry', 'user', 'claims', 'sign', 'record'].map((step) => [
          `step="${step}"`,
          ['network', 'kerberos', 'record'].includes(step) ? 2 : 1,
        ]),
      ),
    );
    expect(seriesOf(seen, 'mortise_sign_in_duration_seconds_count')).toEqual({ [WINDOWS]: 2 });
    const whole = seen.get(`mortise_sign_in_duration_seconds_sum{${WINDOWS}}`) ?? 0;
    const parts = Object.values(seriesOf(seen, 'mortise_step_duration_seconds_sum'));
    expect(whole).toBeCloseTo(
      parts.reduce((sum, part) => sum + part, 0),
      6,
    );
    expect(seriesOf(seen, 'mortise_http_responses_total')).toMatchObject({ 'status="200"': 1 });
    expect(seen.get('mortise_replay_cache_entries')).toBeGreaterThanOrEqual(1);
    client.close();
  });

  test('a record that cannot be written is the refusal that its caller gets, and no token', async () => {
    const store = storeWith(ground.store, { append: () => Promise.reject(new Error('disk full')) });
    const mortise = await ground.start({ store, server: { metrics } });
    const client = openClient(mortise);
    expectFault(await client.ask(negotiate(ground.mint())), 500, 'record-unavailable');
    const seen = await scrape(mortise);
    expect(seriesOf(seen, 'mortise_refusals_total')).toEqual({ [`code="record-unavailable",${WINDOWS}`]: 1 });
    expect(seriesOf(seen, 'mortise_tokens_issued_total')).toEqual({});
    expect(seriesOf(seen, 'mortise_missing')).toEqual({ 'name="",reason="not-writable",what="store"': 1 });
    client.close();
  });

  test('what a stranger sends is no label', async () => {
    const mortise = await ground.start({ server: { metrics } });
    const client = openClient(mortise);
    await client.ask(negotiate(ground.mint()), { path: '/wsf/sts/own-words/13/windowstransport' });
    await client.send({ path: '/own-words' });
    await client.send({ method: 'PROPFIND', path: PATHS.mex });
    const labels = [...(await scrape(mortise)).keys()].join('\n');
    expect(labels).toContain('code="unknown-application"');
    expect(labels).not.toMatch(/own-words|PROPFIND/);
    client.close();
  });
});

test('what was turned away, and what is under way', async () => {
  const sample = openSampleDirectory(sampleForest);
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const search: typeof sample.search = async (given) => {
    asked.resolve();
    await answered.promise;
    return sample.search(given);
  };
  const limits = { ...limitsOf({}), requestsUnderWay: 1, connectionsPerSource: 3 };
  const mortise = await ground.start({ directory: { ...sample, search }, server: { metrics, limits } });
  const [first, second] = [openClient(mortise), openClient(mortise)];
  const underWay = first.ask(negotiate(ground.mint()));
  await asked.promise;
  expect((await second.send({ path: PATHS.mex })).status).toBe(503);
  const third = await openSocket(mortise);
  await expect(openSocket(mortise)).rejects.toThrow();
  const seen = await scrape(mortise);
  expect(seriesOf(seen, 'mortise_http_requests_shed_total')).toEqual({ 'reason="overload"': 1, 'reason="rate"': 0 });
  expect(seen.get('mortise_http_requests_under_way')).toBe(1);
  expect(seen.get('mortise_http_connections')).toBe(3);
  expect(seen.get('mortise_http_sources')).toBe(1);
  expect(seen.get('mortise_http_connections_of_one_source')).toBe(3);
  expect(seen.get('mortise_http_connections_of_one_source_limit')).toBe(3);
  expect(seen.get('mortise_http_connections_refused_total')).toBe(1);
  answered.resolve();
  expect((await underWay).status).toBe(200);
  third.destroy();
  first.close();
  second.close();
});

test('the domain controllers of each gateway', async () => {
  const controllers = (): readonly ControllerState[] => [
    {
      server: 'dc1.corp.example.test:636',
      up: false,
      connections: 0,
      underWay: 0,
      waiting: 0,
      answered: 7,
      failures: { 'directory-down': 2, 'directory-bind-refused': 0, 'directory-search-refused': 1 },
    },
    {
      server: 'dc2.corp.example.test:636',
      up: true,
      connections: 3,
      underWay: 2,
      waiting: 1,
      answered: 70,
      failures: { 'directory-down': 0, 'directory-bind-refused': 0, 'directory-search-refused': 0 },
    },
  ];
  const directory = { ...openSampleDirectory(sampleForest), controllers };
  const mortise = await ground.start({ directory, server: { metrics }, gateway: { name: 'Corp "1"\\' } });
  const seen = await scrape(mortise);
  const one = 'controller="dc1.corp.example.test:636"';
  const two = 'controller="dc2.corp.example.test:636"';
  const gateway = 'gateway="Corp \\"1\\"\\\\"';
  expect(seriesOf(seen, 'mortise_directory_up')).toEqual({ [`${one},${gateway}`]: 0, [`${two},${gateway}`]: 1 });
  expect(seriesOf(seen, 'mortise_directory_connections')).toMatchObject({ [`${two},${gateway}`]: 3 });
  expect(seriesOf(seen, 'mortise_directory_requests')).toMatchObject({
    [`${two},${gateway},state="busy"`]: 2,
    [`${two},${gateway},state="waiting"`]: 1,
  });
  expect(seriesOf(seen, 'mortise_directory_answers_total')).toMatchObject({ [`${one},${gateway}`]: 7 });
  expect(seriesOf(seen, 'mortise_directory_failures_total')).toMatchObject({
    [`code="directory-down",${one},${gateway}`]: 2,
    [`code="directory-search-refused",${one},${gateway}`]: 1,
  });
});

test('the times of signing key and certificate, the store’s queue, the process', async () => {
  const mortise = await ground.start({ server: { metrics } });
  const seen = await scrape(mortise);
  const [key] = await ground.store.signingKeys.list();
  const { server, environment } = ground.workspace.configuration;
  const labels = `application="${environment.applications[0]?.name}",key="${key?.id}"`;
  const notAfter = new X509Certificate(key?.certificate ?? '').validToDate.getTime() / 1_000;
  expect(seriesOf(seen, 'mortise_signing_key_not_after_timestamp_seconds')).toEqual({ [labels]: notAfter });
  expect(seen.get(`mortise_signing_key_created_timestamp_seconds{${labels}}`)).toBe(
    (key?.createdAt.getTime() ?? 0) / 1_000,
  );
  const shown = new X509Certificate(readFileSync(server.tls.certificateFile));
  expect(seriesOf(seen, 'mortise_tls_certificate_not_after_timestamp_seconds')).toEqual({
    [`file="${server.tls.certificateFile}"`]: shown.validToDate.getTime() / 1_000,
  });
  expect(seen.get('mortise_store_writes_waiting')).toBe(0);
  expect(seriesOf(seen, 'mortise_missing')).toEqual({});
  expect(seen.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  expect(seen.has('nodejs_eventloop_lag_seconds')).toBe(true);
  expect(Object.keys(seriesOf(seen, 'mortise_build_info'))).toEqual([
    `node="${process.version}",version="${manifestVersion()}"`,
  ]);
});

const manifestVersion = (): string =>
  (JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

describe('a changed configuration', () => {
  test('counts go on; one that is refused shows', async () => {
    let now = new Date();
    const mortise = await ground.start({ server: { metrics }, now: () => now });
    const client = openClient(mortise);
    await client.ask(negotiate(ground.mint()));
    const started = now.getTime() / 1_000;
    now = new Date(now.getTime() + 1_000);
    await mortise.reload?.({ application: { name: 'Renamed' } });
    await client.ask(negotiate(ground.mint()));
    const seen = await scrape(mortise);
    expect(seriesOf(seen, 'mortise_tokens_issued_total')).toEqual({ [`${WINDOWS},subject="device"`]: 2 });
    expect(seen.get('mortise_configuration_last_reload_successful')).toBe(1);
    expect(seen.get('mortise_configuration_taken_timestamp_seconds')).toBe(started + 1);
    expect(Object.keys(seriesOf(seen, 'mortise_signing_key_not_after_timestamp_seconds'))[0]).toContain('"Renamed"');
    const refused = mortise.reload?.({ server: { publicBaseUrl: 'https://other.localhost' } });
    await expect(refused).rejects.toThrow('server.publicBaseUrl');
    const after = await scrape(mortise);
    expect(after.get('mortise_configuration_last_reload_successful')).toBe(0);
    expect(after.get('mortise_configuration_taken_timestamp_seconds')).toBe(started + 1);
    client.close();
  });
});
