/** The LDAP directory against a real Active Directory: the conformance suites, passwords and values. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { PERSON_PASSWORD } from '../../lab/accounts.ts';
import { labPersonDn, LOCKOUT, NON_ASCII_PASSWORD, PASSWORD_PEOPLE } from '../../lab/people.ts';
import { labAvailable } from '../../lab/samba.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { texts } from '../../src/directory/entry.ts';
import { openLdapDirectory } from '../../src/directory/ldap.ts';
import { lockoutPolicyOf } from '../../src/directory/lockout.ts';
import { Password } from '../../src/directory/password.ts';
import { directoryConformance } from '../conformance/directory.ts';
import { passwordConformance } from '../conformance/passwords.ts';
import { refusalFrom } from '../refusal-of.ts';
import { find, ldapLab, silent } from './ldap-lab.ts';

describe.skipIf(!labAvailable)('LDAP on a real Active Directory', () => {
  const { lab, openWith, relayTo } = ldapLab();

  describe('conforms over LDAPS', () => {
    directoryConformance(async () => {
      const directory = openLdapDirectory(lab().gateway, { ca: lab().ca, log: silent });
      return { directory, close: () => directory.close() };
    });
  });

  describe('conforms over StartTLS', () => {
    directoryConformance(async () => {
      const gateway = {
        ...lab().gateway,
        serversHostAndPort: [`${lab().address}:389`],
        connectionSecurity: 'StartTLS' as const,
      };
      const directory = openLdapDirectory(gateway, { ca: lab().ca, log: silent });
      return { directory, close: () => directory.close() };
    });
  });

  describe('a person’s password', () => {
    const open = (): Directory => openLdapDirectory(lab().gateway, { ca: lab().ca, log: silent });
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

  describe('values', () => {
    test('an identifier that begins like a byte order mark keeps its 16 bytes, under any spelling', async () => {
      const value = Buffer.from('efbbbf4142434445464748494a4b4c4d', 'hex');
      const dn = lab().dn('CN=DESKTOP-03,OU=Workstations');
      await lab().modify(dn, { 'mS-DS-ConsistencyGuid': value });
      onTestFinished(async () => lab().modify(dn, { 'mS-DS-ConsistencyGuid': undefined }));
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
      const dn = lab().dn('CN=Keller\\, \\22Nora\\22 \\+ #1 \\<ü\\>,OU=Staff');
      await lab().add(dn, { objectClass: 'contact', description: 'with (parentheses) and *' });
      onTestFinished(async () => lab().remove(dn));
      const directory = openWith({});
      const filter = {
        type: 'equal',
        attribute: 'description',
        value: Buffer.from('with (parentheses) and *'),
      } as const;
      const [found] = await directory.search({
        base: lab().dn('OU=Staff'),
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
      const dn = lab().dn('CN=DESKTOP-06,OU=Workstations');
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
      await lab().remove(dn);
      expect(await guidNow()).toBeUndefined();
      const { computerAttributes } = await import('../../lab/accounts.ts');
      await lab().add(dn, computerAttributes('DESKTOP-06'));
      const after = await guidNow();
      expect(after).toMatch(/^[0-9a-f-]{36}$/);
      expect(after).not.toBe(before);
    });
  });
});
