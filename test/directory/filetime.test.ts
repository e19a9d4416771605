/** FILETIME and AD's intervals, with the values that [MS-DTYP] §2.3.3 lets one reckon by hand. */
import { expect, test } from 'vitest';
import { fileTimeOf, fileTimeToDate, intervalToMs } from '../../src/directory/filetime.ts';

test.each([
  ['1601-01-01T00:00:00.000Z', 0n],
  ['1970-01-01T00:00:00.000Z', 116_444_736_000_000_000n],
  ['2024-03-01T00:00:00.000Z', 133_537_248_000_000_000n],
])('%s is %i, both ways', (time, ticks) => {
  expect(fileTimeOf(new Date(time))).toBe(ticks);
  expect(fileTimeToDate(ticks).toISOString()).toBe(time);
});

test('the largest one is a date still', () => {
  expect(fileTimeToDate(2n ** 63n - 1n).getUTCFullYear()).toBe(30_828);
});

test.each([
  [-18_000_000_000n, 1_800_000],
  [18_000_000_000n, 1_800_000],
  [0n, 0],
  [-1n, 0],
])('the interval %i is %i ms', (ticks, ms) => {
  expect(intervalToMs(ticks)).toBe(ms);
});
