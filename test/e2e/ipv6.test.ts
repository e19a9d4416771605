/**
 * A company that has IPv6 alone: the client asks its KDC, and Mortise its clients, its directory and the KDC for the salt,
 * over IPv6. The controller itself is the lab's, on IPv4, behind relays at ::1.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { COMPUTER_PASSWORD, COMPUTERS, SERVICE_PASSWORD } from '../../lab/accounts.ts';
import { run } from '../../lab/run.ts';
import { labAvailable } from '../../lab/samba.ts';
import { startRelay } from '../directory/relay.ts';
import type { Relay } from '../directory/relay.ts';
import { ipv6Available } from '../ipv6-loopback.ts';
import { addServiceAccount } from './active-directory.ts';
import { ask, assertionOf } from './curl.ts';
import { expectIssued, expectRefused } from './expectations.ts';
import { EXTRA_HOSTS, openSite } from './site.ts';
import type { Site } from './site.ts';

const KERBEROS_PORT = 88;

describe.skipIf(!labAvailable || !ipv6Available)('over IPv6 alone', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(async () => {
    await site?.close();
  });

  async function relayed(port: number, at: number): Promise<Relay> {
    const relay = await startRelay(site.lab.address, port, { host: '::1', port: at });
    onTestFinished(() => relay.close());
    return relay;
  }

  /** What curl needs of a computer that knows its KDC by an IPv6 address. */
  async function signIn(): Promise<Readonly<Record<string, string>>> {
    const settings = await readFile(site.lab.krb5Config, 'utf8');
    const config = join(site.lab.folder, 'ipv6.conf');
    // RFC 4120 §7.2.2: the relay carries TCP.
    const kdc = settings.replaceAll(`${site.lab.address}:88`, `[::1]:${KERBEROS_PORT}`);
    await writeFile(config, kdc.replace('[libdefaults]', '[libdefaults]\n  udp_preference_limit = 1'));
    const env = { KRB5_CONFIG: config, KRB5CCNAME: `FILE:${join(site.lab.folder, 'ipv6-tickets')}` };
    await run('kinit', [`${COMPUTERS.consistent}$@${site.lab.realm}`], { env, input: `${COMPUTER_PASSWORD}\n` });
    return env;
  }

  test('a computer gets its ticket, its token and its device, and the record says whence it came', async () => {
    const kdc = await relayed(88, KERBEROS_PORT);
    const ldap = await relayed(636, 0);
    const dn = await addServiceAccount(site.lab, 'svc-before', {
      password: SERVICE_PASSWORD,
      host: EXTRA_HOSTS.renamed,
    });
    await site.lab.modify(dn, { sAMAccountName: 'svc-after', userPrincipalName: `svc-after@${site.lab.domain}` });
    const env = await signIn();
    const byClient = kdc.connections();
    expect(byClient, 'the client’s questions to the KDC').toBeGreaterThan(0);

    const settings = {
      listenHost: '::1',
      servers: [`[::1]:${ldap.port}`],
      serviceAccount: 'svc-after',
      host: EXTRA_HOSTS.renamed,
    };
    const mortise = await site.mortise({ ...settings, askKdcForSalt: true });
    expect(kdc.connections(), 'Mortise’s question for the salt').toBe(byClient + 1);
    const answer = await ask(mortise, { env });
    const record = await expectIssued(mortise, answer);
    expect(record.sourceAddress).toBe('::1');
    expect(ldap.connections(), 'Mortise’s connections to the directory').toBeGreaterThan(0);
    const { deviceId } = await site.join(mortise, assertionOf(answer), `${COMPUTERS.consistent}$`);
    expect(deviceId).toMatch(/^[0-9a-f-]{36}$/);

    // The salt came over IPv6 indeed: without it the ticket opens with nothing.
    const withoutAsking = await site.mortise(settings);
    await expectRefused(withoutAsking, await ask(withoutAsking, { env }), 'kerberos-key-mismatch');
  });
});
