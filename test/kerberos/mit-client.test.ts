/**
 * Somebody else's initiator: MIT's GSS-API library talks to the acceptor, with a ticket of the rehearsal in its cache. It
 * decides by itself whether our AP-REP and our mechListMIC are right.
 *
 * Left out, and counted as skipped, where python3, curl, libgssapi_krb5 or its NTLM mechanism are missing (Debian: curl, libgssapi-krb5-2, gss-ntlmssp).
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, test } from 'vitest';
import type { Accepted, AcceptOptions, NegotiationState } from '../../src/kerberos/accept.ts';
import { acceptSecurityContext } from '../../src/kerberos/accept.ts';
import { parseNegotiateHeader } from '../../src/kerberos/negotiate-header.ts';
import { mechanisms } from '../../src/kerberos/spnego.ts';
import type { MintOptions } from '../../src/rehearsal/kdc-ap-req.ts';
import { mintApReq } from '../../src/rehearsal/kdc-ap-req.ts';
import { credentialCache } from './mit-ccache.ts';
import { accepting, minting, REALM, serviceKeyOctets, SPN } from './support.ts';

const works = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const hasPython = works('python3', '-c', 'import ctypes; ctypes.CDLL("libgssapi_krb5.so.2")');
/** Debian's gss-ntlmssp: with it the library has a second mechanism to offer. */
const hasNtlm = existsSync('/etc/gss/mech.d/mech.ntlmssp.conf');
const hasCurl = hasPython && String(spawnSync('curl', ['--version']).stdout).includes('SPNEGO');

const folder = mkdtempSync(join(tmpdir(), 'mortise-mit-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** MIT's library has its own clock: tickets are minted for the present. */
function environment(changes: Partial<MintOptions> = {}): NodeJS.ProcessEnv {
  const options = minting({ now: new Date(), randomBytes, ...changes });
  const cache = join(folder, `${randomBytes(4).toString('hex')}.ccache`);
  writeFileSync(cache, credentialCache(options, mintApReq(options)));
  const config = join(folder, 'krb5.conf');
  writeFileSync(
    config,
    `[libdefaults]\n default_realm = ${REALM}\n dns_canonicalize_hostname = false\n dns_lookup_kdc = false\n rdns = false\n` +
      `[domain_realm]\n .corp.example.com = ${REALM}\n`,
  );
  // For the NTLM mechanism, which is offered and never used.
  const ntlm = join(folder, 'ntlm-user');
  writeFileSync(ntlm, 'CORP:nobody:no password\n');
  return { ...process.env, KRB5CCNAME: `FILE:${cache}`, KRB5_CONFIG: config, NTLM_USER_FILE: ntlm };
}

interface Conversation {
  readonly legs: number;
  readonly last: Accepted | undefined;
  /** The initiator's verdict. */
  readonly verdict: string;
}

/** Carries tokens between MIT's initiator and our acceptor until the initiator has its verdict; `alter` is in between. */
async function converse(
  offered: readonly string[],
  env: NodeJS.ProcessEnv,
  options: AcceptOptions,
  alter: (token: Buffer) => void = () => {},
): Promise<Conversation> {
  const script = new URL('mit-initiator.py', import.meta.url).pathname;
  const initiator = spawn('python3', [script, `HTTP@${SPN.slice(5)}`, offered.join(',')], { env });
  let state: NegotiationState | undefined;
  let last: Accepted | undefined;
  let legs = 0;
  let verdict = 'none';
  for await (const line of createInterface({ input: initiator.stdout })) {
    if (/^(complete|failed)/.test(line)) {
      verdict = line;
      continue;
    }
    legs += 1;
    const result = acceptSecurityContext(Buffer.from(line, 'base64'), state, options);
    if (result.kind === 'continue') state = result.state;
    else last = result;
    const token = Buffer.from(result.responseToken ?? []);
    alter(token);
    initiator.stdin.write(`${token.toString('base64')}\n`);
  }
  return { legs, last, verdict };
}

describe.skipIf(!hasPython)("MIT's initiator", () => {
  test.each([17, 18, 19, 20] as const)(
    'Kerberos first, AES of type %i: one leg, and it believes our AP-REP',
    async (etype) => {
      const env = environment({
        service: { ...minting().service, etype, key: serviceKeyOctets(etype) },
        sessionKeyEtype: etype,
      });
      const { legs, last, verdict } = await converse([mechanisms.krb5], env, accepting({ now: new Date() }));
      expect(verdict).toMatch(/^complete/);
      expect(legs).toBe(1);
      expect(last?.client).toMatchObject({ name: 'DESKTOP-01$', realm: REALM, ticketEncryptionType: etype });
    },
  );

  test.skipIf(!hasNtlm)('NTLM first: three legs, and both MICs are believed', async () => {
    const { legs, last, verdict } = await converse(
      [mechanisms.ntlm, mechanisms.krb5],
      environment(),
      accepting({ now: new Date() }),
    );
    expect(verdict).toMatch(/^complete/);
    expect(legs).toBe(3);
    expect(last?.client.name).toBe('DESKTOP-01$');
  });

  test('an AP-REP with one bit changed is not believed', async () => {
    const { verdict } = await converse([mechanisms.krb5], environment(), accepting({ now: new Date() }), (token) => {
      token[token.length - 1] = (token[token.length - 1] ?? 0) ^ 1;
    });
    expect(verdict).toMatch(/^failed/);
  });
});

test.skipIf(!hasCurl)('curl --negotiate over HTTP', async () => {
  const options = accepting({ now: new Date() });
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    if (authorization === undefined) {
      response.writeHead(401, { 'WWW-Authenticate': 'Negotiate' }).end();
      return;
    }
    const result = acceptSecurityContext(parseNegotiateHeader(authorization), undefined, options);
    const token = Buffer.from(result.responseToken ?? []).toString('base64');
    response.writeHead(200, { 'WWW-Authenticate': `Negotiate ${token}` });
    response.end(result.kind === 'accepted' ? result.client.name : 'another leg');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const host = SPN.slice(5);
  const curl = spawn(
    'curl',
    ['-sS', '--negotiate', '-u', ':', '--resolve', `${host}:${port}:127.0.0.1`, `http://${host}:${port}/`],
    {
      env: environment(),
    },
  );
  const output: Buffer[] = [];
  for await (const chunk of curl.stdout) output.push(chunk as Buffer);
  server.close();
  expect(Buffer.concat(output).toString()).toBe('DESKTOP-01$');
});
