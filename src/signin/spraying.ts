/**
 * Slows down a source that tries passwords of many people: the lockout of one person never sees it.
 *
 * Each further person whose password was wrong there within the window doubles the wait. Whoever signed in from there
 * before does not wait, so an office behind one address works on. In memory and bounded.
 */
import { Refusal } from '../refusal.ts';

export interface Spraying {
  /**
   * Waits as long as the source has earned, and holds a place of those under way until it is released.
   *
   * @returns releases the place
   * @throws Refusal source-slowed-down when too many of its requests wait
   */
  wait(source: string, now: Date): Promise<() => void>;
  wrong(source: string, person: string, now: Date): void;
}

const WINDOW_MS = 30 * 60_000;
/** People with a wrong password from one source that are nothing special: an office on a Monday. */
const UNSUSPICIOUS = 10;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 15_000;
const MOST_WAITING = 500;
const MOST_WAITING_FROM_ONE = 100;
/** Passwords of strangers under way from one source at once: beyond, each counts as a wrong one until it is answered. */
const AT_ONCE = 30;
const MOST_SOURCES = 20_000;
const MOST_PEOPLE = 100;

/** @param sleep resolves after so many milliseconds */
export function openSpraying(sleep: (ms: number) => Promise<void>): Spraying {
  const sources = new Map<string, Map<string, number>>();
  const waiting = new Map<string, number>();
  const underWay = new Map<string, number>();

  const peopleOf = (source: string, now: Date): Map<string, number> => {
    const known = sources.get(source) ?? new Map<string, number>();
    for (const [person, at] of known) if (now.getTime() - at >= WINDOW_MS) known.delete(person);
    return known;
  };

  return {
    async wait(source, now) {
      const atOnce = underWay.get(source) ?? 0;
      const delay = delayAfter(peopleOf(source, now).size + Math.max(0, atOnce - AT_ONCE));
      if (delay === 0) return hold(underWay, source);
      const own = waiting.get(source) ?? 0;
      const all = [...waiting.values()].reduce((sum, count) => sum + count, 0);
      if (own >= MOST_WAITING_FROM_ONE || all >= MOST_WAITING)
        throw new Refusal('source-slowed-down', { actual: source, detail: `${own} of its requests wait already` });
      const waited = hold(waiting, source);
      const release = hold(underWay, source);
      await sleep(delay).finally(waited);
      return release;
    },
    wrong(source, person, now) {
      const people = peopleOf(source, now);
      people.delete(person);
      if (people.size < MOST_PEOPLE) people.set(person, now.getTime());
      sources.delete(source);
      sources.set(source, people);
      const [oldest] = sources.keys();
      if (sources.size > MOST_SOURCES && oldest !== undefined) sources.delete(oldest);
    },
  };
}

/** Counts one more of a source, until what it returns is called. */
function hold(counts: Map<string, number>, source: string): () => void {
  counts.set(source, (counts.get(source) ?? 0) + 1);
  return () => {
    const left = (counts.get(source) ?? 1) - 1;
    if (left === 0) counts.delete(source);
    else counts.set(source, left);
  };
}

/** @param people with a wrong password from one source within the window */
export function delayAfter(people: number): number {
  if (people < UNSUSPICIOUS) return 0;
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(16, people - UNSUSPICIOUS));
}
