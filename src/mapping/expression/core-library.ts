/** `#core`: choices. Arguments are evaluated whether they are chosen or not; nothing has an effect but its cost. */
import type { Budget } from './budget.ts';
import { equals, isNumber, type Library, type Value } from './value.ts';

const TRUE_WORDS = new Set(['true', 'on', 'y', 't', 'yes']);
const LONGEST_WORD = 4;
const MOST_PAIRS = 10;

/** What `ifelse` takes for true: true itself, a number above 0, one of {@link TRUE_WORDS} in any case. */
function isTrue(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (isNumber(value)) return value.digits > 0n;
  return typeof value === 'string' && value.length <= LONGEST_WORD && TRUE_WORDS.has(value.toLowerCase());
}

/** The value of the first pair whose first member passes; what is left over after the pairs is the default. */
function choose(pairs: readonly Value[], passes: (value: Value) => boolean): Value {
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    if (passes(pairs[index] ?? null)) return pairs[index + 1] ?? null;
  }
  return pairs.length % 2 === 1 ? (pairs.at(-1) ?? null) : null;
}

export const CORE: Library = new Map([
  [
    'ifelse',
    {
      parameters: 'condition, value, [up to 10 pairs elseifCondition, elseifValue], [elseValue]',
      gives: 'the value of the first true condition: `true`, a number above 0, or `true`, `on`, `y`, `t`, `yes`',
      least: 2,
      most: 2 + 2 * MOST_PAIRS + 1,
      call: (given: readonly Value[]) => choose(given, isTrue),
    },
  ],
  [
    'switchExpr',
    {
      parameters: 'valueToFind, choiceToMatch, valueToReturn, [up to 9 further pairs], [defaultValue]',
      gives: 'the value of the first choice that equals',
      least: 3,
      most: 1 + 2 * MOST_PAIRS + 1,
      call: ([sought = null, ...pairs]: readonly Value[], budget: Budget) =>
        choose(pairs, (choice) => equals(sought, choice, budget)),
    },
  ],
]);
