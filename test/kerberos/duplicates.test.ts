/** AP-REQs presented again and again, in an order that has no pattern: each is taken once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  COMPUTER_PASSWORD,
  COMPUTERS,
  PERSON_PASSWORD,
  SERVICE_ACCOUNTS,
  SERVICE_PASSWORD,
} from '../../lab/accounts.ts';
import { BASE_ENVIRONMENT } from '../../lab/run.ts';
import { labAvailable, startLab } from '../../lab/samba.ts';
import type { Lab } from '../../lab/samba.ts';
import { acceptSecurityContext } from '../../src/kerberos/accept.ts';
import { parseNegotiateHeader } from '../../src/kerberos/negotiate-header.ts';
import { Refusal } from '../../src/refusal.ts';
import { mintNegotiateToken } from '../../src/rehearsal/kdc.ts';
import { ReplayCache } from '../../src/kerberos/replay.ts';
import { serviceKeysFromPassword } from '../../src/kerberos/keys.ts';
import { gssapiAvailable } from './gssapi-client.ts';
import { accepting, minting, samba, sambaService, seededBytes, service } from './support.ts';

const AUTHENTICATORS = 1_000;

/** Hundreds of thousands of stack traces that nobody reads take longer than the cryptography. */
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

/** Steps through all residues of `count` when `stride` shares no divisor with it: neighbours are far from one another. */
function present(tokens: readonly Uint8Array[], times: number, accept: (token: Uint8Array) => unknown): number[] {
  const accepted = tokens.map(() => 0);
  const count = tokens.length * times;
  const stride = 7_919;
  for (let n = 0; n < count; n += 1) {
    const which = ((n * stride) % count) % tokens.length;
    try {
      accept(tokens[which]!);
      accepted[which]! += 1;
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'kerberos-replay') throw error;
    }
  }
  return accepted;
}

test('20,000 duplicates of 1,000 AP-REQs: 1,000 are accepted', { timeout: 120_000 }, () => {
  const tokens = Array.from({ length: AUTHENTICATORS }, (_, n) => {
    const client = { ...minting().client, name: `PC-${n % 50}$` };
    return mintNegotiateToken(minting({ client, randomBytes: seededBytes(`authenticator ${n}`), mutual: false })).token;
  });
  const options = accepting({ services: [service] });
  const accepted = present(tokens, 20, (token) => acceptSecurityContext(token, undefined, options));
  expect(accepted.every((times) => times === 1)).toBe(true);
  expect(options.replay.size).toBe(AUTHENTICATORS);
});

describe.skipIf(!labAvailable || !gssapiAvailable)('of a real AD’s tickets', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(async () => {
    await lab?.stop();
  });
  const [host] = SERVICE_ACCOUNTS.aes.hosts;

  /** AP-REQs that MIT's library makes of one ticket, each with an authenticator of its own. */
  async function tokensOf(name: string, password: string, count: number): Promise<readonly Uint8Array[]> {
    const { env } = await lab.kinit(name, password);
    const source = spawn('python3', [join(import.meta.dirname, 'gssapi-tokens.py'), `HTTP@${host}`], {
      env: { ...BASE_ENVIRONMENT, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(source, 'exit');
    onTestFinished(async () => {
      source.kill();
      await exited;
    });
    const tokens: Uint8Array[] = [];
    for await (const line of createInterface({ input: source.stdout })) {
      tokens.push(Buffer.from(line, 'base64'));
      if (tokens.length === count) return tokens;
    }
    throw new Error(`python3-gssapi made ${tokens.length} tokens of ${count}`);
  }

  test('200,000 duplicates of 1,000 AP-REQs of two clients: 1,000 are accepted', { timeout: 300_000 }, async () => {
    const tokens = [
      ...(await tokensOf(`${COMPUTERS.consistent}$`, COMPUTER_PASSWORD, AUTHENTICATORS / 2)),
      ...(await tokensOf('nora.keller', PERSON_PASSWORD, AUTHENTICATORS / 2)),
    ];
    const userPrincipalName = `${SERVICE_ACCOUNTS.aes.name}@${lab.domain}`;
    const services = [
      {
        gatewayId: 'samba',
        account: userPrincipalName,
        spns: [`HTTP/${host}`],
        keySource: 'password' as const,
        ...serviceKeysFromPassword({ userPrincipalName, password: SERVICE_PASSWORD }),
      },
    ];
    // The acceptor decides in one synchronous call, so that requests at the same time are requests in some order.
    const options = { services, replay: new ReplayCache(), now: new Date() };
    const accepted = present(tokens, 200, (token) => acceptSecurityContext(token, undefined, options));
    expect(accepted.filter((times) => times !== 1)).toEqual([]);
    expect(options.replay.size).toBe(AUTHENTICATORS);
  });
});

test(
  'duplicates of a recorded AP-REQ of a real AD, while its time passes: it is accepted once',
  { timeout: 120_000 },
  () => {
    for (const token of samba.tokens.filter(({ ticketEncryptionType }) => ticketEncryptionType === 18)) {
      const { replay, randomBytes = seededBytes() } = accepting();
      let passed = 0;
      const [times] = present([parseNegotiateHeader(token.authorization)], 5_000, (octets) => {
        const now = new Date(new Date(token.takenAt).getTime() + (passed += 50));
        acceptSecurityContext(octets, undefined, { services: [sambaService], replay, now, randomBytes });
      });
      expect(times).toBe(1);
      // The last one came after four minutes, within the skew.
      expect(passed).toBe(250_000);
    }
  },
);
