/** Guessing against AD's own counter: never as many wrong passwords as lock, and strangers never in the way of the person. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckedPassword, PasswordVerdict } from '../../src/directory/directory.ts';
import type { LockoutPolicy } from '../../src/directory/lockout.ts';
import { Password } from '../../src/directory/password.ts';
import { Refusal } from '../../src/refusal.ts';
import { openAttempts, shares } from '../../src/signin/attempts.ts';

const WINDOW_MS = 30 * 60_000;
const RIGHT = 'right';
const policyOf = (threshold: number): LockoutPolicy => ({
  threshold,
  observationWindowMs: WINDOW_MS,
  source: 'DC=corp,DC=example,DC=test',
  known: true,
});

/** One account as AD counts it: on from the last wrong password within the window, anew after it and after a success. */
function account() {
  let count = 0;
  let last = -Infinity;
  let highest = 0;
  const counted = (time: number): number => (time - last < WINDOW_MS ? count : 0);
  return {
    counted,
    highest: () => highest,
    bind: (password: string, time: number): PasswordVerdict => {
      if (password === RIGHT) {
        count = 0;
        return 'right';
      }
      count = counted(time) + 1;
      last = time;
      highest = Math.max(highest, count);
      return 'wrong';
    },
  };
}

/** A client that reads the state, and later tries: others may come in between. */
function client(threshold: number) {
  const attempts = openAttempts(new Uint8Array(32));
  const ad = account();
  let binds = 0;
  return {
    ad,
    binds: () => binds,
    read: (time: number) => ({
      mark: attempts.mark(),
      state: { badPasswordCount: ad.counted(time), lockedOut: false },
    }),
    /** `answered`: AD has counted, and its answer comes then. */
    send: async (
      seen: { mark: number; state: { badPasswordCount: number; lockedOut: boolean } },
      password: string,
      familiar: boolean,
      time: number,
      passwordSet = '1',
    ): Promise<string> => {
      const bind = async (): Promise<CheckedPassword> => {
        binds += 1;
        const verdict = ad.bind(password, time);
        await Promise.resolve();
        return { verdict, detail: '' };
      };
      const attempt = { person: 'nora', passwordSet, familiar, password: new Password(password) };
      try {
        const policy = policyOf(threshold);
        return (await attempts.check({ ...attempt, ...seen, policy }, new Date(time), bind)).verdict;
      } catch (error) {
        if (error instanceof Refusal) return error.code;
        throw error;
      }
    },
  };
}

describe('whatever comes', () => {
  const event = fc.record({
    familiar: fc.boolean(),
    guess: fc.oneof(fc.nat(40).map(String), fc.constant(RIGHT)),
    afterMinutes: fc.oneof(fc.constant(0), fc.nat(40)),
    together: fc.integer({ min: 1, max: 4 }),
  });

  test('AD’s counter never reaches its threshold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 12 }),
        fc.array(event, { maxLength: 40 }),
        async (threshold, events) => {
          const { ad, read, send } = client(threshold);
          let time = 0;
          for (const [n, { familiar, guess, afterMinutes, together }] of events.entries()) {
            time += afterMinutes * 60_000;
            // All read before any tries.
            const seen = Array.from({ length: together }, () => read(time));
            await Promise.all(
              seen.map((one, index) => send(one, guess === RIGHT ? RIGHT : `${guess} ${n} ${index}`, familiar, time)),
            );
            expect(ad.highest()).toBeLessThan(threshold);
          }
        },
      ),
    );
  });

  test('AD’s counter never reaches it either when other systems counted before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 3, max: 12 }), fc.nat(11), fc.nat(20), async (threshold, others, guesses) => {
        const { ad, read, send } = client(threshold);
        const elsewhere = Math.min(others, threshold - 1);
        for (let n = 0; n < elsewhere; n += 1) ad.bind(`elsewhere ${n}`, 0);
        const seen = Array.from({ length: guesses }, () => read(0));
        // One after the other, each with what was read before all.
        for (const [n, one] of seen.entries()) await send(one, `guess ${n}`, true, 0);
        expect(ad.highest()).toBeLessThan(threshold);
      }),
    );
  });

  test('strangers never use up what familiar sources have', async () => {
    const stranger = fc.record({ guess: fc.nat(1_000), afterMinutes: fc.nat(40) });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: 12 }),
        fc.array(stranger, { maxLength: 60 }),
        async (threshold, tries) => {
          const { read, send } = client(threshold);
          let time = 0;
          for (const { guess, afterMinutes } of tries) {
            time += afterMinutes * 60_000;
            await send(read(time), `guess ${guess}`, false, time);
          }
          expect(await send(read(time), 'mistyped', true, time)).toBe('wrong');
        },
      ),
    );
  });
});

describe('shares', () => {
  test.each([
    [1, 1, 1],
    [2, 1, 1],
    [3, 2, 1],
    [5, 4, 2],
    [10, 9, 4],
    [0, 20, 10],
  ])('of a threshold of %i: %i, strangers %i', (threshold, all, strangers) => {
    expect(shares({ threshold })).toEqual({ all, strangers });
  });
});

describe('one password', () => {
  test('that is wrong is sent once, also when it comes many times at once', async () => {
    const { binds, read, send } = client(10);
    const seen = read(0);
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => send(seen, 'old', false, 0)));
    expect(new Set(verdicts)).toEqual(new Set(['wrong']));
    expect(await send(read(1), 'old', true, 1)).toBe('wrong');
    expect(binds()).toBe(1);
  });

  test('that was wrong is tried again once the password was set anew', async () => {
    const { binds, read, send } = client(10);
    await send(read(0), 'next', false, 0, '1');
    await send(read(1), 'next', false, 1, '2');
    expect(binds()).toBe(2);
  });

  test('that is right passes at many clients at once', async () => {
    const { read, send } = client(3);
    const seen = read(0);
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => send(seen, RIGHT, false, 0)));
    expect(new Set(verdicts)).toEqual(new Set(['right']));
  });

  // With the five minutes that the clocks may be apart.
  const LATER_MS = WINDOW_MS + 300_003;

  test('is tried again when the window has passed since the last wrong one', async () => {
    const { read, send } = client(3);
    expect(await send(read(0), 'a', false, 0)).toBe('wrong');
    expect(await send(read(1), 'b', false, 1)).toBe('password-attempts-exhausted');
    expect(await send(read(LATER_MS), 'b', false, LATER_MS)).toBe('wrong');
  });
});

test('an account that AD has locked is said to be locked', async () => {
  const attempts = openAttempts(new Uint8Array(32));
  const attempt = {
    person: 'nora',
    passwordSet: '1',
    familiar: true,
    password: new Password(RIGHT),
    policy: policyOf(3),
    state: { badPasswordCount: 3, lockedOut: true },
    mark: 0,
  };
  const never = () => Promise.reject(new Error('must not bind'));
  await expect(attempts.check(attempt, new Date(0), never)).rejects.toMatchObject({ code: 'account-locked-out' });
});

test('a bind that nobody answered counts, and the password stays worth trying', async () => {
  const attempts = openAttempts(new Uint8Array(32));
  const attempt = {
    person: 'nora',
    passwordSet: '1',
    familiar: false,
    password: new Password(RIGHT),
    policy: policyOf(3),
    state: { badPasswordCount: 0, lockedOut: false },
    mark: 0,
  };
  const down = async (): Promise<never> => {
    throw new Error('no answer');
  };
  const now = new Date('2026-03-02T10:00:00Z');
  await expect(attempts.check(attempt, now, down)).rejects.toThrow('no answer');
  const right = { verdict: 'right', detail: '' } as const;
  expect(await attempts.check(attempt, now, async () => right).catch(String)).toContain('password-attempts-exhausted');
  expect(await attempts.check({ ...attempt, familiar: true }, now, async () => right)).toEqual(right);
});
