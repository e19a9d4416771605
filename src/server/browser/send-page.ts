/**
 * A page over HTTP, with the headers that protect it.
 *
 * No Cross-Origin-Opener-Policy: MSAL.js opens the sign-in in a window of its own and waits for it; the policy would cut
 * the two apart. Referrer-Policy is same-origin and not no-referrer, which would make `Origin: null` of our own forms.
 */
import type { Page } from '../../pages/page.ts';
import type { HttpReply } from '../http-server.ts';

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // For browsers that do not know frame-ancestors.
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
  // RFC 6797, as AD FS sends it. A browser ignores it over a certificate that it does not trust, as in the rehearsal.
  'Strict-Transport-Security': 'max-age=31536000',
} as const;

export function sendPage(reply: HttpReply, status: number, { html, contentSecurityPolicy }: Page): HttpReply {
  return reply.code(status).headers(HEADERS).header('Content-Security-Policy', contentSecurityPolicy).send(html);
}

/** RFC 9110 §15.4.4: the form was taken, and what follows is fetched with GET. */
export function seeOther(reply: HttpReply, address: string): HttpReply {
  return reply.code(303).header('Location', address).header('Cache-Control', 'no-store').send();
}
