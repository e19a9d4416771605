import { expect, test } from 'vitest';
import { BEGIN, END, machineKind, resultsTable, withResults } from '../../bench/harness/results.ts';
import { verdict } from '../../bench/harness/rows.ts';

test('an aim that is missed is said to be missed', () => {
  const table = resultsTable(
    [
      { bench: 'a', what: 'fast', result: '0.70', ...verdict(0.7, 'at least', 0.6) },
      { bench: 'a', what: 'slow', result: '0.50', ...verdict(0.5, 'at least', 0.6) },
      { bench: 'b', what: 'large', result: '300 MiB', ...verdict(300, 'below', 250, ' MiB') },
      { bench: 'b', what: 'beside', result: '1' },
    ],
    'A machine.',
  );
  expect(table.split('\n')).toEqual([
    'A machine.',
    '',
    '| what | figure | aim | command |',
    '|---|---|---|---|',
    '| fast | 0.70 | at least 0.60 | `npm run bench -- a` |',
    '| slow | 0.50 | at least 0.60: **missed** | `npm run bench -- a` |',
    '| large | 300 MiB | below 250 MiB: **missed** | `npm run bench -- b` |',
    '| beside | 1 |  | `npm run bench -- b` |',
  ]);
});

test('no figure is a missed aim', () => {
  expect(verdict(Number.NaN, 'at least', 0.6).met).toBe(false);
  expect(verdict(Number.NaN, 'below', 0.6).met).toBe(false);
});

test('a new table takes the place of the old one and leaves the rest alone', () => {
  const document = `before\n${BEGIN}\nold\n${END}\nafter\n`;
  const once = withResults(document, 'new');
  expect(once).toBe(`before\n${BEGIN}\n\nnew\n\n${END}\nafter\n`);
  expect(withResults(once, 'new')).toBe(once);
  expect(() => withResults('no place', 'new')).toThrow(/there is no <!-- results/);
});

test('a machine is named by its kind', () => {
  expect(machineKind()).toMatch(/^\d+ (?:virtual )?\S+ cores, Node \d+, [^/]+\.$/);
});
