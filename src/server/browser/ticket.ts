/**
 * Silent sign-in: a browser on the company's network is asked for a Kerberos ticket (RFC 4559), and whoever has none gets
 * the form in the same answer.
 *
 * A request that wants the person asked again, or a password, gets the form at once.
 */
import type { Socket } from 'node:net';
import type { NegotiationState } from '../../kerberos/accept.ts';
import { refuseAttempt } from '../../signin/browser/attempt.ts';
import { Refusal } from '../../refusal.ts';
import { openByTicket } from '../../signin/browser/open-session.ts';
import type { HttpReply } from '../http-server.ts';
import { logOutcome } from '../log-outcome.ts';
import { showSignIn } from './sign-in-step.ts';
import { openOptions, sendRefused, withSession } from './visit.ts';
import type { Visit } from './visit.ts';

/** Between two legs of SPNEGO, which belong to one connection. */
const negotiations = new WeakMap<Socket, NegotiationState>();

export function wantsTicket({ service, request, attempt, goal }: Visit): boolean {
  const { reauthenticate, passwordAsked } = goal.demands;
  if (reauthenticate || passwordAsked || goal.issuing.kerberosServices.length === 0) return false;
  return service.asksForTicket(attempt.sourceAddress, request.headers['user-agent']);
}

type Silent = { readonly opened: Visit } | { readonly answered: HttpReply };

export async function signInSilently(visit: Visit): Promise<Silent> {
  const { service, request, attempt, goal } = visit;
  const { authorization } = request.headers;
  if (authorization === undefined) {
    // A browser that stops here found no ticket, or does not trust this host: the log is the only place that tells.
    service.log.info(
      { endpoint: attempt.endpoint, sourceAddress: attempt.sourceAddress },
      'asked for a Kerberos ticket',
    );
    visit.reply.header('WWW-Authenticate', 'Negotiate');
    return { answered: showSignIn(visit, undefined, undefined, 401) };
  }
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
  if (goal.demands.windowsAsked) return { answered: await refuseWindows(visit) };
  return { answered: showSignIn(visit, 'ticket-failed') };
}

async function refuseWindows(visit: Visit): Promise<HttpReply> {
  const { attempt, service } = visit;
  return sendRefused(visit, await refuseAttempt(attempt, service.dependencies, new Refusal('wauth-not-met')));
}
