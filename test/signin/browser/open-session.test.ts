/** Who gets a session by password or by ticket, for how long, and what is recorded of it. */
import { describe, expect, test } from 'vitest';
import { SAMPLE_BASE_DN, SAMPLE_COMPUTERS, SAMPLE_PEOPLE } from '../../../src/directory/sample-domain.ts';
import { Refusal } from '../../../src/refusal.ts';
import { openByPassword, openByTicket } from '../../../src/signin/browser/open-session.ts';
import type { OpenOptions } from '../../../src/signin/browser/open-session.ts';
import {
  ASKED,
  codeOf,
  credential,
  minutesLater,
  NORA,
  NOW,
  openBrowserGround,
  OPTIONS,
  useWorkspace,
} from './browser-ground.ts';
import type { BrowserGround } from './browser-ground.ts';
import { ticketWithPac } from './pac-ticket.ts';

useWorkspace();

const ACCOUNT = SAMPLE_PEOPLE.usual;
/** Nora's relative identifier in the sample domain. */
const RELATIVE_ID = 1701;

const byPassword = (ground: BrowserGround, options: Partial<OpenOptions> = {}, password?: string) =>
  openByPassword(ground.attempt(), credential(NORA, password), { ...OPTIONS, ...options }, ground.dependencies);

const byTicket = (ground: BrowserGround, authorization: string, options: Partial<OpenOptions> = {}) =>
  openByTicket(
    ground.attempt(),
    { authorization, negotiation: undefined },
    { ...OPTIONS, ...options },
    ground.dependencies,
  );

const byPac = (ground: BrowserGround, relativeId = RELATIVE_ID) =>
  byTicket(ground, ticketWithPac(ACCOUNT, relativeId, ground.serviceAccountPassword, NOW));

const sessionOf = (outcome: Awaited<ReturnType<typeof byTicket>>) => {
  if (outcome.kind !== 'opened') throw new Error(`no session: ${codeOf(outcome)}`);
  return outcome.session;
};

describe('by password', () => {
  test('a person gets a session, which is in the store before it is told, and recorded', async () => {
    const ground = await openBrowserGround();
    const { stored, memory } = sessionOf(await byPassword(ground));
    const [user] = await ground.store.users.list();
    expect(stored).toEqual({
      id: stored.id,
      userId: user?.id,
      gatewayId: ground.gateway.gateway.id,
      userTypeId: ground.gateway.userTypes[0]?.id,
      objectGUID: 'c84e2b19-3f60-4d95-a7c8-0be5f9261301',
      method: 'password',
      authenticatedAt: NOW,
      passwordSet: '133854048000000000',
      secondFactorAt: undefined,
      persistent: false,
      expiresAt: minutesLater(480),
    });
    expect(await ground.store.sessions.find(stored.id)).toEqual(stored);
    expect(memory).toEqual({
      signInProvedFor: { asked: ASKED, at: NOW.getTime() },
      ceremonies: {},
      mayEnrol: false,
      answered: [],
    });
    expect(await ground.lastRecord()).toMatchObject({
      outcome: 'done',
      event: { kind: 'session-opened', detail: 'password' },
      endpoint: 'passive',
      principal: NORA,
      subject: { kind: 'person', name: ACCOUNT, userId: user?.id },
      notes: [expect.stringMatching(/^user created/)],
    });
  });

  test('a wrong one opens nothing, and leaves the session before it as it was', async () => {
    const ground = await openBrowserGround();
    const before = await ground.signIn();
    const outcome = await byPassword(ground, { before }, 'wrong');
    expect([codeOf(outcome), outcome.kind === 'refused' && outcome.shownAs]).toEqual([
      'password-wrong',
      'password-wrong',
    ]);
    expect(await ground.dependencies.sessions.isOpen(before)).toBe(true);
    expect(await ground.store.sessions.deleteOfUser(before.stored.userId)).toBe(1);
  });

  test('ends the session before it, somebody else’s too', async () => {
    const ground = await openBrowserGround();
    const before = await ground.signIn('mia.berg@corp.example.test');
    const { stored } = sessionOf(await byPassword(ground, { before }));
    expect(stored.userId).not.toBe(before.stored.userId);
    expect(await ground.dependencies.sessions.isOpen(before)).toBe(false);
  });

  test('refreshes the stored attributes', async () => {
    const ground = await openBrowserGround();
    await byPassword(ground);
    ground.directory.edit(ACCOUNT, { title: 'Leiterin' });
    await byPassword(ground);
    const [user] = await ground.store.users.list();
    expect(user?.attributes['title']).toBe('Leiterin');
  });

  test('whose stored user was retired is known anew, as another one', async () => {
    const ground = await openBrowserGround();
    const { stored } = await ground.signIn();
    await ground.store.users.retire(stored.userId, NOW);
    const outcome = await byPassword(ground);
    expect(sessionOf(outcome).stored.userId).not.toBe(stored.userId);
  });

  test('what cannot be recorded opens nothing', async () => {
    const ground = await openBrowserGround();
    const append = async (): Promise<never> => {
      throw new Error('disk full');
    };
    const dependencies = { ...ground.dependencies, activities: { append } };
    const opening = openByPassword(ground.attempt(), credential(), OPTIONS, dependencies);
    await expect(opening).rejects.toMatchObject({ name: 'NotRecordedError' });
  });

  test('an attribute that is lost in the directory keeps a known person out no more than the directory itself', async () => {
    const ground = await openBrowserGround();
    await byPassword(ground);
    ground.directory.edit(ACCOUNT, { 'mS-DS-ConsistencyGuid': undefined });
    expect(codeOf(await byPassword(ground))).toBe('opened');
    expect((await ground.lastRecord()).notes).toEqual(['attributes are those of the last sign-in: anchor-missing']);
  });

  test('but somebody new has none to go by', async () => {
    const ground = await openBrowserGround();
    ground.directory.edit(ACCOUNT, { 'mS-DS-ConsistencyGuid': undefined });
    expect(codeOf(await byPassword(ground))).toBe('anchor-missing');
    expect(await ground.store.users.list()).toEqual([]);
  });
});

describe('by ticket', () => {
  test('a person gets a session, with attributes refreshed', async () => {
    const ground = await openBrowserGround();
    await byPassword(ground);
    ground.directory.edit(ACCOUNT, { title: 'Leiterin' });
    const { stored } = sessionOf(await byTicket(ground, ground.ticket(ACCOUNT)));
    expect(stored).toMatchObject({ method: 'kerberos', authenticatedAt: NOW });
    const [user] = await ground.store.users.list();
    expect([user?.id, user?.attributes['title']]).toEqual([stored.userId, 'Leiterin']);
    expect(await ground.lastRecord()).toMatchObject({
      event: { kind: 'session-opened', detail: 'kerberos' },
      principal: `${ACCOUNT}@CORP.EXAMPLE.TEST`,
    });
  });

  test('the server proves itself', async () => {
    const ground = await openBrowserGround();
    const outcome = await byTicket(ground, ground.ticket(ACCOUNT));
    expect(outcome.responseToken).toBeDefined();
  });

  test('a computer gets none: what a device may have it asks for elsewhere', async () => {
    const ground = await openBrowserGround();
    const outcome = await byTicket(ground, ground.ticket(SAMPLE_COMPUTERS.consistent));
    expect(codeOf(outcome)).toBe('not-a-person');
    expect(await ground.store.users.list()).toEqual([]);
    expect(await ground.lastRecord()).toMatchObject({ outcome: 'refused', refusal: { code: 'not-a-person' } });
  });

  test('nor does one that a filter for people finds', async () => {
    const ground = await openBrowserGround();
    const people = ground.gateway.userTypes.map((type) => ({
      ...type,
      searchBaseDn: SAMPLE_BASE_DN,
      newUserLookup: { ...type.newUserLookup, ldapFilterPattern: '(sAMAccountName=${identifier})' },
    }));
    const gateways = new Map([[ground.gateway.gateway.id, { ...ground.gateway, userTypes: people }]]);
    const attempt = ground.attempt({ issuing: { ...ground.issuing, gateways } });
    const authorization = ground.ticket(SAMPLE_COMPUTERS.consistent);
    const outcome = await openByTicket(
      attempt,
      { authorization, negotiation: undefined },
      OPTIONS,
      ground.dependencies,
    );
    expect(codeOf(outcome)).toBe('not-a-person');
    expect(await ground.store.users.list()).toEqual([]);
  });

  test.each([
    ['somebody disabled', SAMPLE_PEOPLE.disabled, 'account-disabled'],
    ['nobody', 'nobody', 'directory-entry-missing'],
  ])('%s gets none', async (_, account, code) => {
    const ground = await openBrowserGround();
    expect(codeOf(await byTicket(ground, ground.ticket(account)))).toBe(code);
    expect(await ground.lastRecord()).toMatchObject({ outcome: 'refused', refusal: { code } });
  });

  test('the same ticket again opens nothing', async () => {
    const ground = await openBrowserGround();
    const ticket = ground.ticket(ACCOUNT);
    expect(codeOf(await byTicket(ground, ticket))).toBe('opened');
    expect(codeOf(await byTicket(ground, ticket))).toBe('kerberos-replay');
  });

  test('a first leg is no outcome', async () => {
    const ground = await openBrowserGround();
    const outcome = await byTicket(ground, ground.ticket(ACCOUNT, { withoutMechToken: true }));
    expect(outcome.kind).toBe('continue');
    expect(await ground.records()).toEqual([]);
  });
});

describe('by ticket, while no domain controller answers', () => {
  const DOWN = new Refusal('directory-down', { detail: 'dc1:636 timed out' });

  test('a known person gets a session with the attributes of the last sign-in, and the record says so', async () => {
    const ground = await openBrowserGround();
    const before = await ground.signIn();
    ground.directory.failure = DOWN;
    const { stored } = sessionOf(await byPac(ground));
    expect(stored).toMatchObject({ method: 'kerberos', userId: before.stored.userId, passwordSet: '' });
    expect(stored.objectGUID).toBe(before.stored.objectGUID);
    expect(await ground.lastRecord()).toMatchObject({
      event: { kind: 'session-opened' },
      notes: ['attributes are those of the last sign-in: directory-down'],
      subject: { kind: 'person', userId: stored.userId, username: ACCOUNT },
    });
  });

  test.each(['directory-bind-refused', 'directory-search-refused'] as const)(
    'a known person gets one too where it answers nobody: %s',
    async (code) => {
      const ground = await openBrowserGround();
      const before = await ground.signIn();
      ground.directory.failure = new Refusal(code);
      expect(sessionOf(await byPac(ground)).stored.userId).toBe(before.stored.userId);
      expect((await ground.lastRecord()).notes).toEqual([`attributes are those of the last sign-in: ${code}`]);
    },
  );

  test('somebody who was never here gets none', async () => {
    const ground = await openBrowserGround();
    ground.directory.failure = DOWN;
    expect(codeOf(await byPac(ground))).toBe('directory-down');
  });

  test('another account of the same name is another person: the SID decides', async () => {
    const ground = await openBrowserGround();
    await ground.signIn();
    ground.directory.failure = DOWN;
    expect(codeOf(await byPac(ground, RELATIVE_ID + 1))).toBe('directory-down');
  });

  test('a ticket without a SID tells nobody', async () => {
    const ground = await openBrowserGround();
    await ground.signIn();
    ground.directory.failure = DOWN;
    expect(codeOf(await byTicket(ground, ground.ticket(ACCOUNT)))).toBe('directory-down');
  });

  test('a computer that is known is no person either', async () => {
    const ground = await openBrowserGround();
    await ground.signIn();
    ground.directory.failure = DOWN;
    // 1601 is DESKTOP-01$.
    expect(codeOf(await byPac(ground, 1601))).toBe('directory-down');
  });

  test('a retired user gets none', async () => {
    const ground = await openBrowserGround();
    const { stored } = await ground.signIn();
    await ground.store.users.retire(stored.userId, NOW);
    ground.directory.failure = DOWN;
    expect(codeOf(await byPac(ground))).toBe('directory-down');
  });

  test('what the directory says against the account is no failure to ask it', async () => {
    const ground = await openBrowserGround();
    await ground.signIn();
    ground.directory.edit(ACCOUNT, { userAccountControl: 0x202 });
    expect(codeOf(await byPac(ground))).toBe('account-disabled');
  });
});

describe('how long it lasts', () => {
  const lifetimes = { sessionMinutes: 480, staySignedInMinutes: 1440 };
  test.each([
    ['as long as a sign-in does', lifetimes, false, 480, false],
    ['longer for who chooses to stay signed in', lifetimes, true, 1440, true],
    ['where that is not offered, it makes no difference', { ...lifetimes, staySignedInMinutes: 0 }, true, 480, false],
    ['never shorter for who stays', { ...lifetimes, staySignedInMinutes: 60 }, true, 480, true],
  ])('%s', async (_, given, staysSignedIn, minutes, persistent) => {
    const ground = await openBrowserGround();
    const { stored } = sessionOf(await byPassword(ground, { lifetimes: given, staysSignedIn }));
    expect(stored).toMatchObject({ expiresAt: minutesLater(minutes), persistent });
  });
});
