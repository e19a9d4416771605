/** The steps of a request, measured with a clock of the test's own. */
import { expect, test } from 'vitest';
import { startSteps } from '../../src/audit/steps.ts';
import { Refusal } from '../../src/refusal.ts';

/** A clock that goes on only when it is told to. */
function manualClock(start = 1_000) {
  let now = start;
  return { read: () => now, forward: (milliseconds: number) => void (now += milliseconds) };
}

test('remembers name, duration and detail of each step, and hands on what it returns', async () => {
  const clock = manualClock();
  const steps = startSteps(clock.read);
  const first = await steps.run('kerberos', async (note) => {
    clock.forward(0.8124);
    note('AES256');
    note('AES256, kvno 3');
    return 'caller';
  });
  const second = await steps.run('claims', () => {
    clock.forward(2);
    return 7;
  });
  expect([first, second]).toEqual(['caller', 7]);
  expect(steps.list()).toStrictEqual([
    { name: 'kerberos', durationMs: 0.812, detail: 'AES256, kvno 3' },
    { name: 'claims', durationMs: 2 },
  ]);
});

test('a refused step is remembered with its code, and the refusal goes on', async () => {
  const clock = manualClock();
  const steps = startSteps(clock.read);
  const refusal = new Refusal('kerberos-replay', { detail: 'seen before' });
  await expect(
    steps.run('kerberos', async () => {
      clock.forward(3);
      throw refusal;
    }),
  ).rejects.toBe(refusal);
  expect(steps.list()).toStrictEqual([{ name: 'kerberos', durationMs: 3, detail: 'kerberos-replay', failed: true }]);
});

test('what a step noted before it failed stays', async () => {
  const steps = startSteps(() => 0);
  const failing = steps.run('directory', (note) => {
    note('dc1 did not answer, dc2 did');
    throw new Refusal('directory-down');
  });
  await expect(failing).rejects.toThrow(Refusal);
  expect(steps.list()[0]?.detail).toBe('dc1 did not answer, dc2 did');
});

test('of a defect only the name is remembered: its message may hold a secret', async () => {
  const steps = startSteps(() => 0);
  const failing = steps.run('directory', () => {
    throw new TypeError('bind failed with password hunter2');
  });
  await expect(failing).rejects.toThrow(TypeError);
  expect(steps.list()).toStrictEqual([{ name: 'directory', durationMs: 0, detail: 'TypeError', failed: true }]);
});

test('steps are in the order in which they began; one that still runs is left out', async () => {
  const steps = startSteps(() => 0);
  let finish = (): void => {};
  const long = steps.run('long', () => new Promise<void>((resolve) => (finish = resolve)));
  await steps.run('short', () => {});
  expect(steps.list().map(({ name }) => name)).toEqual(['short']);
  finish();
  await long;
  expect(steps.list().map(({ name }) => name)).toEqual(['long', 'short']);
});
