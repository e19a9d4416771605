/**
 * `wsignout1.0` and `wsignoutcleanup1.0` (WS-Federation 1.2 §13.2.4): the session here ends, and the application is told.
 *
 * A sign-out returns only to a host that is registered for the application. A clean-up from a frame of another site comes
 * without our cookie (SameSite): then there is nothing to end, and the answer is the same.
 */
import { signedOutPage } from '../../pages/signed-out-page.ts';
import type { Application } from '../../model/application.ts';
import { signOut as endSession } from '../../signin/browser/own-account.ts';
import type { IssuingApplication } from '../../signin/issue.ts';
import type { SignOutRequest } from '../../wsfed/passive-request.ts';
import type { HttpReply } from '../http-server.ts';
import { logOutcome } from '../log-outcome.ts';
import { plainAddress } from '../networks.ts';
import { clearSessionCookie, readCookies } from './cookies.ts';
import type { BrowserService } from './service.ts';
import { sendPage } from './send-page.ts';
import { contextFor, queryOf } from './visit.ts';
import type { BrowserRequest } from './visit.ts';

export async function signOut(
  service: BrowserService,
  issuing: IssuingApplication,
  { kind, wreply, requestId }: SignOutRequest,
  request: BrowserRequest,
  reply: HttpReply,
): Promise<HttpReply> {
  const now = service.now();
  const cookies = readCookies(request.headers.cookie);
  const session = await service.dependencies.sessions.find(cookies.session, now);
  if (session !== undefined) {
    const sourceAddress = plainAddress(request.ip);
    const attempt = { issuing, endpoint: 'passive', sourceAddress, requestId, now } as const;
    logOutcome(service.log, attempt.endpoint, await endSession(attempt, session, service.dependencies));
  }
  if (cookies.session !== undefined) clearSessionCookie(reply);
  const page = contextFor(service, request, undefined);
  const back = kind === 'sign-out' ? registered(wreply, issuing.application) : undefined;
  if (back !== undefined) return reply.code(302).header('Location', back).header('Cache-Control', 'no-store').send();
  const { sloEndpoint } = issuing.application;
  const cleanUp = kind === 'sign-out' && sloEndpoint !== undefined ? [cleanUpAddress(sloEndpoint)] : [];
  const signInHref = wayBack(queryOf(request));
  return sendPage(reply, 200, signedOutPage(page, { cleanUp, ...(signInHref !== undefined && { signInHref }) }));
}

const HERE = 'https://here.invalid';
const OUR_PAGES = /^\/(?:wsf\/(?:prp|account)\/[\w-]+|adfs\/ls\/?)$/i;

/** The page of ours that the person came from (signOutAddress), whatever else a link may say. */
function wayBack(query: string): string | undefined {
  const address = new URLSearchParams(query).get('mortise') ?? '';
  if (!URL.canParse(address, HERE)) return undefined;
  const { origin, pathname, search } = new URL(address, HERE);
  return origin === HERE && OUR_PAGES.test(pathname) ? pathname + search : undefined;
}

/** The address as it was understood here, so that no browser understands another one (URL Standard §4.4). */
function registered(wreply: string | undefined, { replyUrl, sloEndpoint }: Application): string | undefined {
  if (wreply === undefined || !URL.canParse(wreply)) return undefined;
  const { origin, protocol, username, password, href } = new URL(wreply);
  const addresses = [replyUrl, ...(sloEndpoint === undefined ? [] : [sloEndpoint])];
  const isOurs = addresses.some((address) => new URL(address).origin === origin);
  return isOurs && protocol === 'https:' && username + password === '' ? href : undefined;
}

function cleanUpAddress(sloEndpoint: string): string {
  const address = new URL(sloEndpoint);
  address.searchParams.set('wa', 'wsignoutcleanup1.0');
  return address.href;
}
