/**
 * How many wrong passwords Mortise lets through to AD: always fewer than lock the account.
 *
 * Counted for each person, with two shares: sources that the person signed in from before have one that nobody else can
 * use up, so a stranger neither locks the person out nor keeps him out (as AD FS's smart lockout). AD's own count is
 * taken in, because other systems count there as well. In memory and bounded; after a restart AD's count carries on.
 */
import { createHmac } from 'node:crypto';
import { MAX_SKEW_MS } from '../directory/lockout.ts';
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
  /** {@link Attempts.mark} from before `state` was read: wrong passwords that came to AD since are not in it. */
  readonly mark: number;
}

export interface Attempts {
  /** How many wrong passwords there were so far, of anybody. */
  mark(): number;
  /**
   * Binds, unless one more wrong password would be too many, or this one is known to be wrong. Requests that bring the
   * same password at the same time share one bind.
   *
   * @throws Refusal password-attempts-exhausted, account-locked-out, and those of `bind`
   */
  check(attempt: Attempt, now: Date, bind: () => Promise<CheckedPassword>): Promise<CheckedPassword>;
}

/** Where AD never locks: guesses at one person, from strangers and from familiar sources each. */
const WITHOUT_LOCKOUT = 10;
/** AD counts the window from the last wrong password; we keep at least so long. */
const SHORTEST_WINDOW_MS = 60_000;
const MOST_PEOPLE = 50_000;

interface Wrong {
  /** Its number among all wrong passwords. */
  readonly number: number;
  readonly familiar: boolean;
  readonly digest: string;
}

interface Person {
  wrong: readonly Wrong[];
  /** Binds under way, by the digest of their password. */
  readonly pending: Map<string, { readonly familiar: boolean; readonly verdict: Promise<CheckedPassword> }>;
  /** When nothing of it counts any more. */
  until: number;
}

/** @param key random, of this process: digests of passwords are of no use to anybody else */
export function openAttempts(key: Uint8Array): Attempts {
  const people = new Map<string, Person>();
  let numbered = 0;

  const personOf = (name: string, now: number): Person => {
    const known = people.get(name) ?? { wrong: [], pending: new Map(), until: now };
    // AD adds up as long as each wrong password follows the last within the window, and then begins anew.
    if (known.until < now) {
      known.wrong = [];
      known.until = now;
    }
    people.delete(name);
    people.set(name, known);
    forget(people, now);
    return known;
  };

  const countWrong = (person: Person, { familiar, policy }: Attempt, digest: string, time: number): void => {
    person.wrong = [...person.wrong, { number: (numbered += 1), familiar, digest }];
    person.until = time + Math.max(SHORTEST_WINDOW_MS, policy.observationWindowMs) + MAX_SKEW_MS;
  };

  return {
    mark: () => numbered,
    async check(attempt, now, bind) {
      const time = now.getTime();
      const person = personOf(attempt.person, time);
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
          countWrong(person, attempt, digest, time);
        } else if (checked.verdict === 'right' && attempt.familiar) {
          // AD starts anew as well; what strangers tried stays counted.
          person.wrong = person.wrong.filter(({ familiar }) => !familiar);
        }
        return checked;
      } catch (error) {
        // AD may have counted what it did not answer; the password itself may still be right.
        countWrong(person, attempt, `unanswered ${numbered}`, time);
        throw error;
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

function requireRoom(person: Person, attempt: Attempt): void {
  const { all, strangers } = shares(attempt.policy);
  const counted = countedOf(person, attempt);
  if (counted.all < all && (attempt.familiar || counted.strangers < strangers)) return;
  const { policy, state } = attempt;
  if (state.lockedOut && policy.threshold > 0 && state.badPasswordCount >= policy.threshold)
    throw new Refusal('account-locked-out', { detail: `lockoutTime and badPwdCount ${state.badPasswordCount}` });
  throw new Refusal('password-attempts-exhausted', {
    expected: `fewer than ${all} wrong passwords, ${strangers} of them from sources that are not familiar`,
    actual: `${counted.all}, ${counted.strangers} from sources that are not familiar`,
    detail: `AD locks after ${policy.threshold === 0 ? 'none' : policy.threshold} (${policy.source}${policy.known ? '' : ', not readable: assumed'})`,
  });
}

/** Those under way are taken for wrong. What only AD knows of, from other systems or before a restart, is a stranger's. */
function countedOf({ wrong, pending }: Person, { policy, state, mark }: Attempt): { all: number; strangers: number } {
  const later = wrong.filter(({ number }) => number > mark).length;
  const known = policy.threshold === 0 ? wrong.length : Math.max(wrong.length, state.badPasswordCount + later);
  const familiar = wrong.filter((one) => one.familiar).length;
  const underWay = [...pending.values()];
  return {
    all: known + underWay.length,
    strangers: known - familiar + underWay.filter((one) => !one.familiar).length,
  };
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
