/**
 * How many wrong codes of one person are looked at: five within 15 minutes and thirty within a day, of all kinds together.
 *
 * A guess counts before it is looked at, so that many at the same moment are no more than five. A right one ends the
 * count. In memory and bounded: whoever guesses here has the password already, and cannot make Mortise start anew.
 */
import { Refusal } from '../../refusal.ts';

export interface Guesses {
  /**
   * Looks at one code.
   *
   * @param check throws when the code is wrong
   * @throws Refusal second-factor-attempts-exhausted; and what `check` throws
   */
  guess<T>(person: string, now: Date, check: () => Promise<T>): Promise<T>;
  /** An administrator lets the person try again. */
  forget(person: string): void;
}

const WINDOW_MS = 15 * 60_000;
const MOST_IN_WINDOW = 5;
/** Without it, five in 15 minutes for a year would find one of the three codes that are right at a time with 2 in 5. */
const DAY_MS = 24 * 60 * 60_000;
const MOST_IN_DAY = 30;
const MOST_PEOPLE = 50_000;

interface Guess {
  readonly at: number;
  underWay: boolean;
}

export function openGuesses(): Guesses {
  const people = new Map<string, Set<Guess>>();

  const guessesOf = (person: string, now: number): Set<Guess> => {
    const guesses = people.get(person) ?? new Set();
    for (const guess of guesses) if (!guess.underWay && now - guess.at >= DAY_MS) guesses.delete(guess);
    people.delete(person);
    people.set(person, guesses);
    forgetTheQuiet(people, person, now);
    return guesses;
  };

  return {
    async guess(person, now, check) {
      const time = now.getTime();
      const guesses = guessesOf(person, time);
      requireRoom(guesses, time);
      const guess = { at: time, underWay: true };
      guesses.add(guess);
      try {
        const passed = await check();
        guess.underWay = false;
        deleteAnswered(guesses);
        return passed;
      } finally {
        // Whatever went wrong: it may have told right from wrong.
        guess.underWay = false;
      }
    },
    forget: (person) => deleteAnswered(people.get(person) ?? new Set()),
  };
}

function requireRoom(guesses: ReadonlySet<Guess>, now: number): void {
  const recent = [...guesses].filter(({ at }) => now - at < WINDOW_MS).length;
  if (recent < MOST_IN_WINDOW && guesses.size < MOST_IN_DAY) return;
  throw new Refusal('second-factor-attempts-exhausted', {
    expected: `fewer than ${MOST_IN_WINDOW} wrong codes in 15 minutes, and than ${MOST_IN_DAY} in a day`,
    actual: `${recent} in 15 minutes, ${guesses.size} in a day`,
  });
}

/** Those under way may turn out wrong: they stay counted. */
function deleteAnswered(guesses: Set<Guess>): void {
  for (const guess of guesses) if (!guess.underWay) guesses.delete(guess);
}

/** Drops from the front, where those are who were quiet the longest; beyond the limit also with guesses that count. */
function forgetTheQuiet(people: Map<string, Set<Guess>>, present: string, now: number): void {
  for (const [person, guesses] of people) {
    if (person === present) return;
    const counted = [...guesses];
    if (counted.some(({ underWay }) => underWay)) continue;
    if (people.size <= MOST_PEOPLE && counted.some(({ at }) => now - at < DAY_MS)) return;
    people.delete(person);
  }
}
