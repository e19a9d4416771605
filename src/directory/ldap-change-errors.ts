/**
 * What a server says of a change of password that it did not make: a verdict where it answered, {@link ServerDown} where
 * another one may.
 *
 * Owns the Win32 codes ([MS-ERREF] §2.2) that AD puts in front of its diagnostic message of a modify. Nothing else of
 * that message is kept: it may repeat what was sent.
 */
import { ResultCodeError } from 'ldapts';
import type { ChangedPassword, PasswordChangeVerdict } from './directory.ts';
import { NEEDS_TLS, RESULT, ServerDown, UNABLE, Unanswered } from './ldap-errors.ts';

interface Meaning {
  readonly verdict: PasswordChangeVerdict;
  readonly words: string;
}

const NO_RIGHT: Meaning = {
  verdict: 'not-allowed',
  words: 'the account may not change its password, or the gateway’s account lacks the right Change Password on it',
};
const WRONG: Meaning = { verdict: 'wrong', words: 'the old password is wrong' };
const NEEDS_PROTECTION: Meaning = {
  verdict: 'not-allowed',
  words: 'it changes passwords over a protected connection only: set connectionSecurity to TLS or StartTLS',
};

/** They come with result 19 (constraintViolation) as a rule, and mean the same with any other. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  /** ERROR_ACCESS_DENIED, with result 50 as a rule. */
  '00000005': NO_RIGHT,
  /** ERROR_GEN_FAILURE, with result 53 (unwillingToPerform). */
  '0000001f': NEEDS_PROTECTION,
  /** ERROR_INVALID_PASSWORD */
  '00000056': WRONG,
  /** ERROR_PASSWORD_RESTRICTION: length, complexity, history and minimum age alike. */
  '0000052d': {
    verdict: 'policy',
    words: 'the password policy refuses it: length, complexity, history or minimum age',
  },
  /** ERROR_NT_CROSS_ENCRYPTION_REQUIRED, reported of Windows Server 2008 for long old passwords, which are wrong. */
  '0000056a': WRONG,
  /** ERROR_ACCOUNT_LOCKED_OUT */
  '00000775': { verdict: 'locked-out', words: 'the account is locked out' },
};

/** Samba says nothing more where the right is missing: not even result 50. */
const meaningWithout = (code: number): Meaning | undefined =>
  code === RESULT.constraintViolation ? NO_RIGHT : meaningOfResult(code);

function meaningOfResult(code: number): Meaning | undefined {
  if (NEEDS_TLS.has(code)) return NEEDS_PROTECTION;
  if (code === RESULT.insufficientAccessRights) return NO_RIGHT;
  if (code === RESULT.noSuchObject) return { verdict: 'no-such-account', words: 'there is no such account' };
  if (code !== RESULT.referral) return undefined;
  return {
    verdict: 'refused',
    words: 'it is read-only, or the account is another domain’s: referrals are not followed',
  };
}

/**
 * For an error after the change was sent.
 *
 * @throws ServerDown when the server said that it cannot serve now; Unanswered when it said nothing
 */
export function changeVerdict(error: unknown, server: string): ChangedPassword {
  if (!(error instanceof ResultCodeError)) throw unanswered(error);
  const { code, message } = error;
  if (UNABLE.has(code)) throw new ServerDown(`LDAP result ${code}`);
  const win32 = win32CodeOf(message);
  const meaning = win32 === undefined ? meaningWithout(code) : (MEANINGS[win32] ?? meaningOfResult(code));
  const detail = [`${server}: LDAP result ${code}`, win32 && `AD code ${win32}`, meaning?.words].filter(Boolean);
  return { verdict: meaning?.verdict ?? 'refused', detail: detail.join(', ') };
}

/** Win32 codes have 16 bits: eight other digits in front of a colon could be anything, a password too. */
function win32CodeOf(message: string): string | undefined {
  return /^(?<code>0000[0-9a-f]{4}):/i.exec(message)?.groups?.['code']?.toLowerCase();
}

/** Nothing of the error's own words, either. */
function unanswered(error: unknown): Unanswered {
  if (error instanceof Unanswered) return error;
  return new Unanswered('the connection ended before it answered a change of password, which it may have made');
}
