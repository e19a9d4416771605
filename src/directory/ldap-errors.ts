/**
 * What an LDAP server or the way to it says, in Mortise's words: a {@link Refusal} when the server answered, a
 * {@link ServerDown} when it did not and another server may.
 *
 * Owns: result codes (RFC 4511 §4.1.9), AD's sub-codes and the usual errors of TLS and TCP. Facts only; no secrets.
 */
import { ResultCodeError } from 'ldapts';
import type { CheckedPassword, PasswordVerdict } from './directory.ts';
import { Refusal } from '../refusal.ts';

/** The server did not answer, so the next one is asked. The message says why, for an administrator. */
export class ServerDown extends Error {
  override readonly name = 'ServerDown';
}

/** The request was sent and not answered: it may have been done, so no other server is asked to do it again. */
export class Unanswered extends ServerDown {}

/** [MS-ERREF] §2.2, as hexadecimal after `data` in AD's diagnostic message of a refused bind. */
const BIND_SUB_CODES: Readonly<Record<string, string>> = {
  '525': 'there is no such account',
  '52e': 'the password is wrong, or the name is not spelt as in AD',
  '52f': 'an account restriction forbids it',
  '530': 'the account may not sign in at this time of day',
  '531': 'the account may not sign in from this computer',
  '532': 'the password has expired',
  '533': 'the account is disabled',
  '568': 'the account is in too many groups',
  '701': 'the account has expired',
  '773': 'the password must be changed at the next sign-in',
  '775': 'the account is locked out',
};

/** The same codes, of a bind as a person. */
const VERDICTS: Readonly<Record<string, PasswordVerdict>> = {
  '525': 'no-such-account',
  '52e': 'wrong',
  '530': 'logon-hours',
  '531': 'workstation',
  '532': 'expired',
  '533': 'disabled',
  '701': 'account-expired',
  '773': 'must-change',
  '775': 'locked-out',
};

export const RESULT = {
  strongerAuthRequired: 8,
  referral: 10,
  confidentialityRequired: 13,
  constraintViolation: 19,
  noSuchObject: 32,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unavailable: 52,
} as const;

/** The server is there but cannot serve now; another one may. */
export const UNABLE: ReadonlySet<number> = new Set([RESULT.busy, RESULT.unavailable]);

export const NEEDS_TLS: ReadonlySet<number> = new Set([RESULT.strongerAuthRequired, RESULT.confidentialityRequired]);

const TLS_HINT = 'its certificate is not signed by a CA that is trusted here: server.ldapCaFile must hold that CA';

const TRANSPORT_HINTS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: TLS_HINT,
  SELF_SIGNED_CERT_IN_CHAIN: TLS_HINT,
  UNABLE_TO_GET_ISSUER_CERT: TLS_HINT,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TLS_HINT,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TLS_HINT,
  CERT_SIGNATURE_FAILURE: TLS_HINT,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name: use a name that stands in it',
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name is not in DNS',
  EAI_AGAIN: 'DNS does not answer',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
};

/** RFC 4511 §4.1.9; `code` of everything that a server answered. */
export function resultCodeOf(error: unknown): number | undefined {
  return error instanceof ResultCodeError ? error.code : undefined;
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // One line, and not a page: a server's diagnostic message is not ours.
  return text.replace(/\s+/g, ' ').replaceAll('\0', '').slice(0, 500);
}

export function isNoSuchObject(error: unknown): boolean {
  return resultCodeOf(error) === RESULT.noSuchObject;
}

/** For everything that went wrong on the way to the server's answer. */
export function serverDown(error: unknown): ServerDown {
  if (error instanceof ServerDown) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const hint = TRANSPORT_HINTS[code];
  return new ServerDown(hint === undefined ? messageOf(error) : `${hint} (${code})`, { cause: error });
}

const subCodeOf = (message: string): string | undefined =>
  /\bdata (?<subCode>[0-9a-f]{1,8})\b/i.exec(message)?.groups?.['subCode']?.toLowerCase();

/** What a server says of a person's bind that it refused. */
export class PersonRefused extends Error {
  override readonly name = 'PersonRefused';
  readonly checked: CheckedPassword;

  constructor(checked: CheckedPassword) {
    super(checked.detail);
    this.checked = checked;
  }
}

/** @returns a PersonRefused; the Refusal directory-bind-refused when no password would do; or ServerDown */
export function personBindFailure(error: unknown, server: string, dn: string): Error {
  const code = resultCodeOf(error);
  if (code === undefined) return bindFailure(error, server, dn);
  // A server may repeat the password in its own words, which would go into the record: the code must do.
  if (UNABLE.has(code)) return new ServerDown(`LDAP result ${code}`);
  if (NEEDS_TLS.has(code))
    return new Refusal('directory-bind-refused', {
      actual: dn,
      detail: `${server}: LDAP result ${code}: it takes no password without TLS`,
    });
  const subCode = subCodeOf(messageOf(error));
  const known = code === RESULT.invalidCredentials ? (subCode === undefined ? 'wrong' : VERDICTS[subCode]) : undefined;
  const meaning = BIND_SUB_CODES[subCode ?? ''];
  // Not the server's own text: what it repeats of a request is not ours to keep.
  const detail = [`${server}: LDAP result ${code}`, subCode && `AD data ${subCode}`, meaning]
    .filter(Boolean)
    .join(', ');
  return new PersonRefused({ verdict: known ?? 'refused', detail });
}

/** @returns a Refusal directory-bind-refused, or ServerDown when another server may answer. */
export function bindFailure(error: unknown, server: string, bindDN: string): Error {
  if (error instanceof Refusal) return error;
  const code = resultCodeOf(error);
  if (code === undefined || UNABLE.has(code)) return serverDown(error);
  const message = messageOf(error);
  const subCode = subCodeOf(message);
  const meaning = NEEDS_TLS.has(code)
    ? 'the server takes no password without TLS: set connectionSecurity to TLS or StartTLS'
    : BIND_SUB_CODES[subCode ?? ''];
  const reason = [`${server}: LDAP result ${code}`, subCode && `AD data ${subCode}`, meaning]
    .filter(Boolean)
    .join(', ');
  return new Refusal('directory-bind-refused', {
    attribute: 'bindDN',
    actual: bindDN,
    detail: `${reason} [${message}]`,
  });
}

/** @returns a Refusal directory-search-refused, or ServerDown when another server may answer. */
export function searchFailure(error: unknown, server: string, base: string): Error {
  const code = resultCodeOf(error);
  if (code === undefined || UNABLE.has(code)) return serverDown(error);
  const hint =
    code === RESULT.referral ? ', a referral: searchBaseDn lies in another domain; referrals are not followed' : '';
  return new Refusal('directory-search-refused', {
    attribute: 'searchBaseDn',
    actual: base,
    detail: `${server}: LDAP result ${code}${hint} [${messageOf(error)}]`,
  });
}
