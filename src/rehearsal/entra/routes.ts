/**
 * Every address of the local Entra in one table, and how a request becomes a reply.
 *
 * One listener answers for both hosts; a route of one host is not found on the other. Paths are matched in any case, as
 * Windows and the support tool write them differently. Does not own: the decisions, which are values in and values out.
 */
import type { Server } from 'node:https';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify';
import { aadstsBody } from './aadsts.ts';
import type { Stamp } from './aadsts.ts';
import { publishedKeys } from './access-token.ts';
import type { TokenKeys } from './access-token.ts';
import type { DeviceAuthority } from './device-certificate.ts';
import { joinFederated, joinSynchronised } from './device-join.ts';
import type { JoinCircumstances } from './device-join.ts';
import type { DeviceRegistry } from './device-registry.ts';
import { discoveryDocument, openidConfiguration } from './discovery.ts';
import type { Addresses } from './discovery.ts';
import { DrsRefusal, errorDetails } from './drs-error.ts';
import { federationConfiguration } from './graph.ts';
import { isGuid } from './guid.ts';
import type { Nonces } from './primary-refresh-token.ts';
import { realmDocument } from './realm.ts';
import type { RefusalRecord, RequestLog } from './request-log.ts';
import type { SignInLog } from './sign-in-log.ts';
import type { SignInRequests } from './sign-in-requests.ts';
import { acceptSignIn, signOutCleanup, startSignIn } from './sign-in-routes.ts';
import type { Tenant } from './tenant.ts';
import type { JoinThrottle } from './throttle.ts';
import { TokenRefusal } from './token-checks.ts';
import { answerTokenRequest, tokenFor } from './token-routes.ts';
import type { DirectoryComputer } from './token-claims.ts';

export type HttpsApp = FastifyInstance<Server>;
type Request = FastifyRequest<RouteGenericInterface, Server>;
type Reply = FastifyReply<RouteGenericInterface, Server>;

/** All that the routes need; built by local-entra.ts. */
export interface Entra {
  readonly tenant: Tenant;
  readonly devices: DeviceRegistry;
  readonly log: RequestLog;
  readonly keys: TokenKeys;
  readonly nonces: Nonces;
  readonly signInRequests: SignInRequests;
  readonly signIns: SignInLog;
  readonly authority: DeviceAuthority;
  readonly throttle: JoinThrottle;
  readonly clockSkewMs: number;
  readonly loginHost: string;
  readonly drsHost: string;
  computers(): readonly DirectoryComputer[];
  addresses(): Addresses;
  now(): Date;
  randomUUID(): string;
}

export interface Call {
  readonly request: Request;
  readonly stamp: Stamp;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface Answer {
  readonly status: number;
  /** Sent as JSON, unless there is `content`. */
  readonly body?: unknown;
  readonly content?: { readonly type: string; readonly data: string | Buffer };
  readonly headers?: Readonly<Record<string, string>>;
  /** What the log says about an answer that is no error to HTTP. */
  readonly refusal?: RefusalRecord;
  /** In place of the request's own: a person's browser brings no client-request-id. */
  readonly stamp?: Stamp;
}

export interface Route {
  readonly host: 'login' | 'drs';
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly answer: (call: Call, entra: Entra) => Promise<Answer> | Answer;
}

export const ROUTES: readonly Route[] = [
  { host: 'login', method: 'GET', url: '/', answer: startSignIn },
  { host: 'login', method: 'GET', url: '/:tenant/oauth2/authorize', answer: startSignIn },
  { host: 'login', method: 'POST', url: '/login.srf', answer: acceptSignIn },
  { host: 'login', method: 'GET', url: '/login.srf', answer: signOutCleanup },
  { host: 'login', method: 'GET', url: '/common/userrealm/:user', answer: realm },
  { host: 'login', method: 'GET', url: '/common/userrealm', answer: realm },
  { host: 'login', method: 'GET', url: '/:tenant/oauth2/token', answer: token },
  { host: 'login', method: 'POST', url: '/:tenant/oauth2/token', answer: token },
  { host: 'login', method: 'POST', url: '/:tenant/oauth2/v2.0/token', answer: tokenV2 },
  { host: 'login', method: 'GET', url: '/:tenant/.well-known/openid-configuration', answer: openid },
  { host: 'login', method: 'GET', url: '/:tenant/v2.0/.well-known/openid-configuration', answer: openidV2 },
  { host: 'login', method: 'GET', url: '/:tenant/discovery/keys', answer: keys },
  { host: 'login', method: 'GET', url: '/v1.0/domains/:domain/federationConfiguration', answer: graph },
  { host: 'drs', method: 'GET', url: '/:tenant/discover', answer: (call, entra) => discovery('Discover', call, entra) },
  {
    host: 'drs',
    method: 'GET',
    url: '/:tenant/enrollmentserver/contract',
    answer: (call, entra) => discovery('contract', call, entra),
  },
  { host: 'drs', method: 'POST', url: '/enrollmentserver/device', answer: federatedJoin },
  { host: 'drs', method: 'PUT', url: '/enrollmentserver/device/:id', answer: synchronisedJoin },
];

export function addRoutes(app: HttpsApp, entra: Entra, routes: readonly Route[]): void {
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.url,
      handler: (request, reply) => handle(route, request, reply, entra),
    });
  }
  const notFound: Answer = { status: 404, body: { error: 'no such address' } };
  app.setNotFoundHandler((request, reply) => finish(request, reply, stampOf(request, entra), notFound, entra));
}

async function handle(route: Route, request: Request, reply: Reply, entra: Entra): Promise<Reply> {
  const stamp = stampOf(request, entra);
  const other = route.host === 'login' ? entra.drsHost : entra.loginHost;
  if (request.hostname.toLowerCase() === other.toLowerCase()) {
    const answer = { status: 404, body: { error: `not an address of ${other}` } };
    return finish(request, reply, stamp, answer, entra);
  }
  return finish(request, reply, stamp, await answerTo(route, request, stamp, entra), entra);
}

function finish(request: Request, reply: Reply, own: Stamp, answer: Answer, entra: Entra): Reply {
  const { traceId, correlationId, now } = answer.stamp ?? own;
  const { method } = request;
  const { status, refusal } = answer;
  entra.log.add({ traceId, correlationId, time: now, method, path: pathOf(request), status, refusal });
  const content = answer.content ?? { type: 'application/json; charset=utf-8', data: JSON.stringify(answer.body) };
  // Device registration shows its own clock to the device; node's Date is the machine's.
  void reply.headers({
    date: now.toUTCString(),
    'x-ms-request-id': traceId,
    'client-request-id': correlationId,
    'cache-control': 'no-store',
    ...answer.headers,
  });
  return reply.status(status).type(content.type).send(content.data);
}

async function answerTo(route: Route, request: Request, stamp: Stamp, entra: Entra): Promise<Answer> {
  const call: Call = {
    request,
    stamp,
    parameters: request.params as Call['parameters'],
    query: queryOf(request),
    body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
  };
  try {
    return await route.answer(call, entra);
  } catch (error) {
    if (error instanceof TokenRefusal) {
      const refusal = { check: error.check, error: `AADSTS${error.code}`, found: error.found };
      return { status: 400, body: aadstsBody(error.code, error.parameters, stamp), refusal };
    }
    if (error instanceof DrsRefusal) {
      const refusal = { check: error.check, error: error.errorType, found: error.message };
      return { status: error.status, body: errorDetails(error, stamp), refusal };
    }
    throw error;
  }
}

function realm({ parameters, query }: Call, entra: Entra): Answer {
  return ok(realmDocument(parameters['user'] ?? query['user'] ?? '', query['api-version'], entra.tenant));
}

async function token(call: Call, entra: Entra): Promise<Answer> {
  return ok(await answerTokenRequest(call, entra));
}

async function tokenV2(call: Call, entra: Entra): Promise<Answer> {
  return ok(await tokenFor(call, entra, 'v2'));
}

function openidV2({ stamp, parameters }: Call, entra: Entra): Answer {
  const at = entra.addresses();
  const tenant = parameters['tenant'] ?? '';
  return (
    forTenant(tenant === 'organizations' ? 'common' : tenant, stamp, entra) ??
    ok({
      ...openidConfiguration(entra.tenant, at),
      issuer: `${at.login}/${entra.tenant.id}/v2.0`,
      authorization_endpoint: `${at.login}/${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: `${at.login}/${tenant}/oauth2/v2.0/token`,
    })
  );
}

function openid({ stamp, parameters }: Call, entra: Entra): Answer {
  return forTenant(parameters['tenant'], stamp, entra) ?? ok(openidConfiguration(entra.tenant, entra.addresses()));
}

async function keys({ stamp, parameters }: Call, entra: Entra): Promise<Answer> {
  return forTenant(parameters['tenant'], stamp, entra) ?? ok(await publishedKeys(entra.keys));
}

/** The error for a tenant that is not this one, or undefined. */
function forTenant(name = '', stamp: Stamp, entra: Entra): Answer | undefined {
  const known = name.toLowerCase() === 'common' || entra.tenant.isNamedBy(name);
  return known ? undefined : { status: 400, body: aadstsBody(90002, { name }, stamp) };
}

function graph({ stamp, parameters }: Call, entra: Entra): Answer {
  return federationConfiguration(parameters['domain'] ?? '', entra.tenant, stamp);
}

function discovery(document: 'Discover' | 'contract', { parameters, query }: Call, entra: Entra): Answer {
  return ok(
    discoveryDocument(parameters['tenant'] ?? '', document, query['api-version'], entra.tenant, entra.addresses()),
  );
}

async function federatedJoin(call: Call, entra: Entra): Promise<Answer> {
  checkJoinVersion(call.query);
  return ok(await joinFederated(call.request.headers.authorization, call.body, circumstances(call, entra)));
}

async function synchronisedJoin(call: Call, entra: Entra): Promise<Answer> {
  checkJoinVersion(call.query);
  return ok(await joinSynchronised(call.parameters['id'] ?? '', call.body, circumstances(call, entra)));
}

function checkJoinVersion(query: Call['query']): void {
  const version = query['api-version'] ?? '';
  if (version !== '1.0' && version !== '2.0')
    throw new DrsRefusal('DBL-DRS-05', `The api-version ${version} is not supported.`, 'InvalidRequest');
}

function circumstances({ stamp }: Call, entra: Entra): JoinCircumstances {
  const { tenant, keys, authority, devices, throttle, clockSkewMs } = entra;
  return {
    tenant,
    keys,
    authority,
    devices,
    throttle,
    clockSkewMs,
    now: stamp.now,
    serialNumber: entra.randomUUID().replaceAll('-', ''),
  };
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function stampOf(request: Request, entra: Entra): Stamp {
  const named = request.headers['client-request-id'];
  const correlationId = typeof named === 'string' && isGuid(named) ? named.toLowerCase() : entra.randomUUID();
  return { traceId: entra.randomUUID(), correlationId, now: entra.now() };
}

function pathOf(request: Request): string {
  return request.url.split('?', 1)[0] ?? request.url;
}

/** Names in lower case; of a repeated one the first. */
function queryOf(request: Request): Call['query'] {
  const query: Record<string, string | undefined> = {};
  const at = request.url.indexOf('?');
  for (const [name, value] of new URLSearchParams(at === -1 ? '' : request.url.slice(at + 1)))
    query[name.toLowerCase()] ??= value;
  return query;
}
