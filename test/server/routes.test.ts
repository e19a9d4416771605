/** Addresses that need no ticket: MEX, health, and what is not there. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MEX_READERS } from '../wstrust/clients/mex-readers.ts';
import { expectFault, recordReader } from './answers.ts';
import { openClient, RST13 } from './client.ts';
import type { Client } from './client.ts';
import { APP, openGround, PATHS } from './mortise.ts';
import type { Ground, RunningMortise } from './mortise.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

let ground: Ground;
let mortise: RunningMortise;
let client: Client;

beforeAll(async () => {
  ground = await openGround();
  mortise = await ground.start();
  client = openClient(mortise);
});
afterAll(async () => {
  client.close();
  await ground.close();
});

describe('MEX', () => {
  test('is XML with a charset: python-requests takes text without one for ISO-8859-1', async () => {
    const { status, headers, text } = await client.send({ path: PATHS.mex13 });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(text).toMatch(/^(<\?xml[^>]*\?>)?<wsdl:definitions /);
  });

  test.each([
    ['mex', PATHS.mex, [PATHS.windows2005, PATHS.password2005]],
    ['mex13', PATHS.mex13, [PATHS.windows2005, PATHS.password2005, PATHS.password13, PATHS.windows13]],
  ])('%s lists addresses that are answered', async (_name, path, listed) => {
    const { text } = await client.send({ path });
    const addresses = [...text.matchAll(/<wsa10:Address>https:\/\/sso\.localhost([^<]+)</g)].map((match) => match[1]);
    expect(addresses).toEqual(listed);
    for (const address of addresses) {
      // Kerberos is asked for by 401; a password endpoint never asks, it faults.
      const expected = address?.endsWith('/windowstransport') === true ? 401 : 500;
      expect((await client.send({ method: 'POST', path: address ?? '' })).status, address).toBe(expected);
    }
  });

  test.each(Object.keys(MEX_READERS))('%s reads the document that is served', async (name) => {
    const { text } = await client.send({ path: PATHS.mex13 });
    expect(text).toContain(PATHS.windows13);
    expect(() => MEX_READERS[name]?.(text)).not.toThrow();
  });

  test.each([
    ['adal-node', { accept: 'application/json, text/plain, */*', 'content-type': 'application/soap+xml' }],
    ['MSAL Go', { 'content-type': 'application/xml; charset=utf-8' }],
    ['a browser', { accept: 'text/html,application/xhtml+xml;q=0.9' }],
    ['somebody who wants JSON alone', { accept: 'application/json' }],
  ])('is not negotiated: %s gets the same document', async (_client, headers) => {
    const plain = await client.send({ path: PATHS.mex13 });
    const answer = await client.send({ path: PATHS.mex13, headers });
    expect([answer.status, answer.text]).toEqual([200, plain.text]);
  });

  test.each(['', '?', '?wsdl', '?a=b&c=%20'])(
    'whatever the query (%j): MSAL Go drops it, others keep it',
    async (query) => {
      const plain = await client.send({ path: PATHS.mex });
      const answer = await client.send({ path: PATHS.mex + query });
      expect([answer.status, answer.text]).toEqual([200, plain.text]);
    },
  );

  test('answers HEAD with the headers of GET', async () => {
    const head = await client.send({ method: 'HEAD', path: PATHS.mex13 });
    const get = await client.send({ path: PATHS.mex13 });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
    expect(head.headers['content-length']).toBe(String(Buffer.byteLength(get.text)));
  });

  test('takes an application identifier in upper case, and writes it in lower', async () => {
    const plain = await client.send({ path: PATHS.mex13 });
    const answer = await client.send({ path: `/wsf/mex13/${APP.toUpperCase()}` });
    expect(answer.text).toBe(plain.text);
  });

  test.each(['mex', 'mex13'])('%s of an unknown application: 404 and a fault', async (name) => {
    expectFault(await client.send({ path: `/wsf/${name}/${UNKNOWN}` }), 404, 'unknown-application');
  });
});

describe('a token request to what is not there', () => {
  test('an unknown application: 404, a fault, and a record that names what was asked for', async () => {
    const records = recordReader(ground.store);
    await records();
    for (const headers of [{}, { authorization: 'Negotiate YII=' }]) {
      const path = `/wsf/sts/${UNKNOWN}/13/windowstransport`;
      expectFault(await client.send({ method: 'POST', path, body: RST13, headers }), 404, 'unknown-application');
      const [record, ...more] = await records();
      expect(more).toEqual([]);
      expect(record).toMatchObject({
        outcome: 'refused',
        endpoint: 'windowstransport-13',
        refusal: { code: 'unknown-application', actual: UNKNOWN },
      });
      expect(record).not.toHaveProperty('applicationId');
    }
  });

  test('an application that is not enabled', async () => {
    const disabled = await ground.start({ application: { enabled: false } });
    const other = openClient(disabled);
    expectFault(await other.ask(undefined), 404, 'unknown-application');
    expectFault(await other.send({ path: PATHS.mex }), 404, 'unknown-application');
    other.close();
    await disabled.close();
  });

  test.each([
    '/',
    '/wsf',
    `/wsf/sts/${APP}/13/certificatemixed`,
    `/wsf/sts/${APP}/14/windowstransport`,
    '/adfs/services/trust/mexx',
    '/health/x',
    '/%zz',
    `/wsf/mex/${'x'.repeat(5000)}`,
  ])('%s', async (path) => {
    for (const method of ['GET', 'POST']) {
      const { status, text } = await client.send({ method, path });
      expect([400, 404, 414], text).toContain(status);
      expect(text).not.toMatch(/node_modules|at .*\.ts|Error|FST_/);
    }
  });
});

describe('another method', () => {
  const tokenPaths = [PATHS.active, PATHS.windows2005, PATHS.windows13, PATHS.password2005, PATHS.password13];

  test.each(
    tokenPaths.flatMap((path) => ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'].map((method) => [method, path])),
  )('%s %s: 405, and POST in Allow', async (method, path) => {
    const answer = await client.send({ method: method ?? '', path: path ?? '' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
  });

  test.each(
    [PATHS.mex, PATHS.mex13].flatMap((path) =>
      ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'].map((method) => [method, path]),
    ),
  )('%s %s: 405, and GET in Allow', async (method, path) => {
    const answer = await client.send({ method: method ?? '', path: path ?? '', body: 'x' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});

test('GET /health says that it is up, and is kept by no cache', async () => {
  const { status, headers, text } = await client.send({ path: '/health' });
  expect([status, JSON.parse(text)]).toEqual([200, { status: 'UP' }]);
  expect(headers['cache-control']).toBe('no-store');
});
