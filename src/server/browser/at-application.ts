/**
 * A request for one of the applications, and what is refused before anybody is known: a page with an id, which is recorded.
 *
 * Does not own: how an address names its application (mount.ts), and what is done there.
 */
import { Refusal } from '../../refusal.ts';
import { refuseAttempt } from '../../signin/browser/attempt.ts';
import type { BrowserAttempt } from '../../signin/browser/attempt.ts';
import type { IssuingApplication } from '../../signin/issue.ts';
import type { HttpReply } from '../http-server.ts';
import { logOutcome } from '../log-outcome.ts';
import { plainAddress } from '../networks.ts';
import type { BrowserService } from './service.ts';
import { contextFor, sendRefused } from './visit.ts';
import type { BrowserRequest } from './visit.ts';

export type FindApplication = (request: BrowserRequest) => IssuingApplication | { readonly unknownId: string };

export type Endpoint = (
  service: BrowserService,
  find: FindApplication,
  request: BrowserRequest,
  reply: HttpReply,
) => Promise<HttpReply>;

type Handle = (
  service: BrowserService,
  issuing: IssuingApplication,
  request: BrowserRequest,
  reply: HttpReply,
) => Promise<HttpReply>;

/** @param handle may throw Refusal */
export const atApplication =
  (endpoint: BrowserAttempt['endpoint'], handle: Handle): Endpoint =>
  async (service, find, request, reply) => {
    const issuing = find(request);
    try {
      if ('unknownId' in issuing) throw new Refusal('unknown-application', { actual: issuing.unknownId });
      return await handle(service, issuing, request, reply);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return refuse(service, issuing, error, request, reply, endpoint);
    }
  };

async function refuse(
  service: BrowserService,
  issuing: BrowserAttempt['issuing'],
  error: Refusal,
  request: BrowserRequest,
  reply: HttpReply,
  endpoint: BrowserAttempt['endpoint'],
): Promise<HttpReply> {
  const sourceAddress = plainAddress(request.ip);
  const attempt = { issuing, endpoint, sourceAddress, requestId: undefined, now: service.now() } as const;
  const refused = await refuseAttempt(attempt, service.dependencies, error);
  logOutcome(service.log, attempt.endpoint, refused);
  return sendRefused({ page: contextFor(service, request, undefined), reply, attempt }, refused);
}
