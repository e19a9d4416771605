import { describe, expect, test } from 'vitest';
import { columns, median, quantile, summaryOf } from '../../bench/harness/report.ts';

describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  test.each([
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])('%d of the numbers to a hundred is %d, in whatever order they come', (share, expected) => {
    expect(quantile(hundred, share)).toBe(expected);
  });

  test('of nothing is no number', () => {
    expect(quantile([], 0.5)).toBeNaN();
    expect(median([])).toBeNaN();
  });

  test('the median of an even number of values lies between the two in the middle', () => {
    expect(median([10, 1, 2, 9])).toBe(5.5);
    expect(median([3, 1, 2])).toBe(2);
  });
});

test('ratios are taken within each round, and the median of them', () => {
  const round = (operations: number, cpuSeconds: number, rsaLimit: number) => ({
    operations,
    cpuSeconds,
    rsaLimit,
    latencies: [operations],
  });
  // The machine is half as fast in the last round: the ratio stays.
  const summary = summaryOf([round(100, 1, 200), round(90, 1, 200), round(50, 1, 100)]);
  expect(summary).toMatchObject({ perCpuSecond: 90, ofLimit: 0.5, p50: 90, p99: 100, operations: 3 });
});

test('columns are as wide as their widest cell, the first to the left', () => {
  expect(
    columns([
      ['', 'ab'],
      ['name', '1'],
    ]),
  ).toBe('      ab\nname   1');
});
