/** Accounts of a real Active Directory with a good ticket: who they are, and why some get no assertion all the same. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPUTER_PASSWORD, COMPUTERS, GMSA, PEOPLE, PERSON_PASSWORD } from '../../lab/accounts.ts';
import { labAvailable } from '../../lab/samba.ts';
import type { Tickets } from '../../lab/samba.ts';
import { account, addComputer, ldapsearch } from './active-directory.ts';
import { ask, assertionOf } from './curl.ts';
import { claimsOf, expectIssued, expectRefused } from './expectations.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const WORKSTATION_TRUST_ACCOUNT = 0x1000;
const ACCOUNTDISABLE = 0x2;
/** 2024-03-01T00:00:00Z as a FILETIME. */
const LONG_AGO = '133537248000000000';

describe.skipIf(!labAvailable)('an account with a good ticket', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(async () => {
    await site?.close();
  });

  /** A computer account with its ticket for Mortise in the cache: it needs no KDC any more. */
  const withTicket = async (name: string): Promise<Tickets> => {
    const tickets = await site.lab.kinit(`${name}$`, COMPUTER_PASSWORD);
    await tickets.request('HTTP/sso.localhost');
    return tickets;
  };

  describe('of a person', () => {
    test.each([
      ['account name', 'nora.keller', [], 'nora.keller', PEOPLE.nora],
      ['account name, where the UPN has another suffix than the realm', 'luca.rossi', [], 'luca.rossi', PEOPLE.luca],
      ['UPN with another suffix than the realm', PEOPLE.luca.upn, ['-E'], PEOPLE.luca.upn, PEOPLE.luca],
      ['UPN, made canonical by the KDC, as Windows asks for', PEOPLE.luca.upn, ['-E', '-C'], 'luca.rossi', PEOPLE.luca],
    ] as const)('signed in by %s: that person’s UPN and anchor', async (_, principal, options, inTicket, person) => {
      const { upn } = person;
      const mortise = await site.mortise();
      const { env } = await site.lab.kinit(principal, PERSON_PASSWORD, { options });
      const answer = await ask(mortise, { env });
      const record = await expectIssued(mortise, answer);
      expect(record.principal).toBe(`${inTicket}@CORP.EXAMPLE.TEST`);
      expect(record.subject).toMatchObject({ kind: 'person', name: upn.split('@')[0] });
      expect(Object.keys(claimsOf(record)).sort()).toEqual(['ImmutableID', 'NameIdentifier', 'UPN']);
      expect(claimsOf(record)['UPN']).toBe(upn);
      // The local Entra has no synchronised user of that anchor, and takes nobody for a device.
      await expect(site.join(mortise, assertionOf(answer), 'DESKTOP-01$')).rejects.toThrow('AADSTS51004');
    });
  });

  describe('whose name is somebody else’s', () => {
    // AD finds the computer `X$` for the client name X. Who may join computers chooses X: here a person's mail address.
    const address = 'nora.keller@example.test';
    const asPrincipal = (name: string): string => `${name.replace('@', '\\@')}@${site.lab.realm}`;

    test.each([
      ['with its PAC', [], 'objectSid'],
      ['without a PAC, which a client may ask for', ['--no-request-pac'], 'sAMAccountName'],
    ])('a computer under a person’s mail address is not the person, %s', async (_, pac, attribute) => {
      const dn = await addComputer(site.lab, 'IMPOSTOR-01', { sAMAccountName: `${address}$` });
      const mortise = await site.mortise();
      const { env } = await site.lab.kinit(asPrincipal(address), COMPUTER_PASSWORD, {
        options: ['-S', 'HTTP/sso.localhost', ...pac],
      });
      const answer = await ask(mortise, { env });
      const { refusal, principal } = await expectRefused(mortise, answer, 'directory-entry-not-the-caller');
      expect(principal).toBe(`${address}@CORP.EXAMPLE.TEST`);
      const [impostor] = await ldapsearch(site.lab, '(cn=IMPOSTOR-01)');
      const person = await account(site.lab, 'nora.keller');
      expect(impostor?.dn).toBe(dn);
      expect(refusal).toMatchObject({ attribute, detail: person.dn });
      expect(refusal.expected).toBe(attribute === 'objectSid' ? person.objectSid : 'nora.keller');
      expect(refusal.actual).toContain(attribute === 'objectSid' ? impostor?.objectSid : 'without a PAC');
      expect(await mortise.store.users.list()).toEqual([]);
      await site.lab.remove(dn);
    });

    test('a ticket without a PAC is taken under the account name, and under no other', async () => {
      const mortise = await site.mortise();
      const computer = await site.lab.kinit('desktop-01$', COMPUTER_PASSWORD, { options: ['--no-request-pac'] });
      await expectIssued(mortise, await ask(mortise, { env: computer.env }));
      const options = ['-E', '--no-request-pac'];
      const { env } = await site.lab.kinit(PEOPLE.luca.upn, PERSON_PASSWORD, { options });
      await expectRefused(mortise, await ask(mortise, { env }), 'directory-entry-not-the-caller');
    });

    test('a ticket of a computer that was deleted is no ticket of the one made anew under its name', async () => {
      const mortise = await site.mortise({ deviceAnchor: 'objectGUID' });
      const dn = await addComputer(site.lab, 'ANEW-01');
      const old = await withTicket('ANEW-01');
      await expectIssued(mortise, await ask(mortise, { env: old.env }));
      await site.lab.remove(dn);
      await addComputer(site.lab, 'ANEW-01');
      await expectRefused(mortise, await ask(mortise, { env: old.env }), 'directory-entry-not-the-caller');
      const { env } = await withTicket('ANEW-01');
      await expectIssued(mortise, await ask(mortise, { env }));
    });
  });

  describe('that is disabled or expired in AD while its ticket is still good', () => {
    test('disabled: refused, and accepted again when it is enabled', async () => {
      const mortise = await site.mortise();
      const { env } = await withTicket(COMPUTERS.toDisable);
      const { dn } = await account(site.lab, `${COMPUTERS.toDisable}$`);
      await expectIssued(mortise, await ask(mortise, { env }));
      await site.lab.modify(dn, { userAccountControl: WORKSTATION_TRUST_ACCOUNT | ACCOUNTDISABLE });
      const { refusal, principal } = await expectRefused(mortise, await ask(mortise, { env }), 'account-disabled');
      expect(refusal).toMatchObject({ attribute: 'userAccountControl', actual: '4098', detail: dn });
      expect(principal).toBe('DESKTOP-05$@CORP.EXAMPLE.TEST');
      await site.lab.modify(dn, { userAccountControl: WORKSTATION_TRUST_ACCOUNT });
      await expectIssued(mortise, await ask(mortise, { env }));
    });

    test('expired: refused with the time of its end', async () => {
      const mortise = await site.mortise({ deviceAnchor: 'objectGUID' });
      const dn = await addComputer(site.lab, 'LEAVING-01');
      const { env } = await withTicket('LEAVING-01');
      await site.lab.modify(dn, { accountExpires: LONG_AGO });
      const { refusal } = await expectRefused(mortise, await ask(mortise, { env }), 'account-expired');
      expect(refusal).toMatchObject({ attribute: 'accountExpires', actual: '2024-03-01T00:00:00.000Z', detail: dn });
    });

    test('deleted: not found', async () => {
      const mortise = await site.mortise({ deviceAnchor: 'objectGUID' });
      const dn = await addComputer(site.lab, 'GONE-01');
      const { env } = await withTicket('GONE-01');
      await site.lab.remove(dn);
      const { refusal } = await expectRefused(mortise, await ask(mortise, { env }), 'directory-entry-missing');
      expect(refusal.actual).toBe('GONE-01$');
    });
  });

  test('that matches twice is ambiguous: never the first, and both are named', async () => {
    const deviceFilter = '(&(objectClass=computer)(|(sAMAccountName=${identifier})(description=${identifier})))';
    const mortise = await site.mortise({ deviceFilter });
    const { env } = await withTicket(COMPUTERS.ambiguous);
    const { refusal } = await expectRefused(mortise, await ask(mortise, { env }), 'directory-entry-ambiguous');
    for (const name of [COMPUTERS.ambiguous, COMPUTERS.twin])
      expect(refusal.actual?.split('; ')).toContain((await account(site.lab, `${name}$`)).dn);
    expect(refusal.actual?.split('; ')).toHaveLength(2);
    expect(await mortise.store.users.list()).toEqual([]);
    // The twin itself matches once.
    const twin = await withTicket(COMPUTERS.twin);
    await expectIssued(mortise, await ask(mortise, { env: twin.env }));
  });

  test('of a gMSA is no device', async () => {
    const mortise = await site.mortise({ deviceAnchor: 'objectGUID' });
    const { env } = await withTicket(GMSA);
    const { refusal, principal } = await expectRefused(mortise, await ask(mortise, { env }), 'not-a-device');
    expect(principal).toBe(`${GMSA}$@CORP.EXAMPLE.TEST`);
    expect(refusal.attribute).toBe('objectCategory');
    expect(refusal.actual).toMatch(/^CN=ms-DS-Group-Managed-Service-Account,CN=Schema,/);
    expect(await mortise.store.users.list()).toEqual([]);
  });

  test('outside of searchBaseDn is not found, and the record says where it was searched', async () => {
    const mortise = await site.mortise({ deviceAnchor: 'objectGUID' });
    await addComputer(site.lab, 'STRAY-01', { below: 'CN=Computers' });
    const { env } = await withTicket('STRAY-01');
    const { refusal } = await expectRefused(mortise, await ask(mortise, { env }), 'directory-entry-missing');
    expect(refusal.actual).toBe('STRAY-01$');
    expect(refusal.detail).toContain(`OU=Workstations,${site.lab.baseDn}`);
    const wider = await site.mortise({ deviceAnchor: 'objectGUID', devicesBelow: 'CN=Computers' });
    await expectIssued(wider, await ask(wider, { env }));
  });

  test('that is refused after its ticket was accepted gets soapFaultStatus 400 where that is configured', async () => {
    const mortise = await site.mortise({ soapFaultStatus: 400 });
    const { env } = await withTicket(COMPUTERS.withoutAnchor);
    await expectRefused(mortise, await ask(mortise, { env }), 'anchor-missing', 400);
  });
});
