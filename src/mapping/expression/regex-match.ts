/**
 * Finds a regular expression in a text, in time that grows with the product of the two and within a budget.
 *
 * A step that was once tried at a position and failed is never tried there again; this is what keeps `(a+)+b` from
 * taking all day. With back references it is never tried again with the same groups: that grows faster, and the budget
 * ends it. Of several matches at one position it finds the one that java.util.regex and ECMAScript find.
 */
import type { Budget } from './budget.ts';
import { ASSERTIONS } from './regex-assertions.ts';
import type { Regex, Step } from './regex-program.ts';

export interface Match {
  readonly start: number;
  readonly end: number;
  /** From 0, the whole match; null for a group that took no part. */
  readonly groups: readonly (string | null)[];
}

interface Search {
  readonly steps: readonly Step[];
  readonly text: string;
  readonly budget: Budget;
  /** Three for each group, -1 for none: where it begins and ends, and where it was last entered. */
  readonly slots: number[];
  /** The slots on which back references depend. */
  readonly referenced: readonly number[];
  /** Splits that were tried, each with its position and, where there are back references, their groups. */
  tried: Set<number | string>;
  work: number;
}

/** How many steps of the matcher make one step of the budget; remembering one counts for several. */
const WORK = 8;
const REMEMBERING = 4;

/** The first match that begins at `from` or, unless it is to begin just there, later. */
export function findMatch(regex: Regex, text: string, from: number, budget: Budget, anchored = false): Match | null {
  budget.spend(1 + (regex.steps.length >> 4));
  const slots = Array.from({ length: 3 * regex.groups + 3 }, () => -1);
  const referenced = regex.referenced.flatMap((group) => [3 * group, 3 * group + 1, 3 * group + 2]);
  const search: Search = { steps: regex.steps, text, budget, slots, referenced, tried: new Set(), work: 0 };
  for (let start = from; start <= text.length; start = afterCharacter(text, start)) {
    const end = run(search, 0, start);
    if (end !== -1) return { start, end, groups: groupsOf(text, slots, start, end) };
    if (anchored) break;
  }
  return null;
}

/** All of them, one after the other; after an empty match the next begins one character on. */
export function findMatches(regex: Regex, text: string, budget: Budget): readonly Match[] {
  const found: Match[] = [];
  for (let from = 0; from <= text.length;) {
    const match = findMatch(regex, text, from, budget);
    if (match === null) break;
    found.push(match);
    from = match.end > match.start ? match.end : afterCharacter(text, match.end);
  }
  return found;
}

function groupsOf(text: string, slots: readonly number[], start: number, end: number): readonly (string | null)[] {
  const groups: (string | null)[] = [text.slice(start, end)];
  for (let slot = 3; slot < slots.length; slot += 3) {
    const [first = -1, last = -1] = slots.slice(slot, slot + 2);
    groups.push(first === -1 || last === -1 ? null : text.slice(first, last));
  }
  return groups;
}

const isPair = (text: string, at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff;
const afterCharacter = (text: string, at: number): number => at + (isPair(text, at) ? 2 : 1);
const beforeCharacter = (text: string, at: number): number => at - (at >= 2 && isPair(text, at - 2) ? 2 : 1);

function work(search: Search, amount: number): void {
  search.work += amount;
  if (search.work >= WORK) {
    search.budget.spend(Math.floor(search.work / WORK));
    search.work %= WORK;
  }
}

/** Where the match ends that begins with this step at this position; -1 when there is none. */
function run(search: Search, entry: number, from: number): number {
  // Pairs: a step and its position, to go back to; or -1 - slot and what it held, to be put back.
  const back: number[] = [];
  let [at, position] = [entry, from];
  for (;;) {
    work(search, 1);
    const step = search.steps[at];
    if (step === undefined || step.op === 'found') return position;
    const next = take(search, step, at, position, back);
    if (next !== undefined) [at, position] = next;
    else {
      const resumed = resume(search.slots, back);
      if (resumed === undefined) return -1;
      [at, position] = resumed;
    }
  }
}

function resume(slots: number[], back: number[]): readonly [number, number] | undefined {
  for (;;) {
    const [value, key] = [back.pop(), back.pop()];
    if (value === undefined || key === undefined) return undefined;
    if (key >= 0) return [key, value];
    slots[-1 - key] = value;
  }
}

/** The next step and its position; undefined when this one fails. */
function take(
  search: Search,
  step: Exclude<Step, { op: 'found' }>,
  at: number,
  position: number,
  back: number[],
): readonly [number, number] | undefined {
  const { text, slots } = search;
  switch (step.op) {
    case 'read': {
      const next = step.backwards ? beforeCharacter(text, position) : afterCharacter(text, position);
      const code = text.codePointAt(Math.min(position, next));
      return next < 0 || code === undefined || !step.set(code) ? undefined : [at + 1, next];
    }
    case 'split': {
      const key = keyOf(search, at * (text.length + 1) + position);
      if (search.tried.has(key)) return undefined;
      work(search, REMEMBERING + search.referenced.length);
      search.tried.add(key);
      back.push(step.second, position);
      return [step.first, position];
    }
    case 'jump':
      return [step.to, position];
    case 'open':
      put(slots, 3 * step.group + 2, position, back);
      return [at + 1, position];
    case 'close': {
      const entered = slots[3 * step.group + 2] ?? -1;
      put(slots, 3 * step.group, step.backwards ? position : entered, back);
      put(slots, 3 * step.group + 1, step.backwards ? entered : position, back);
      return [at + 1, position];
    }
    case 'again': {
      const end = endOfRepetition(search, step, position);
      return end === undefined ? undefined : [at + 1, end];
    }
    case 'look':
      return (within(search, at + 1, position, back) !== -1) === step.negative ? undefined : [step.after, position];
    case 'atomic': {
      const end = within(search, at + 1, position, back);
      return end === -1 ? undefined : [step.after, end];
    }
    default: // 'assert'
      return ASSERTIONS[step.assertion](text, position) ? [at + 1, position] : undefined;
  }
}

const keyOf = ({ referenced, slots }: Search, place: number): number | string =>
  referenced.length === 0 ? place : `${place} ${referenced.map((slot) => slots[slot]).join(' ')}`;

function put(slots: number[], slot: number, position: number, back: number[]): void {
  back.push(-1 - slot, slots[slot] ?? -1);
  slots[slot] = position;
}

/** A group that took no part is nowhere found again, as in Java. */
function endOfRepetition(search: Search, step: Extract<Step, { op: 'again' }>, position: number): number | undefined {
  const { text, slots } = search;
  const [first = -1, last = -1] = slots.slice(3 * step.group, 3 * step.group + 2);
  if (first === -1 || last === -1 || position + last - first > text.length) return undefined;
  work(search, (last - first) >> 2);
  const [found, here] = [text.slice(first, last), text.slice(position, position + last - first)];
  const isSame = step.anyCase ? withoutCase(found) === withoutCase(here) : found === here;
  return isSame ? position + last - first : undefined;
}

/** Of ASCII alone, as Java's `(?i)` without `(?u)`. */
const withoutCase = (text: string): string => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Goes through steps by themselves, as a look or an atomic group does. What groups found there stays, until the search goes back behind this place. */
function within(search: Search, entry: number, position: number, back: number[]): number {
  work(search, search.slots.length >> 3);
  const [before, { tried }] = [[...search.slots], search];
  search.tried = new Set();
  const end = run(search, entry, position);
  search.tried = tried;
  for (const [slot, held] of before.entries()) if (search.slots[slot] !== held) back.push(-1 - slot, held);
  return end;
}
