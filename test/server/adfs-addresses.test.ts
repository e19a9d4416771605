/** AD FS's WS-Trust addresses: which application a host name means, what the MEX document names there, and any case. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectFault, recordReader } from './answers.ts';
import { negotiate, openClient, RST13 } from './client.ts';
import type { Client } from './client.ts';
import { APP, HOST, openGround } from './mortise.ts';
import type { Ground } from './mortise.ts';

const OTHER = '4afaa6b9-1497-44b6-b1ce-1a6d396f7f70';
const MEX = '/adfs/services/trust/mex';
const TOKEN_PATHS = ['2005/windowstransport', '13/windowstransport', '2005/usernamemixed', '13/usernamemixed'].map(
  (path) => `/adfs/services/trust/${path}`,
);

let ground: Ground;
/** One application alone. */
let one: Client;
/** Two, each with host names of its own. */
let two: Client;

beforeAll(async () => {
  ground = await openGround();
  one = openClient(await ground.start());
  two = openClient(
    await ground.start({
      application: { hostNames: ['sso.one.test'] },
      more: [{ id: OTHER, hostNames: ['sso.two.test', 'adfs.two.test'], audienceRestriction: 'urn:two' }],
    }),
  );
});
afterAll(async () => {
  one.close();
  two.close();
  await ground.close();
});

const addressesOf = (text: string): readonly string[] =>
  [...text.matchAll(/<wsa10:Address>([^<]+)</g)].map(([, address]) => address ?? '');
const namedAt = (origin: string): readonly string[] =>
  [0, 2, 3, 1].map((index) => `${origin}${TOKEN_PATHS[index] ?? ''}`);

describe('MEX', () => {
  test('lists both versions and both credentials, at AD FS’s addresses alone', async () => {
    const { status, headers, text } = await one.send({ path: MEX });
    expect([status, headers['content-type']]).toEqual([200, 'text/xml; charset=utf-8']);
    expect(addressesOf(text)).toEqual(namedAt(`https://${HOST}`));
    expect(text).not.toContain('/wsf/');
  });

  test.each(['sso.one.test', 'SSO.ONE.TEST', 'sso.one.test:8443'])(
    'names the host that it is asked for by: %s',
    async (host) => {
      const { text } = await two.send({ path: MEX, headers: { host } });
      expect(addressesOf(text)).toEqual(namedAt('https://sso.one.test'));
      expect(text).toContain('<Spn>HTTP/sso.one.test</Spn>');
    },
  );

  test.each(['evil.test', '127.0.0.1', '[::1]'])(
    'does not repeat a host name that nobody configured: %s',
    async (host) => {
      const { status, text } = await one.send({ path: MEX, headers: { host } });
      expect(status).toBe(200);
      expect(addressesOf(text)).toEqual(namedAt(`https://${HOST}`));
      expect(text).toContain(`<Spn>HTTP/${HOST}</Spn>`);
    },
  );

  test.each(['sso.three.test', 'two.test', '__proto__'])('of several applications, none at %s', async (host) => {
    expectFault(await two.send({ path: MEX, headers: { host } }), 404, 'unknown-application');
  });
});

describe('a token', () => {
  test('is of the application of the host name', async () => {
    const records = recordReader(ground.store);
    await records();
    const ask = async (host: string) =>
      two.ask(negotiate(ground.mint()), { path: TOKEN_PATHS[1] ?? '', headers: { host } });
    expect((await ask('sso.one.test')).status).toBe(200);
    // The other one is for somebody else: what is asked for is not its audience.
    expectFault(await ask('adfs.two.test'), 500, 'applies-to-unknown');
    expectFault(await ask('sso.three.test'), 404, 'unknown-application');
    expect(
      (await records()).map(({ endpoint, applicationId, refusal }) => [endpoint, applicationId, refusal?.actual]),
    ).toEqual([
      ['windowstransport-13', APP, undefined],
      ['windowstransport-13', OTHER, expect.anything()],
      ['windowstransport-13', undefined, 'sso.three.test'],
    ]);
  });

  test.each(TOKEN_PATHS)('%s answers as the application’s own address', async (path) => {
    const own = path.replace('/adfs/services/trust', `/wsf/sts/${APP}`);
    const there = await one.send({ method: 'POST', path: own });
    const here = await one.send({ method: 'POST', path });
    expect([here.status, here.headers['www-authenticate']]).toEqual([there.status, there.headers['www-authenticate']]);
  });
});

describe('any case', () => {
  test.each(['/adfs/services/Trust/mex', '/ADFS/SERVICES/TRUST/MEX', '/AdFs/services/trust/MEX'])(
    '%s',
    async (path) => {
      expect((await one.send({ path })).text).toBe((await one.send({ path: MEX })).text);
    },
  );

  test('/adfs/services/Trust/13/WindowsTransport', async () => {
    const path = '/adfs/services/Trust/13/WindowsTransport';
    expect((await one.ask(negotiate(ground.mint()), { path })).status).toBe(200);
    expect((await one.send({ path })).headers.allow).toBe('POST');
    expect((await one.send({ method: 'PUT', path: MEX.toUpperCase() })).headers.allow).toBe('GET, HEAD');
  });

  test.each([
    '/adfs/services/trust/mexx',
    '/xadfs/services/trust/mex',
    '/adfs/services/trust',
    '/adfs/services/trust/mex/',
    '/adfs/services/trust/14/windowstransport',
    '/adfs/services/trust/13/certificatemixed',
    '/adfs%2Fservices%2Ftrust%2Fmex',
    '/ſdfs/services/trust/mex',
  ])('%s is no such address', async (path) => {
    expect((await one.send({ path: encodeURI(path).replaceAll('%25', '%'), body: RST13 })).status).toBe(404);
  });
});
