/**
 * Tickets of MIT's KDC, of every encryption type that is taken, by MIT's own client: with channel bindings, with and
 * without mutual authentication, and with the second leg of SPNEGO.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kdc } from '../../lab/kdc.ts';
import { kdcAvailable, startKdc } from '../../lab/kdc.ts';
import { run } from '../../lab/run.ts';
import type { AcceptOptions } from '../../src/kerberos/accept.ts';
import type { AesType } from '../../src/kerberos/encryption-types.ts';
import { encryptionTypes } from '../../src/kerberos/encryption-types.ts';
import type { KerberosService } from '../../src/kerberos/keys.ts';
import { serviceKeysFromKeytab, serviceKeysFromPassword } from '../../src/kerberos/keys.ts';
import { ReplayCache } from '../../src/kerberos/replay.ts';
import { mechanisms } from '../../src/kerberos/spnego.ts';
import { refusalFrom } from '../refusal-of.ts';
import { converse, gssapiAvailable } from './gssapi-client.ts';

const PASSWORD = 'a password of a test';
const SERVICE_PASSWORD = 'a service password of a test';
const TYPES: readonly AesType[] = [20, 19, 18, 17];
const hasNtlm = existsSync('/etc/gss/mech.d/mech.ntlmssp.conf');

const nameOf = (type: number): string => encryptionTypes.find(({ number }) => number === type)?.name ?? '';
const hostOf = (type: number): string => `sso${type}.mit.example`;

describe.skipIf(!kdcAvailable || !gssapiAvailable)("MIT's KDC and client", () => {
  let kdc: Kdc;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    kdc = await startKdc();
    await kdc.addPerson('nora', PASSWORD);
    for (const type of TYPES) {
      await kdc.addService(`svc${type}`, hostOf(type), { password: SERVICE_PASSWORD, encryptionType: nameOf(type) });
    }
    env = await kdc.kinit('nora', PASSWORD);
  });
  afterAll(async () => {
    await kdc?.stop();
  });

  const byPassword = (type: AesType): KerberosService => ({
    gatewayId: 'mit',
    account: `svc${type}@mit.example`,
    spns: [`HTTP/${hostOf(type)}`],
    keySource: 'password',
    ...serviceKeysFromPassword({ userPrincipalName: `svc${type}@mit.example`, password: SERVICE_PASSWORD }),
  });

  const byKeytab = async (type: AesType): Promise<KerberosService> => ({
    ...byPassword(type),
    keySource: 'keytab',
    ...serviceKeysFromKeytab(await kdc.keytab(hostOf(type))),
  });

  const accepting = (service: KerberosService, changes: Partial<AcceptOptions> = {}): (() => AcceptOptions) => {
    const replay = new ReplayCache();
    return () => ({ services: [service], replay, now: new Date(), ...changes });
  };

  describe.each(TYPES)('a ticket of type %i', (type) => {
    test('opens with the key of the password, and the client believes our AP-REP', async () => {
      const { last, legs, verdict } = await converse(hostOf(type), env, accepting(byPassword(type)));
      expect(verdict).toMatch(/^complete/);
      expect(legs).toBe(1);
      expect(last?.client).toMatchObject({
        name: 'nora',
        realm: kdc.realm,
        ticketEncryptionType: type,
        kvno: undefined,
      });
    });

    test('opens with the key of the keytab, and knows its version', async () => {
      const { last, verdict } = await converse(hostOf(type), env, accepting(await byKeytab(type)));
      expect(verdict).toMatch(/^complete/);
      expect(last?.client).toMatchObject({ name: 'nora', kvno: last?.ticketKvno });
    });

    test('has a PAC that its key signed, and that names no SID', async () => {
      const { last } = await converse(hostOf(type), env, accepting(byPassword(type)));
      // It was verified: one that is not signed, or of another client, refuses the ticket.
      expect(last?.client).toMatchObject({ sid: undefined, groups: undefined });
    });
  });

  test.each(TYPES)('a session key of type %i, under a ticket of type 20', async (type) => {
    const own = await kdc.kinit('nora', PASSWORD);
    await run('kvno', ['-e', nameOf(type), `HTTP/${hostOf(20)}`], { env: own });
    expect(await run('klist', ['-e'], { env: own })).toMatch(
      new RegExp(`HTTP/${hostOf(20)}[^]*${nameOf(type)}, ${nameOf(20)}`),
    );
    const { verdict } = await converse(hostOf(20), own, accepting(byPassword(20)));
    expect(verdict).toMatch(/^complete/);
  });

  test('without mutual authentication there is nothing to believe', async () => {
    const { last, verdict } = await converse(hostOf(20), env, accepting(byPassword(20)), { mutual: false });
    expect(verdict).toMatch(/^complete/);
    expect(last?.client.name).toBe('nora');
  });

  test('with another key our AP-REP is not believed', async () => {
    const stale = byPassword(19);
    const { code } = await refusalFrom(
      converse(hostOf(20), env, accepting({ ...stale, spns: [`HTTP/${hostOf(20)}`] })),
    );
    expect(code).toBe('kerberos-key-mismatch');
  });

  test.skipIf(!hasNtlm).each(TYPES)('NTLM first: three legs, and both MICs of type %i are believed', async (type) => {
    const file = join(env['KRB5CCNAME']?.replace(/^FILE:/, '') ?? '', '..', 'ntlm-user');
    writeFileSync(file, 'MIT:nobody:no password\n');
    const offered = [mechanisms.ntlm, mechanisms.krb5];
    const { last, legs, verdict } = await converse(
      hostOf(type),
      { ...env, NTLM_USER_FILE: file },
      accepting(byPassword(type)),
      { offered },
    );
    expect(verdict).toMatch(/^complete/);
    expect(legs).toBe(3);
    expect(last?.client.name).toBe('nora');
  });

  describe('channel bindings', () => {
    const hash = createHash('sha256').update('the certificate of a test').digest();
    const bindings = Buffer.concat([Buffer.from('tls-server-end-point:'), hash]);
    const service = (channelBindings: 'off' | 'allow' | 'require'): (() => AcceptOptions) =>
      accepting({ ...byPassword(20), channelBindings }, { tlsServerEndPoints: [hash] });
    const ask = async (demand: 'off' | 'allow' | 'require', sent?: Uint8Array) =>
      converse(hostOf(20), env, service(demand), sent === undefined ? {} : { bindings: sent });

    test.each(['off', 'allow', 'require'] as const)('ours are accepted: %s', async (demand) => {
      expect((await ask(demand, bindings)).verdict).toMatch(/^complete/);
    });

    test.each(['allow', 'require'] as const)('those of another certificate are refused: %s', async (demand) => {
      const others = Buffer.concat([Buffer.from('tls-server-end-point:'), Buffer.alloc(32, 1)]);
      expect((await refusalFrom(ask(demand, others))).code).toBe('kerberos-channel-bindings-mismatch');
      expect((await ask('off', others)).verdict).toMatch(/^complete/);
    });

    test('none are missed where the client says that it knows of them, as Windows does', async () => {
      const file = join(env['KRB5CCNAME']?.replace(/^FILE:/, '') ?? '', '..', 'aware.conf');
      const settings = readFileSync(kdc.krb5Config, 'utf8');
      writeFileSync(file, settings.replace('[libdefaults]', '[libdefaults]\n client_aware_channel_bindings = true'));
      const aware = { ...env, KRB5_CONFIG: file };
      const { code } = await refusalFrom(converse(hostOf(20), aware, service('allow')));
      expect(code).toBe('kerberos-channel-bindings-missing');
      expect((await converse(hostOf(20), aware, service('allow'), { bindings })).verdict).toMatch(/^complete/);
      expect((await converse(hostOf(20), aware, service('off'))).verdict).toMatch(/^complete/);
    });

    test('none are taken or missed, as is demanded', async () => {
      expect((await ask('allow')).verdict).toMatch(/^complete/);
      expect((await refusalFrom(ask('require'))).code).toBe('kerberos-channel-bindings-missing');
    });
  });
});
