/** What a person changes of the own account: by whom, under which guards, and each recorded as what it is. */
import { describe, expect, test } from 'vitest';
import {
  makeRecoveryCodes,
  removeSecondFactor,
  signOut,
  useEnrolmentCode,
} from '../../../src/signin/browser/own-account.ts';
import type { Session } from '../../../src/signin/browser/sessions.ts';
import { codeShown } from './authenticator-app.ts';
import { codeOf, minutesLater, openBrowserGround, useWorkspace } from './browser-ground.ts';
import type { BrowserGround } from './browser-ground.ts';

useWorkspace();

const LATER = minutesLater(5);
const MIA = 'mia.berg@corp.example.test';

const addApp = (ground: BrowserGround, { stored }: Session, name: string) => {
  const secret = Buffer.alloc(20, name);
  const at = minutesLater(-60);
  return ground.dependencies.secondFactors.addTotp(stored.userId, secret, codeShown(secret, at), name, at);
};

const makeCode = async (ground: BrowserGround, { stored }: Session): Promise<string> =>
  (await ground.dependencies.secondFactors.makeEnrolmentCode(stored.userId, LATER)).code;

const enrol = (ground: BrowserGround, session: Session, code: string, now = LATER) =>
  useEnrolmentCode(ground.attempt({ now }), session, code, ground.dependencies);

const remove = (ground: BrowserGround, session: Session, id: string) =>
  removeSecondFactor(ground.attempt({ now: LATER, endpoint: 'account' }), session, id, ground.dependencies);

const namesOf = async (ground: BrowserGround, { stored }: Session): Promise<readonly string[]> =>
  (await ground.dependencies.secondFactors.list(stored.userId)).map(({ name }) => name);

describe('an administrator’s code', () => {
  test('lets its person’s session set up a first factor, once, and is recorded without being told', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const code = await makeCode(ground, session);
    expect(codeOf(await enrol(ground, session, code))).toBe('done');
    expect(session.memory.mayEnrol).toBe(true);
    expect(await ground.lastRecord()).toMatchObject({
      event: { kind: 'enrolment-code-used' },
      subject: { username: 'nora.keller' },
    });
    expect(JSON.stringify(await ground.records())).not.toContain(code);
    const again = await ground.signIn();
    expect(codeOf(await enrol(ground, again, code))).toBe('enrolment-code-wrong');
    expect(again.memory.mayEnrol).toBe(false);
  });

  test('a wrong one, one of somebody else, and one of yesterday do not', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const mias = await makeCode(ground, await ground.signIn(MIA));
    const own = await makeCode(ground, session);
    const tomorrow = minutesLater(1446);
    for (const [code, now] of [
      ['AAAAA-AAAAA', LATER],
      [mias, LATER],
      [own, tomorrow],
    ] as const) {
      expect(codeOf(await enrol(ground, session, code, now))).toBe('enrolment-code-wrong');
      expect(session.memory.mayEnrol).toBe(false);
    }
    expect(await ground.lastRecord()).toMatchObject({ refusal: { code: 'enrolment-code-wrong' } });
  });

  test('five guesses are looked at, the right one neither after them', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const code = await makeCode(ground, session);
    await Promise.all(Array.from({ length: 5 }, (_, guess) => enrol(ground, session, `AAAAA-AAAA${guess}`)));
    expect(codeOf(await enrol(ground, session, code))).toBe('second-factor-attempts-exhausted');
    expect(session.memory.mayEnrol).toBe(false);
  });

  test('is no way round a second factor that is there, and is not used up by trying', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    await addApp(ground, session, 'Phone');
    const code = await makeCode(ground, session);
    expect(codeOf(await enrol(ground, session, code))).toBe('form-expired');
    expect(session.memory.mayEnrol).toBe(false);
    expect(await ground.lastRecord()).toMatchObject({ refusal: { detail: 'there is a second factor already' } });
    await ground.dependencies.secondFactors.reset(session.stored.userId);
    const fresh = await makeCode(ground, session);
    expect(codeOf(await enrol(ground, session, fresh))).toBe('done');
  });
});

describe('removing a second factor', () => {
  test('takes one of several, and is recorded with its name', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const phone = await addApp(ground, session, 'Phone');
    await addApp(ground, session, 'Tablet');
    expect(codeOf(await remove(ground, session, phone.id))).toBe('done');
    expect(await namesOf(ground, session)).toEqual(['Tablet']);
    expect(await ground.lastRecord()).toMatchObject({
      endpoint: 'account',
      event: { kind: 'second-factor-removed', detail: 'totp Phone' },
      subject: { username: 'nora.keller' },
    });
  });

  test('leaves the last one', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const phone = await addApp(ground, session, 'Phone');
    expect(codeOf(await remove(ground, session, phone.id))).toBe('second-factor-last');
    expect(await namesOf(ground, session)).toEqual(['Phone']);
    expect(await ground.lastRecord()).toMatchObject({ refusal: { code: 'second-factor-last' } });
  });

  test('of somebody else takes nothing', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    await addApp(ground, session, 'Phone');
    await addApp(ground, session, 'Tablet');
    const mia = await ground.signIn(MIA);
    const mias = await addApp(ground, mia, 'Mia’s phone');
    for (const id of [mias.id, '', '__proto__', 'x'.repeat(10_000)])
      expect(codeOf(await remove(ground, session, id))).toBe('form-expired');
    expect(await namesOf(ground, mia)).toEqual(['Mia’s phone']);
    expect(await namesOf(ground, session)).toHaveLength(2);
  });
});

describe('recovery codes', () => {
  test('are made anew, stand in the session until they are shown, and in no record', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const make = () => makeRecoveryCodes(ground.attempt({ now: LATER }), session, ground.dependencies);
    await make();
    const first = session.memory.newRecoveryCodes ?? [];
    await make();
    const second = session.memory.newRecoveryCodes ?? [];
    expect(new Set([...first, ...second]).size).toBe(20);
    const use = (code = '') => ground.dependencies.secondFactors.passRecoveryCode(session.stored.userId, code, LATER);
    await expect(use(first[0])).rejects.toThrow('second-factor-wrong');
    await expect(use(second[0])).resolves.toBeUndefined();
    const records = JSON.stringify(await ground.records());
    expect(records).toContain('recovery-codes-made');
    for (const code of [...first, ...second]) expect(records).not.toContain(code);
  });
});

describe('signing out', () => {
  test('ends the session, and is recorded with its person', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    expect(codeOf(await signOut(ground.attempt({ now: LATER }), session, ground.dependencies))).toBe('done');
    expect(await ground.dependencies.sessions.isOpen(session)).toBe(false);
    expect(await ground.lastRecord()).toMatchObject({
      outcome: 'done',
      event: { kind: 'session-ended', detail: 'signed out' },
      subject: { userId: session.stored.userId, username: 'nora.keller' },
    });
  });

  test('that cannot be recorded has ended it all the same', async () => {
    const ground = await openBrowserGround();
    const session = await ground.signIn();
    const append = async (): Promise<never> => {
      throw new Error('disk full');
    };
    const dependencies = { ...ground.dependencies, activities: { append } };
    await expect(signOut(ground.attempt(), session, dependencies)).rejects.toMatchObject({ name: 'NotRecordedError' });
    expect(await ground.dependencies.sessions.isOpen(session)).toBe(false);
  });
});
