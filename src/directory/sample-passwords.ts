/**
 * Passwords of a sample directory: the verdicts of AD, and its counting of wrong ones.
 *
 * What AD keeps in an entry (badPwdCount, badPasswordTime, lockoutTime) is kept beside the entries here, and put over
 * them when they are read. Does not own: answering searches (sample.ts).
 */
import { accountExpiry, accountDisabled } from './account.ts';
import type { CheckedPassword, PasswordCheck, PasswordVerdict } from './directory.ts';
import { texts } from './entry.ts';
import type { Entry } from './entry.ts';
import { fileTimeOf } from './filetime.ts';
import { policyAttributes } from './lockout.ts';
import { normalDn } from './sample-matching.ts';

export interface SamplePasswords {
  /** The entry as AD shows it after the binds so far. */
  readonly overlay: (entry: Entry) => Entry;
  readonly check: (entries: readonly Entry[], check: PasswordCheck) => CheckedPassword;
}

interface Counted {
  readonly count: number;
  readonly lastWrong: Date;
  readonly lockedAt: Date | undefined;
}

/** @param passwords by sAMAccountName in lower case */
export function samplePasswords(passwords: ReadonlyMap<string, string>, now: () => Date): SamplePasswords {
  const counted = new Map<string, Counted>();

  const overlay = (entry: Entry): Entry => {
    const own = counted.get(keyOf(entry.dn));
    if (own === undefined) return entry;
    const attributes = new Map(entry.attributes);
    attributes.set('badpwdcount', [bytes(`${own.count}`)]);
    attributes.set('badpasswordtime', [bytes(`${fileTimeOf(own.lastWrong)}`)]);
    if (own.lockedAt !== undefined) attributes.set('lockouttime', [bytes(`${fileTimeOf(own.lockedAt)}`)]);
    return { ...entry, attributes };
  };

  const count = (entries: readonly Entry[], entry: Entry): void => {
    const { threshold, observationWindowMs } = policyIn(entries, entry);
    const before = counted.get(keyOf(entry.dn));
    const at = now();
    const isFresh = before !== undefined && at.getTime() - before.lastWrong.getTime() < observationWindowMs;
    const total = (isFresh ? before.count : 0) + 1;
    const lockedAt = threshold > 0 && total >= threshold ? at : undefined;
    counted.set(keyOf(entry.dn), { count: total, lastWrong: at, lockedAt });
  };

  return {
    overlay,
    check: (entries, { dn, password }) => {
      const name = normalDn(dn);
      const found = entries.find((entry) => normalDn(entry.dn) === name);
      const [account] = found === undefined ? [] : texts(found, 'sAMAccountName');
      if (found === undefined || account === undefined) return answered('no-such-account');
      const entry = overlay(found);
      if (isLocked(entry)) return answered('locked-out');
      const right = passwords.get(account.toLowerCase());
      const given = password.reveal();
      if (right === undefined || given !== right || given === '') {
        if (given !== '') count(entries, found);
        return answered('wrong');
      }
      const verdict = stateOf(entry, now());
      if (verdict === 'right') counted.delete(keyOf(found.dn));
      return answered(verdict);
    },
  };
}

const answered = (verdict: PasswordVerdict): CheckedPassword => ({ verdict, detail: 'the sample directory' });
const keyOf = (dn: string): string => normalDn(dn) ?? dn;
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

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

/** As the directory itself judges: the fine-grained policy of the account, or its domain's. */
function policyIn(entries: readonly Entry[], entry: Entry): { threshold: number; observationWindowMs: number } {
  const at = (dn: string): Entry | undefined => entries.find((other) => normalDn(other.dn) === normalDn(dn));
  const [pso] = texts(entry, 'msDS-ResultantPSO');
  const fine = pso === undefined ? undefined : at(pso);
  const domain = at(entry.dn.slice(entry.dn.search(/\bDC=/i)));
  return (
    (fine && policyAttributes(fine, 'fine-grained')) ??
    (domain && policyAttributes(domain, 'domain')) ?? { threshold: 0, observationWindowMs: 0 }
  );
}
