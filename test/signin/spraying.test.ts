/** One source that tries many people's passwords is slowed down. */
import { expect, test } from 'vitest';
import { delayAfter, openSpraying } from '../../src/signin/spraying.ts';

const NOW = new Date(0);

test.each([
  [9, 0],
  [10, 250],
  [11, 500],
  [15, 8_000],
  [16, 15_000],
  [10_000, 15_000],
])('after wrong passwords of %i people the wait is %i ms', (people, ms) => expect(delayAfter(people)).toBe(ms));

function sprayed(sleep: (ms: number) => Promise<void>, people = 20) {
  const spraying = openSpraying(sleep);
  for (let n = 0; n < people; n += 1) spraying.wrong('192.0.2.1', `person ${n}`, NOW);
  return spraying;
}

test('one person’s many wrong passwords slow nobody down', async () => {
  const waits: number[] = [];
  const spraying = openSpraying(async (ms) => void waits.push(ms));
  for (let n = 0; n < 50; n += 1) spraying.wrong('192.0.2.1', 'nora', NOW);
  await spraying.wait('192.0.2.1', NOW);
  expect(waits).toEqual([]);
});

test('the wait is of that source alone, and ends with the window', async () => {
  const waits: number[] = [];
  const spraying = sprayed(async (ms) => void waits.push(ms));
  await spraying.wait('192.0.2.2', NOW);
  expect(waits).toEqual([]);
  await spraying.wait('192.0.2.1', new Date(29 * 60_000));
  expect(waits).toEqual([15_000]);
  await spraying.wait('192.0.2.1', new Date(30 * 60_000));
  expect(waits).toHaveLength(1);
});

test('a hundred requests of a source wait, one more is refused, and room comes back', async () => {
  const gate = Promise.withResolvers<void>();
  const spraying = sprayed(() => gate.promise);
  const waiting = Array.from({ length: 100 }, () => spraying.wait('192.0.2.1', NOW));
  await expect(spraying.wait('192.0.2.1', NOW)).rejects.toMatchObject({ code: 'source-slowed-down' });
  gate.resolve();
  for (const release of await Promise.all(waiting)) release();
  await spraying.wait('192.0.2.1', NOW);
});

test('many at once wait before the first of them is answered; an office that comes one by one does not', async () => {
  const slept: number[] = [];
  const spraying = openSpraying(async (ms) => void slept.push(ms));
  for (let n = 0; n < 200; n += 1) (await spraying.wait('192.0.2.9', NOW))();
  expect(slept).toEqual([]);
  for (let n = 0; n < 43; n += 1) await spraying.wait('192.0.2.1', NOW);
  expect(slept).toEqual([250, 500, 1000]);
});
