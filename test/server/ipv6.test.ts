/** A server on IPv6 alone, and on both families at once: who may ask, and how the record writes where a request came from. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ipv6Available } from '../ipv6-loopback.ts';
import { expectFault, recordReader } from './answers.ts';
import { negotiate, openClient } from './client.ts';
import type { Client } from './client.ts';
import { openGround } from './mortise.ts';
import type { Differences, Ground } from './mortise.ts';

describe.skipIf(!ipv6Available)('over IPv6', () => {
  let ground: Ground;
  let records: ReturnType<typeof recordReader>;
  beforeAll(async () => {
    ground = await openGround();
    records = recordReader(ground.store);
  });
  afterAll(() => ground.close());

  async function withServer(
    host: string,
    server: Differences['server'],
    work: (from: (address: string) => Client) => Promise<void>,
  ): Promise<void> {
    const mortise = await ground.start({ server: { listen: { host, port: 0 }, ...server } });
    const clients: Client[] = [];
    await records();
    try {
      await work((address) => {
        const client = openClient(mortise, address);
        clients.push(client);
        return client;
      });
    } finally {
      for (const client of clients) client.close();
      await mortise.close();
    }
  }
  const sources = async () => (await records()).map(({ sourceAddress }) => sourceAddress);

  test('a server at ::1 issues, and the record says so', () =>
    withServer('::1', {}, async (from) => {
      expect((await from('::1').ask(negotiate(ground.mint()))).status).toBe(200);
      expect(await sources()).toEqual(['::1']);
      await expect(from('127.0.0.1').ask(undefined)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }));

  test.each([
    ['IPv4', '127.0.0.0/8', '127.0.0.1', '::1'],
    ['IPv4 in IPv6’s form', '::ffff:127.0.0.0/104', '127.0.0.1', '::1'],
    ['IPv6', '::1/128', '::1', '127.0.0.1'],
  ])('a server at :: tells the families apart by their networks: %s (%s)', (_, network, inside, outside) =>
    withServer('::', { windowsTransportNetworks: [network] }, async (from) => {
      expect((await from(inside).ask(negotiate(ground.mint()))).status).toBe(200);
      expectFault(await from(outside).ask(negotiate(ground.mint())), 403, 'network-not-allowed');
      expect(await records()).toMatchObject([
        { outcome: 'issued', sourceAddress: inside },
        { outcome: 'refused', sourceAddress: outside, refusal: { actual: outside } },
      ]);
    }),
  );

  // An IPv4 proxy reaches a server at :: as ::ffff:127.0.0.1.
  test.each(['::1', '127.0.0.1'])('a trusted proxy at %s is believed, in whichever spelling it writes', (proxy) =>
    withServer(
      '::',
      { windowsTransportNetworks: ['10.0.0.0/8', '2001:db8::/32'], trustedProxies: [proxy] },
      async (from) => {
        const client = from(proxy);
        const told = {
          '::FFFF:A01:203': '10.1.2.3',
          '2001:DB8:0:0::1': '2001:db8::1',
          '[2001:db8::2]:443': '2001:db8::2',
        };
        for (const value of Object.keys(told)) {
          const answer = await client.ask(negotiate(ground.mint()), { headers: { 'x-forwarded-for': value } });
          expect(answer.status, answer.text).toBe(200);
        }
        expect(await sources()).toEqual(Object.values(told));
        const outside = await client.ask(undefined, { headers: { 'x-forwarded-for': '::ffff:808:808' } });
        expectFault(outside, 403, 'network-not-allowed');
        expect(await sources()).toEqual(['8.8.8.8']);
      },
    ),
  );

  test('one that is not listed is not believed, in either family', () =>
    withServer(
      '::',
      { windowsTransportNetworks: ['10.0.0.0/8'], trustedProxies: ['192.0.2.1', '2001:db8::1'] },
      async (from) => {
        for (const address of ['::1', '127.0.0.1']) {
          const headers = { 'x-forwarded-for': '10.1.2.3' };
          expectFault(await from(address).ask(undefined, { headers }), 403, 'network-not-allowed');
        }
        expect(await sources()).toEqual(['::1', '127.0.0.1']);
      },
    ));
});
