/** Tickets of RFC 8009's encryption types, which AD does not issue and MIT's KDC does, through the whole server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kdcAvailable, startKdc } from '../../lab/kdc.ts';
import type { Kdc } from '../../lab/kdc.ts';
import { BASE_ENVIRONMENT } from '../../lab/run.ts';
import { SAMPLE_COMPUTERS } from '../../src/directory/sample-domain.ts';
import { gssapiAvailable } from '../kerberos/gssapi-client.ts';
import { expectFault, recordReader } from './answers.ts';
import { openClient } from './client.ts';
import { openGround } from './mortise.ts';
import type { Ground } from './mortise.ts';

const PASSWORD = 'a password of a test';
const TYPES = [
  [20, 'aes256-cts-hmac-sha384-192'],
  [19, 'aes128-cts-hmac-sha256-128'],
] as const;
const hostOf = (type: number): string => `sso${type}.mit.example`;

describe.skipIf(!kdcAvailable || !gssapiAvailable)('a computer of a realm of MIT’s', () => {
  let kdc: Kdc;
  let ground: Ground;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    ground = await openGround();
    kdc = await startKdc();
    await kdc.addPerson(SAMPLE_COMPUTERS.consistent, PASSWORD);
    for (const [type, encryptionType] of TYPES)
      await kdc.addService(`svc${type}`, hostOf(type), { password: PASSWORD, encryptionType });
    env = await kdc.kinit(SAMPLE_COMPUTERS.consistent, PASSWORD);
  });
  afterAll(async () => {
    await kdc?.stop();
    await ground?.close();
  });

  /** Of MIT's library, with a ticket for this host. */
  async function authorizationFor(host: string): Promise<string> {
    const script = join(import.meta.dirname, '..', 'kerberos', 'gssapi-tokens.py');
    const tokens = spawn('python3', [script, `HTTP@${host}`], {
      env: { ...BASE_ENVIRONMENT, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(tokens, 'exit');
    for await (const token of createInterface({ input: tokens.stdout })) {
      tokens.kill();
      await ended;
      return `Negotiate ${token}`;
    }
    throw new Error('python3-gssapi makes no token');
  }

  const start = (type: number, serviceAccountPassword: string) => {
    const [{ kerberos } = {}] = ground.workspace.configuration.environment.gateways;
    if (kerberos === undefined) throw new Error('the sample has Kerberos');
    const account = {
      serviceAccountUserPrincipalName: `svc${type}@mit.example`,
      serviceAccountPassword,
      additionalServicePrincipalNames: [`HTTP/${hostOf(type)}`],
    };
    return ground.start({ gateway: { kerberos: { ...kerberos, ...account } } });
  };

  test.each(TYPES)(
    'gets a token for its ticket of type %i (%s), and none where the password is another',
    async (type) => {
      const records = recordReader(ground.store);
      const authorization = await authorizationFor(hostOf(type));
      const other = await start(type, 'another password');
      const toOther = openClient(other);
      expectFault(await toOther.ask(authorization), 401, 'kerberos-key-mismatch');
      toOther.close();
      await other.close();
      const mortise = await start(type, PASSWORD);
      const client = openClient(mortise);
      await records();
      const { status, text } = await client.ask(authorization);
      expect(status, text).toBe(200);
      client.close();
      await mortise.close();
      const [record] = await records();
      expect(record?.principal).toBe(`${SAMPLE_COMPUTERS.consistent}@${kdc.realm}`);
      expect(record?.steps.find(({ name }) => name === 'kerberos')?.detail).toMatch(
        new RegExp(`\\b${type}\\b.*key from password`),
      );
    },
  );
});
