/**
 * The sign-in requests that the local Entra has sent to an identity provider, each by its wctx: open for a while, good
 * for one answer. Owns the form of wctx and what DBL-WSF-01 says of one that is not open. Does not own: the address to
 * which it is sent (sign-in-redirect.ts).
 */
import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { refuseSignIn } from './sign-in-checks.ts';

/** What one person's browser was sent away with. */
export interface SignInRequest {
  /** Of the federated domain, lower case. */
  readonly domain: string;
  /** As typed; empty when only the domain was named. */
  readonly userName: string;
  /** client-request-id of the request. */
  readonly correlationId: string;
  /** Entra's policy wants a second factor, whoever does it. */
  readonly secondFactor: boolean;
  /** Seconds for which a second factor counts. */
  readonly mfaMaxAge: string | undefined;
  /** The application wants the person asked again, as prompt=login does. */
  readonly promptLogin: boolean;
  readonly keepSignedIn: boolean;
  readonly mkt: string | undefined;
  readonly lc: string | undefined;
  readonly sentAt: Date;
  /** How often the person has been sent: more than once where a second factor was asked for and not stated. */
  readonly times: number;
}

export interface SignInRequests {
  /** The wctx of a new request. */
  open(request: SignInRequest): string;
  /** The request with that wctx, which is closed with it; refuses any other. */
  close(wctx: string, now: Date): SignInRequest;
}

/** Entra's own limit is not known; a person may have to enrol a second factor meanwhile. */
const OPEN_MS = 30 * 60_000;
const KEPT = 1000;

/** Bytes of state. With these a wctx has some 350 characters; Entra's own have 200 to 1500. */
const STATE_BYTES = 240;

interface Sent {
  readonly request: SignInRequest;
  answered: boolean;
}

export function createSignInRequests(): SignInRequests {
  const sent = new Map<string, Sent>();
  return {
    open(request) {
      const wctx = `${request.keepSignedIn ? 'LoginOptions=3&' : ''}estsredirect=2&estsrequest=${newState()}`;
      sent.set(wctx, { request, answered: false });
      const [oldest] = sent.keys();
      if (sent.size > KEPT && oldest !== undefined) sent.delete(oldest);
      return wctx;
    },
    close(wctx, now) {
      const found = sent.get(wctx);
      if (found === undefined) return refuseSignIn('DBL-WSF-01', 90081, difference(wctx, [...sent.keys()]));
      if (found.answered) refuseSignIn('DBL-WSF-01', 90081, 'the request with this wctx was answered before');
      found.answered = true;
      if (now.getTime() - found.request.sentAt.getTime() > OPEN_MS)
        refuseSignIn('DBL-WSF-01', 90081, `the request with this wctx was sent more than ${OPEN_MS / 60_000} min ago`);
      return found.request;
    },
  };
}

/** base64url of deflated data, with the number of dropped `=` as a last digit, as .NET's UrlTokenEncode writes it. */
function newState(): string {
  const base64 = deflateRawSync(randomBytes(STATE_BYTES)).toString('base64');
  const bare = base64.replace(/=+$/, '');
  return `${bare.replaceAll('+', '-').replaceAll('/', '_')}${base64.length - bare.length}`;
}

/** What an unknown wctx may have been: the usual ways in which an identity provider alters it. */
function difference(wctx: string, sent: readonly string[]): string {
  for (const original of sent.toReversed()) {
    if (original.includes(wctx))
      return `wctx is a part of the one that was sent, ${wctx.length} of ${original.length} characters: was it cut at a &?`;
    if (wctx.includes(original)) return 'wctx holds the one that was sent, and more';
    if (unescaped(wctx) === original) return 'wctx is percent-encoded once more than it was sent';
    if (wctx.replaceAll('&amp;', '&') === original) return 'wctx is escaped for HTML once more than it was sent';
    const same = commonStart(wctx, original);
    if (same > COMMON_START) return `wctx differs from the one that was sent in its character ${same + 1}`;
  }
  return 'wctx is of no request that was sent';
}

/** More characters than any two requests share. */
const COMMON_START = 'LoginOptions=3&estsredirect=2&estsrequest='.length + 16;

function commonStart(one: string, other: string): number {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  return same;
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
