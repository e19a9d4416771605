/** Where a request comes from: the networks that are answered, and the proxies that are believed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectChallenge, expectFault, recordReader } from './answers.ts';
import { negotiate, openClient } from './client.ts';
import type { Client } from './client.ts';
import { openGround, PATHS } from './mortise.ts';
import type { Differences, Ground } from './mortise.ts';

let ground: Ground;
let records: ReturnType<typeof recordReader>;
beforeAll(async () => {
  ground = await openGround();
  records = recordReader(ground.store);
});
afterAll(() => ground.close());

async function withServer(server: Differences['server'], work: (client: Client) => Promise<void>): Promise<void> {
  const mortise = await ground.start({ ...(server !== undefined && { server }) });
  const client = openClient(mortise);
  await records();
  try {
    await work(client);
  } finally {
    client.close();
    await mortise.close();
  }
}

/** The test's own address, 127.0.0.1, is in none of these. */
const COMPANY = ['10.0.0.0/8'];

describe('outside the configured networks', () => {
  test.each([PATHS.active, PATHS.windows2005, PATHS.windows13])(
    '%s: 403 and a fault, asked or not, and recorded',
    (path) =>
      withServer({ windowsTransportNetworks: COMPANY }, async (client) => {
        for (const authorization of [undefined, negotiate(ground.mint())]) {
          const answer = await client.ask(authorization, { path });
          expectFault(answer, 403, 'network-not-allowed');
          // A client that is asked for a ticket from outside would send it to whoever asks.
          expect(answer.headers).not.toHaveProperty('www-authenticate');
        }
        expect(await records()).toMatchObject([
          {
            outcome: 'refused',
            sourceAddress: '127.0.0.1',
            refusal: { code: 'network-not-allowed', actual: '127.0.0.1' },
          },
          { outcome: 'refused', sourceAddress: '127.0.0.1', refusal: { code: 'network-not-allowed' } },
        ]);
      }),
  );

  test('the ticket is not looked at: it is good for another try from inside', async () => {
    const authorization = negotiate(ground.mint());
    await withServer({ windowsTransportNetworks: COMPANY }, async (client) => {
      expectFault(await client.ask(authorization), 403, 'network-not-allowed');
      expect((await records())[0]).not.toHaveProperty('principal');
    });
    await withServer({}, async (client) => {
      expect((await client.ask(authorization)).status).toBe(200);
    });
  });

  test('MEX and health are answered to everybody', () =>
    withServer({ windowsTransportNetworks: COMPANY }, async (client) => {
      for (const path of [PATHS.mex, PATHS.mex13, '/health']) {
        expect((await client.send({ path })).status, path).toBe(200);
      }
    }));

  test('an unknown application is not told from a known one', () =>
    withServer({ windowsTransportNetworks: COMPANY }, async (client) => {
      const path = '/wsf/sts/00000000-0000-4000-8000-000000000000/13/windowstransport';
      expectFault(await client.ask(undefined, { path }), 403, 'network-not-allowed');
    }));
});

describe('X-Forwarded-For', () => {
  const from = (value: string) => ({ headers: { 'x-forwarded-for': value } });

  test('is not believed when no proxy is trusted: neither to get in nor to be shut out', async () => {
    await withServer({ windowsTransportNetworks: COMPANY }, async (client) => {
      expectFault(await client.ask(undefined, from('10.1.2.3')), 403, 'network-not-allowed');
    });
    await withServer({}, async (client) => {
      expect((await client.ask(negotiate(ground.mint()), from('8.8.8.8'))).status).toBe(200);
      expect((await records())[0]?.sourceAddress).toBe('127.0.0.1');
    });
  });

  test('is not believed from an address that is no trusted proxy', () =>
    withServer(
      { windowsTransportNetworks: COMPANY, trustedProxies: ['192.0.2.7', '2001:db8::/32'] },
      async (client) => {
        expectFault(await client.ask(undefined, from('10.1.2.3')), 403, 'network-not-allowed');
      },
    ));

  const trusting = { windowsTransportNetworks: COMPANY, trustedProxies: ['127.0.0.1', '192.0.2.0/24'] };

  test('from a trusted proxy it says where the request comes from, in answer and record', () =>
    withServer(trusting, async (client) => {
      expectChallenge(await client.ask(undefined, from('10.1.2.3')), 'negotiate-required');
      expect((await client.ask(negotiate(ground.mint()), from('10.1.2.3'))).status).toBe(200);
      expectFault(await client.ask(undefined, from('8.8.8.8')), 403, 'network-not-allowed');
      expect((await records()).map(({ sourceAddress }) => sourceAddress)).toEqual(['10.1.2.3', '8.8.8.8']);
    }));

  test.each([
    ['what the client wrote before the proxy’s own entry', '10.1.2.3, 8.8.8.8', '8.8.8.8'],
    ['an inner address behind a chain of trusted proxies', '10.1.2.3, 192.0.2.9', '10.1.2.3'],
    ['a trusted proxy behind an untrusted one', '10.1.2.3, 8.8.8.8, 192.0.2.9', '8.8.8.8'],
    ['an IPv4 address in IPv6 form', '::ffff:10.1.2.3', '10.1.2.3'],
    ['no address', 'unknown', 'unknown'],
    ['an address with a port (Azure Application Gateway)', '10.1.2.3:5544', '10.1.2.3'],
  ])('%s: %s comes from %s', (_what, value, source) =>
    withServer(trusting, async (client) => {
      const answer = await client.ask(negotiate(ground.mint()), from(value));
      const allowed = /^10\.\d+\.\d+\.\d+$/.test(source);
      if (allowed) expect(answer.status, answer.text).toBe(200);
      else expectFault(answer, 403, 'network-not-allowed');
      expect((await records()).map(({ sourceAddress }) => sourceAddress)).toEqual([source]);
    }),
  );

  test.each(['8.8.8.8, 10.0.9.1:5544', '8.8.8.8, [2001:db8::9]:5544', '8.8.8.8, 10.0.9.2, ::ffff:a00:901'])(
    'a trusted proxy whose port the next one tells is none of the company’s computers: %s',
    (value) =>
      withServer({ ...trusting, trustedProxies: ['127.0.0.1', '10.0.9.0/24', '2001:db8::/32'] }, async (client) => {
        expectFault(await client.ask(negotiate(ground.mint()), from(value)), 403, 'network-not-allowed');
        expect((await records()).map(({ sourceAddress }) => sourceAddress)).toEqual(['8.8.8.8']);
      }),
  );

  test('without it the trusted proxy’s own address counts', () =>
    withServer(trusting, async (client) => {
      expectFault(await client.ask(undefined), 403, 'network-not-allowed');
    }));
});
