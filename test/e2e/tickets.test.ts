/** Tickets of a real KDC that Mortise does not accept, each with the reason that an administrator can act upon. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  COMPUTER_PASSWORD,
  COMPUTERS,
  PEOPLE,
  PERSON_PASSWORD,
  SERVICE_ACCOUNTS,
  SERVICE_PASSWORD,
} from '../../lab/accounts.ts';
import { run } from '../../lab/run.ts';
import { labAvailable } from '../../lab/samba.ts';
import type { Tickets } from '../../lab/samba.ts';
import { mechanisms } from '../../src/kerberos/spnego.ts';
import { counterpart, counterpartFile } from '../counterparts.ts';
import { gssapiAvailable } from '../kerberos/gssapi-client.ts';
import { account, addGroups, addServiceAccount, exportKeytab, setPassword } from './active-directory.ts';
import { ask } from './curl.ts';
import { expectIssued, expectRefused, stepOf, typesOfTicket } from './expectations.ts';
import { converse, converseBound } from './mit-initiator.ts';
import { recordsOf } from './mortise.ts';
import type { Mortise } from './mortise.ts';
import { EXTRA_HOSTS, openSite } from './site.ts';
import type { Site } from './site.ts';

const python3 = counterpart('python3');
/** Debian's gss-ntlmssp: with it MIT's library has NTLM to offer, as Windows has. */
const ntlmMechanism = counterpartFile('/etc/gss/mech.d/mech.ntlmssp.conf');

const MINUTE_MS = 60_000;

describe.skipIf(!labAvailable)('a ticket of a real KDC', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(async () => {
    await site?.close();
  });

  const desktop = async (options?: readonly string[]): Promise<Tickets> =>
    site.lab.kinit(`${COMPUTERS.consistent}$`, COMPUTER_PASSWORD, { options: options ?? [] });
  /** The same with a ticket for Mortise in its cache, whose session key is of a type that the client chose. */
  const withSessionKey = async (type: string, host: string): Promise<Tickets> => {
    const tickets = await desktop();
    await run('kvno', ['-e', type, `HTTP/${host}`], { env: tickets.env });
    return tickets;
  };

  describe('by encryption type', () => {
    test.each([
      ['rc4', 'svc-rc4@corp.example.test', 'arcfour'],
      ['unset', 'svc-unset@corp.example.test', 'aes256'],
    ] as const)(
      'an account with its types %s gives an RC4 ticket: refused by number, naming the account',
      async (kind, upn, sessionKey) => {
        const { name, hosts } = SERVICE_ACCOUNTS[kind];
        const mortise = await site.mortise({ serviceAccount: name, host: hosts[0] });
        const tickets = await desktop();
        const answer = await ask(mortise, { env: tickets.env });
        expect(await tickets.list()).toMatch(typesOfTicket(hosts[0], sessionKey, 'arcfour'));
        const { refusal, principal, subject } = await expectRefused(
          mortise,
          answer,
          'kerberos-encryption-type-refused',
        );
        expect(refusal.actual).toMatch(/^ticket: .*\b23\b/);
        expect(refusal.expected).toMatch(/\b18\b.*\b17\b|\b17\b.*\b18\b/);
        expect(refusal.attribute).toBe('msDS-SupportedEncryptionTypes');
        expect(refusal.detail).toContain(upn);
        expect(refusal.detail).toContain('This account supports Kerberos AES 256 bit encryption');
        expect([principal, subject]).toEqual([undefined, undefined]);
      },
    );

    test('a client that asks for RC4 gets an RC4 session key in an AES ticket, where the account allows both: refused', async () => {
      const host = EXTRA_HOSTS.both;
      await addServiceAccount(site.lab, 'svc-both', { password: SERVICE_PASSWORD, host, encryptionTypes: 28 });
      const mortise = await site.mortise({ serviceAccount: 'svc-both', host });
      const tickets = await withSessionKey('arcfour-hmac', host);
      expect(await tickets.list()).toMatch(typesOfTicket(host, 'arcfour', 'aes256'));
      const answer = await ask(mortise, { env: tickets.env });
      const { refusal } = await expectRefused(mortise, answer, 'kerberos-encryption-type-refused');
      expect(refusal.actual).toMatch(/^session key: .*\b23\b/);
      expect(refusal.detail).toContain('DESKTOP-01$@CORP.EXAMPLE.TEST');
    });

    test('a client that asks for AES128 gets such a session key in an AES256 ticket: accepted', async () => {
      const mortise = await site.mortise();
      const tickets = await withSessionKey('aes128-cts-hmac-sha1-96', 'sso.localhost');
      expect(await tickets.list()).toMatch(typesOfTicket('sso.localhost', 'aes128', 'aes256'));
      await expectIssued(mortise, await ask(mortise, { env: tickets.env }));
    });
  });

  describe('by key', () => {
    test('the account’s password was changed in AD: refused until the configuration has the new one', async () => {
      const dn = await addServiceAccount(site.lab, 'svc-changed', {
        password: 'The-First-Password',
        host: EXTRA_HOSTS.changed,
      });
      const settings = { serviceAccount: 'svc-changed', host: EXTRA_HOSTS.changed };
      const before = await site.mortise({ ...settings, servicePassword: 'The-First-Password' });
      const old = await desktop();
      await expectIssued(before, await ask(before, { env: old.env }));

      await setPassword(site.lab, dn, 'The-Second-Password');
      const { env } = await desktop();
      const { refusal } = await expectRefused(before, await ask(before, { env }), 'kerberos-key-mismatch');
      expect(refusal.expected).toContain('password with salt CORP.EXAMPLE.TESTsvc-changed');
      expect(refusal.actual).toContain(`key version ${(await account(site.lab, 'svc-changed')).keyVersion}`);
      expect(refusal.detail).toContain('svc-changed@corp.example.test');
      // The KDC gives nobody a new ticket for an old one: who still holds one is accepted as before.
      await expectIssued(before, await ask(before, { env: old.env }));

      const after = await site.mortise({ ...settings, servicePassword: 'The-Second-Password' });
      await expectIssued(after, await ask(after, { env }));
      await expectRefused(after, await ask(after, { env: old.env }), 'kerberos-key-mismatch');
    });

    test('the keytab is older than the account’s password: refused by version, until it is exported anew', async () => {
      const dn = await addServiceAccount(site.lab, 'svc-keytab', {
        password: 'The-First-Password',
        host: EXTRA_HOSTS.keytab,
      });
      const keytabFile = join(site.lab.folder, 'old.keytab');
      await exportKeytab(site.lab, 'svc-keytab', keytabFile);
      const { keyVersion: old } = await account(site.lab, 'svc-keytab');
      await setPassword(site.lab, dn, 'The-Second-Password');
      const settings = { serviceAccount: 'svc-keytab', host: EXTRA_HOSTS.keytab };
      const { env } = await desktop();
      const mortise = await site.mortise({ ...settings, keytabFile });
      const { refusal } = await expectRefused(mortise, await ask(mortise, { env }), 'kerberos-unknown-kvno');
      expect(refusal).toMatchObject({
        expected: `key version ${old} (in the keytab)`,
        actual: `key version ${old + 1} (in the ticket)`,
        attribute: 'msDS-KeyVersionNumber',
        detail: 'Service account svc-keytab@corp.example.test.',
      });

      const exported = join(site.lab.folder, 'new.keytab');
      await exportKeytab(site.lab, 'svc-keytab', exported);
      const renewed = await site.mortise({ ...settings, keytabFile: exported });
      await expectIssued(renewed, await ask(renewed, { env }));
    });

    test('the SPN stands on another account: its key is not ours', async () => {
      await addServiceAccount(site.lab, 'svc-elsewhere', { password: 'Not-Ours', host: EXTRA_HOSTS.elsewhere });
      const mortise = await site.mortise({ host: EXTRA_HOSTS.elsewhere, servicePassword: SERVICE_PASSWORD });
      const { env } = await desktop();
      const { refusal } = await expectRefused(mortise, await ask(mortise, { env }), 'kerberos-key-mismatch');
      expect(refusal.detail).toContain('the SPN stands on another account');
    });

    test('a ticket for another name of the same account is for another service', async () => {
      const mortise = await site.mortise();
      const [, other] = SERVICE_ACCOUNTS.aes.hosts;
      const { env } = await desktop();
      const { refusal } = await expectRefused(mortise, await ask(mortise, { env, host: other }), 'kerberos-wrong-spn');
      expect(refusal).toMatchObject({ expected: 'HTTP/sso.localhost', actual: `HTTP/${other}` });
    });

    test('no account has the SPN: the client has no ticket to send, and Mortise only hears the question', async () => {
      const mortise = await site.mortise({ host: 'login.localhost' });
      const { env } = await desktop();
      const answer = await ask(mortise, { env });
      expect([answer.exitStatus, answer.statuses.at(-1)]).toEqual([22, 401]);
      expect(answer.body).toContain('(negotiate-required)');
      expect(await recordsOf(mortise.store, answer.requestId)).toEqual([]);
    });
  });

  describe('by time', () => {
    test.each([
      ['ahead of', 7 * MINUTE_MS, 'behind'],
      ['behind', -7 * MINUTE_MS, 'ahead'],
    ])('the server’s clock is seven minutes %s the client’s: refused with both clocks', async (_, clockMs, client) => {
      const mortise = await site.mortise({ clockMs });
      const { env } = await desktop();
      const started = Date.now();
      const { refusal } = await expectRefused(mortise, await ask(mortise, { env }), 'kerberos-clock-skew');
      const [here, there] = [refusal.expected, refusal.actual].map((text) => Date.parse(text?.split(' ')[0] ?? ''));
      expect(Math.abs((here ?? 0) - started - clockMs)).toBeLessThan(20_000);
      expect(Math.abs((there ?? 0) - started)).toBeLessThan(20_000);
      expect(refusal.detail).toMatch(new RegExp(`The client's clock is 4[12]\\d s ${client}\\.`));
    });

    test.each([4 * MINUTE_MS, -4 * MINUTE_MS])('a difference of %i ms is accepted', async (clockMs) => {
      const mortise = await site.mortise({ clockMs });
      const { env } = await desktop();
      await expectIssued(mortise, await ask(mortise, { env }));
    });

    test('an expired ticket is not even sent: the client ends with 401, and there is nothing to record', async () => {
      const mortise = await site.mortise();
      const { env } = await desktop(['-l', '1s']);
      await sleep(2_100);
      const answer = await ask(mortise, { env });
      expect([answer.exitStatus, answer.statuses.at(-1)]).toEqual([22, 401]);
      expect(await recordsOf(mortise.store, answer.requestId)).toEqual([]);
    });
  });

  describe('as a token', () => {
    test('sent a second time is a replay', async () => {
      const mortise = await site.mortise();
      const { env } = await desktop();
      const first = await ask(mortise, { env, authentication: ['--negotiate', '-u', ':', '--verbose'] });
      expect(first.exitStatus).toBe(0);
      const header = /^> (Authorization: Negotiate \S+)/im.exec(first.stderr)?.[1];
      if (header === undefined) throw new Error(`curl does not show what it sent:\n${first.stderr}`);
      const again = await ask(mortise, { authentication: ['--header', header] });
      const { refusal, principal } = await expectRefused(mortise, again, 'kerberos-replay');
      expect(refusal.detail).toContain('DESKTOP-01$@CORP.EXAMPLE.TEST');
      expect(principal).toBeUndefined();
    });

    test('of NTLM: `curl --ntlm` is refused by name', async () => {
      const mortise = await site.mortise();
      const credential = `CORP\\nora.keller:${PERSON_PASSWORD}`;
      const answer = await ask(mortise, { authentication: ['--ntlm', '-u', credential] });
      const { refusal } = await expectRefused(mortise, answer, 'ntlm-refused');
      expect(refusal.actual).toBe('the scheme NTLM');
    });

    test.skipIf(ntlmMechanism === undefined)('of NTLM within SPNEGO, from a client without a ticket', async () => {
      const mortise = await site.mortise();
      const user = join(site.lab.folder, 'ntlm-user');
      await writeFile(user, `CORP:nora.keller:${PERSON_PASSWORD}\n`);
      const env = { NTLM_USER_FILE: user, KRB5CCNAME: 'MEMORY:none', KRB5_CONFIG: site.lab.krb5Config };
      await expectRefused(mortise, await ask(mortise, { env }), 'ntlm-refused');
    });

    // Adding the groups takes AD long on a busy machine.
    test('of a person in 1,000 groups passes', { timeout: 2 * MINUTE_MS }, async () => {
      const { upn } = PEOPLE.nora;
      const { dn } = await account(site.lab, 'nora.keller');
      await addGroups(site.lab, 1_000, dn);
      const mortise = await site.mortise();
      const { env } = await site.lab.kinit('nora.keller', PERSON_PASSWORD);
      const answer = await ask(mortise, { env, authentication: ['--negotiate', '-u', ':', '--verbose'] });
      const header = /^> Authorization: Negotiate (\S+)/im.exec(answer.stderr)?.[1] ?? '';
      expect(answer.exitStatus, answer.body).toBe(0);
      expect(header.length).toBeGreaterThan(10_000);
      const record = await mortise.recordOf(answer.requestId);
      expect(record.assertion?.claims.find(({ name }) => name === 'UPN')?.value).toBe(upn);
      expect(stepOf(record, 'kerberos')).toMatch(/, PAC with 1,?0\d\d groups$/);
    });
  });

  describe.skipIf(python3 === undefined)('and MIT’s library as the client', () => {
    test('believes the server’s own proof, which comes with the answer', async () => {
      const mortise = await site.mortise();
      const { env } = await desktop();
      const { statuses, verdict, requestId } = await converse(mortise, [mechanisms.krb5], env);
      expect([statuses, verdict.split(' ')[0]]).toEqual([[200], 'complete']);
      expect((await mortise.recordOf(requestId)).outcome).toBe('issued');
    });

    test.skipIf(ntlmMechanism === undefined)(
      'with NTLM first in its list: three legs on one connection, one record',
      async () => {
        const mortise = await site.mortise();
        const { env } = await desktop();
        const user = join(site.lab.folder, 'ntlm-user-first');
        await writeFile(user, 'CORP:nobody:no password\n');
        const offered = [mechanisms.ntlm, mechanisms.krb5];
        const { statuses, verdict, requestId } = await converse(mortise, offered, { ...env, NTLM_USER_FILE: user });
        expect([statuses, verdict.split(' ')[0]]).toEqual([[401, 401, 200], 'complete']);
        expect((await mortise.recordOf(requestId)).outcome).toBe('issued');
      },
    );
  });

  describe.skipIf(!gssapiAvailable)('and python3-gssapi as the client, whose ticket is bound to a certificate', () => {
    /** RFC 5929 §4: the hash of the certificate that Mortise shows, as openssl computes it. */
    async function endPointOf({ folder }: Mortise): Promise<Buffer> {
      const shown = await run('openssl', ['x509', '-in', join(folder, 'tls.pem'), '-noout', '-fingerprint', '-sha256']);
      const hash = Buffer.from(shown.split('=')[1]?.replaceAll(/[^0-9A-F]/g, '') ?? '', 'hex');
      return Buffer.concat([Buffer.from('tls-server-end-point:'), hash]);
    }
    const offers = [
      ['one leg', [mechanisms.krb5]],
      ...(ntlmMechanism === undefined ? [] : [['three legs', [mechanisms.ntlm, mechanisms.krb5]] as const]),
    ] as const;

    test.each(offers)(
      'in %s: ours is accepted where it is required, another and none are refused',
      async (_, offered) => {
        const mortise = await site.mortise({ channelBindings: 'require' });
        const user = join(site.lab.folder, 'ntlm-user-bound');
        await writeFile(user, 'CORP:nobody:no password\n');
        const env = { ...(await desktop()).env, NTLM_USER_FILE: user };
        const ours = await endPointOf(mortise);
        const outcomeWith = async (bindings: Buffer | undefined): Promise<readonly (string | undefined)[]> => {
          const { verdict, requestId } = await converseBound(mortise, offered, env, bindings);
          const { outcome, refusal } = await mortise.recordOf(requestId);
          return [verdict.split(' ')[0], outcome, refusal?.code];
        };
        expect(await outcomeWith(ours)).toEqual(['complete', 'issued', undefined]);
        const another = Buffer.from(ours).fill(1, ours.length - 32);
        expect(await outcomeWith(another)).toEqual(['none', 'refused', 'kerberos-channel-bindings-mismatch']);
        expect(await outcomeWith(undefined)).toEqual(['none', 'refused', 'kerberos-channel-bindings-missing']);
      },
    );
  });
});
