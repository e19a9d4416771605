/** Tokens and passwords that stand in a capture: always hidden, whether or not the rest is redacted. */
import { mapReport } from './map-text.ts';
import type { Report } from './report.ts';

const HIDDEN = '<hidden>';

/** RFC 7519 §3: begins with the base64url of `{"`; it may have been cut off before its first dot. */
const JWT = /\beyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*)*/g;

/** A value behind a name that says what it is, in JSON, in a form, in a header or in a line of a log. */
const NAMED = new RegExp(
  String.raw`((?:access_?token|refresh_?token|id_?token|auth_?token|device_?token|prt|assertion|client_secret|` +
    String.raw`client_assertion|password|passwd|pwd|session_?key|x-ms-refreshtokencredential)["']?\s*[:=]\s*["']?)([^\s"'&,;]{4,})`,
  'gi',
);
const AUTHORIZATION = /\b(Bearer|Negotiate|NTLM|Basic)\s+[A-Za-z0-9+/_=.~-]{12,}/gi;

/** Of a token that was wrapped, a line in the middle: base64url alone. Certificates are plain base64. */
const FRAGMENT = /^[A-Za-z0-9_.-]{40,}$/;

/** `AzureAdPrt : YES` says that there is one; it is none. */
const STATES = /^(?:YES|NO|ERROR|NONE|NULL|TRUE|FALSE|\(empty\)|expired|undefined)\b/i;

export function hideSecretsIn(text: string): string {
  if (FRAGMENT.test(text.trim()) && /[_-]/.test(text) && /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text)) {
    return HIDDEN;
  }
  return text
    .replace(JWT, HIDDEN)
    .replace(AUTHORIZATION, `$1 ${HIDDEN}`)
    .replace(NAMED, (whole: string, name: string, value: string) =>
      STATES.test(value) || value === HIDDEN ? whole : name + HIDDEN,
    );
}

export function hideSecrets(report: Report): Report {
  return mapReport(report, (text, origin) => (origin === 'seen' ? hideSecretsIn(text) : text.replace(JWT, HIDDEN)));
}
