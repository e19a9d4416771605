/**
 * Changes of password that no directory is asked for: what AD would take for something else, and new passwords with
 * which nobody could sign in afterwards.
 *
 * Does not own: what AD's own policy forbids, which is AD's to say.
 */
import type { ChangedPassword, PasswordChange } from './directory.ts';

/** [MS-SAMR] §2.2.6.21: 512 bytes of UTF-16, the longest that Windows itself takes. */
const LONGEST = 256;

/** The verdict on a change that must not be sent; undefined when it may be. */
export function verdictUnsent({ oldPassword, newPassword }: PasswordChange): ChangedPassword | undefined {
  // An account whose password is empty is not for whoever comes first to take: Samba would let them.
  if (oldPassword.reveal() === '') return { verdict: 'wrong', detail: 'the old password is empty, and was not sent' };
  const flaw = flawOf(newPassword.reveal());
  return flaw === undefined ? undefined : { verdict: 'policy', detail: `the new password ${flaw}, and was not sent` };
}

function flawOf(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.length > LONGEST) return `is longer than ${LONGEST} characters`;
  // A simple bind carries UTF-8 (RFC 4513 §5.1.3), which has no half of a surrogate pair. Samba sets a password with a
  // NUL in it, and refuses it at every bind.
  return text.isWellFormed() && !text.includes('\0') ? undefined : 'holds a character that cannot be sent at a sign-in';
}
