/** Changes of password over LDAP: what is sent, and what a real Active Directory makes of it. */
import { Client } from 'ldapts';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ADMINISTRATOR, DOMAIN, PERSON_PASSWORD } from '../../lab/accounts.ts';
import { labPersonDn, LOCKOUT, LONG_PASSWORD, PASSWORD_PEOPLE } from '../../lab/people.ts';
import { labAvailable } from '../../lab/samba.ts';
import type {
  ChangedPassword,
  Directory,
  PasswordChangeVerdict,
  PasswordVerdict,
} from '../../src/directory/directory.ts';
import { changeAsGateway } from '../../src/directory/ldap-change-password.ts';
import type { LdapConnection, LdapServer } from '../../src/directory/ldap-connection.ts';
import { ServerDown, Unanswered } from '../../src/directory/ldap-errors.ts';
import { openLdapDirectory } from '../../src/directory/ldap.ts';
import { Password } from '../../src/directory/password.ts';
import { passwordChangeConformance } from '../conformance/passwords.ts';
import { refusalFrom } from '../refusal-of.ts';
import { ldapLab, silent } from './ldap-lab.ts';
import type { Relay } from './relay.ts';

const FRESH = 'Not-a-real-7-one';
const WRONG = 'not-a-real password';
type Who = keyof typeof PASSWORD_PEOPLE;

describe('what is sent', () => {
  const SERVER: LdapServer = {
    host: 'dc1',
    port: 636,
    security: 'TLS',
    validateTlsCertificates: true,
    bindDN: 'svc@corp',
    bindPassword: 'another',
  };
  const CHANGE = { dn: 'CN=Nora,DC=x', oldPassword: new Password('o"ld'), newPassword: new Password('nü') };

  interface Sent {
    readonly values: unknown[][];
    closed: number;
  }
  const connection = (sent: Sent, answer: () => Promise<void>, open = true): LdapConnection => ({
    isOpen: () => open,
    search: () => Promise.reject(new TypeError('no search')),
    changeValue: (dn, attribute, from, to) => {
      sent.values.push([dn, attribute, Buffer.from(from).toString('hex'), Buffer.from(to).toString('hex')]);
      return answer();
    },
    close: () => void sent.closed++,
  });
  const change = async (answer: () => Promise<void>, open?: boolean): Promise<{ sent: Sent; outcome: unknown }> => {
    const sent: Sent = { values: [], closed: 0 };
    const changing = changeAsGateway(SERVER, CHANGE, 20, async () => connection(sent, answer, open));
    return { sent, outcome: await changing.catch((error: unknown) => error) };
  };

  test('is the old value and the new one, quoted and in UTF-16, once', async () => {
    const { sent, outcome } = await change(async () => undefined);
    expect(outcome).toEqual({ verdict: 'changed', detail: 'dc1:636' });
    expect(sent).toEqual({
      values: [['CN=Nora,DC=x', 'unicodePwd', '22006f0022006c0064002200', '22006e00fc002200']],
      closed: 1,
    });
  });

  test('without an answer in time nobody knows whether it was made', async () => {
    const { sent, outcome } = await change(() => new Promise(() => undefined));
    expect(outcome).toBeInstanceOf(Unanswered);
    expect(sent).toMatchObject({ values: [expect.anything()], closed: 1 });
  });

  test('nor when the connection ends, in whatever words', async () => {
    const { sent, outcome } = await change(() => Promise.reject(new Error('lost: o"ld nü')));
    expect(outcome).toBeInstanceOf(Unanswered);
    expect(`${(outcome as Error).message}${String((outcome as Error).cause)}`).not.toMatch(/o"ld|nü/);
    expect(sent.closed).toBe(1);
  });

  test('is nothing when the connection ended before: another server may be asked', async () => {
    const { sent, outcome } = await change(async () => undefined, false);
    expect(outcome).toBeInstanceOf(ServerDown);
    expect(outcome).not.toBeInstanceOf(Unanswered);
    expect(sent).toEqual({ values: [], closed: 1 });
  });

  test.each([
    ['without TLS', { ...SERVER, security: 'None' as const }, CHANGE, 'not-allowed'],
    ['an empty old password', SERVER, { ...CHANGE, oldPassword: new Password('') }, 'wrong'],
    ['an empty new password', SERVER, { ...CHANGE, newPassword: new Password('') }, 'policy'],
  ])('is nothing %s, not even a bind', async (_what, server, asked, verdict) => {
    const connect = vi.fn<() => Promise<LdapConnection>>();
    expect((await changeAsGateway(server, asked, 20, connect)).verdict).toBe(verdict);
    expect(connect).not.toHaveBeenCalled();
  });
});

describe.skipIf(!labAvailable)('on a real Active Directory', () => {
  const { lab, openWith, relayTo } = ldapLab();

  passwordChangeConformance(
    async () => {
      const directory = openLdapDirectory(lab().gateway, { ca: lab().ca, log: silent });
      return { directory, close: () => directory.close() };
    },
    {
      ...PASSWORD_PEOPLE,
      password: PERSON_PASSWORD,
      tooShort: 'Kurz-7-Kurz-7'.slice(0, LONG_PASSWORD - 1),
      threshold: LOCKOUT.threshold,
    },
  );

  const change = (directory: Directory, who: Who, from: string, to: string): Promise<ChangedPassword> => {
    const dn = labPersonDn(PASSWORD_PEOPLE[who]);
    return directory.changePassword({ dn, oldPassword: new Password(from), newPassword: new Password(to) });
  };
  const check = async (who: Who, password: string): Promise<PasswordVerdict> => {
    const dn = labPersonDn(PASSWORD_PEOPLE[who]);
    return (await openWith({}).checkPassword({ dn, password: new Password(password) })).verdict;
  };
  const wrongOnes = async (who: Who): Promise<string | undefined> =>
    (await lab().read(labPersonDn(PASSWORD_PEOPLE[who]), 'badPwdCount'))?.map(String)[0];
  /** A relay through which a change is sent, and what happens to it in that moment. */
  const relayWith = async (atChange: (relay: Relay) => void): Promise<Relay> => {
    const relay = await relayTo(636);
    const modify = vi.spyOn(Client.prototype, 'modify');
    onTestFinished(() => modify.mockRestore());
    modify.mockImplementationOnce(function (this: Client, ...args) {
      atChange(relay);
      return this.modify(...args);
    });
    return relay;
  };

  test('an expired password is changed, and signs in again', async () => {
    expect(await check('expiredToo', PERSON_PASSWORD)).toBe('expired');
    expect((await change(openWith({}), 'expiredToo', PERSON_PASSWORD, FRESH)).verdict).toBe('changed');
    expect(await check('expiredToo', FRESH)).toBe('right');
  });

  test('over StartTLS, up to the longest password', async () => {
    const directory = openWith({ connectionSecurity: 'StartTLS', serversHostAndPort: [`${lab().address}:389`] });
    const longest = '密'.repeat(256);
    expect((await change(directory, 'toChangeTwice', PERSON_PASSWORD, longest)).verdict).toBe('changed');
    expect(await check('toChangeTwice', longest)).toBe('right');
    expect((await change(directory, 'toChangeTwice', longest, PERSON_PASSWORD)).verdict).toBe('changed');
  });

  test.each([
    ['longPassword', 'too simple', 'not-a-real-one-at-all', 'policy', '0000052d'],
    ['youngPassword', 'too soon', FRESH, 'policy', '0000052d'],
    ['cannotChange', 'without the right to it', FRESH, 'not-allowed', undefined],
  ] as const)('of %s, %s: told in AD’s code alone, and nothing is changed', async (who, _why, to, verdict, code) => {
    const changed = await change(openWith({}), who, PERSON_PASSWORD, to);
    expect(changed.verdict).toBe(verdict);
    const words = `${lab().address}:636: LDAP result 19, ${code === undefined ? '' : `AD code ${code}, `}the `;
    expect(changed.detail.startsWith(words), changed.detail).toBe(true);
    expect(await check(who, PERSON_PASSWORD)).toBe('right');
  });

  test('where the right to it is missing, the old password is not even looked at', async () => {
    expect((await change(openWith({}), 'cannotChange', WRONG, FRESH)).verdict).toBe('not-allowed');
    expect(await wrongOnes('cannotChange')).toBe('0');
  });

  test('is no reset, even by an account that could reset', async () => {
    const directory = openWith({
      bindDN: `${ADMINISTRATOR.name}@${DOMAIN}`,
      bindPassword: ADMINISTRATOR.password,
    });
    expect((await change(directory, 'longPassword', WRONG, FRESH)).verdict).toBe('wrong');
    expect((await change(directory, 'longPassword', PERSON_PASSWORD, 'Kurz-7')).verdict).toBe('policy');
    expect(await check('longPassword', PERSON_PASSWORD)).toBe('right');
  });

  test('what is no account of a person is refused', async () => {
    const [oldPassword, newPassword] = [new Password(WRONG), new Password(FRESH)];
    const verdicts: PasswordChangeVerdict[] = [];
    for (const dn of [lab().dn('OU=Staff'), 'nonsense'])
      verdicts.push((await openWith({}).changePassword({ dn, oldPassword, newPassword })).verdict);
    expect(verdicts).toEqual(['not-allowed', 'refused']);
  });

  describe('servers', () => {
    test('one where nothing listens is passed over', async () => {
      const directory = openWith({ serversHostAndPort: ['127.0.0.1:1', `${lab().address}:636`] });
      expect((await change(directory, 'toChangeTwice', WRONG, FRESH)).verdict).toBe('wrong');
    });

    test('one that falls silent after the change was sent: it may be made, and no other is asked', async () => {
      const first = await relayWith((relay) => (relay.mode = 'unanswered'));
      const second = await relayTo(636);
      const directory = openWith(
        { serversHostAndPort: [`localhost:${first.port}`, `localhost:${second.port}`] },
        { timeoutMs: 800 },
      );
      const refusal = await refusalFrom(change(directory, 'toChangeFromAfar', PERSON_PASSWORD, FRESH));
      expect([refusal.code, refusal.facts.detail]).toEqual([
        'directory-down',
        `localhost:${first.port}: it did not answer a change of password within 800 ms, and may have made it`,
      ]);
      expect(second.connections()).toBe(0);
      expect(await check('toChangeFromAfar', FRESH)).toBe('right');
      expect(await wrongOnes('toChangeFromAfar')).toBe('0');
    });

    test('one whose connection ends then is the same', async () => {
      const first = await relayWith((relay) => relay.drop());
      const second = await relayTo(636);
      const directory = openWith({ serversHostAndPort: [`localhost:${first.port}`, `localhost:${second.port}`] });
      const refusal = await refusalFrom(change(directory, 'usual', WRONG, FRESH));
      expect(refusal.code).toBe('directory-down');
      expect(refusal.facts.detail).toMatch(/ended before it answered a change of password, which it may have made$/);
      expect(JSON.stringify([refusal.message, refusal.facts])).not.toContain('not-a-real');
      expect(second.connections()).toBe(0);
    });

    test('a refused gateway is told as such, and not asked again for a while, by searches neither', async () => {
      const relay = await relayTo(636);
      const directory = openWith({ bindPassword: 'wrong', serversHostAndPort: [`localhost:${relay.port}`] });
      for (let attempt = 0; attempt < 2; attempt++)
        expect((await refusalFrom(change(directory, 'usual', WRONG, FRESH))).code).toBe('directory-bind-refused');
      const search = {
        base: lab().baseDn,
        scope: 'base',
        filter: { type: 'present', attribute: 'objectClass' },
        attributes: [],
        sizeLimit: 1,
      } as const;
      expect((await refusalFrom(directory.search(search))).code).toBe('directory-bind-refused');
      expect(relay.connections()).toBe(1);
    });

    test('many at once wait for their turn, and sign-ins do not wait for them', async () => {
      const relay = await relayTo(636);
      const directory = openWith({ serversHostAndPort: [`localhost:${relay.port}`] });
      const changes = Array.from({ length: 20 }, () => change(directory, 'toChangeTwice', PERSON_PASSWORD, 'x'));
      const dn = labPersonDn(PASSWORD_PEOPLE.usual);
      const signIn = directory.checkPassword({ dn, password: new Password(PERSON_PASSWORD) });
      expect((await signIn).verdict).toBe('right');
      const verdicts = (await Promise.all(changes)).map(({ verdict }) => verdict);
      expect(verdicts.filter((verdict) => verdict === 'changed')).toHaveLength(1);
      expect(new Set(verdicts)).toEqual(new Set(['changed', 'wrong', 'locked-out']));
    });
  });
});
