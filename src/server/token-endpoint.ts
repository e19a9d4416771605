/**
 * The endpoints that take a RequestSecurityToken, over HTTP: RFC 4559 headers and SOAP bodies around the flow (signin/).
 * Owns status, headers and the state between two legs of SPNEGO on one connection. Decides nothing.
 */
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import type { NegotiationState } from '../kerberos/accept.ts';
import { Refusal, refusals } from '../refusal.ts';
import type { IssuingApplication, Outcome, TokenRequest } from '../signin/issue.ts';
import type { TokenEndpoint } from '../wstrust/endpoints.ts';
import { faultOfRefusal } from '../wstrust/fault.ts';
import { parseRequestSecurityToken } from '../wstrust/request-security-token.ts';
import type { RequestSecurityToken, TrustVersion } from '../wstrust/request-security-token.ts';
import { writeRequestSecurityTokenResponse } from '../wstrust/request-security-token-response.ts';
import type { ApplicationRequest, HttpReply } from './http-server.ts';
import { logOutcome } from './log-outcome.ts';
import { plainAddress } from './networks.ts';
import { sendSoap } from './soap-reply.ts';

export interface TokenService {
  readonly applications: ReadonlyMap<string, IssuingApplication>;
  /** The application that AD FS's addresses mean at this host name; undefined when none does. */
  readonly applicationAt: (hostName: string) => IssuingApplication | undefined;
  /** Whether the host name is of the public base URL or of an application. */
  readonly isOwnHost: (hostName: string) => boolean;
  /** The flow. Rejects only where nothing may be answered but a 500. */
  readonly issue: (request: TokenRequest) => Promise<Outcome>;
  /** Whether Kerberos is answered to this address; passwords are taken from anywhere, as people sign in at home too. */
  readonly sourceAllowed: (address: string) => boolean;
  readonly now: () => Date;
  readonly log: Logger;
}

/** A cheap look before anything is parsed for a caller without a ticket: only a body that names one is read for a UsernameToken. */
const mentionsUsernameToken = (body: Buffer): boolean => body.includes('UsernameToken');

function bodyOf(request: ApplicationRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** `client-request-id` of ADAL and WAM. Bounded: it goes into the record. */
function requestIdOf(request: ApplicationRequest): string | undefined {
  const value = request.headers['client-request-id'];
  return typeof value === 'string' && /^[\w{}:.-]{1,80}$/.test(value) ? value : undefined;
}

/** The application that a request means; when there is none, what it named. */
export type FindApplication = (request: ApplicationRequest, service: TokenService) => TokenRequest['issuing'];

/** The handler of one token endpoint. Each request is answered by the service that is in force when it has been read. */
export function tokenEndpointHandler(
  { name: endpoint, version, accepts }: TokenEndpoint,
  find: FindApplication,
  current: () => TokenService,
) {
  const negotiations = new WeakMap<Socket, NegotiationState>();
  const kerberos = accepts.includes('kerberos');
  return async (request: ApplicationRequest, reply: HttpReply): Promise<HttpReply> => {
    const service = current();
    const issuing = find(request, service);
    const body = bodyOf(request);
    // Where no ticket is taken, none is looked at: some clients send whatever credential they have.
    const authorization = kerberos ? request.headers.authorization : undefined;
    const sourceAddress = plainAddress(request.ip);
    const withoutTicket = authorization === undefined && (!kerberos || mentionsUsernameToken(body));
    const sourceAllowed = (withoutTicket && accepts.includes('password')) || service.sourceAllowed(sourceAddress);
    // Every client asks once without a ticket (curl and WinHTTP with an empty body): a question, not an outcome, so not recorded.
    if (authorization === undefined && !withoutTicket && sourceAllowed && 'application' in issuing) {
      // A client that stops here found no ticket: the log is the only place that tells.
      const requestId = requestIdOf(request);
      service.log.info(
        { endpoint, sourceAddress, ...(requestId !== undefined && { requestId }) },
        'asked for a Kerberos ticket',
      );
      return challenge(reply, new Refusal('negotiate-required'), { rst: undefined, version });
    }

    const { socket } = request.raw;
    const negotiation = negotiations.get(socket);
    negotiations.delete(socket);
    let rst: RequestSecurityToken | undefined;
    const read = (): RequestSecurityToken => (rst ??= parseRequestSecurityToken(body, version));
    const outcome = await service.issue({
      issuing,
      endpoint,
      accepts,
      sourceAddress,
      sourceAllowed,
      requestId: requestIdOf(request),
      authorization,
      negotiation,
      body,
      read,
      now: service.now(),
    });
    logOutcome(service.log, endpoint, outcome);
    if (outcome.kind === 'continue') negotiations.set(socket, outcome.state);
    const soapFaultStatus = 'application' in issuing ? issuing.application.soapFaultStatus : 500;
    return answer(reply, outcome, { rst, version: rst?.version ?? version, kerberos, soapFaultStatus });
  };
}

/** The request as far as it was read. */
interface Asked {
  readonly rst: RequestSecurityToken | undefined;
  readonly version: TrustVersion | undefined;
}

interface Answering extends Asked {
  readonly kerberos: boolean;
  readonly soapFaultStatus: 400 | 500;
}

function answer(reply: HttpReply, outcome: Outcome, asked: Answering): HttpReply {
  // RFC 4559 §5: the acceptor's token travels with the final answer, whatever that is.
  if (outcome.responseToken !== undefined)
    reply.header('WWW-Authenticate', `Negotiate ${Buffer.from(outcome.responseToken).toString('base64')}`);
  if (outcome.kind === 'continue') return reply.code(401).header('Cache-Control', 'no-store').send();
  if (outcome.kind === 'refused') return sendRefusal(reply, outcome, asked);
  const { rst } = asked;
  if (rst === undefined) throw new Error('a token was issued for a request that was not read');
  const { assertion, assertionId, notOnOrAfter } = outcome.token;
  const written = writeRequestSecurityTokenResponse({
    version: rst.version,
    ...(rst.messageId !== undefined && { relatesTo: rst.messageId }),
    ...(rst.context !== undefined && { context: rst.context }),
    appliesTo: rst.appliesTo,
    assertion,
    assertionId,
    created: outcome.token.issuedAt,
    expires: notOnOrAfter,
  });
  return sendSoap(reply, 200, written);
}

type Refused = Extract<Outcome, { readonly kind: 'refused' }>;

/** Status and fault are those of what the caller reads: a difference between two codes would tell what `shownAs` hides. */
function sendRefusal(reply: HttpReply, { refusal, shownAs = refusal.code }: Refused, asked: Answering): HttpReply {
  const { answer } = refusals[shownAs];
  if (answer === 'challenge' && asked.kerberos) return challenge(reply, refusal, asked);
  const status = answer === 'fault' || answer === 'challenge' ? asked.soapFaultStatus : answer;
  return sendSoap(reply, status, faultOfRefusal(refusal, asked.rst?.messageId, asked.version, shownAs));
}

function challenge(reply: HttpReply, refusal: Refusal, asked: Asked): HttpReply {
  if (!reply.hasHeader('WWW-Authenticate')) reply.header('WWW-Authenticate', 'Negotiate');
  return sendSoap(reply, 401, faultOfRefusal(refusal, asked.rst?.messageId, asked.version));
}
