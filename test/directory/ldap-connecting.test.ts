/** Connecting to a real Active Directory: TLS and its names, the bind, a connection’s life. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Socket } from 'node:net';
import { LDAP_ACCOUNT } from '../../lab/accounts.ts';
import { labAvailable } from '../../lab/samba.ts';
import { refusalFrom } from '../refusal-of.ts';
import { find, ldapLab } from './ldap-lab.ts';

describe.skipIf(!labAvailable)('connecting by LDAP', () => {
  const { lab, openWith, relayTo } = ldapLab();

  describe('TLS', () => {
    test.each(['TLS', 'StartTLS'] as const)(
      '%s with a CA that signed nothing here: directory-down, and what to give',
      async (connectionSecurity) => {
        const { readFileSync } = await import('node:fs');
        const port = connectionSecurity === 'TLS' ? 636 : 389;
        const directory = openWith(
          { connectionSecurity, serversHostAndPort: [`${lab().address}:${port}`] },
          { ca: readFileSync(lab().otherCaFile, 'utf8') },
        );
        const refusal = await refusalFrom(find(directory));
        expect(refusal.code).toBe('directory-down');
        expect(refusal.facts.detail).toMatch(new RegExp(`^${lab().address}:${port}: .*server\\.ldapCaFile`));
      },
    );

    test.each(['TLS', 'StartTLS'] as const)(
      '%s to a name that is not in the certificate: directory-down',
      async (connectionSecurity) => {
        const relay = await relayTo(connectionSecurity === 'TLS' ? 636 : 389);
        const refusal = await refusalFrom(
          find(openWith({ connectionSecurity, serversHostAndPort: [`127.0.0.1:${relay.port}`] })),
        );
        expect(refusal.code).toBe('directory-down');
        expect(refusal.facts.detail).toContain('for another name');
      },
    );

    test.each(['TLS', 'StartTLS'] as const)(
      '%s without validating certificates takes any',
      async (connectionSecurity) => {
        const { readFileSync } = await import('node:fs');
        const port = connectionSecurity === 'TLS' ? 636 : 389;
        const gateway = {
          connectionSecurity,
          serversHostAndPort: [`${lab().address}:${port}`],
          validateTlsCertificates: false,
        };
        expect(await find(openWith(gateway, { ca: readFileSync(lab().otherCaFile, 'utf8') }))).toEqual(['DESKTOP-01$']);
      },
    );

    test('a name in the certificate is asked for by name', async () => {
      const relay = await relayTo(636);
      expect(await find(openWith({ serversHostAndPort: [`localhost:${relay.port}`] }))).toEqual(['DESKTOP-01$']);
    });

    test('LDAPS spoken to the plain port ends, and does not hang', async () => {
      const refusal = await refusalFrom(
        find(openWith({ serversHostAndPort: [`${lab().address}:389`] }, { timeoutMs: 2_000 })),
      );
      expect(refusal.code).toBe('directory-down');
    });
  });

  describe('the bind', () => {
    test('a wrong password is refused with AD’s sub-code explained, and without the password', async () => {
      const refusal = await refusalFrom(find(openWith({ bindPassword: 'Not-The-Passw0rd' })));
      expect(refusal.code).toBe('directory-bind-refused');
      expect(refusal.facts.actual).toBe(LDAP_ACCOUNT.userPrincipalName);
      expect(refusal.facts.detail).toMatch(/LDAP result 49, AD data 52e, the password is wrong/);
      expect(JSON.stringify(refusal.facts)).not.toContain('Not-The-Passw0rd');
    });

    test('a disabled bind account is told apart', async () => {
      const dn = LDAP_ACCOUNT.dn;
      await lab().modify(dn, { userAccountControl: 66050 });
      onTestFinished(async () => lab().modify(dn, { userAccountControl: 66048 }));
      const refusal = await refusalFrom(find(openWith({})));
      expect(refusal.code).toBe('directory-bind-refused');
      expect(refusal.facts.detail).toContain('AD data 533, the account is disabled');
    });

    test('an empty password is refused here: AD would take it for an anonymous bind', async () => {
      const relay = await relayTo(636);
      const refusal = await refusalFrom(
        find(openWith({ bindPassword: '', serversHostAndPort: [`localhost:${relay.port}`] })),
      );
      expect([refusal.code, refusal.facts.attribute]).toEqual(['directory-bind-refused', 'bindPassword']);
      expect(relay.connections()).toBe(0);
    });

    test('by distinguished name', async () => {
      expect(await find(openWith({ bindDN: LDAP_ACCOUNT.dn }))).toEqual(['DESKTOP-01$']);
    });

    test('without TLS the domain controller refuses it, and the refusal says what to set', async () => {
      const refusal = await refusalFrom(
        find(openWith({ connectionSecurity: 'None', serversHostAndPort: [`${lab().address}:389`] })),
      );
      expect(refusal.code).toBe('directory-bind-refused');
      expect(refusal.facts.detail).toContain('LDAP result 8, the server takes no password without TLS');
    });

    test('a refused bind is not repeated for a while: each one counts towards the lockout', async () => {
      const relay = await relayTo(636);
      let time = 0;
      const directory = openWith(
        { bindPassword: 'wrong', serversHostAndPort: [`localhost:${relay.port}`] },
        { refusedBindMs: 1_000, clock: () => time },
      );
      for (let attempt = 0; attempt < 3; attempt++)
        expect((await refusalFrom(find(directory))).code).toBe('directory-bind-refused');
      expect(relay.connections()).toBe(1);
      time = 1_000;
      expect((await refusalFrom(find(directory))).code).toBe('directory-bind-refused');
      expect(relay.connections()).toBe(2);
    });
  });

  describe('a connection', () => {
    test.each([
      ['TLS', 636],
      ['StartTLS', 389],
    ] as const)(
      'over %s is shared by all searches, and opened and bound anew after a drop',
      async (connectionSecurity, port) => {
        const relay = await relayTo(port);
        const directory = openWith({ connectionSecurity, serversHostAndPort: [`localhost:${relay.port}`] });
        await Promise.all(
          Array.from({ length: 20 }, async () => expect(await find(directory)).toEqual(['DESKTOP-01$'])),
        );
        expect(relay.connections()).toBe(1);
        relay.drop();
        // An unbound connection would be refused by AD: it answers anonymous searches of the domain with an error.
        expect(await Promise.all(Array.from({ length: 5 }, async () => find(directory)))).toEqual(
          Array.from({ length: 5 }, () => ['DESKTOP-01$']),
        );
        expect(relay.connections()).toBe(2);
        relay.drop();
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(await find(directory)).toEqual(['DESKTOP-01$']);
      },
    );

    test.each([
      ['TLS', 636],
      ['StartTLS', 389],
    ] as const)('over %s sends each request at once (TCP_NODELAY)', async (connectionSecurity, port) => {
      const setNoDelay = vi.spyOn(Socket.prototype, 'setNoDelay');
      onTestFinished(() => setNoDelay.mockRestore());
      await find(openWith({ connectionSecurity, serversHostAndPort: [`${lab().address}:${port}`] }));
      const sockets = setNoDelay.mock.contexts.filter((socket) => (socket as Socket).remotePort === port);
      expect(setNoDelay.mock.calls.length).toBeGreaterThan(0);
      expect(sockets.length).toBeGreaterThan(0);
      expect(setNoDelay.mock.calls.every(([on]) => on !== false)).toBe(true);
    });
  });
});
