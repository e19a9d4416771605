/**
 * The two cookies: one names the session, one ties a form to the browser that it was shown in.
 *
 * `__Host-` (RFC 6265bis §4.1.3.2) keeps other hosts of the domain from setting them. SameSite=Lax, because Entra sends
 * people here from another site; a form from another site comes without them.
 */
import { parseCookie, stringifySetCookie } from 'cookie';
import type { HttpReply } from '../http-server.ts';

const SESSION = '__Host-mortise-session';
const VISIT = '__Host-mortise-visit';

const ATTRIBUTES = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const;

export interface Cookies {
  readonly session: string | undefined;
  readonly visit: string | undefined;
}

/** Of these two nobody needs more: a longer header is somebody else's. */
const MAX_HEADER = 16_384;

export function readCookies(header: string | undefined): Cookies {
  if (header === undefined || header.length > MAX_HEADER) return { session: undefined, visit: undefined };
  const cookies = parseCookie(header);
  return { session: cookies[SESSION], visit: cookies[VISIT] };
}

/** @param until for a session that outlives the browser */
export function setSessionCookie(reply: HttpReply, value: string, until: Date | undefined): void {
  set(
    reply,
    stringifySetCookie({ name: SESSION, value, ...ATTRIBUTES, ...(until !== undefined && { expires: until }) }),
  );
}

export function clearSessionCookie(reply: HttpReply): void {
  set(reply, stringifySetCookie({ name: SESSION, value: '', ...ATTRIBUTES, maxAge: 0 }));
}

export function setVisitCookie(reply: HttpReply, value: string): void {
  set(reply, stringifySetCookie({ name: VISIT, value, ...ATTRIBUTES }));
}

/** Fastify gathers repeated Set-Cookie headers; a later one of the same name wins in the browser. */
function set(reply: HttpReply, cookie: string): void {
  reply.header('Set-Cookie', cookie);
}
