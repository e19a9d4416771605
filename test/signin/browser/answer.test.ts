/** The answer to a session: what it states, that it is recorded before it leaves, and that no relying party gets it for ever. */
import { describe, expect, test } from 'vitest';
import { answerSession } from '../../../src/signin/browser/answer.ts';
import type { AnswerFacts } from '../../../src/signin/browser/answer.ts';
import type { BrowserAttempt } from '../../../src/signin/browser/attempt.ts';
import { refuseAttempt } from '../../../src/signin/browser/attempt.ts';
import type { Session } from '../../../src/signin/browser/sessions.ts';
import { Refusal } from '../../../src/refusal.ts';
import { codeOf, minutesLater, NOW, openBrowserGround, useWorkspace } from './browser-ground.ts';
import type { BrowserGround, Differences } from './browser-ground.ts';
import { CLAIMS, METHODS, readAssertion } from './read-assertion.ts';
import type { ReadAssertion } from './read-assertion.ts';

useWorkspace();

const FACTS: AnswerFacts = {
  secondFactorAt: undefined,
  windowsOrSecondFactorAsked: false,
  insideCorporateNetwork: false,
  staysSignedIn: false,
  notes: [],
};
const LATER = minutesLater(5);

const answer = (
  ground: BrowserGround,
  session: Session,
  facts: Partial<AnswerFacts> = {},
  asked: Partial<BrowserAttempt> = {},
) => answerSession(ground.attempt({ now: LATER, ...asked }), session, { ...FACTS, ...facts }, ground.dependencies);

async function stated(facts: Partial<AnswerFacts> = {}, differences: Differences = {}): Promise<ReadAssertion> {
  const ground = await openBrowserGround(differences);
  const outcome = await answer(ground, await ground.signIn(), facts);
  if (outcome.kind !== 'issued') throw new Error(codeOf(outcome));
  return readAssertion(outcome.token.assertion);
}

describe('the assertion', () => {
  test('states who it is, and how and when he signed in', async () => {
    const { claims, authenticationMethod, authenticationInstant, audience } = await stated();
    expect(audience).toBe('urn:federation:MicrosoftOnline');
    expect(claims[CLAIMS.upn]).toEqual(['nora.keller@corp.example.test']);
    expect(claims[CLAIMS.insideCorporateNetwork]).toEqual(['false']);
    expect(claims[CLAIMS.methods]).toEqual([METHODS.password]);
    expect(claims).not.toHaveProperty([CLAIMS.staysSignedIn]);
    expect(authenticationMethod).toBe('urn:oasis:names:tc:SAML:1.0:am:password');
    // Of the sign-in, not of the answer.
    expect(authenticationInstant).toEqual(NOW);
  });

  test('states a second factor where there was one, with its time', async () => {
    const secondFactorAt = minutesLater(3);
    const { claims, authenticationMethod, authenticationInstant } = await stated({ secondFactorAt });
    expect(claims[CLAIMS.methods]).toEqual([METHODS.password, METHODS.multiple, METHODS.either]);
    expect(claims[CLAIMS.method]).toEqual(claims[CLAIMS.methods]);
    expect([authenticationMethod, authenticationInstant]).toEqual([METHODS.multiple, secondFactorAt]);
  });

  test('is valid as long as the application says', async () => {
    const read = await stated({}, { application: { assertionDuration: 1800, notBeforeSkewSeconds: 60 } });
    expect([read.notBefore, read.notOnOrAfter]).toEqual([minutesLater(4), minutesLater(35)]);
  });

  test('what the session states stands in place of a row of the same name, in whatever case', async () => {
    const row = (name: string, nameFormat: string, value: string) =>
      ({ name, nameFormat, value, required: false, issuedTo: 'everyone' }) as const;
    const ground = await openBrowserGround();
    const attributes = [
      ...ground.issuing.application.attributes,
      row('authnmethodsreferences', 'http://schemas.microsoft.com/claims', METHODS.multiple),
      row('AuthenticationMethod', 'http://schemas.microsoft.com/ws/2008/06/identity/claims', METHODS.multiple),
      row('insidecorporatenetwork', 'http://schemas.microsoft.com/ws/2012/01', 'true'),
      row('authnmethodsreferences', 'urn:another', 'kept'),
    ];
    const read = await stated({}, { application: { attributes } });
    expect(read.claims[CLAIMS.methods]).toEqual([METHODS.password]);
    expect(read.claims[CLAIMS.method]).toEqual([METHODS.password]);
    expect(read.claims[CLAIMS.insideCorporateNetwork]).toEqual(['false']);
    expect(read.claims['urn:another/authnmethodsreferences']).toEqual(['kept']);
    const lower = read.names.map((name) => name.toLowerCase());
    expect(lower).toEqual([...new Set(lower)]);
  });
});

describe('the record', () => {
  test('tells what was stated, where it comes from, and what there is to know of the request', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const outcome = await answer(ground, session, { notes: ['a note'] }, { requestId: 'request-1' });
    const record = await ground.lastRecord();
    expect(record).toMatchObject({
      id: outcome.activityId,
      outcome: 'issued',
      requestId: 'request-1',
      notes: ['a note'],
      subject: { userId: session.stored.userId, kind: 'person' },
    });
    expect(record.assertion?.claims.filter(({ source }) => source === 'the session').map(({ name }) => name)).toEqual([
      'insidecorporatenetwork',
      'authenticationmethod',
      'authnmethodsreferences',
    ]);
  });

  test('is durable before the answer leaves', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const { promise: written, resolve: write } = Promise.withResolvers<void>();
    const { promise: began, resolve: begin } = Promise.withResolvers<void>();
    const append = async (): Promise<void> => {
      begin();
      await written;
    };
    const dependencies = { ...ground.dependencies, activities: { append } };
    const leaving = answerSession(ground.attempt({ now: LATER }), session, FACTS, dependencies);
    await began;
    const later = new Promise<string>((resolve) => setImmediate(resolve, 'nothing yet'));
    expect(await Promise.race([leaving, later])).toBe('nothing yet');
    write();
    expect(codeOf(await leaving)).toBe('issued');
  });

  test('that cannot be written lets nothing leave', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const append = async (): Promise<never> => {
      throw new Error('disk full');
    };
    const dependencies = { ...ground.dependencies, activities: { append } };
    const answering = answerSession(ground.attempt({ now: LATER }), session, FACTS, dependencies);
    await expect(answering).rejects.toMatchObject({ name: 'NotRecordedError' });
  });

  test('of an application that is not there, and of any other refusal', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    expect(codeOf(await answer(ground, session, {}, { issuing: { unknownId: 'x' } }))).toBe('unknown-application');
    const refused = await refuseAttempt(
      ground.attempt({ now: minutesLater(6) }),
      ground.dependencies,
      new Refusal('wauth-not-met'),
    );
    expect(await ground.lastRecord()).toMatchObject({ id: refused.activityId, refusal: { code: 'wauth-not-met' } });
  });
});

describe('a session that an administrator’s reset ends while the directory is asked', () => {
  test('gets no answer, and the record says why', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    ground.directory.beforeAnswer = async () => {
      await ground.dependencies.sessions.endOfUser(session.stored.userId);
    };
    expect(codeOf(await answer(ground, session))).toBe('session-ended');
    expect((await ground.records()).map(({ outcome }) => outcome)).toEqual(['refused', 'done']);
    expect((await ground.lastRecord()).assertion).toBeUndefined();
  });
});

describe('a relying party that sends the browser back and forth', () => {
  const at = (seconds: number): Date => new Date(LATER.getTime() + seconds * 1000);
  const asked = async (ground: BrowserGround, session: Session, seconds: number, requestId?: string) =>
    codeOf(await answer(ground, session, {}, { now: at(seconds), requestId }));

  test('gets five answers to a request within twenty seconds, then a page that says so', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    for (let second = 0; second < 5; second += 1) expect(await asked(ground, session, second, 'one')).toBe('issued');
    expect(await asked(ground, session, 5, 'one')).toBe('sign-in-loops');
    expect(await ground.lastRecord()).toMatchObject({ refusal: { code: 'sign-in-loops' }, requestId: 'one' });
    expect(await ground.dependencies.sessions.isOpen(session)).toBe(true);
    expect(await asked(ground, session, 6, 'another'), 'a tab of its own').toBe('issued');
    expect(await asked(ground, session, 21, 'one'), 'twenty seconds after the first').toBe('issued');
  });

  test('twenty tabs that open at once are no loop', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    for (let tab = 0; tab < 20; tab += 1) expect(await asked(ground, session, 0, `tab-${tab}`)).toBe('issued');
  });

  test('what is remembered of it does not grow', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    for (let tab = 0; tab < 200; tab += 1) await asked(ground, session, 0, `tab-${tab}`);
    expect(session.memory.answered.length).toBeLessThanOrEqual(20);
  });
});
