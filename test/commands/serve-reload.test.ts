/** SIGHUP to `mortise serve` as a process: a changed file is taken up, a bad one is not, and the log says which. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AddressInfo } from 'node:net';
import { openHttpClient } from '../../src/rehearsal/http-client.ts';
import type { HttpClient } from '../../src/rehearsal/http-client.ts';
import { IDS } from '../config/sample.ts';
import { scrape, seriesOf } from '../server/metrics/scrape.ts';
import type { Series } from '../server/metrics/scrape.ts';
import { HOST, openSite, SECRETS } from './site.ts';
import type { Running, Site } from './site.ts';

let site: Site;
let running: Running;
let client: HttpClient;
let base: string;
beforeEach(async () => {
  site = await openSite();
  await site.putSigningKey();
  running = site.start('serve', '--config', 'mortise.yaml');
  const line = await running.logged('"listening"');
  base = `https://${HOST}:${(JSON.parse(line) as { address: AddressInfo }).address.port}`;
  client = openHttpClient(site.tls.ca);
});
afterEach(async () => {
  client.close();
  await site.close();
});

const mex = async (): Promise<number> =>
  (await client.send({ method: 'GET', url: `${base}/wsf/mex13/${IDS.application}` })).status;

async function reload(text: string): Promise<Readonly<Record<string, unknown>>> {
  running.process.kill('SIGHUP');
  return JSON.parse(await running.logged(text)) as Readonly<Record<string, unknown>>;
}

test('a changed file is taken up, its warnings are logged, and SIGTERM still ends it', async () => {
  expect(await mex()).toBe(200);
  site.configure({ 'app.enabled': false, 'server.windowsTransportNetworks': ['0.0.0.0/0'] });
  expect(await reload('the configuration is taken up')).toMatchObject({ level: 30, config: 'mortise.yaml' });
  await running.logged('lets the whole Internet try Kerberos');
  expect(await mex()).toBe(404);
  running.process.kill('SIGTERM');
  expect((await running.ended).status).toBe(0);
});

test.each<[string, Readonly<Record<string, unknown>> | string, string]>([
  ['no YAML', 'a: [', 'mortise.yaml: '],
  ['with a mistake', { 'app.enabled': 'maybe' }, 'environment.applications[0].enabled'],
  ['without a file that it names', { 'server.tls.keyFile': 'absent.key' }, 'server.tls.keyFile'],
  [
    'with what a start alone takes up',
    { 'server.trustedProxies': ['10.0.0.1'], 'app.enabled': false },
    'server.trustedProxies',
  ],
  ['with an unknown signing key', { 'app.idpSigning': { key: { id: IDS.unknown } } }, 'The store holds no signing key'],
])('a file %s is refused: the one before stays in force', async (_, changes, reason) => {
  if (typeof changes === 'string') site.write('mortise.yaml', changes);
  else site.configure(changes);
  const line = await reload('the configuration is refused');
  expect(line).toMatchObject({ level: 50, reason: expect.stringContaining(reason) });
  expect(await mex()).toBe(200);
  site.configure({});
  await reload('the configuration is taken up');
  running.process.kill('SIGTERM');
  const { stderr } = await running.ended;
  for (const secret of SECRETS) expect(stderr).not.toContain(secret);
});

test('under load, good files and bad ones in turn: each request is answered and counted, and metrics go on', async () => {
  const metrics = { 'server.metrics': { port: 0 } };
  site.configure(metrics);
  running.process.kill('SIGTERM');
  await running.ended;
  running = site.start('serve', '--config', 'mortise.yaml');
  const line = JSON.parse(await running.logged('"listening"')) as Readonly<
    Record<'address' | 'metricsAddress', AddressInfo>
  >;
  base = `https://${HOST}:${line.address.port}`;
  const state = { over: false, asked: 0 };
  const codes = new Set<string | undefined>();
  const url = `${base}/wsf/sts/${IDS.application}/13/windowstransport`;
  // A ticket that is none: each is a refusal, recorded before it is answered.
  const request = { method: 'POST', url, headers: { authorization: 'Negotiate YII=' }, body: '' } as const;
  const asking = Array.from({ length: 6 }, async (_, index) => {
    let kept = openHttpClient(site.tls.ca);
    while (!state.over) {
      state.asked += 1;
      codes.add(/\(([a-z-]+)\)/.exec((await kept.send(request)).body.toString())?.[1]);
      // Half of them come on a new connection each time.
      if (index % 2 === 0) continue;
      kept.close();
      kept = openHttpClient(site.tls.ca);
    }
    kept.close();
  });
  const shows = async (): Promise<Series> => scrape({ metricsPort: line.metricsAddress.port });
  const hangUp = async (successful: 0 | 1): Promise<void> => {
    running.process.kill('SIGHUP');
    const last = async () => (await shows()).get('mortise_configuration_last_reload_successful');
    await expect.poll(last, { timeout: 10_000 }).toBe(successful);
  };
  // The start was successful too.
  site.write('mortise.yaml', 'a: [');
  await hangUp(0);
  for (let count = 1; count <= 5; count++) {
    site.configure({ ...metrics, 'app.notBeforeSkewSeconds': count });
    await hangUp(1);
    site.write('mortise.yaml', 'a: [');
    await hangUp(0);
  }
  state.over = true;
  await Promise.all(asking);
  expect(state.asked).toBeGreaterThan(50);
  const [code, ...others] = codes;
  expect([code, others]).toEqual(['negotiate-malformed', []]);
  expect(seriesOf(await shows(), 'mortise_refusals_total')).toEqual({
    [`code="${code}",endpoint="windowstransport-13"`]: state.asked,
  });
  running.process.kill('SIGTERM');
  expect((await running.ended).status).toBe(0);
});
