/** Guessing: never more than five wrong codes within 15 minutes and thirty within a day, whatever comes at once. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/refusal.ts';
import { openGuesses } from '../../../src/signin/second-factor/guesses.ts';

const MINUTE = 60_000;
const WINDOW = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;

/** A person whose codes are looked at when the test says so. */
function desk() {
  const guesses = openGuesses();
  /** When each code that turned out wrong, or has not turned out yet, was taken in; since the last right one. */
  let wrong: { at: number; underWay: boolean }[] = [];
  const begin = (now: number): { refused: boolean; end: (right: boolean) => Promise<void> } => {
    const verdict = Promise.withResolvers<boolean>();
    let mine: (typeof wrong)[number] | undefined;
    const done = guesses
      .guess('nora', new Date(now), async () => {
        mine = { at: now, underWay: true };
        wrong.push(mine);
        if (!(await verdict.promise)) throw new Refusal('second-factor-wrong');
        wrong = wrong.filter((one) => one.underWay && one !== mine);
      })
      .catch(() => undefined);
    return {
      // What has room is looked at at once.
      refused: mine === undefined,
      end: async (right) => {
        if (!right && mine !== undefined) mine.underWay = false;
        verdict.resolve(right);
        await done;
      },
    };
  };
  const counted = (now: number, window: number): number => wrong.filter(({ at }) => now - at < window).length;
  return { begin, counted, forget: () => guesses.forget('nora') };
}

const event = fc.oneof(
  fc.record({ kind: fc.constant('begin' as const), afterMs: fc.oneof(fc.constant(0), fc.nat(WINDOW), fc.nat(DAY)) }),
  fc.record({ kind: fc.constant('end' as const), which: fc.nat(), right: fc.boolean() }),
  fc.record({ kind: fc.constant('end' as const), which: fc.nat(), right: fc.constant(false) }),
);

test('never more, under any interleaving', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 120, size: 'max' }), async (events) => {
      const { begin, counted } = desk();
      let now = 0;
      const underWay: ReturnType<typeof begin>[] = [];
      for (const one of events) {
        if (one.kind === 'begin') {
          now += one.afterMs;
          underWay.push(begin(now));
        } else {
          const [ending] = underWay.length === 0 ? [] : underWay.splice(one.which % underWay.length, 1);
          await ending?.end(one.right);
        }
        expect(counted(now, WINDOW)).toBeLessThanOrEqual(5);
        expect(counted(now, DAY)).toBeLessThanOrEqual(30);
      }
      await Promise.all(underWay.map((left) => left.end(false)));
    }),
  );
});

describe('one person', () => {
  const wrong = async (person: ReturnType<typeof desk>, now: number): Promise<boolean> => {
    const guess = person.begin(now);
    await guess.end(false);
    return guess.refused;
  };

  test('is refused at the sixth, until the first is 15 minutes old', async () => {
    const person = desk();
    for (let n = 0; n < 5; n += 1) expect(await wrong(person, n)).toBe(false);
    expect(await wrong(person, 5)).toBe(true);
    expect(await wrong(person, WINDOW - 1)).toBe(true);
    expect(await wrong(person, WINDOW)).toBe(false);
    expect(await wrong(person, WINDOW)).toBe(true);
  });

  test('is refused at the thirty-first within a day', async () => {
    const person = desk();
    for (let n = 0; n < 30; n += 1) expect(await wrong(person, n * 4 * MINUTE)).toBe(false);
    expect(await wrong(person, 3 * 60 * MINUTE)).toBe(true);
    expect(await wrong(person, DAY - 1)).toBe(true);
    expect(await wrong(person, DAY)).toBe(false);
  });

  test('starts anew after a right one, and when an administrator says so', async () => {
    const person = desk();
    for (let n = 0; n < 4; n += 1) await wrong(person, n);
    await person.begin(4).end(true);
    for (let n = 0; n < 5; n += 1) expect(await wrong(person, 5)).toBe(false);
    expect(await wrong(person, 5)).toBe(true);
    person.forget();
    expect(await wrong(person, 6)).toBe(false);
  });

  test('may fail for another reason, and that counts: what failed may have told right from wrong', async () => {
    const guesses = openGuesses();
    const down = async (): Promise<never> => {
      throw new Error('the store is gone');
    };
    for (let n = 0; n < 5; n += 1) await expect(guesses.guess('nora', new Date(0), down)).rejects.toThrow('store');
    await expect(guesses.guess('nora', new Date(0), async () => 'right')).rejects.toMatchObject({
      code: 'second-factor-attempts-exhausted',
      facts: { actual: '5 in 15 minutes, 5 in a day' },
    });
    expect(await guesses.guess('jonas', new Date(0), async () => 'right'), 'nobody else is held back').toBe('right');
  });
});

test('many people are no leak, and push out nobody whose code is being looked at', async () => {
  const guesses = openGuesses();
  const wrong = async (): Promise<never> => {
    throw new Refusal('second-factor-wrong');
  };
  const now = new Date(0);
  let answer: (value: string) => void = () => undefined;
  const pending = [1, 2, 3, 4, 5].map(() =>
    guesses.guess('nora', now, () => new Promise<string>((resolve) => (answer = resolve))),
  );
  for (let n = 0; n < 50_010; n += 1) await guesses.guess(`person ${n}`, now, wrong).catch(() => undefined);
  await expect(guesses.guess('nora', now, wrong)).rejects.toMatchObject({ code: 'second-factor-attempts-exhausted' });
  answer('right');
  expect(await pending[4]).toBe('right');
});
