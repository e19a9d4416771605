/**
 * What an entry says about its account: whether it may sign in at a given time, and whether it is a computer.
 * Read from the attributes {@link ACCOUNT_ATTRIBUTES}. Does not own: password expiry and lockout, which the KDC judges.
 */
import { Refusal } from '../refusal.ts';
import { texts } from './entry.ts';
import type { Entry } from './entry.ts';
import { fileTimeToDate } from './filetime.ts';

/** What a search must ask for, so that this file can answer. */
export const ACCOUNT_ATTRIBUTES = ['objectCategory', 'userAccountControl', 'accountExpires'] as const;

/** [MS-ADTS] §2.2.16, ADS_UF_ACCOUNT_DISABLE */
export const ACCOUNTDISABLE = 0x2;

/** [MS-ADA1] §2.1: both mean that the account never expires. */
const NEVER: readonly bigint[] = [0n, 0x7fff_ffff_ffff_ffffn];

const INTEGER = /^(?:0|-?[1-9][0-9]{0,18})$/;

/**
 * True for objectCategory=computer alone: a group managed service account has the object class computer too, and a
 * category of its own.
 */
export function isComputer(entry: Entry): boolean {
  return texts(entry, 'objectCategory').some((category) => /^CN=Computer\s*,\s*CN=Schema\s*,/i.test(category));
}

function integerOf(entry: Entry, attribute: string): bigint | undefined {
  const [text] = texts(entry, attribute);
  if (text === undefined) return undefined;
  if (INTEGER.test(text)) return BigInt(text);
  throw new Refusal('directory-value-malformed', { attribute, expected: 'an integer', actual: text, detail: entry.dn });
}

/** False also where the bind account may not read it. */
export function accountDisabled(entry: Entry): boolean {
  return ((integerOf(entry, 'userAccountControl') ?? 0n) & BigInt(ACCOUNTDISABLE)) !== 0n;
}

/** When the account expires; undefined when never. Every 64-bit FILETIME is within the range of a Date. */
export function accountExpiry(entry: Entry): Date | undefined {
  const ticks = integerOf(entry, 'accountExpires');
  if (ticks === undefined || NEVER.includes(ticks)) return undefined;
  return fileTimeToDate(ticks);
}

/**
 * Passes when the account is enabled and has not expired at `now`.
 *
 * A ticket outlives the account that it was issued to by hours, so this is asked at every issue.
 *
 * @throws Refusal account-disabled, account-expired, account-state-unreadable, directory-value-malformed
 */
export function requireUsableAccount(entry: Entry, now: Date): void {
  const control = integerOf(entry, 'userAccountControl');
  if (control === undefined) {
    throw new Refusal('account-state-unreadable', { attribute: 'userAccountControl', detail: entry.dn });
  }
  if (accountDisabled(entry)) {
    throw new Refusal('account-disabled', { attribute: 'userAccountControl', actual: `${control}`, detail: entry.dn });
  }
  const expiry = accountExpiry(entry);
  if (expiry !== undefined && expiry.getTime() <= now.getTime()) {
    throw new Refusal('account-expired', {
      attribute: 'accountExpires',
      expected: `later than ${now.toISOString()}`,
      actual: expiry.toISOString(),
      detail: entry.dn,
    });
  }
}
