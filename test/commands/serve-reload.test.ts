/** SIGHUP to `mortise serve` as a process: a changed file is taken up, a bad one is not, and the log says which. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AddressInfo } from 'node:net';
import { openHttpClient } from '../../src/rehearsal/http-client.ts';
import type { HttpClient } from '../../src/rehearsal/http-client.ts';
import { IDS } from '../config/sample.ts';
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
