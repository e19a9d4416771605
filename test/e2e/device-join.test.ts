/** A computer of a real Active Directory joins: ticket, assertion, Entra's token, registered device. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { join } from 'node:path';
import {
  COMPUTER_PASSWORD,
  COMPUTERS,
  computerAttributes,
  DIFFERING_CONSISTENCY_GUID,
  SERVICE_ACCOUNTS,
  SERVICE_PASSWORD,
} from '../../lab/accounts.ts';
import { run } from '../../lab/run.ts';
import { labAvailable } from '../../lab/samba.ts';
import type { Tickets } from '../../lab/samba.ts';
import { counterpart } from '../counterparts.ts';
import { account, addServiceAccount, exportKeytab } from './active-directory.ts';
import { ask, assertionOf } from './curl.ts';
import type { AskOptions } from './curl.ts';
import { claimsOf, expectIssued, expectRefused, stepOf, typesOfTicket } from './expectations.ts';
import type { Mortise } from './mortise.ts';
import { EXTRA_HOSTS, openSite } from './site.ts';
import type { Site } from './site.ts';

const xmlsec1 = counterpart('xmlsec1');

describe.skipIf(!labAvailable)('a computer joins', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(async () => {
    await site?.close();
  });

  const ticketsOf = async (name: string): Promise<Tickets> => site.lab.kinit(`${name}$`, COMPUTER_PASSWORD);

  /** curl's assertion for a computer, taken to Entra; what AD says the computer is must be what Entra registered. */
  const expectJoin = async (mortise: Mortise, name: string, options: AskOptions = {}) => {
    const tickets = await ticketsOf(name);
    const answer = await ask(mortise, { env: tickets.env, ...options });
    const record = await expectIssued(mortise, answer);
    const inAd = await account(site.lab, `${name}$`);
    const { deviceId } = await site.join(mortise, assertionOf(answer), `${name}$`);
    expect(deviceId).toBe(inAd.objectGUID);
    expect(site.entra.registeredDevices().find((device) => device.deviceId === deviceId)).toMatchObject({
      displayName: name,
      registeredBy: 'federated',
      onPremisesSecurityIdentifier: inAd.objectSid,
    });
    return { answer, record, inAd, tickets };
  };

  describe('with an AES256 ticket', () => {
    test.each([
      ['windowsTransport13', 'dsregtool-13', 'windowstransport-13'],
      ['windowsTransport13', 'msal4j-13', 'windowstransport-13'],
      ['windowsTransport2005', 'dsregtool-2005', 'windowstransport-2005'],
      ['windowsTransport2005', 'msal-dotnet-2005', 'windowstransport-2005'],
      ['activeSignInUri', 'msal-dotnet-13', 'active-sign-in'],
      ['activeSignInUri', 'msal4j-2005', 'active-sign-in'],
    ] as const)('at %s, asked in the shape of %s', async (endpoint, client, name) => {
      const mortise = await site.mortise();
      const { record, inAd, tickets } = await expectJoin(mortise, COMPUTERS.consistent, { endpoint, client });
      expect(await tickets.list()).toMatch(typesOfTicket('sso.localhost', 'aes256', 'aes256'));
      expect(stepOf(record, 'kerberos')).toContain('aes256-cts-hmac-sha1-96 (18)');
      expect(record).toMatchObject({
        endpoint: name,
        principal: 'DESKTOP-01$@CORP.EXAMPLE.TEST',
        subject: { kind: 'device', name: 'DESKTOP-01$', dn: inAd.dn, objectGUID: inAd.objectGUID },
      });
      expect(claimsOf(record)).toMatchObject({ accounttype: 'DJ', primarysid: inAd.objectSid });
      expect(Object.keys(claimsOf(record))).not.toContain('UPN');
    });

    test('by `curl --negotiate`, which sends the ticket unasked', async () => {
      const mortise = await site.mortise();
      const { env } = await ticketsOf(COMPUTERS.consistent);
      const answer = await ask(mortise, { env, authentication: ['--negotiate', '-u', ':'] });
      expect([answer.exitStatus, answer.statuses]).toEqual([0, [200]]);
      expect((await mortise.recordOf(answer.requestId)).outcome).toBe('issued');
    });

    test('twice: the second time as the user that the first created', async () => {
      const mortise = await site.mortise();
      const first = await expectJoin(mortise, COMPUTERS.consistent);
      const second = await expectJoin(mortise, COMPUTERS.consistent);
      expect(first.record.notes.join()).toContain('user created');
      expect(second.record.notes).toEqual([]);
      expect(second.record.subject?.userId).toBe(first.record.subject?.userId);
    });

    test('and no ticket, key or password is in the record or the log', async () => {
      const mortise = await site.mortise();
      const { answer, record } = await expectJoin(mortise, COMPUTERS.consistent);
      const kept = JSON.stringify(record) + mortise.log();
      expect(mortise.log()).toContain(record.id);
      const [, signature = 'no signature'] = /SignatureValue>([^<]{40})/.exec(answer.body) ?? [];
      expect(answer.body).toContain(signature);
      // A ticket in base64 begins with YI: a DER application tag with a length of two octets.
      const secrets = [COMPUTER_PASSWORD, SERVICE_PASSWORD, site.lab.gateway.bindPassword, signature];
      for (const secret of secrets) expect(kept).not.toContain(secret);
      expect(kept).not.toMatch(/\bYI[A-Za-z0-9+/]{40}/);
    });

    test.skipIf(xmlsec1 === undefined)('and xmlsec1 verifies the assertion, and no other', async () => {
      const mortise = await site.mortise();
      const { env } = await ticketsOf(COMPUTERS.consistent);
      const assertion = assertionOf(await ask(mortise, { env }));
      const trusting = ['--enabled-key-data', 'x509', '--trusted-pem', site.signingCertificateFile];
      const id = ['--id-attr:AssertionID', 'urn:oasis:names:tc:SAML:1.0:assertion:Assertion'];
      const verify = async (document: string): Promise<string> =>
        run('xmlsec1', ['--verify', ...trusting, ...id, '-'], { input: document });
      await verify(assertion);
      await expect(verify(assertion.replace('>DJ<', '>Dj<'))).rejects.toThrow('xmlsec1 ended with');
    });
  });

  test('with an AES128 ticket, where the account has AES128 alone', async () => {
    const { name, hosts } = SERVICE_ACCOUNTS.aes128;
    const mortise = await site.mortise({ serviceAccount: name, host: hosts[0] });
    const { record, tickets } = await expectJoin(mortise, COMPUTERS.consistent);
    expect(await tickets.list()).toMatch(typesOfTicket(hosts[0], 'aes128', 'aes128'));
    expect(stepOf(record, 'kerberos')).toContain('aes128-cts-hmac-sha1-96 (17)');
  });

  test('with keys from a keytab that samba-tool exported', async () => {
    const keytabFile = join(site.lab.folder, 'mortise.keytab');
    await addServiceAccount(site.lab, 'svc-keytab', { password: 'Never-Told', host: EXTRA_HOSTS.keytab });
    await exportKeytab(site.lab, 'svc-keytab', keytabFile);
    const mortise = await site.mortise({ serviceAccount: 'svc-keytab', host: EXTRA_HOSTS.keytab, keytabFile });
    const { record } = await expectJoin(mortise, COMPUTERS.consistent);
    expect(stepOf(record, 'kerberos')).toContain('keytab');
  });

  test('with a ticket that it got by its own keytab, without a password', async () => {
    const mortise = await site.mortise();
    const file = join(site.lab.folder, 'desktop-01.keytab');
    await exportKeytab(site.lab, 'DESKTOP-01$', file);
    const { env } = await site.lab.kinit('DESKTOP-01$', '', { options: ['-k', '-t', file] });
    const answer = await ask(mortise, { env });
    await expectIssued(mortise, answer);
    expect((await site.join(mortise, assertionOf(answer), 'DESKTOP-01$')).deviceId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('under a name in the wrong case: the KDC writes it into the ticket as it was asked, AD finds it all the same', async () => {
    const mortise = await site.mortise();
    const tickets = await site.lab.kinit('desktop-01$', COMPUTER_PASSWORD);
    expect(await tickets.list()).toContain('Default principal: desktop-01$@CORP.EXAMPLE.TEST');
    const answer = await ask(mortise, { env: tickets.env });
    const record = await expectIssued(mortise, answer);
    expect(record.principal).toBe('desktop-01$@CORP.EXAMPLE.TEST');
    expect(record.subject?.name).toBe('DESKTOP-01$');
    const { deviceId } = await site.join(mortise, assertionOf(answer), 'DESKTOP-01$');
    expect(deviceId).toBe((await account(site.lab, 'DESKTOP-01$')).objectGUID);
    // Both spellings are one user.
    const again = await expectJoin(mortise, COMPUTERS.consistent);
    expect(again.record.subject?.userId).toBe(record.subject?.userId);
  });

  describe('with the anchor mS-DS-ConsistencyGuid', () => {
    test('equal to objectGUID: the device is registered', async () => {
      const mortise = await site.mortise({ deviceAnchor: 'mS-DS-ConsistencyGuid' });
      await expectJoin(mortise, COMPUTERS.consistent);
    });

    test('different: an assertion is issued, and Entra refuses an onpremobjectguid that is no computer’s', async () => {
      const mortise = await site.mortise({ deviceAnchor: 'mS-DS-ConsistencyGuid' });
      const { env } = await ticketsOf(COMPUTERS.differing);
      const answer = await ask(mortise, { env });
      const record = await expectIssued(mortise, answer);
      expect(record.subject?.username).toBe(DIFFERING_CONSISTENCY_GUID);
      await expect(site.join(mortise, assertionOf(answer), 'DESKTOP-02$')).rejects.toThrow(/AADSTS51004/);
    });

    test('absent: refused, naming the attribute and the other choice', async () => {
      const mortise = await site.mortise({ deviceAnchor: 'mS-DS-ConsistencyGuid' });
      const { env } = await ticketsOf(COMPUTERS.withoutAnchor);
      const { refusal } = await expectRefused(mortise, await ask(mortise, { env }), 'anchor-missing');
      expect(refusal.attribute).toBe('mS-DS-ConsistencyGuid');
      expect(refusal.detail).toContain('CN=DESKTOP-03,OU=Workstations');
      expect(refusal.detail).toContain('anchor: objectGUID');
    });
  });

  test.each([
    ['equal', COMPUTERS.consistent],
    ['different', COMPUTERS.differing],
    ['absent', COMPUTERS.withoutAnchor],
  ])('with the anchor objectGUID, mS-DS-ConsistencyGuid being %s', async (_, name) => {
    const mortise = await site.mortise({ deviceAnchor: 'objectGUID' });
    const { record, inAd } = await expectJoin(mortise, name);
    expect(record.subject?.username).toBe(inAd.objectGUID);
  });

  test('and once more when it was deleted and made anew: another device, and the old link is retired', async () => {
    const mortise = await site.mortise({ deviceAnchor: 'objectGUID' });
    const first = await expectJoin(mortise, COMPUTERS.toRemake);
    await site.lab.remove(first.inAd.dn);
    await site.lab.add(first.inAd.dn, computerAttributes(COMPUTERS.toRemake));
    const second = await expectJoin(mortise, COMPUTERS.toRemake);
    expect(second.inAd.dn).toBe(first.inAd.dn);
    expect(second.inAd.objectGUID).not.toBe(first.inAd.objectGUID);
    const notes = second.record.notes.join('; ');
    expect(notes).toMatch(/link retired.*user created/);
    expect(notes).toContain(first.inAd.objectGUID);
    const users = await mortise.store.users.list();
    expect(users.map(({ username, enabled }) => [username, enabled])).toEqual([
      [first.inAd.objectGUID, false],
      [second.inAd.objectGUID, true],
    ]);
  });
});
