/** What an evaluation may cost, counted. */
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../src/mapping/expression/budget.ts';
import { whole } from '../../../src/mapping/expression/decimal.ts';
import { LIMITS } from '../../../src/mapping/expression/syntax.ts';
import { Refusal } from '../../../src/refusal.ts';

/** How often a thing can be paid for out of one budget. */
function affordable(pay: (budget: Budget) => void): number {
  const budget = new Budget('row');
  for (let count = 0; count <= LIMITS.steps; count += 1) {
    try {
      pay(budget);
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      expect(error).toMatchObject({ code: 'expression-failed', facts: { attribute: 'row' } });
      return count;
    }
  }
  throw new Error('the budget does not end');
}

describe('one budget pays for', () => {
  test.each([
    ['steps', (budget: Budget) => budget.spend(1), LIMITS.steps],
    ['texts of 1,600 characters', (budget: Budget) => budget.text('a'.repeat(1600)), Math.floor(LIMITS.steps / 101)],
    ['empty texts', (budget: Budget) => budget.characters(0), LIMITS.steps],
    ['short searches', (budget: Budget) => budget.search('abc', 'b'), LIMITS.steps],
    ['long searches', (budget: Budget) => budget.search('a'.repeat(32_000), 'a'.repeat(512)), 2],
  ] as const)('%s', (_, pay, times) => {
    expect(affordable((budget) => void pay(budget))).toBe(times);
  });
});

test('no text and no number may be larger than the limits', () => {
  expect(new Budget('row').text('a'.repeat(LIMITS.textLength))).toHaveLength(LIMITS.textLength);
  expect(() => new Budget('row').text('a'.repeat(LIMITS.textLength + 1))).toThrow(Refusal);
  const largest = whole(10n ** BigInt(LIMITS.digits) - 1n);
  expect(new Budget('row').number(largest)).toBe(largest);
  expect(() => new Budget('row').number(whole(largest.digits + 1n))).toThrow(Refusal);
  expect(() => new Budget('row').number(whole(-largest.digits - 1n))).toThrow(Refusal);
  expect(() => new Budget('row').number({ digits: 1n, scale: LIMITS.digits + 1 })).toThrow(Refusal);
});
