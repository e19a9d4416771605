/**
 * One request of a browser: what it wants, what it brought, and how a page of it is answered.
 *
 * What is asked stands in the address on every page, forms included: nothing is kept for whoever has not signed in. A
 * parameter of our own in it (`mortise`) names the page that is shown; it does not belong to what is asked.
 */
import { createHash } from 'node:crypto';
import { newVisit, formToken, isVisit } from './form-token.ts';
import { readCookies, setSessionCookie, setVisitCookie } from './cookies.ts';
import type { BrowserService } from './service.ts';
import { adviceFor, statusFor } from './advice.ts';
import { sendPage } from './send-page.ts';
import type { HttpReply } from '../http-server.ts';
import { plainAddress } from '../networks.ts';
import { chooseLanguage } from '../../pages/language.ts';
import type { PageContext } from '../../pages/page.ts';
import { refusedPage } from '../../pages/refused-page.ts';
import type { RefusalCode } from '../../refusal.ts';
import type { BrowserAttempt } from '../../signin/browser/attempt.ts';
import type { Demands, Situation } from '../../signin/browser/next-step.ts';
import type { OpenOptions } from '../../signin/browser/open-session.ts';
import type { OpenedSession, Session } from '../../signin/browser/sessions.ts';
import type { IssuingApplication } from '../../signin/issue.ts';
import type { Refused } from '../../signin/recorded.ts';
import type { RelyingParty } from '../../signin/second-factor/passkeys.ts';
import type { FastifyRequest, RouteGenericInterface } from 'fastify';
import type { Server } from 'node:https';

export type BrowserRequest = FastifyRequest<RouteGenericInterface, Server>;

/** What the person came for. */
export interface Goal {
  readonly endpoint: BrowserAttempt['endpoint'];
  readonly issuing: IssuingApplication;
  readonly demands: Demands;
  /** When a second factor is asked for. */
  readonly policy: Situation['policy'];
  readonly requestId: string | undefined;
  readonly userName: string | undefined;
  readonly language: string | undefined;
  /** The person told the application to keep him signed in. */
  readonly staysSignedIn: boolean;
}

export interface Visit {
  readonly service: BrowserService;
  readonly request: BrowserRequest;
  readonly reply: HttpReply;
  readonly goal: Goal;
  readonly attempt: BrowserAttempt;
  readonly page: PageContext;
  readonly insideCorporateNetwork: boolean;
  /** The query without our own parameter: what is asked, to the letter. */
  readonly asked: string;
  /** Its digest, by which a session remembers what was proved for it: a query may be long. */
  readonly askedDigest: string;
  /** Value of our own parameter. */
  readonly show: string | undefined;
  readonly session: Session | undefined;
  /** Undefined when the browser sent no cookie of ours. */
  readonly visitCookie: string | undefined;
}

const OWN = 'mortise=';

export const queryOf = ({ raw }: BrowserRequest): string => {
  const url = raw.url ?? '';
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start + 1);
};

export const bodyOf = ({ body }: BrowserRequest): string => (Buffer.isBuffer(body) ? body.toString('utf8') : '');

/** By the route, with what its parameters stand for: a request may name another host before its path (RFC 9112 §3.2.2). */
function pathOf({ routeOptions, params }: BrowserRequest): string {
  const given = params as Readonly<Record<string, string>>;
  const written = (segment: string): string => {
    const name = /^:(\w+)/.exec(segment)?.[1];
    return name === undefined ? segment : encodeURIComponent(given[name] ?? '');
  };
  return (routeOptions.url ?? '').split('/').map(written).join('/');
}

export async function openVisit(
  service: BrowserService,
  request: BrowserRequest,
  reply: HttpReply,
  goal: Goal,
): Promise<Visit> {
  const now = service.now();
  const { session: cookie, visit } = readCookies(request.headers.cookie);
  const query = queryOf(request);
  const parts = query.includes(OWN) ? query.split('&') : [];
  const own = parts.find((part) => part.startsWith(OWN));
  const sourceAddress = plainAddress(request.ip);
  const asked = own === undefined ? query : parts.filter((part) => !part.startsWith(OWN)).join('&');
  return {
    service,
    request,
    reply,
    goal,
    attempt: { issuing: goal.issuing, endpoint: goal.endpoint, sourceAddress, requestId: goal.requestId, now },
    page: contextFor(service, request, goal.language),
    insideCorporateNetwork: service.insideCorporateNetwork(sourceAddress),
    asked,
    askedDigest: createHash('sha256').update(asked).digest('base64url'),
    show: own?.slice(OWN.length),
    session: await service.dependencies.sessions.find(cookie, now),
    visitCookie: isVisit(visit) ? visit : undefined,
  };
}

export function contextFor(service: BrowserService, request: BrowserRequest, wish: string | undefined): PageContext {
  const { branding, assets, settings } = service;
  return { language: chooseLanguage(wish, request.headers['accept-language'], settings.language), branding, assets };
}

/** The address of this request, and of a page beside it. */
export function addressOf({ request, asked }: Visit, show?: string): string {
  return addressWith(
    request,
    [asked, ...(show === undefined ? [] : [OWN + show])].filter((part) => part !== '').join('&'),
  );
}

/** What no query may hold is encoded (RFC 3986 §3.4): a body may hold anything. */
export function addressWith(request: BrowserRequest, query: string): string {
  const encoded = query.toWellFormed().replaceAll(/[^\u0021\u0022\u0024-\u007E]+/gu, encodeURIComponent);
  return encoded === '' ? pathOf(request) : `${pathOf(request)}?${encoded}`;
}

/** Action and token of a form, with the cookie that the token belongs to. */
export function formOf(visit: Visit): { readonly action: string; readonly csrf: string } {
  const { service, reply, visitCookie } = visit;
  const value = visitCookie ?? newVisit(service.randomBytes);
  if (visitCookie === undefined) setVisitCookie(reply, value);
  return { action: addressOf(visit), csrf: formToken(service.formKey, value) };
}

/**
 * Where passkeys belong to: the host that the person sees, where it is one of ours. A header may name any other; then it is
 * the public one, and a browser that is elsewhere finds no passkey.
 */
export function partyOf({ service, request }: Visit): RelyingParty {
  const own = new URL(service.publicBaseUrl);
  const rpId = request.hostname.toLowerCase();
  const { organisationName: name } = service.branding;
  if (!service.isOwnHost(rpId)) return { rpId: own.hostname, origin: own.origin, name };
  return { rpId, origin: `https://${request.host.toLowerCase()}`, name };
}

export function openOptions({ service, askedDigest, session, goal }: Visit, staysSignedIn: boolean): OpenOptions {
  return {
    lifetimes: service.settings,
    staysSignedIn: staysSignedIn || goal.staysSignedIn,
    asked: askedDigest,
    before: session,
  };
}

/** The browser gets the new session's cookie. */
export function withSession(visit: Visit, { session, cookie }: OpenedSession): Visit {
  const { persistent, expiresAt } = session.stored;
  setSessionCookie(visit.reply, cookie, persistent ? expiresAt : undefined);
  return { ...visit, session };
}

/** The page that says no, with the id under which the record has the reason. */
export function sendRefused(
  { page, reply, attempt }: Pick<Visit, 'page' | 'reply' | 'attempt'>,
  refused: Refused,
  retryHref?: string,
  signOutHref?: string,
): HttpReply {
  const { refusal, shownAs = refusal.code, activityId: correlationId } = refused;
  const facts = { code: shownAs, correlationId, time: attempt.now };
  return sendRefusal({ page, reply }, facts, {
    ...(retryHref !== undefined && { retryHref }),
    ...(signOutHref !== undefined && { signOutHref }),
  });
}

export interface RefusalLinks {
  readonly retryHref?: string;
  /** For whoever is signed in and cannot go on. */
  readonly signOutHref?: string;
}

export function sendRefusal(
  { page, reply }: Pick<Visit, 'page' | 'reply'>,
  { code, ...facts }: { readonly code: RefusalCode; readonly correlationId: string; readonly time: Date },
  { retryHref, signOutHref, status = statusFor(code) }: RefusalLinks & { readonly status?: number } = {},
): HttpReply {
  const advice = adviceFor(code);
  const view = {
    advice,
    code,
    ...facts,
    ...(advice === 'retry' && retryHref !== undefined && { retryHref }),
    ...(signOutHref !== undefined && { signOutHref }),
  };
  return sendPage(reply, status, refusedPage(page, view));
}
