/** The LDAP directory against a real Active Directory: the conformance suite, and everything about connecting to it. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Socket } from 'node:net';
import { LDAP_ACCOUNT, PERSON_PASSWORD } from '../../lab/accounts.ts';
import { labPersonDn, LOCKOUT, NON_ASCII_PASSWORD, PASSWORD_PEOPLE } from '../../lab/people.ts';
import { labAvailable, startLab } from '../../lab/samba.ts';
import type { Lab } from '../../lab/samba.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { texts } from '../../src/directory/entry.ts';
import { openLdapDirectory } from '../../src/directory/ldap.ts';
import type { LdapGateway, LdapOptions } from '../../src/directory/ldap.ts';
import { lockoutPolicyOf } from '../../src/directory/lockout.ts';
import { Password } from '../../src/directory/password.ts';
import { directoryConformance } from '../conformance/directory.ts';
import { passwordConformance } from '../conformance/passwords.ts';
import { refusalFrom } from '../refusal-of.ts';
import { startRelay } from './relay.ts';
import type { Relay } from './relay.ts';

const silent = { info: () => undefined, warn: () => undefined };

/** Who a search finds; with the default, the one entry of the computer DESKTOP-01. */
const find = async (directory: Directory, name = 'DESKTOP-01$'): Promise<readonly string[]> =>
  (
    await directory.search({
      base: 'OU=Workstations,DC=corp,DC=example,DC=test',
      scope: 'sub',
      filter: { type: 'equal', attribute: 'sAMAccountName', value: Buffer.from(name) },
      attributes: ['sAMAccountName'],
      sizeLimit: 5,
    })
  ).flatMap((entry) => texts(entry, 'sAMAccountName'));

/** tcpmux: nobody has listened there for decades. */
const DEAD_PORT = 1;

describe.skipIf(!labAvailable)('LDAP on a real Active Directory', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(async () => {
    await lab?.stop();
  });

  const openWith = (gateway: Partial<LdapGateway>, options: Partial<LdapOptions> = {}): Directory => {
    const directory = openLdapDirectory({ ...lab.gateway, ...gateway }, { ca: lab.ca, log: silent, ...options });
    onTestFinished(async () => directory.close());
    return directory;
  };
  const relayTo = async (port: number): Promise<Relay> => {
    const relay = await startRelay(lab.address, port);
    onTestFinished(async () => relay.close().catch(() => undefined));
    return relay;
  };

  describe('conforms over LDAPS', () => {
    directoryConformance(async () => {
      const directory = openLdapDirectory(lab.gateway, { ca: lab.ca, log: silent });
      return { directory, close: () => directory.close() };
    });
  });

  describe('a person’s password', () => {
    const open = (): Directory => openLdapDirectory(lab.gateway, { ca: lab.ca, log: silent });
    passwordConformance(
      async () => {
        const directory = open();
        return { directory, close: () => directory.close() };
      },
      {
        ...PASSWORD_PEOPLE,
        password: PERSON_PASSWORD,
        toCount: PASSWORD_PEOPLE.toGuess,
        threshold: LOCKOUT.threshold,
        fineThreshold: 3,
      },
    );

    test.each([
      ['expired', 'expired', '532'],
      ['logonHours', 'logon-hours', '530'],
      ['workstation', 'workstation', '531'],
      ['accountExpired', 'account-expired', '701'],
      ['disabled', 'disabled', '533'],
      ['mustChange', 'must-change', '773'],
    ] as const)('of a person %s is told as %s, and a wrong one as wrong', async (who, verdict, data) => {
      const directory = openWith({});
      const dn = labPersonDn(PASSWORD_PEOPLE[who]);
      const checked = await directory.checkPassword({ dn, password: new Password(PERSON_PASSWORD) });
      expect([checked.verdict, checked.detail]).toEqual([verdict, expect.stringContaining(`data ${data}`)]);
      expect((await directory.checkPassword({ dn, password: new Password('not-a-real one') })).verdict).toBe('wrong');
    });

    test('goes as UTF-8', async () => {
      const dn = labPersonDn(PASSWORD_PEOPLE.nonAscii);
      const { verdict } = await openWith({}).checkPassword({ dn, password: new Password(NON_ASCII_PASSWORD) });
      expect(verdict).toBe('right');
    });

    test('a fine-grained policy that only administrators read: the strict one is assumed', async () => {
      const directory = openWith({});
      const [entry] = await directory.search({
        base: labPersonDn(PASSWORD_PEOPLE.hiddenPolicy),
        scope: 'base',
        filter: { type: 'present', attribute: 'objectClass' },
        attributes: ['msDS-ResultantPSO'],
        sizeLimit: 1,
      });
      expect(entry).toBeDefined();
      if (entry !== undefined)
        expect(await lockoutPolicyOf(entry, directory)).toMatchObject({ threshold: 3, known: false });
    });

    test('does not disturb searches: they stay those of the bind account', async () => {
      const directory = openWith({});
      const dn = labPersonDn(PASSWORD_PEOPLE.toLockToo);
      const checks = Array.from({ length: 40 }, () =>
        directory.checkPassword({ dn, password: new Password(PERSON_PASSWORD) }),
      );
      expect(await find(directory)).toEqual(['DESKTOP-01$']);
      expect(new Set((await Promise.all(checks)).map(({ verdict }) => verdict))).toEqual(new Set(['right']));
      expect(await find(directory)).toEqual(['DESKTOP-01$']);
    });

    test.each(['silent', 'closed'] as const)('a controller that is %s in the middle: no verdict', async (mode) => {
      const relay = await relayTo(636);
      relay.mode = mode;
      const directory = openWith({ serversHostAndPort: [`localhost:${relay.port}`] }, { timeoutMs: 400 });
      const dn = labPersonDn(PASSWORD_PEOPLE.usual);
      const refusal = await refusalFrom(directory.checkPassword({ dn, password: new Password(PERSON_PASSWORD) }));
      expect(refusal.code).toBe('directory-down');
      expect(JSON.stringify([refusal.message, refusal.facts])).not.toContain(PERSON_PASSWORD);
    });
  });

  describe('conforms over StartTLS', () => {
    directoryConformance(async () => {
      const gateway = {
        ...lab.gateway,
        serversHostAndPort: [`${lab.address}:389`],
        connectionSecurity: 'StartTLS' as const,
      };
      const directory = openLdapDirectory(gateway, { ca: lab.ca, log: silent });
      return { directory, close: () => directory.close() };
    });
  });

  describe('values', () => {
    test('an identifier that begins like a byte order mark keeps its 16 bytes, under any spelling', async () => {
      const value = Buffer.from('efbbbf4142434445464748494a4b4c4d', 'hex');
      const dn = lab.dn('CN=DESKTOP-03,OU=Workstations');
      await lab.modify(dn, { 'mS-DS-ConsistencyGuid': value });
      onTestFinished(async () => lab.modify(dn, { 'mS-DS-ConsistencyGuid': undefined }));
      const [entry] = await openWith({}).search({
        base: dn,
        scope: 'base',
        filter: { type: 'equal', attribute: 'mS-DS-ConsistencyGuid', value },
        attributes: ['MS-ds-CONSISTENCYguid'],
        sizeLimit: 1,
      });
      expect(Buffer.from(entry?.attributes.get('ms-ds-consistencyguid')?.[0] ?? []).toString('hex')).toBe(
        value.toString('hex'),
      );
    });

    test('a name with everything that must be escaped is read by its dn', async () => {
      const dn = lab.dn('CN=Keller\\, \\22Nora\\22 \\+ #1 \\<ü\\>,OU=Staff');
      await lab.add(dn, { objectClass: 'contact', description: 'with (parentheses) and *' });
      onTestFinished(async () => lab.remove(dn));
      const directory = openWith({});
      const filter = {
        type: 'equal',
        attribute: 'description',
        value: Buffer.from('with (parentheses) and *'),
      } as const;
      const [found] = await directory.search({
        base: lab.dn('OU=Staff'),
        scope: 'sub',
        filter,
        attributes: ['cn'],
        sizeLimit: 2,
      });
      const read = await directory.search({
        base: found?.dn ?? '',
        scope: 'base',
        filter,
        attributes: ['cn'],
        sizeLimit: 2,
      });
      expect(read.map((entry) => [entry.dn, texts(entry, 'cn')])).toEqual([[found?.dn, ['Keller, "Nora" + #1 <ü>']]]);
    });

    test('a deleted computer is gone at once, and its successor is another object', async () => {
      const directory = openWith({});
      const dn = lab.dn('CN=DESKTOP-06,OU=Workstations');
      const guidNow = async (): Promise<string | undefined> => {
        const [entry] = await directory.search({
          base: dn,
          scope: 'base',
          filter: { type: 'present', attribute: 'objectClass' },
          attributes: ['objectGUID'],
          sizeLimit: 1,
        });
        return entry && texts(entry, 'objectGUID')[0];
      };
      const before = await guidNow();
      await lab.remove(dn);
      expect(await guidNow()).toBeUndefined();
      const { computerAttributes } = await import('../../lab/accounts.ts');
      await lab.add(dn, computerAttributes('DESKTOP-06'));
      const after = await guidNow();
      expect(after).toMatch(/^[0-9a-f-]{36}$/);
      expect(after).not.toBe(before);
    });
  });

  describe('TLS', () => {
    test.each(['TLS', 'StartTLS'] as const)(
      '%s with a CA that signed nothing here: directory-down, and what to give',
      async (connectionSecurity) => {
        const { readFileSync } = await import('node:fs');
        const port = connectionSecurity === 'TLS' ? 636 : 389;
        const directory = openWith(
          { connectionSecurity, serversHostAndPort: [`${lab.address}:${port}`] },
          { ca: readFileSync(lab.otherCaFile, 'utf8') },
        );
        const refusal = await refusalFrom(find(directory));
        expect(refusal.code).toBe('directory-down');
        expect(refusal.facts.detail).toMatch(new RegExp(`^${lab.address}:${port}: .*server\\.ldapCaFile`));
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
          serversHostAndPort: [`${lab.address}:${port}`],
          validateTlsCertificates: false,
        };
        expect(await find(openWith(gateway, { ca: readFileSync(lab.otherCaFile, 'utf8') }))).toEqual(['DESKTOP-01$']);
      },
    );

    test('a name in the certificate is asked for by name', async () => {
      const relay = await relayTo(636);
      expect(await find(openWith({ serversHostAndPort: [`localhost:${relay.port}`] }))).toEqual(['DESKTOP-01$']);
    });

    test('LDAPS spoken to the plain port ends, and does not hang', async () => {
      const refusal = await refusalFrom(
        find(openWith({ serversHostAndPort: [`${lab.address}:389`] }, { timeoutMs: 2_000 })),
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
      await lab.modify(dn, { userAccountControl: 66050 });
      onTestFinished(async () => lab.modify(dn, { userAccountControl: 66048 }));
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
        find(openWith({ connectionSecurity: 'None', serversHostAndPort: [`${lab.address}:389`] })),
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
      await find(openWith({ connectionSecurity, serversHostAndPort: [`${lab.address}:${port}`] }));
      const sockets = setNoDelay.mock.contexts.filter((socket) => (socket as Socket).remotePort === port);
      expect(setNoDelay.mock.calls.length).toBeGreaterThan(0);
      expect(sockets.length).toBeGreaterThan(0);
      expect(setNoDelay.mock.calls.every(([on]) => on !== false)).toBe(true);
    });
  });

  describe('failover', () => {
    const timing = { timeoutMs: 400, retryMs: 50, maxRetryMs: 100 };

    test('of each server it is known whether it answers, and what is under way', async () => {
      const dead = `${lab.address}:${DEAD_PORT}`;
      const [alive = ''] = lab.gateway.serversHostAndPort;
      const directory = openWith({ serversHostAndPort: [dead, alive] });
      await find(directory);
      const asked = find(directory);
      const [one, two] = directory.controllers?.() ?? [];
      expect(one).toMatchObject({ server: dead, up: false, connections: 0, failures: { 'directory-down': 1 } });
      expect(two).toMatchObject({ server: alive, up: true, answered: 1, connections: 1, underWay: 1, waiting: 0 });
      await asked;
      expect(directory.controllers?.()[1]).toMatchObject({ answered: 2, underWay: 0 });
    });

    test('a port where nothing listens costs nothing', async () => {
      const directory = openWith({ serversHostAndPort: [`127.0.0.1:${DEAD_PORT}`, `${lab.address}:636`] }, timing);
      expect(await find(directory)).toEqual(['DESKTOP-01$']);
    });

    test('a server that hangs costs one timeout in all, for many callers and for later ones', async () => {
      const relay = await relayTo(636);
      relay.mode = 'silent';
      const directory = openWith(
        { serversHostAndPort: [`localhost:${relay.port}`, `${lab.address}:636`] },
        { ...timing, timeoutMs: 1_000 },
      );
      const started = performance.now();
      const found = await Promise.all(Array.from({ length: 20 }, async () => find(directory)));
      expect(found).toEqual(found.map(() => ['DESKTOP-01$']));
      expect(performance.now() - started).toBeLessThan(1_900);
      const later = performance.now();
      for (let index = 0; index < 10; index++) expect(await find(directory)).toEqual(['DESKTOP-01$']);
      expect(performance.now() - later).toBeLessThan(900);
    });

    test('a server that begins to hang with a connection open costs one timeout, too', async () => {
      const relay = await relayTo(636);
      const directory = openWith(
        { serversHostAndPort: [`localhost:${relay.port}`, `${lab.address}:636`] },
        { ...timing, timeoutMs: 1_000 },
      );
      await find(directory);
      relay.mode = 'silent';
      const started = performance.now();
      await Promise.all(Array.from({ length: 10 }, async () => expect(await find(directory)).toEqual(['DESKTOP-01$'])));
      expect(performance.now() - started).toBeLessThan(1_900);
    });

    test('the first is used again as soon as it answers', async () => {
      const relay = await relayTo(636);
      relay.mode = 'closed';
      const log: string[] = [];
      const directory = openWith(
        { serversHostAndPort: [`localhost:${relay.port}`, `${lab.address}:636`] },
        {
          ...timing,
          timeoutMs: 2_000,
          log: { info: (_, message) => log.push(message), warn: (_, message) => log.push(message) },
        },
      );
      expect(await find(directory)).toEqual(['DESKTOP-01$']);
      relay.mode = 'forward';
      await expect
        .poll(() => log, { timeout: 5_000 })
        .toEqual(['a domain controller does not answer; the next one is asked', 'the domain controller answers again']);
      const before = relay.connections();
      relay.drop();
      expect(await find(directory)).toEqual(['DESKTOP-01$']);
      expect(relay.connections()).toBeGreaterThan(before);
    });

    test('when none answers the refusal names each with its reason, at once from the second time on', async () => {
      const relay = await relayTo(636);
      relay.mode = 'silent';
      const directory = openWith(
        { serversHostAndPort: [`127.0.0.1:${DEAD_PORT}`, `localhost:${relay.port}`] },
        { ...timing, retryMs: 10_000 },
      );
      const refusal = await refusalFrom(find(directory));
      expect(refusal.code).toBe('directory-down');
      expect(refusal.facts.detail).toMatch(
        new RegExp(
          `^127\\.0\\.0\\.1:${DEAD_PORT}: nothing listens there \\(ECONNREFUSED\\); localhost:${relay.port}: it did not .*(?:in time|within 400 ms)$`,
        ),
      );
      const started = performance.now();
      expect((await refusalFrom(find(directory))).facts.detail).toBe(refusal.facts.detail);
      expect(performance.now() - started).toBeLessThan(100);
    });

    test('a refused search is an answer: the next server is not asked', async () => {
      const relay = await relayTo(636);
      const directory = openWith({ serversHostAndPort: [`${lab.address}:636`, `localhost:${relay.port}`] });
      const search = {
        base: 'nonsense',
        scope: 'sub',
        filter: { type: 'present', attribute: 'cn' },
        attributes: [],
        sizeLimit: 1,
      } as const;
      expect((await refusalFrom(directory.search(search))).code).toBe('directory-search-refused');
      expect(relay.connections()).toBe(0);
    });

    test('closing ends what is under way', async () => {
      const relay = await relayTo(636);
      relay.mode = 'silent';
      const directory = openWith({ serversHostAndPort: [`localhost:${relay.port}`] }, { timeoutMs: 60_000 });
      const pending = refusalFrom(find(directory));
      await expect.poll(() => relay.connections()).toBe(1);
      await directory.close();
      expect((await pending).code).toBe('directory-down');
    });
  });
});
