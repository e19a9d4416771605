/** Second factors over a store: each proof is taken once, whatever comes at once; wrong ones never; and few of them. */
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { generateSync } from 'otplib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTotpSecret } from '../../../src/signin/second-factor/totp.ts';
import { refusalFrom } from '../../refusal-of.ts';
import { JONAS, later, MASTER, NORA, NOW, openPeople } from './people.ts';
import type { People } from './people.ts';

let people: People;
beforeEach(async () => {
  people = await openPeople();
});
afterEach(() => people.store.close());

const STEP = 30_000;
const MINUTE = 60_000;
const OTHER_MASTER = Buffer.alloc(32, 8).toString('base64');

/** What an app shows. */
const shown = (secret: Uint8Array, now: Date): string =>
  generateSync({ secret, epoch: Math.floor(now.getTime() / 1_000) });

async function addApp(userId = NORA, name = 'Phone', now = later(-10 * MINUTE)) {
  const secret = makeTotpSecret(randomBytes);
  const factor = await people.factors.addTotp(userId, secret, shown(secret, now), name, now);
  return { secret, factor };
}

/** How many were fulfilled, and the codes of those that were not. */
async function outcomesOf(work: readonly Promise<unknown>[]): Promise<{ passed: number; codes: readonly string[] }> {
  const settled = await Promise.allSettled(work);
  const refused = settled.filter((one) => one.status === 'rejected');
  return {
    passed: settled.length - refused.length,
    codes: refused.map(({ reason }) => (reason as { code: string }).code).toSorted(),
  };
}

describe('an authenticator app', () => {
  test('is set up with a code that it shows, and proves the person with the next', async () => {
    const secret = makeTotpSecret(randomBytes);
    const added = await people.factors.addTotp(NORA, secret, shown(secret, NOW), 'Phone', NOW);
    // Its set-up was a use.
    expect(added).toMatchObject({ kind: 'totp', name: 'Phone', createdAt: NOW, lastUsedAt: NOW });
    const now = later(STEP);
    expect(await people.factors.passTotp(NORA, shown(secret, now), now)).toEqual({ ...added, lastUsedAt: now });
    expect(await people.factors.list(NORA)).toEqual([{ ...added, lastUsedAt: now }]);
  });

  test('is not set up with a wrong code', async () => {
    const secret = makeTotpSecret(randomBytes);
    const code = shown(secret, later(10 * STEP));
    expect(await refusalFrom(people.factors.addTotp(NORA, secret, code, '', NOW))).toMatchObject({
      code: 'second-factor-wrong',
    });
    expect(await people.factors.list(NORA)).toEqual([]);
  });

  test('does not take the code of its set-up again, nor a code twice, nor one from before a used one', async () => {
    const { secret } = await addApp(NORA, 'Phone', NOW);
    const pass = (shownAt: Date, now: Date) => people.factors.passTotp(NORA, shown(secret, shownAt), now);
    expect((await refusalFrom(pass(NOW, NOW))).code).toBe('second-factor-used');
    await pass(later(STEP), later(STEP));
    expect((await refusalFrom(pass(later(STEP), later(STEP)))).code).toBe('second-factor-used');
    expect((await refusalFrom(pass(NOW, later(STEP)))).code).toBe('second-factor-used');
    await expect(pass(later(2 * STEP), later(STEP)), 'a phone that is ahead').resolves.toMatchObject({ kind: 'totp' });
  });

  test('is set up once, even at the same moment: else each of its codes could be used twice', async () => {
    const secret = makeTotpSecret(randomBytes);
    const code = shown(secret, NOW);
    const outcomes = await outcomesOf([1, 2, 3].map(() => people.factors.addTotp(NORA, secret, code, '', NOW)));
    expect(outcomes).toEqual({ passed: 1, codes: ['second-factor-used', 'second-factor-used'] });
  });

  test('of one person is not another’s', async () => {
    const { secret } = await addApp();
    await addApp(JONAS);
    expect((await refusalFrom(people.factors.passTotp(JONAS, shown(secret, NOW), NOW))).code).toBe(
      'second-factor-wrong',
    );
  });

  test('may be one of several', async () => {
    const apps = [await addApp(NORA, 'Phone'), await addApp(NORA, 'Tablet')];
    for (const { secret, factor } of apps)
      expect(await people.factors.passTotp(NORA, shown(secret, NOW), NOW)).toMatchObject({ id: factor.id });
    expect(await people.factors.remove(NORA, apps[0]?.factor.id ?? '')).toBe(true);
    const refusal = await refusalFrom(
      people.factors.passTotp(NORA, shown(apps[0]?.secret ?? new Uint8Array(20), later(STEP)), later(STEP)),
    );
    expect(refusal.code).toBe('second-factor-wrong');
  });

  test('any wrong code is refused', async () => {
    const { secret } = await addApp();
    const right = new Set([-STEP, 0, STEP].map((off) => shown(secret, later(off))));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.stringMatching(/^[0-9]{6}$/), fc.string({ unit: 'grapheme' })), async (code) => {
        fc.pre(!right.has(code.replaceAll(/[\s-]/g, '')));
        // Guesses are bounded elsewhere: each comes to a Mortise that was started anew.
        expect((await refusalFrom(people.reopened().passTotp(NORA, code, NOW))).code).toBe('second-factor-wrong');
      }),
    );
    expect((await people.factors.list(NORA))[0]?.lastUsedAt, 'nothing is noted').toEqual(later(-10 * MINUTE));
  });

  test('a code is taken once, however many bring it at once, here and in another process', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 1_000 }), async (together, steps) => {
        await people.factors.reset(NORA);
        const { secret } = await addApp();
        const now = later(steps * STEP);
        const code = shown(secret, now);
        const works = Array.from({ length: together }, () => people.reopened().passTotp(NORA, code, now));
        const { passed, codes } = await outcomesOf(works);
        expect({ passed, codes: [...new Set(codes)] }).toEqual({ passed: 1, codes: ['second-factor-used'] });
      }),
      { numRuns: 20 },
    );
  });
});

describe('recovery codes', () => {
  test('are ten, each good once, and new ones end the old ones', async () => {
    const codes = await people.factors.makeRecoveryCodes(NORA);
    expect(new Set(codes).size).toBe(10);
    expect(await people.factors.recoveryCodesLeft(NORA)).toBe(10);
    for (const code of codes.slice(0, 3)) await people.factors.passRecoveryCode(NORA, code.toLowerCase(), NOW);
    expect(await people.factors.recoveryCodesLeft(NORA)).toBe(7);
    expect(await refusalFrom(people.factors.passRecoveryCode(NORA, codes[0] ?? '', NOW))).toMatchObject({
      code: 'second-factor-wrong',
      facts: { attribute: 'recovery code' },
    });
    const newer = await people.factors.makeRecoveryCodes(NORA);
    expect((await refusalFrom(people.factors.passRecoveryCode(NORA, codes[5] ?? '', NOW))).code).toBe(
      'second-factor-wrong',
    );
    await people.factors.passRecoveryCode(NORA, newer[5] ?? '', NOW);
  });

  test('are of one person', async () => {
    const [code = ''] = await people.factors.makeRecoveryCodes(NORA);
    await people.factors.makeRecoveryCodes(JONAS);
    expect((await refusalFrom(people.factors.passRecoveryCode(JONAS, code, NOW))).code).toBe('second-factor-wrong');
    await people.factors.passRecoveryCode(NORA, code, NOW);
  });

  test('are taken once at the same moment', async () => {
    const [code = ''] = await people.factors.makeRecoveryCodes(NORA);
    const works = Array.from({ length: 5 }, () => people.factors.passRecoveryCode(NORA, code, NOW));
    expect((await outcomesOf(works)).passed).toBe(1);
  });

  test('go on after a restart, under the same master key alone', async () => {
    const [code = '', another = ''] = await people.factors.makeRecoveryCodes(NORA);
    await people.reopened().passRecoveryCode(NORA, code, NOW);
    expect((await refusalFrom(people.reopened(OTHER_MASTER).passRecoveryCode(NORA, another, NOW))).code).toBe(
      'second-factor-wrong',
    );
  });
});

describe('an administrator’s code', () => {
  const DAY = 24 * 60 * MINUTE;

  test('is good once, for a day', async () => {
    const { code, expiresAt } = await people.factors.makeEnrolmentCode(NORA, NOW);
    expect(expiresAt).toEqual(later(DAY));
    await people.factors.useEnrolmentCode(NORA, code, later(DAY - 1));
    expect((await refusalFrom(people.factors.useEnrolmentCode(NORA, code, NOW))).code).toBe('enrolment-code-wrong');
    const late = await people.factors.makeEnrolmentCode(NORA, NOW);
    expect((await refusalFrom(people.factors.useEnrolmentCode(NORA, late.code, later(DAY)))).code).toBe(
      'enrolment-code-wrong',
    );
  });

  test('ends the one before, and is of one person', async () => {
    const first = await people.factors.makeEnrolmentCode(NORA, NOW);
    const second = await people.factors.makeEnrolmentCode(NORA, NOW);
    expect((await refusalFrom(people.factors.useEnrolmentCode(NORA, first.code, NOW))).code).toBe(
      'enrolment-code-wrong',
    );
    expect((await refusalFrom(people.factors.useEnrolmentCode(JONAS, second.code, NOW))).code).toBe(
      'enrolment-code-wrong',
    );
    await people.factors.useEnrolmentCode(NORA, second.code, NOW);
  });

  test('is no recovery code, and a recovery code is none', async () => {
    const { code } = await people.factors.makeEnrolmentCode(NORA, NOW);
    const [recovery = ''] = await people.factors.makeRecoveryCodes(NORA);
    expect((await refusalFrom(people.factors.passRecoveryCode(NORA, code, NOW))).code).toBe('second-factor-wrong');
    expect((await refusalFrom(people.factors.useEnrolmentCode(NORA, recovery, NOW))).code).toBe('enrolment-code-wrong');
  });

  test('lets a person try who guessed too often', async () => {
    for (let n = 0; n < 5; n += 1) await refusalFrom(people.factors.useEnrolmentCode(NORA, '00000-00000', NOW));
    const { code } = await people.factors.makeEnrolmentCode(NORA, NOW);
    await people.factors.useEnrolmentCode(NORA, code, NOW);
  });
});

describe('guessing', () => {
  test('is bounded for all kinds together, and a right code is not looked at either', async () => {
    const { secret } = await addApp();
    const [recovery = ''] = await people.factors.makeRecoveryCodes(NORA);
    const works = [
      people.factors.passTotp(NORA, 'x', NOW),
      people.factors.passTotp(NORA, 'x', NOW),
      people.factors.passRecoveryCode(NORA, 'x', NOW),
      people.factors.passRecoveryCode(NORA, 'x', NOW),
      people.factors.useEnrolmentCode(NORA, 'x', NOW),
    ];
    expect((await outcomesOf(works)).passed).toBe(0);
    for (const right of [
      people.factors.passTotp(NORA, shown(secret, NOW), NOW),
      people.factors.passRecoveryCode(NORA, recovery, NOW),
    ])
      expect((await refusalFrom(right)).code).toBe('second-factor-attempts-exhausted');
    await expect(
      people.factors.passTotp(NORA, shown(secret, later(15 * MINUTE)), later(15 * MINUTE)),
    ).resolves.toMatchObject({
      kind: 'totp',
    });
  });

  test('many at once are no more than five', async () => {
    await addApp();
    const works = Array.from({ length: 200 }, (_, n) => people.factors.passRecoveryCode(NORA, `00000-${n}`, NOW));
    const { codes } = await outcomesOf(works);
    expect(codes.filter((code) => code === 'second-factor-wrong')).toHaveLength(5);
  });
});

describe('kept', () => {
  test('are at most ten of a person, even added at once', async () => {
    const apps = Array.from({ length: 12 }, () => addApp());
    expect(await outcomesOf(apps)).toEqual({ passed: 10, codes: ['second-factor-limit', 'second-factor-limit'] });
    await addApp(JONAS);
  });

  test('encrypted, under a master key that opens them', async () => {
    const { secret } = await addApp();
    const [stored] = await people.store.secondFactors.list(NORA);
    expect(Buffer.from(stored?.protectedSecret ?? []).includes(Buffer.from(secret))).toBe(false);
    await expect(people.reopened(OTHER_MASTER).list(NORA)).rejects.toMatchObject({ code: 'master-key-wrong' });
    await expect(people.reopened(MASTER).list(NORA)).resolves.toHaveLength(1);
    expect(() => people.reopened('short')).toThrow(expect.objectContaining({ code: 'master-key-malformed' }));
  });

  test('bound to their person and kind: a record that somebody moves in the store opens no more', async () => {
    await addApp();
    const [stored] = await people.store.secondFactors.list(NORA);
    if (stored === undefined) throw new Error('there is none');
    await people.factors.takeBack(NORA, stored.id);
    await people.store.secondFactors.add({ ...stored, userId: JONAS });
    await expect(people.factors.list(JONAS)).rejects.toMatchObject({ code: 'key-record-damaged' });
    await people.factors.reset(JONAS);
    await people.store.secondFactors.add({ ...stored, kind: 'passkey' });
    await expect(people.factors.list(NORA)).rejects.toMatchObject({ code: 'key-record-damaged' });
  });

  test('but for the last one, also when two are removed at once', async () => {
    const { factor: phone } = await addApp(NORA, 'Phone');
    const { factor: tablet } = await addApp(NORA, 'Tablet');
    const removed = await Promise.allSettled([phone, tablet].map(({ id }) => people.factors.remove(NORA, id)));
    expect(removed.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(removed[1]).toMatchObject({ reason: { code: 'second-factor-last' } });
    expect(await people.factors.list(NORA)).toHaveLength(1);
  });

  test('until an administrator resets them all, whatever the master key', async () => {
    await addApp(NORA, 'Phone');
    await addApp(NORA, 'Tablet');
    const [recovery = ''] = await people.factors.makeRecoveryCodes(NORA);
    const { code } = await people.factors.makeEnrolmentCode(NORA, NOW);
    await addApp(JONAS);
    expect(await people.reopened(OTHER_MASTER).reset(NORA)).toBe(2);
    expect(await people.factors.list(NORA)).toEqual([]);
    expect(await people.factors.recoveryCodesLeft(NORA)).toBe(0);
    expect((await refusalFrom(people.factors.passRecoveryCode(NORA, recovery, NOW))).code).toBe('second-factor-wrong');
    expect((await refusalFrom(people.factors.useEnrolmentCode(NORA, code, NOW))).code).toBe('enrolment-code-wrong');
    expect(await people.factors.list(JONAS)).toHaveLength(1);
    expect(await people.factors.reset(NORA)).toBe(0);
  });
});
