/** A session and its second factor: each proof raises it once, under the guards against guessing, and is recorded. */
import { describe, expect, test } from 'vitest';
import { addSecondFactor, proveSecondFactor } from '../../../src/signin/browser/prove-second-factor.ts';
import type { NewFactor, Proof } from '../../../src/signin/browser/prove-second-factor.ts';
import type { Session } from '../../../src/signin/browser/sessions.ts';
import { makeAuthenticator } from '../second-factor/authenticator.ts';
import { codeNotShown, codeShown } from './authenticator-app.ts';
import { ASKED, codeOf, minutesLater, openBrowserGround, useWorkspace } from './browser-ground.ts';
import type { BrowserGround } from './browser-ground.ts';

useWorkspace();

const PARTY = { rpId: 'sso.localhost', origin: 'https://sso.localhost', name: 'Example' };
const LATER = minutesLater(5);
const SECRET = Buffer.alloc(20, 'secret of an app!');

const inSession = (ground: BrowserGround, session: Session, now = LATER) => ({
  attempt: ground.attempt({ now }),
  session,
  asked: ASKED,
  party: PARTY,
});

const prove = (ground: BrowserGround, session: Session, proof: Proof, now = LATER) =>
  proveSecondFactor(inSession(ground, session, now), proof, ground.dependencies);

const add = (ground: BrowserGround, session: Session, factor: NewFactor, allowed = true, now = LATER) =>
  addSecondFactor(inSession(ground, session, now), factor, allowed, ground.dependencies);

const shownAt = (now: Date): Proof => ({ kind: 'totp', code: codeShown(SECRET, now) });

/** A session of somebody who set an app up yesterday. */
async function withApp(ground: BrowserGround): Promise<Session> {
  const session = await ground.signIn();
  const yesterday = minutesLater(-1440);
  const code = codeShown(SECRET, yesterday);
  await ground.dependencies.secondFactors.addTotp(session.stored.userId, SECRET, code, 'Phone', yesterday);
  return session;
}

const isOpen = (ground: BrowserGround, session: Session): Promise<boolean> =>
  ground.dependencies.sessions.isOpen(session);

describe('a code of the app', () => {
  test('raises the session, under a new cookie, and is recorded with its person', async () => {
    const ground = await openBrowserGround();
    const session = await withApp(ground);
    const outcome = await prove(ground, session, shownAt(LATER));
    if (outcome.kind !== 'raised') throw new Error(codeOf(outcome));
    expect(outcome.session.stored.secondFactorAt).toEqual(LATER);
    expect(outcome.session.memory.secondFactorProvedFor).toEqual({ asked: ASKED, at: LATER.getTime() });
    expect(await ground.dependencies.sessions.find(outcome.cookie, LATER)).toBe(outcome.session);
    expect(await isOpen(ground, session)).toBe(false);
    expect(await ground.lastRecord()).toMatchObject({
      outcome: 'done',
      event: { kind: 'second-factor-passed', detail: 'totp Phone' },
      subject: { kind: 'person', userId: session.stored.userId, username: 'nora.keller' },
    });
  });

  test('a wrong one leaves the session as it was, and is recorded without it', async () => {
    const ground = await openBrowserGround();
    const session = await withApp(ground);
    const code = codeNotShown(SECRET, LATER);
    expect(codeOf(await prove(ground, session, { kind: 'totp', code }))).toBe('second-factor-wrong');
    expect([await isOpen(ground, session), session.stored.secondFactorAt]).toEqual([true, undefined]);
    const record = await ground.lastRecord();
    expect(record).toMatchObject({ refusal: { code: 'second-factor-wrong' }, subject: { username: 'nora.keller' } });
    expect(JSON.stringify(record)).not.toContain(code);
  });

  test('counts once, in two tabs at one moment too', async () => {
    const ground = await openBrowserGround();
    const session = await withApp(ground);
    const both = await Promise.all([shownAt(LATER), shownAt(LATER)].map((proof) => prove(ground, session, proof)));
    expect(both.map(codeOf).toSorted()).toEqual(['raised', 'second-factor-used']);
    const again = await ground.signIn();
    expect(codeOf(await prove(ground, again, shownAt(LATER)))).toBe('second-factor-used');
  });

  test('five wrong ones are looked at, of all kinds together, then none for a while, right ones neither', async () => {
    const ground = await openBrowserGround();
    const session = await withApp(ground);
    const wrong = { kind: 'totp', code: codeNotShown(SECRET, LATER) } as const;
    const recovery = { kind: 'recovery', code: 'AAAAA-AAAAA' } as const;
    const outcomes = await Promise.all(
      [wrong, recovery, wrong, recovery, wrong, wrong, recovery].map((proof) => prove(ground, session, proof)),
    );
    expect(outcomes.map(codeOf).filter((code) => code === 'second-factor-wrong')).toHaveLength(5);
    expect(codeOf(await prove(ground, session, shownAt(LATER)))).toBe('second-factor-attempts-exhausted');
    const after = minutesLater(21);
    expect(codeOf(await prove(ground, session, shownAt(after), after))).toBe('raised');
  });

  test('does not raise a session that was ended meanwhile', async () => {
    const ground = await openBrowserGround();
    const session = await withApp(ground);
    await ground.dependencies.sessions.end(session);
    expect(codeOf(await prove(ground, session, shownAt(LATER)))).toBe('session-ended');
    expect(await ground.lastRecord()).toMatchObject({ refusal: { code: 'session-ended' } });
    expect(await ground.store.sessions.deleteOfUser(session.stored.userId)).toBe(0);
  });

  test('of one person is nothing for another', async () => {
    const ground = await openBrowserGround();
    await withApp(ground);
    const mia = await ground.signIn('mia.berg@corp.example.test');
    expect(codeOf(await prove(ground, mia, shownAt(LATER)))).toBe('second-factor-wrong');
  });
});

describe('a recovery code', () => {
  test('counts once, and the record says how many are left', async () => {
    const ground = await openBrowserGround();
    const session = await withApp(ground);
    const [code = ''] = await ground.dependencies.secondFactors.makeRecoveryCodes(session.stored.userId);
    expect(codeOf(await prove(ground, session, { kind: 'recovery', code }))).toBe('raised');
    const record = await ground.lastRecord();
    expect(record.event).toEqual({ kind: 'second-factor-passed', detail: 'recovery code, 9 left' });
    expect(JSON.stringify(record)).not.toContain(code);
    const again = await ground.signIn();
    expect(codeOf(await prove(ground, again, { kind: 'recovery', code }))).toBe('second-factor-wrong');
  });
});

describe('a passkey', () => {
  const options = (challenge: string) => ({ challenge, rpId: PARTY.rpId, origin: PARTY.origin });

  /** A session whose page asks for the passkey that was set up in it. */
  async function withPasskey(ground: BrowserGround) {
    const session = await ground.signIn();
    const authenticator = makeAuthenticator();
    const { secondFactors } = ground.dependencies;
    const user = { id: session.stored.userId, name: 'nora', displayName: 'Nora' };
    const { challenge } = await secondFactors.beginPasskey(user, PARTY);
    const created = authenticator.create(options(challenge));
    await secondFactors.addPasskey(user.id, created, { ...PARTY, challenge }, 'Key', LATER);
    const asked = await secondFactors.passkeyOptions(user.id, PARTY);
    const own = asked?.challenge ?? '';
    session.memory.ceremonies = { passkey: own };
    return { session, authenticator, challenge: own };
  }

  const answered = (response: string): Proof => ({ kind: 'passkey', response });

  test('raises the session; its challenge is good for one answer', async () => {
    const ground = await openBrowserGround();
    const { session, authenticator, challenge } = await withPasskey(ground);
    const response = authenticator.get(options(challenge));
    const both = await Promise.all([
      prove(ground, session, answered(response)),
      prove(ground, session, answered(response)),
    ]);
    expect(both.map(codeOf).toSorted()).toEqual(['form-expired', 'raised']);
  });

  test('a wrong answer uses the challenge up', async () => {
    const ground = await openBrowserGround();
    const { session, authenticator, challenge } = await withPasskey(ground);
    const elsewhere = { ...options(challenge), origin: 'https://evil.example' };
    expect(codeOf(await prove(ground, session, answered(authenticator.get(elsewhere))))).toBe('second-factor-wrong');
    expect(codeOf(await prove(ground, session, answered(authenticator.get(options(challenge)))))).toBe('form-expired');
  });

  test('a challenge of another session, or of another kind, is none of this one', async () => {
    const ground = await openBrowserGround();
    const { session, authenticator, challenge } = await withPasskey(ground);
    const response = answered(authenticator.get(options(challenge)));
    const other = await ground.signIn();
    expect(codeOf(await prove(ground, other, response)), 'no page for a passkey').toBe('form-expired');
    other.memory.ceremonies = { passkey: 'x'.repeat(43) };
    expect(codeOf(await prove(ground, other, response)), 'another page').toBe('second-factor-wrong');
    session.memory.ceremonies = { 'new-passkey': challenge };
    expect(codeOf(await prove(ground, session, response)), 'the page of a set-up').toBe('form-expired');
  });

  test('what is no answer of a browser is said to be none', async () => {
    const ground = await openBrowserGround();
    const { session } = await withPasskey(ground);
    expect(codeOf(await prove(ground, session, answered('{"__proto__":1}')))).toBe('passkey-malformed');
  });

  test('is set up with the challenge of its page, once, under a name', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const user = { id: session.stored.userId, name: 'nora', displayName: 'Nora' };
    const { challenge } = await ground.dependencies.secondFactors.beginPasskey(user, PARTY);
    const response = makeAuthenticator().create(options(challenge));
    const factor = { kind: 'passkey', response, name: 'Key' } as const;
    expect(codeOf(await add(ground, session, factor)), 'without its page').toBe('form-expired');
    session.memory.ceremonies = { 'new-passkey': challenge };
    expect(codeOf(await add(ground, session, factor))).toBe('raised');
    expect((await ground.lastRecord()).event).toEqual({ kind: 'second-factor-added', detail: 'passkey Key' });
  });
});

describe('a first app', () => {
  const factor = (code = codeShown(SECRET, LATER)): NewFactor => ({ kind: 'totp', code });

  async function onItsPage(ground: BrowserGround): Promise<Session> {
    const session = await ground.signIn();
    session.memory.ceremonies = { totp: SECRET };
    return session;
  }

  test('is added where the session may, counts as used, and brings recovery codes, to be shown once', async () => {
    const ground = await openBrowserGround();
    const outcome = await add(ground, await onItsPage(ground), factor());
    if (outcome.kind !== 'raised') throw new Error(codeOf(outcome));
    const { stored, memory } = outcome.session;
    expect([stored.secondFactorAt, memory.ceremonies]).toEqual([LATER, {}]);
    expect(memory.newRecoveryCodes).toHaveLength(10);
    expect(await ground.dependencies.secondFactors.recoveryCodesLeft(stored.userId)).toBe(10);
    const records = JSON.stringify(await ground.records());
    expect(records).toContain('second-factor-added');
    for (const code of memory.newRecoveryCodes ?? []) expect(records).not.toContain(code);
  });

  test('a second one brings no more of them', async () => {
    const ground = await openBrowserGround();
    const outcome = await add(ground, await onItsPage(ground), factor());
    if (outcome.kind !== 'raised') throw new Error(codeOf(outcome));
    const other = Buffer.alloc(20, 'another app');
    outcome.session.memory.ceremonies = { totp: other };
    outcome.session.memory.newRecoveryCodes = undefined;
    const now = minutesLater(7);
    const second = await add(ground, outcome.session, factor(codeShown(other, now)), true, now);
    expect(second.kind === 'raised' && second.session.memory.newRecoveryCodes).toBeUndefined();
  });

  test('is not where the session may not, whatever the code', async () => {
    const ground = await openBrowserGround();
    const session = await onItsPage(ground);
    expect(codeOf(await add(ground, session, factor(), false))).toBe('enrolment-not-allowed');
    expect(await ground.dependencies.secondFactors.list(session.stored.userId)).toEqual([]);
    expect(await ground.lastRecord()).toMatchObject({ refusal: { code: 'enrolment-not-allowed' } });
  });

  test('may be tried again after a wrong code', async () => {
    const ground = await openBrowserGround();
    const session = await onItsPage(ground);
    expect(codeOf(await add(ground, session, factor(codeNotShown(SECRET, LATER))))).toBe('second-factor-wrong');
    expect(codeOf(await add(ground, session, factor()))).toBe('raised');
  });

  test('is added once from two tabs at one moment', async () => {
    const ground = await openBrowserGround();
    const session = await onItsPage(ground);
    const both = await Promise.all([add(ground, session, factor()), add(ground, session, factor())]);
    expect(both.map(codeOf).toSorted()).toEqual(['raised', 'second-factor-used']);
    expect(await ground.dependencies.secondFactors.list(session.stored.userId)).toHaveLength(1);
  });

  test('leaves nothing behind where its session ends while it is added, by an administrator’s reset perhaps', async () => {
    const ground = await openBrowserGround();
    const session = await onItsPage(ground);
    const { userId } = session.stored;
    const { secondFactors, sessions } = ground.dependencies;
    const addTotp: typeof secondFactors.addTotp = async (...given) => {
      const added = await secondFactors.addTotp(...given);
      await sessions.endOfUser(userId);
      return added;
    };
    const dependencies = { ...ground.dependencies, secondFactors: { ...secondFactors, addTotp } };
    const outcome = await addSecondFactor(inSession(ground, session), factor(), true, dependencies);
    expect(codeOf(outcome)).toBe('session-ended');
    expect([await secondFactors.list(userId), await secondFactors.recoveryCodesLeft(userId)]).toEqual([[], 0]);
    expect(await ground.lastRecord()).toMatchObject({ outcome: 'refused', refusal: { code: 'session-ended' } });
  });

  test('nor do its recovery codes stay, where the reset comes while they are made', async () => {
    const ground = await openBrowserGround();
    const session = await onItsPage(ground);
    const { userId } = session.stored;
    const { secondFactors, sessions } = ground.dependencies;
    const makeRecoveryCodes = async (): Promise<readonly string[]> => {
      await sessions.endOfUser(userId);
      await secondFactors.reset(userId);
      return secondFactors.makeRecoveryCodes(userId);
    };
    const dependencies = { ...ground.dependencies, secondFactors: { ...secondFactors, makeRecoveryCodes } };
    const outcome = await addSecondFactor(inSession(ground, session), factor(), true, dependencies);
    expect(codeOf(outcome)).toBe('session-ended');
    expect([await secondFactors.list(userId), await secondFactors.recoveryCodesLeft(userId)]).toEqual([[], 0]);
  });

  test('its page’s secret is of no use in another session', async () => {
    const ground = await openBrowserGround();
    await onItsPage(ground);
    expect(codeOf(await add(ground, await ground.signIn(), factor()))).toBe('form-expired');
  });
});
