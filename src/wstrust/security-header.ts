/**
 * The wsse:Security header of a request (WS-Security 1.0 §5): a UsernameToken and a Timestamp, each read strictly.
 *
 * Owns their form. Does not own whether they must be there, whether the time is right (no clock here), nor whose the
 * password is. The password leaves as a {@link Password} and stands in no refusal.
 */
import { Password } from '../directory/password.ts';
import { Refusal } from '../refusal.ts';
import type { RefusalCode } from '../refusal.ts';
import { attributeValue } from '../xml/parse.ts';
import type { XmlElement } from '../xml/parse.ts';
import { childrenOf, describe, isElement, onlyChild, trimXml } from './elements.ts';
import { WSSE, WSU } from './namespaces.ts';

export interface UsernameToken {
  /** Without the XML white space around it. */
  readonly username: string;
  /** As it was sent, white space included. */
  readonly password: Password;
}

export interface Timestamp {
  readonly created: Date;
  readonly expires: Date;
}

export interface SecurityHeader {
  readonly usernameToken?: UsernameToken;
  readonly timestamp?: Timestamp;
}

/** [MS-ADA3] §2.349: a UPN has 1024 characters at most; a mail address has 254. */
export const MAX_USERNAME_LENGTH = 1_024;
/** AD takes 256 characters at most; a bind is not asked about more. */
export const MAX_PASSWORD_LENGTH = 256;

/** WS-Security UsernameToken Profile 1.0 §3.1; a Password without a Type means the same, and no client sends one. */
const PASSWORD_TEXT = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText';

/**
 * @throws Refusal soap-header-not-understood for a token or a signature that would go unverified (WS-Security 1.0 §5);
 *   username-token-malformed, password-digest-refused, timestamp-malformed
 */
export function readSecurityHeader(header: XmlElement): SecurityHeader {
  const children = childrenOf(header, 'soap-header-invalid');
  const foreign = children.find((child) => !isElement(child, WSU, 'Timestamp') && !isUsernameToken(child));
  if (foreign !== undefined)
    throw new Refusal('soap-header-not-understood', { attribute: `Security/${describe(foreign)}` });
  const token = onlyChild(header, [WSSE], 'UsernameToken', 'username-token-malformed');
  const timestamp = onlyChild(header, [WSU], 'Timestamp', 'timestamp-malformed');
  return {
    ...(token !== undefined && { usernameToken: usernameTokenOf(token) }),
    ...(timestamp !== undefined && { timestamp: timestampOf(timestamp) }),
  };
}

const isUsernameToken = (child: XmlElement): boolean => isElement(child, WSSE, 'UsernameToken');

/** Nonce and Created, which belong to a digest, may stand beside (UsernameToken Profile 1.0 §3.1) and say nothing here. */
function usernameTokenOf(token: XmlElement): UsernameToken {
  const code = 'username-token-malformed';
  const username = trimXml(leafText(token, WSSE, 'Username', code));
  const password = requiredChild(token, WSSE, 'Password', code);
  requirePasswordText(password);
  const text = textOf(password, code);
  requireLength(username, 'Username', MAX_USERNAME_LENGTH);
  requireLength(text, 'Password', MAX_PASSWORD_LENGTH);
  return { username, password: new Password(text) };
}

function requirePasswordText(password: XmlElement): void {
  const type = attributeValue(password, 'Type');
  // Not quoted in the record: a broken client may have put anything there.
  if (type !== undefined && trimXml(type) !== PASSWORD_TEXT)
    throw new Refusal('password-digest-refused', { attribute: 'Type', expected: PASSWORD_TEXT });
}

/** An empty password must go no further: a simple bind without one succeeds as anonymous (RFC 4513 §5.1.2). */
function requireLength(value: string, attribute: string, most: number): void {
  if (value === '') throw new Refusal('username-token-malformed', { attribute, actual: 'empty' });
  if (value.length > most)
    throw new Refusal('username-token-malformed', {
      attribute,
      expected: `at most ${most} characters`,
      actual: 'more',
    });
}

function timestampOf(timestamp: XmlElement): Timestamp {
  const created = timeOf(timestamp, 'Created');
  const expires = timeOf(timestamp, 'Expires');
  if (expires < created)
    throw new Refusal('timestamp-malformed', { attribute: 'Expires', detail: 'Expires is before Created' });
  return { created, expires };
}

/** xs:dateTime in UTC (WS-Security 1.0 §10): every client writes Z. Any number of digits below the second. */
const UTC = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,32}))?Z$/;

function timeOf(timestamp: XmlElement, local: 'Created' | 'Expires'): Date {
  const text = trimXml(leafText(timestamp, WSU, local, 'timestamp-malformed'));
  const [, seconds, fraction = ''] = UTC.exec(text) ?? [];
  const time = new Date(`${seconds ?? ''}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  // Date rolls 30 February over into March: it must say what was written.
  if (seconds === undefined || Number.isNaN(time.getTime()) || !time.toISOString().startsWith(seconds))
    throw new Refusal('timestamp-malformed', { attribute: local, expected: 'a time in UTC, 2026-01-31T12:00:00Z' });
  return time;
}

function requiredChild(parent: XmlElement, namespace: string, local: string, code: RefusalCode): XmlElement {
  const child = onlyChild(parent, [namespace], local, code);
  if (child === undefined) throw new Refusal(code, { attribute: local, actual: 'none' });
  return child;
}

const leafText = (parent: XmlElement, namespace: string, local: string, code: RefusalCode): string =>
  textOf(requiredChild(parent, namespace, local, code), code);

/** The text of a leaf as it stands; its value is never a fact of a refusal. */
function textOf(leaf: XmlElement, code: RefusalCode): string {
  if (leaf.children.length > 0) throw new Refusal(code, { attribute: leaf.local, detail: 'elements inside' });
  return leaf.text;
}
