/** What is known of a person now: refreshed at every sign-in, recalled where that fails, ended by every word against him. */
import { describe, expect, test } from 'vitest';
import { SAMPLE_PEOPLE } from '../../../src/directory/sample-domain.ts';
import { Refusal } from '../../../src/refusal.ts';
import type { RefusalCode } from '../../../src/refusal.ts';
import { answerSession } from '../../../src/signin/browser/answer.ts';
import { checkSession } from '../../../src/signin/browser/check-session.ts';
import { endsTheSession } from '../../../src/signin/browser/refresh.ts';
import type { Session } from '../../../src/signin/browser/sessions.ts';
import { codeOf, minutesLater, openBrowserGround, useWorkspace } from './browser-ground.ts';
import type { BrowserGround } from './browser-ground.ts';

useWorkspace();

const ACCOUNT = SAMPLE_PEOPLE.usual;
const FACTS = {
  secondFactorAt: undefined,
  windowsOrSecondFactorAsked: false,
  insideCorporateNetwork: false,
  staysSignedIn: false,
  notes: [],
};

/** Five minutes later. */
const answer = (ground: BrowserGround, session: Session, issuing = ground.issuing) =>
  answerSession(ground.attempt({ now: minutesLater(5), issuing }), session, FACTS, ground.dependencies);

/** Why the session is over, as it is asked before something is changed by it. */
const check = async (
  ground: BrowserGround,
  session: Session,
  issuing = ground.issuing,
): Promise<string | undefined> => {
  const asked = { ...ground.attempt({ now: minutesLater(5) }), issuing };
  return (await checkSession(asked, session, ground.dependencies))?.refusal.code;
};

const isOpen = (ground: BrowserGround, session: Session): Promise<boolean> =>
  ground.dependencies.sessions.isOpen(session);

describe('attributes', () => {
  test('are those that the directory has now, in the assertion and in the store', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    ground.directory.edit(ACCOUNT, { userPrincipalName: 'nora.meier@corp.example.test', title: 'Leiterin' });
    const outcome = await answer(ground, session);
    expect(outcome.kind === 'issued' && outcome.token.assertion).toContain('nora.meier@corp.example.test');
    const [user] = await ground.store.users.list();
    expect(user?.attributes['title']).toBe('Leiterin');
    expect((await ground.lastRecord()).notes).toEqual(['user attributes updated']);
  });

  const failures: readonly (readonly [RefusalCode, (ground: BrowserGround) => void])[] = [
    ...(['directory-down', 'directory-bind-refused', 'directory-search-refused'] as const).map(
      (code) =>
        [
          code,
          ({ directory }: BrowserGround) => void (directory.failure = new Refusal(code, { detail: 'dc1' })),
        ] as const,
    ),
    ['anchor-missing', ({ directory }) => directory.edit(ACCOUNT, { 'mS-DS-ConsistencyGuid': undefined })],
    ['directory-value-malformed', ({ directory }) => directory.edit(ACCOUNT, { 'mS-DS-ConsistencyGuid': 'short' })],
    ['attribute-missing', ({ directory }) => directory.edit(ACCOUNT, { sAMAccountName: undefined })],
    ['user-not-unique', ({ directory }) => directory.edit(ACCOUNT, { sAMAccountName: SAMPLE_PEOPLE.mailNotUpn })],
  ];

  test.each(failures)(
    'where %s keeps them from being had, those of the last sign-in count, and it is noted',
    async (code, fail) => {
      const ground = await openBrowserGround();
      await ground.signIn('mia.berg@corp.example.test');
      const session = await ground.signIn();
      fail(ground);
      const outcome = await answer(ground, session);
      expect(codeOf(outcome)).toBe('issued');
      expect(outcome.kind === 'issued' && outcome.token.assertion).toContain('nora.keller@corp.example.test');
      expect(await ground.lastRecord()).toMatchObject({
        outcome: 'issued',
        notes: [`attributes are those of the last sign-in: ${code}`],
        subject: { kind: 'person', userId: session.stored.userId, username: ACCOUNT },
      });
      expect(await isOpen(ground, session)).toBe(true);
    },
  );

  test('of somebody whose stored user was retired there are none', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    await ground.store.users.retire(session.stored.userId, minutesLater(1));
    ground.directory.failure = new Refusal('directory-down');
    expect(codeOf(await answer(ground, session))).toBe('directory-down');
  });

  test('a defect is none of these: it is told as one', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    ground.directory.beforeAnswer = async () => {
      throw new TypeError('x of undefined');
    };
    expect(codeOf(await answer(ground, session))).toBe('internal-error');
    expect(await isOpen(ground, session)).toBe(true);
  });
});

describe('a word against the account', () => {
  const words = [
    ['account-disabled', (ground: BrowserGround) => ground.directory.edit(ACCOUNT, { userAccountControl: 0x202 })],
    [
      'account-expired',
      (ground: BrowserGround) => ground.directory.edit(ACCOUNT, { accountExpires: '133854048000000000' }),
    ],
    ['directory-entry-missing', (ground: BrowserGround) => ground.directory.remove(ACCOUNT)],
    ['session-ended', (ground: BrowserGround) => ground.directory.edit(ACCOUNT, { pwdLastSet: '134000000000000000' })],
    ['session-ended', (ground: BrowserGround) => ground.directory.edit(ACCOUNT, { pwdLastSet: '0' })],
  ] as const;

  test.each(words)('%s ends the session, and is recorded', async (code, say) => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    say(ground);
    expect(codeOf(await answer(ground, session))).toBe(code);
    expect(await isOpen(ground, session)).toBe(false);
    expect(await ground.store.sessions.find(session.stored.id)).toBeUndefined();
    expect(await ground.lastRecord()).toMatchObject({
      outcome: 'refused',
      refusal: { code },
      subject: { userId: session.stored.userId, username: ACCOUNT },
    });
  });

  test.each(words)('%s ends it as well before something is changed by it', async (code, say) => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    expect(await check(ground, session)).toBeUndefined();
    const before = await ground.records();
    say(ground);
    expect(await check(ground, session)).toBe(code);
    expect(await isOpen(ground, session)).toBe(false);
    const subject = { kind: 'person', userId: session.stored.userId, username: ACCOUNT };
    expect(await ground.lastRecord()).toMatchObject({ outcome: 'refused', refusal: { code }, subject });
    expect(await ground.records(), 'a good one is nothing to record').toHaveLength(before.length + 1);
  });

  test('that the account’s state cannot be read issues nothing, and ends nothing', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    ground.directory.edit(ACCOUNT, { userAccountControl: undefined });
    expect(codeOf(await answer(ground, session))).toBe('account-state-unreadable');
    expect(await isOpen(ground, session)).toBe(true);
  });

  test('each that ends a session is one', () => {
    const codes = [
      'account-disabled',
      'account-expired',
      'directory-entry-missing',
      'user-disabled',
      'session-ended',
    ] as const;
    expect(codes.every((code) => endsTheSession(new Refusal(code)))).toBe(true);
    expect(endsTheSession(new Refusal('directory-down'))).toBe(false);
    expect(endsTheSession(new Refusal('internal-error'))).toBe(false);
  });
});

describe('the password', () => {
  const change = (ground: BrowserGround): void => ground.directory.edit(ACCOUNT, { pwdLastSet: '134000000000000000' });

  test('a session by ticket does not know it', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const kerberos: Session = { ...session, stored: { ...session.stored, method: 'kerberos', passwordSet: '' } };
    change(ground);
    expect(codeOf(await answer(ground, kerberos))).toBe('issued');
  });

  test.each([
    ['when it was set could not be read at the sign-in', { passwordSet: '' }, change],
    [
      'when it was set cannot be read now',
      {},
      (ground: BrowserGround) => ground.directory.edit(ACCOUNT, { pwdLastSet: undefined }),
    ],
  ] as const)('%s: that ends nothing', async (_, stored, then) => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    then(ground);
    const own: Session = { ...session, stored: { ...session.stored, ...stored } };
    expect(codeOf(await answer(ground, own))).toBe('issued');
  });
});

describe('an application that does not name the person’s user type', () => {
  test.each([
    ['has no gateway of this id', {}],
    ['names devices alone', { devices: true }],
  ] as const)('%s: the session is none of its', async (_, { devices }: { readonly devices?: boolean }) => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const userTypes = ground.issuing.gateways
      .get(ground.gateway.gateway.id)
      ?.userTypes.filter(({ kind }) => kind === 'device');
    const gateways = devices
      ? new Map([[ground.gateway.gateway.id, { ...ground.gateway, userTypes: userTypes ?? [] }]])
      : new Map();
    const issuing = { ...ground.issuing, gateways };
    expect(codeOf(await answer(ground, session, issuing))).toBe('session-ended');
    expect((await ground.lastRecord()).refusal).toMatchObject({
      detail: 'the application does not name its user type',
    });
  });
});

describe('without the directory’s word', () => {
  test('a session is good', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    ground.directory.failure = new Refusal('directory-down');
    expect(await check(ground, session)).toBeUndefined();
    expect(await isOpen(ground, session)).toBe(true);
  });
});
