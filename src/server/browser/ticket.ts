/**
 * Silent sign-in: a browser on the company's network is asked for a Kerberos ticket (RFC 4559), and whoever has none gets
 * the form in the same answer.
 *
 * A request that wants the person asked again, or a password, gets the form at once; one that wants a ticket gets no form.
 */
import type { Socket } from 'node:net';
import type { NegotiationState } from '../../kerberos/accept.ts';
import { refuseAttempt } from '../../signin/browser/attempt.ts';
import { Refusal } from '../../refusal.ts';
import { openByTicket } from '../../signin/browser/open-session.ts';
import type { HttpReply } from '../http-server.ts';
import { loggedIds, logOutcome } from '../log-outcome.ts';
import { showSignIn } from './sign-in-step.ts';
import { openOptions, sendRefusal, sendRefused, withSession } from './visit.ts';
import type { Visit } from './visit.ts';

/** Between two legs of SPNEGO, which belong to one connection. */
const negotiations = new WeakMap<Socket, NegotiationState>();

export function wantsTicket({ service, request, attempt, goal }: Visit): boolean {
  const { reauthenticate, passwordAsked, windowsAsked } = goal.demands;
  if ((passwordAsked && !windowsAsked) || goal.issuing.kerberosServices.length === 0) return false;
  // Each ticket is proved anew.
  if (reauthenticate && !windowsAsked) return false;
  return service.asksForTicket(attempt.sourceAddress, request.headers['user-agent']);
}

/** Whether the request wants a ticket and nothing else, and the session was not opened by one. */
export const lacksTicket = ({ goal: { demands }, session }: Visit): boolean =>
  demands.windowsAsked && !demands.passwordAsked && session?.stored.method !== 'kerberos';

type Silent = { readonly opened: Visit } | { readonly answered: HttpReply };

export async function signInSilently(visit: Visit): Promise<Silent> {
  const { service, request, attempt } = visit;
  const { authorization } = request.headers;
  if (authorization === undefined) return { answered: askForTicket(visit) };
  const { socket } = request.raw;
  const negotiation = negotiations.get(socket);
  negotiations.delete(socket);
  const outcome = await openByTicket(
    attempt,
    { authorization, negotiation },
    openOptions(visit, false),
    service.dependencies,
  );
  logOutcome(service.log, attempt.endpoint, outcome);
  if (outcome.responseToken !== undefined)
    visit.reply.header('WWW-Authenticate', `Negotiate ${Buffer.from(outcome.responseToken).toString('base64')}`);
  if (outcome.kind === 'continue') {
    negotiations.set(socket, outcome.state);
    return { answered: visit.reply.code(401).header('Cache-Control', 'no-store').send() };
  }
  if (outcome.kind === 'opened') return { opened: withSession(visit, outcome) };
  if (lacksTicket(visit)) return { answered: await refuseWindows(visit) };
  return { answered: showSignIn(visit, 'ticket-failed') };
}

/** A browser that stops here found no ticket, or does not trust this host: the log is the only place that tells. */
function askForTicket(visit: Visit): HttpReply {
  const { service, attempt, reply } = visit;
  const activityId = service.dependencies.randomUUID();
  const { endpoint, sourceAddress, requestId, now: time } = attempt;
  service.log.info({ ...loggedIds({ activityId, requestId }), endpoint, sourceAddress }, 'asked for a Kerberos ticket');
  reply.header('WWW-Authenticate', 'Negotiate');
  if (!lacksTicket(visit)) return showSignIn(visit, undefined, undefined, 401);
  return sendRefusal(visit, { code: 'wauth-not-met', correlationId: activityId, time }, { status: 401 });
}

export async function refuseWindows(visit: Visit): Promise<HttpReply> {
  const { attempt, service } = visit;
  const refused = await refuseAttempt(attempt, service.dependencies, new Refusal('wauth-not-met'));
  logOutcome(service.log, attempt.endpoint, refused);
  return sendRefused(visit, refused);
}
