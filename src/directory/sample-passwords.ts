/**
 * Passwords of a sample directory: the verdicts of AD, its counting of wrong ones, and changes of them.
 *
 * What AD keeps in an entry (badPwdCount, badPasswordTime, lockoutTime, pwdLastSet) is kept beside the entries here, and
 * put over them when they are read. Does not own: answering searches (sample.ts) and policies (sample-policy.ts).
 */
import { accountExpiry, accountDisabled } from './account.ts';
import type { ChangedPassword, CheckedPassword, PasswordChange, PasswordCheck, PasswordVerdict } from './directory.ts';
import { texts } from './entry.ts';
import type { Entry } from './entry.ts';
import { fileTimeOf } from './filetime.ts';
import type { Password } from './password.ts';
import { normalDn } from './sample-matching.ts';
import { entryAt, lockoutPolicyIn, minimumLengthIn } from './sample-policy.ts';
import { verdictUnsent } from './unsent-change.ts';

export interface SamplePasswords {
  /** The entry as AD shows it after the binds and changes so far. */
  readonly overlay: (entry: Entry) => Entry;
  readonly check: (entries: readonly Entry[], check: PasswordCheck) => CheckedPassword;
  readonly change: (entries: readonly Entry[], change: PasswordChange) => ChangedPassword;
}

interface Counted {
  readonly count: number;
  readonly lastWrong: Date;
  readonly lockedAt: Date | undefined;
}

/** An account whose password was given, and its name in the list of passwords. */
interface Proved {
  readonly entry: Entry;
  readonly name: string;
}

/** @param initial by sAMAccountName in lower case */
export function samplePasswords(initial: ReadonlyMap<string, string>, now: () => Date): SamplePasswords {
  const passwords = new Map(initial);
  const counted = new Map<string, Counted>();
  const changedAt = new Map<string, Date>();

  const overlay = (entry: Entry): Entry => {
    const own = kept(counted.get(keyOf(entry.dn)), changedAt.get(keyOf(entry.dn)));
    return own.length === 0 ? entry : { ...entry, attributes: new Map([...entry.attributes, ...own]) };
  };

  const count = (entries: readonly Entry[], entry: Entry): void => {
    const { threshold, observationWindowMs } = lockoutPolicyIn(entries, entry);
    const before = counted.get(keyOf(entry.dn));
    const at = now();
    const isFresh = before !== undefined && at.getTime() - before.lastWrong.getTime() < observationWindowMs;
    const total = (isFresh ? before.count : 0) + 1;
    const lockedAt = threshold > 0 && total >= threshold ? at : undefined;
    counted.set(keyOf(entry.dn), { count: total, lastWrong: at, lockedAt });
  };

  /** What AD says before it looks at anything but the password. */
  const prove = (
    entries: readonly Entry[],
    dn: string,
    password: Password,
  ): Proved | 'no-such-account' | 'locked-out' | 'wrong' => {
    const entry = entryAt(entries, dn);
    const name = entry && texts(entry, 'sAMAccountName')[0]?.toLowerCase();
    if (entry === undefined || name === undefined) return 'no-such-account';
    if (isLocked(overlay(entry))) return 'locked-out';
    const given = password.reveal();
    if (given === '') return 'wrong';
    if (given === passwords.get(name)) return { entry, name };
    count(entries, entry);
    return 'wrong';
  };

  return {
    overlay,
    check: (entries, { dn, password }) => {
      const proved = prove(entries, dn, password);
      if (typeof proved === 'string') return answered(proved);
      const verdict = stateOf(overlay(proved.entry), now());
      if (verdict === 'right') counted.delete(keyOf(proved.entry.dn));
      return answered(verdict);
    },
    change: (entries, change) => {
      const unsent = verdictUnsent(change);
      if (unsent !== undefined) return unsent;
      // As in AD the old one comes first, the account's state does not matter, and the count of wrong ones stays.
      const proved = prove(entries, change.dn, change.oldPassword);
      if (typeof proved === 'string') return answered(proved);
      const fresh = change.newPassword.reveal();
      const isShort = fresh.length < minimumLengthIn(entries, proved.entry);
      if (isShort || fresh === change.oldPassword.reveal()) return answered('policy');
      passwords.set(proved.name, fresh);
      changedAt.set(keyOf(proved.entry.dn), now());
      return answered('changed');
    },
  };
}

const answered = <Verdict extends string>(
  verdict: Verdict,
): { readonly verdict: Verdict; readonly detail: string } => ({
  verdict,
  detail: 'the sample directory',
});
const keyOf = (dn: string): string => normalDn(dn) ?? dn;
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

/** As attributes: what an entry has beside those that it was given. */
function kept(own: Counted | undefined, changedAt: Date | undefined): readonly [string, readonly Uint8Array[]][] {
  const written = {
    badpwdcount: own && `${own.count}`,
    badpasswordtime: own && `${fileTimeOf(own.lastWrong)}`,
    lockouttime: own?.lockedAt && `${fileTimeOf(own.lockedAt)}`,
    pwdlastset: changedAt && `${fileTimeOf(changedAt)}`,
  };
  return Object.entries(written).flatMap(([name, text]) => (text === undefined ? [] : [[name, [bytes(text)]]]));
}

function isLocked(entry: Entry): boolean {
  const [time] = texts(entry, 'lockoutTime');
  return time !== undefined && time !== '0';
}

/** Said of the right password only, in AD's order. */
function stateOf(entry: Entry, now: Date): PasswordVerdict {
  if (accountDisabled(entry)) return 'disabled';
  const expiry = accountExpiry(entry);
  if (expiry !== undefined && expiry.getTime() <= now.getTime()) return 'account-expired';
  return texts(entry, 'pwdLastSet')[0] === '0' ? 'must-change' : 'right';
}
