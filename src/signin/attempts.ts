/**
 * How many wrong passwords Mortise lets through to AD: always fewer than lock the account.
 *
 * Counted for each person, with two shares: sources that the person signed in from before have one that nobody else can
 * use up, so a stranger neither locks the person out nor keeps him out (as AD FS's smart lockout). AD's own count is
 * taken in, because other systems count there as well. In memory and bounded; after a restart AD's count carries on.
 */
import { createHmac } from 'node:crypto';
import type { LockoutPolicy, LockoutState } from '../directory/lockout.ts';
import type { CheckedPassword } from '../directory/directory.ts';
import type { Password } from '../directory/password.ts';
import { Refusal } from '../refusal.ts';

export interface Attempt {
  /** objectGUID; for a name without an account the name. */
  readonly person: string;
  /** pwdLastSet: a password that was wrong may be right once it was changed. */
  readonly passwordSet: string;
  readonly familiar: boolean;
  readonly password: Password;
  readonly policy: LockoutPolicy;
  readonly state: LockoutState;
}

export interface Attempts {
  /**
   * Binds, unless one more wrong password would be too many, or this one is known to be wrong. Requests that bring the
   * same password at the same time share one bind.
   *
   * @throws Refusal password-attempts-exhausted, and those of `bind`
   */
  check(attempt: Attempt, now: Date, bind: () => Promise<CheckedPassword>): Promise<CheckedPassword>;
}

/** Where AD never locks: guesses at one person, from strangers and from familiar sources each. */
const WITHOUT_LOCKOUT = 10;
/** AD counts the window from the last wrong password; we keep at least so long. */
const SHORTEST_WINDOW_MS = 60_000;
const MOST_PEOPLE = 50_000;

interface Wrong {
  readonly at: number;
  readonly familiar: boolean;
  readonly digest: string;
}

interface Person {
  wrong: readonly Wrong[];
  /** Binds under way, by the digest of their password. */
  readonly pending: Map<string, { readonly familiar: boolean; readonly verdict: Promise<CheckedPassword> }>;
  until: number;
}

/** @param key random, of this process: digests of passwords are of no use to anybody else */
export function openAttempts(key: Uint8Array): Attempts {
  const people = new Map<string, Person>();

  const personOf = (name: string, now: number, windowMs: number): Person => {
    const known = people.get(name) ?? { wrong: [], pending: new Map(), until: 0 };
    known.until = now + windowMs;
    known.wrong = known.wrong.filter(({ at }) => now - at < windowMs);
    people.delete(name);
    people.set(name, known);
    forget(people, now);
    return known;
  };

  return {
    async check(attempt, now, bind) {
      const time = now.getTime();
      const windowMs = Math.max(SHORTEST_WINDOW_MS, attempt.policy.observationWindowMs);
      const person = personOf(attempt.person, time, windowMs);
      const digest = digestOf(key, attempt);
      if (person.wrong.some((wrong) => wrong.digest === digest)) return KNOWN_WRONG;
      const underWay = person.pending.get(digest);
      if (underWay !== undefined) return underWay.verdict;
      requireRoom(person, attempt);
      const verdict = bind();
      person.pending.set(digest, { familiar: attempt.familiar, verdict });
      try {
        const checked = await verdict;
        if (checked.verdict === 'wrong') {
          person.wrong = [...person.wrong, { at: time, familiar: attempt.familiar, digest }];
        } else if (checked.verdict === 'right' && attempt.familiar) {
          // AD starts anew as well; what strangers tried stays counted.
          person.wrong = person.wrong.filter(({ familiar }) => !familiar);
        }
        return checked;
      } finally {
        person.pending.delete(digest);
      }
    },
  };
}

const KNOWN_WRONG: CheckedPassword = { verdict: 'wrong', detail: 'the same wrong password as before: not sent again' };

/** Wrong passwords that may reach AD within its window, and the strangers' share of them. */
export function shares({ threshold }: Pick<LockoutPolicy, 'threshold'>): { all: number; strangers: number } {
  if (threshold === 0) return { all: 2 * WITHOUT_LOCKOUT, strangers: WITHOUT_LOCKOUT };
  // Where one wrong password locks, nobody could sign in if none were let through.
  const all = Math.max(1, threshold - 1);
  return { all, strangers: Math.max(1, Math.floor(all / 2)) };
}

function requireRoom(person: Person, { familiar, policy, state }: Attempt): void {
  const { all, strangers } = shares(policy);
  const pending = [...person.pending.values()];
  const counted = Math.max(person.wrong.length, policy.threshold === 0 ? 0 : state.badPasswordCount) + pending.length;
  const ofStrangers = [...person.wrong, ...pending].filter((one) => !one.familiar).length;
  if (counted < all && (familiar || ofStrangers < strangers)) return;
  throw new Refusal('password-attempts-exhausted', {
    expected: `fewer than ${all} wrong passwords, ${strangers} of them from sources that are not familiar`,
    actual: `${counted}, ${ofStrangers} from sources that are not familiar`,
    detail: `AD locks after ${policy.threshold === 0 ? 'none' : policy.threshold} (${policy.source}${policy.known ? '' : ', not readable: assumed'})`,
  });
}

function digestOf(key: Uint8Array, { person, passwordSet, password }: Attempt): string {
  return createHmac('sha256', key).update(`${person}\0${passwordSet}\0${password.reveal()}`).digest('base64');
}

/** Drops whoever has nothing counted any more; beyond the limit also those who were quiet the longest. */
function forget(people: Map<string, Person>, now: number): void {
  for (const [name, person] of people) {
    if (person.pending.size > 0) continue;
    if (person.until >= now && people.size <= MOST_PEOPLE) return;
    people.delete(name);
  }
}
