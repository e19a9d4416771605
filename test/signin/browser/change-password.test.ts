/** A change of password: every word of AD, who is let to it, that guessing is no faster here, and what is recorded. */
import { describe, expect, test } from 'vitest';
import type { PasswordChangeVerdict, PasswordVerdict } from '../../../src/directory/directory.ts';
import { texts } from '../../../src/directory/entry.ts';
import { Password } from '../../../src/directory/password.ts';
import { SAMPLE_BASE_DN, SAMPLE_PEOPLE, SAMPLE_PERSON_PASSWORD as OLD } from '../../../src/directory/sample-domain.ts';
import { Refusal } from '../../../src/refusal.ts';
import { changePassword } from '../../../src/signin/browser/change-password.ts';
import { openByPassword } from '../../../src/signin/browser/open-session.ts';
import type { OpenOptions } from '../../../src/signin/browser/open-session.ts';
import { codeOf, credential, NORA, openBrowserGround, OPTIONS, useWorkspace } from './browser-ground.ts';
import type { BrowserGround } from './browser-ground.ts';

useWorkspace();

const FRESH = 'Zweite-Wahl-42-Äpfel';
const JAN = 'jan.neu@corp.example.test';
const upnOf = (account: string): string => `${account}@corp.example.test`;

interface Asked {
  readonly username?: string;
  readonly old?: string;
  readonly fresh?: string;
  readonly source?: string;
  readonly options?: Partial<OpenOptions>;
}

const change = (ground: BrowserGround, asked: Asked = {}) => {
  const { username = NORA, old = OLD, fresh = FRESH, source = '192.0.2.1', options = {} } = asked;
  const request = { ...credential(username, old), newPassword: new Password(fresh) };
  return changePassword(
    ground.attempt({ sourceAddress: source }),
    request,
    { ...OPTIONS, ...options },
    ground.dependencies,
  );
};

const signIn = async (ground: BrowserGround, username: string, password: string): Promise<string> =>
  codeOf(await openByPassword(ground.attempt(), credential(username, password), OPTIONS, ground.dependencies));

async function countOf({ directory }: BrowserGround, account: string): Promise<number> {
  const [entry] = await directory.search({
    base: SAMPLE_BASE_DN,
    scope: 'sub',
    filter: { type: 'equal', attribute: 'sAMAccountName', value: Buffer.from(account) },
    attributes: ['badPwdCount'],
    sizeLimit: 1,
  });
  return Number(entry && texts(entry, 'badPwdCount')[0]);
}

describe('who knows the old password', () => {
  test('has the new one, and a session that outlives the change', async () => {
    const ground = await openBrowserGround();
    const before = await ground.signIn();
    const outcome = await change(ground, { options: { before } });
    if (outcome.kind !== 'opened') throw new Error(codeOf(outcome));
    expect(outcome.session.stored).toMatchObject({ method: 'password', secondFactorAt: undefined });
    expect(outcome.session.stored.passwordSet).not.toBe(before.stored.passwordSet);
    expect(await ground.dependencies.sessions.isOpen(before)).toBe(false);
    expect(await signIn(ground, NORA, FRESH)).toBe('opened');
    expect(await signIn(ground, NORA, OLD)).toBe('password-wrong');
  });

  test('who must change it can, though it opens nothing else', async () => {
    const ground = await openBrowserGround();
    expect(await signIn(ground, JAN, OLD)).toBe('password-must-change');
    expect(codeOf(await change(ground, { username: JAN }))).toBe('opened');
    expect(await signIn(ground, JAN, FRESH)).toBe('opened');
  });

  test.each<[PasswordVerdict, string]>([
    ['must-change', 'opened'],
    ['expired', 'opened'],
    ['right', 'opened'],
    ['wrong', 'password-wrong'],
    ['no-such-account', 'password-account-unknown'],
    ['locked-out', 'account-locked-out'],
    ['refused', 'password-refused'],
    ['disabled', 'account-disabled'],
    ['account-expired', 'account-expired'],
    ['logon-hours', 'password-logon-hours'],
    ['workstation', 'password-workstation'],
  ])('AD says %s of the old one: %s', async (verdict, code) => {
    const ground = await openBrowserGround();
    ground.directory.checkAnswer = { verdict, detail: 'AD says' };
    const outcome = await change(ground);
    expect(codeOf(outcome)).toBe(code);
    expect(ground.directory.asked.changes).toBe(code === 'opened' ? 1 : 0);
  });

  test('it is recorded as what it is, without either password', async () => {
    const ground = await openBrowserGround();
    await change(ground);
    const record = await ground.lastRecord();
    expect(record).toMatchObject({
      outcome: 'done',
      event: { kind: 'password-changed' },
      principal: NORA,
      subject: { name: SAMPLE_PEOPLE.usual },
    });
    expect(record.steps.map(({ name, detail }) => `${name}: ${detail}`)).toContain('change: changed');
    for (const secret of [OLD, FRESH]) expect(JSON.stringify(await ground.records())).not.toContain(secret);
  });
});

describe('what AD says of the change', () => {
  test.each<[Exclude<PasswordChangeVerdict, 'changed'>, string]>([
    ['wrong', 'password-change-failed'],
    ['policy', 'password-change-policy'],
    ['not-allowed', 'password-change-not-allowed'],
    ['locked-out', 'account-locked-out'],
    ['no-such-account', 'password-change-failed'],
    ['refused', 'password-change-failed'],
  ])('%s: %s, told to its owner, recorded, and no session', async (verdict, code) => {
    const ground = await openBrowserGround();
    ground.directory.changeAnswer = { verdict, detail: 'AD says' };
    const outcome = await change(ground);
    expect(codeOf(outcome)).toBe(code);
    expect(outcome).not.toHaveProperty('shownAs');
    expect(await ground.lastRecord()).toMatchObject({
      outcome: 'refused',
      refusal: { code, detail: 'AD says' },
      notes: [],
    });
    expect(await ground.store.users.list()).toEqual([]);
  });

  test('the sample’s own policy', async () => {
    const ground = await openBrowserGround();
    expect(codeOf(await change(ground, { fresh: 'short' }))).toBe('password-change-policy');
    expect(await signIn(ground, NORA, OLD)).toBe('opened');
  });
});

describe('where the user type does not allow it', () => {
  test('AD is not asked, and the owner is told', async () => {
    const ground = await openBrowserGround({ people: { allowPasswordChanges: false } });
    const outcome = await change(ground);
    expect(codeOf(outcome)).toBe('password-change-not-allowed');
    expect(outcome).not.toHaveProperty('shownAs');
    expect(ground.directory.asked.changes).toBe(0);
    expect((await ground.lastRecord()).refusal).toMatchObject({ attribute: 'allowPasswordChanges' });
  });

  test('a stranger is told no more than that the password is wrong', async () => {
    const ground = await openBrowserGround({ people: { allowPasswordChanges: false } });
    for (const username of [NORA, 'nobody@corp.example.test', upnOf(SAMPLE_PEOPLE.locked)])
      expect(await change(ground, { username, old: 'wrong' }), username).toMatchObject({ shownAs: 'password-wrong' });
  });
});

describe('after the change', () => {
  /** Down from the moment at which the password is another one. */
  const downAfter = (ground: BrowserGround): void => {
    ground.directory.beforeAnswer = async (question) => {
      if (question === 'change') ground.directory.failure = new Refusal('directory-down', { detail: 'dc1' });
    };
  };

  test('a directory that is down takes nothing back: the person is signed in, and the change recorded', async () => {
    const ground = await openBrowserGround();
    downAfter(ground);
    const outcome = await change(ground);
    if (outcome.kind !== 'opened') throw new Error(codeOf(outcome));
    // When it was set is not known, so nothing is compared with it.
    expect(outcome.session.stored.passwordSet).toBe('');
    expect(await ground.lastRecord()).toMatchObject({
      event: { kind: 'password-changed' },
      notes: expect.arrayContaining(['the entry is that from before the change: directory-down']),
    });
  });

  test('what then keeps the session from being opened is recorded with the change', async () => {
    const ground = await openBrowserGround();
    ground.directory.beforeAnswer = async (question) => {
      if (question === 'change') ground.directory.edit(SAMPLE_PEOPLE.usual, { userAccountControl: 0x202 });
    };
    expect(codeOf(await change(ground))).toBe('account-disabled');
    expect(await ground.lastRecord()).toMatchObject({
      refusal: { code: 'account-disabled' },
      notes: ['the password was changed'],
    });
  });
});

describe('guessing here is guessing', () => {
  test.each([
    ['one source', () => '192.0.2.1'],
    ['as many sources as guesses', (guess: number) => `198.51.100.${guess}`],
  ])('forty at once from %s lock nobody', async (_, source) => {
    const ground = await openBrowserGround();
    for (const account of [SAMPLE_PEOPLE.usual, SAMPLE_PEOPLE.finePolicy]) {
      const guesses = Array.from({ length: 40 }, (_unused, guess) =>
        change(ground, { username: upnOf(account), old: `guess ${guess}`, source: source(guess) }),
      );
      const outcomes = await Promise.all(guesses);
      expect(outcomes.every((outcome) => outcome.kind === 'refused' && outcome.shownAs === 'password-wrong')).toBe(
        true,
      );
      const threshold = account === SAMPLE_PEOPLE.finePolicy ? 4 : 10;
      expect(await countOf(ground, account)).toBeLessThan(threshold);
    }
    expect(ground.directory.asked.changes).toBe(0);
  });

  test('it shares its guesses with the form of the sign-in', async () => {
    const ground = await openBrowserGround();
    const username = upnOf(SAMPLE_PEOPLE.finePolicy);
    await Promise.all(Array.from({ length: 10 }, (_, guess) => signIn(ground, username, `guess ${guess}`)));
    const outcome = await change(ground, { username, old: 'guess 11' });
    expect(codeOf(outcome)).toBe('password-attempts-exhausted');
    expect(outcome).toMatchObject({ shownAs: 'password-wrong' });
  });

  test('a name without an account costs a bind too', async () => {
    const ground = await openBrowserGround();
    await change(ground, { old: 'wrong' });
    const { binds } = ground.directory.asked;
    const outcome = await change(ground, { username: 'nobody@corp.example.test', old: 'wrong' });
    expect(outcome).toMatchObject({ shownAs: 'password-wrong' });
    expect(ground.directory.asked.binds).toBe(2 * binds);
  });
});
