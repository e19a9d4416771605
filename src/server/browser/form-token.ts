/**
 * Keeps other sites from sending our forms (CSRF, login CSRF): a form carries an HMAC over the value of a cookie that only
 * its own browser has.
 *
 * The key is derived from the master key, so a form that was open over a restart is still good.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const VISIT_BYTES = 16;
const VISIT = /^[A-Za-z0-9_-]{22}$/;

export function formKey(masterKey: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', Buffer.from(masterKey, 'base64'), '', 'mortise form token 1', 32));
}

/** The cookie's value for a browser that has none yet. */
export function newVisit(randomBytes: (size: number) => Uint8Array): string {
  return Buffer.from(randomBytes(VISIT_BYTES)).toString('base64url');
}

export const isVisit = (value: string | undefined): value is string => value !== undefined && VISIT.test(value);

export function formToken(key: Uint8Array, visit: string): string {
  return createHmac('sha256', key).update(visit).digest('base64url');
}

export function isFormToken(key: Uint8Array, visit: string | undefined, token: string): boolean {
  if (!isVisit(visit)) return false;
  const expected = Buffer.from(formToken(key, visit));
  const given = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Fetch Metadata: a browser that sends it says where a request comes from. */
export const isFromElsewhere = (secFetchSite: string | undefined): boolean =>
  secFetchSite !== undefined && secFetchSite !== 'same-origin' && secFetchSite !== 'none';
