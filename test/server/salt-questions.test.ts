/** Tickets that open with nothing, hostile ones among them, make a bounded number of questions to a KDC. */
import { expect, test } from 'vitest';
import { saltQuestions } from '../../src/server/salt-questions.ts';

const MINUTE_MS = 60_000;
const ticket = (kvno: number | undefined, gatewayIds: readonly string[] = ['one'], encryptionType = 18) => ({
  gatewayIds,
  encryptionType,
  kvno,
});

/** A KDC whose answers come when the test says, and help as it says. */
function kdc(helps: boolean | undefined) {
  let now = 0;
  let answer: (it: boolean) => void = () => undefined;
  const asked: string[] = [];
  const ask = saltQuestions(
    (gatewayId) => {
      asked.push(gatewayId);
      return helps === undefined ? new Promise((resolve) => (answer = resolve)) : Promise.resolve(helps);
    },
    () => now,
  );
  return { ask, asked, at: (minutes: number) => void (now = minutes * MINUTE_MS), answer: (it: boolean) => answer(it) };
}

test('the first ticket asks, and hears whether there are other keys', async () => {
  expect(await kdc(true).ask(ticket(2))).toBe(true);
  expect(await kdc(false).ask(ticket(2))).toBe(false);
});

test('all that come while the question is under way wait for its one answer', async () => {
  const { ask, asked, answer } = kdc(undefined);
  const waiting = Array.from({ length: 1_000 }, (_, kvno) => ask(ticket(kvno)));
  expect(asked).toEqual(['one']);
  answer(true);
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([true]));
  expect(asked).toEqual(['one']);
});

test('100,000 tickets of ever new versions and types in ten minutes: ten questions', async () => {
  const { ask, asked, at } = kdc(false);
  for (let n = 0; n < 100_000; n += 1) {
    at(n / 10_000);
    await ask(ticket(n, ['one'], 17 + (n % 4)));
  }
  expect(asked).toHaveLength(10);
});

test('what an answer did not help is asked about again after ten minutes, another version after one', async () => {
  const { ask, asked, at } = kdc(false);
  const askAt = async (minutes: number, kvno: number | undefined): Promise<number> => {
    at(minutes);
    await ask(ticket(kvno));
    return asked.length;
  };
  expect(await askAt(0, 2)).toBe(1);
  expect(await askAt(0.5, 3)).toBe(1);
  expect(await askAt(1, 2)).toBe(1);
  expect(await askAt(1, undefined)).toBe(2);
  expect(await askAt(2, 3)).toBe(3);
  expect(await askAt(9.9, 2)).toBe(3);
  expect(await askAt(10, 2)).toBe(4);
});

test('where no controller answered, the same ticket asks again after a minute: one may be back', async () => {
  const asked: string[] = [];
  let now = 0;
  const ask = saltQuestions(
    async (id) => (asked.push(id) === 1 ? undefined : true),
    () => now,
  );
  expect(await ask(ticket(2))).toBe(false);
  now = 0.9 * MINUTE_MS;
  expect(await ask(ticket(2))).toBe(false);
  now = MINUTE_MS;
  expect(await ask(ticket(2))).toBe(true);
  expect(asked).toHaveLength(2);
});

test('each gateway has a bound of its own, and one that helps is enough', async () => {
  const asked: string[] = [];
  const ask = saltQuestions(
    async (id) => {
      asked.push(id);
      return id === 'two';
    },
    () => 0,
  );
  expect(await ask(ticket(2, ['one']))).toBe(false);
  expect(await ask(ticket(2, ['one', 'two']))).toBe(true);
  expect(asked).toEqual(['one', 'two']);
});
