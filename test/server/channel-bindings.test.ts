/** Channel bindings through the whole server: a client computes them from the certificate that it sees. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Gateway } from '../../src/model/gateway.ts';
import { GSS_CHECKSUM_TYPE } from '../../src/kerberos/rfc4121.ts';
import type { Answer } from './client.ts';
import { expectChallenge } from './answers.ts';
import { negotiate, openClient } from './client.ts';
import { HOST, openGround } from './mortise.ts';
import type { Differences, Ground, RunningMortise } from './mortise.ts';

let ground: Ground;
let kerberos: NonNullable<Gateway['kerberos']>;
beforeAll(async () => {
  ground = await openGround();
  const [gateway] = ground.workspace.configuration.environment.gateways;
  if (gateway?.kerberos === undefined) throw new Error('the sample configuration has no Kerberos');
  kerberos = gateway.kerberos;
});
afterAll(() => ground.close());

/** The certificate of the server, as whoever connects sees it. */
async function certificateSeen({ port, ca }: RunningMortise): Promise<Buffer> {
  const socket = connect({ host: '127.0.0.1', port, ca, servername: HOST });
  await once(socket, 'secureConnect');
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return raw;
}

/** RFC 4121 §4.1.1: Lgth, Bnd, Flags. */
function checksumFor(certificate: Buffer | undefined) {
  const endPoint = certificate && createHash('sha256').update(certificate).digest();
  const data = Buffer.concat([Buffer.from('tls-server-end-point:'), endPoint ?? Buffer.alloc(0)]);
  const head = Buffer.alloc(20);
  head.writeUInt32LE(data.length, 16);
  const bindings = endPoint ? createHash('md5').update(head).update(data).digest() : Buffer.alloc(16);
  return {
    type: GSS_CHECKSUM_TYPE,
    octets: Buffer.concat([Buffer.from([16, 0, 0, 0]), bindings, Buffer.from([0x3e, 0, 0, 0])]),
  };
}

type Seen = 'ours' | 'a proxy’s' | 'none';

async function ask(
  channelBindings: 'off' | 'allow' | 'require' | undefined,
  seen: Seen,
  server: Differences['server'] = {},
) {
  const mortise = await ground.start({ server, gateway: { kerberos: { ...kerberos, channelBindings } } });
  const client = openClient(mortise);
  const certificate = { ours: await certificateSeen(mortise), 'a proxy’s': Buffer.from('another'), none: undefined };
  const answer: Answer = await client.ask(negotiate(ground.mint({ checksum: checksumFor(certificate[seen]) })));
  client.close();
  await mortise.close();
  return answer;
}

describe('by default', () => {
  test.each(['ours', 'none'] as const)('%s: a token', async (seen) => {
    expect((await ask(undefined, seen)).status).toBe(200);
  });

  test('another certificate: refused', async () => {
    expectChallenge(await ask(undefined, 'a proxy’s'), 'kerberos-channel-bindings-mismatch');
  });

  test('another certificate behind a proxy, which ends TLS: a token', async () => {
    expect((await ask(undefined, 'a proxy’s', { trustedProxies: ['192.0.2.1'] })).status).toBe(200);
  });
});

describe('where they are required', () => {
  test('ours: a token', async () => {
    expect((await ask('require', 'ours')).status).toBe(200);
  });

  test('none: refused', async () => {
    expectChallenge(await ask('require', 'none'), 'kerberos-channel-bindings-missing');
  });

  test('another certificate behind a proxy: refused as the gateway says', async () => {
    const answer = await ask('require', 'a proxy’s', { trustedProxies: ['192.0.2.1'] });
    expectChallenge(answer, 'kerberos-channel-bindings-mismatch');
  });
});
