/**
 * The HTTPS listener: TLS, limits, and the answer to what fails outside of the flow. Knows no route.
 * Fastify's own errors keep their status; none of its words, and none of ours, reach the caller.
 */
import { STATUS_CODES } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify';
import type { Logger } from 'pino';
import type { ServerSettings } from '../model/server.ts';
import { Refusal } from '../refusal.ts';
import { NotRecordedError } from '../signin/recorded.ts';
import { faultOfRefusal } from '../wstrust/fault.ts';
import { inAdfsCase } from './adfs-case.ts';
import { limitConnections } from './connection-limit.ts';
import type { ConnectionCounts } from './connection-limit.ts';
import { loggedError } from './error-log.ts';
import { limitHeaderFields, limitsOf, MAX_BODY, MAX_HEADERS, requireOneHost, TIMEOUTS } from './http-limits.ts';
import { loggedIds } from './log-outcome.ts';
import { networkMatcher } from './networks.ts';
import { shedOverload } from './overload.ts';
import type { RequestCounts } from './overload.ts';
import { limitRate } from './request-rate.ts';
import { sendSoap } from './soap-reply.ts';
import { tlsOptions } from './tls-context.ts';

export type HttpServer = FastifyInstance<Server>;
export type HttpReply = FastifyReply<RouteGenericInterface, Server>;
/** A request to one of an application's addresses (model/urls.ts). */
export type ApplicationRequest = FastifyRequest<{ Params: { appId: string } }, Server>;

export interface HttpCounts {
  readonly connections: ConnectionCounts;
  readonly requests: RequestCounts;
  /** Requests beyond `requestsPerMinute` of their source, since the start. */
  readonly tooFrequent: number;
}

export interface HttpListener {
  readonly http: HttpServer;
  /** How much it has to do now, and what it turned away. */
  readonly counts: () => HttpCounts;
}

export function createHttpServer(settings: ServerSettings, log: Logger): HttpListener {
  const limits = limitsOf(settings);
  const isProxy = networkMatcher(settings.trustedProxies);
  const http = Fastify({
    https: {
      ...tlsOptions(settings.tls),
      maxHeaderSize: MAX_HEADERS,
      handshakeTimeout: TIMEOUTS.handshake,
      headersTimeout: limits.headersSeconds * 1_000,
      connectionsCheckingInterval: TIMEOUTS.look,
    },
    bodyLimit: MAX_BODY,
    requestTimeout: limits.requestSeconds * 1_000,
    keepAliveTimeout: TIMEOUTS.keepAlive,
    // By the one reading of an address: Fastify's own knows no port behind it, and would take such a proxy for the client.
    trustProxy: settings.trustedProxies.length > 0 ? isProxy : false,
    forceCloseConnections: 'idle',
    logger: false,
    exposeHeadRoutes: true,
    rewriteUrl: ({ url }) => inAdfsCase(url ?? '/'),
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, _request, reply) => void answerFailure(error, reply, log),
  });
  const { connectionsPerSource, requestsUnderWay, requestsPerMinute } = limits;
  const connections = limitConnections(http.server, { connectionsPerSource, isExempt: isProxy, log });
  const tooFrequent = limitRate(http, { requestsPerMinute, isProxy, log });
  const requests = shedOverload(http, { requestsUnderWay, log });
  // SOAP comes as application/soap+xml, text/xml or nothing at all: the body decides, so its label is not even read.
  http.addHook('onRequest', async ({ raw }) => void delete raw.headers['content-type']);
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  limitHeaderFields(http);
  requireOneHost(http);
  // While it stops, what is still answered must not keep its connection: Node would wait for the next request on it.
  http.addHook('onSend', async (_request, reply) => {
    if (!http.server.listening) reply.header('Connection', 'close');
  });
  http.setErrorHandler((error: Error & { readonly statusCode?: number }, _request, reply) =>
    answerFailure(error, reply, log),
  );
  return {
    http,
    counts: () => ({ connections: connections(), requests: requests(), tooFrequent: tooFrequent() }),
  };
}

/** The activity's id leads from the log to the request; when its record failed, it is all there is. */
function answerFailure(error: Error & { readonly statusCode?: number }, reply: HttpReply, log: Logger): HttpReply {
  const { statusCode = 500 } = error;
  if (statusCode === 413) return sendSoap(reply, 413, faultOfRefusal(new Refusal('request-too-large')));
  if (statusCode >= 400 && statusCode < 500) {
    return reply.code(statusCode).type('text/plain; charset=utf-8').send('The request could not be read.\n');
  }
  const ids = error instanceof NotRecordedError ? loggedIds(error) : {};
  log.error({ error: loggedError(error), ...ids }, 'the request failed');
  const code = error instanceof NotRecordedError ? 'record-unavailable' : 'internal-error';
  return sendSoap(reply, 500, faultOfRefusal(new Refusal(code)));
}

const UNREADABLE: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** What is no HTTP request, or one that never ended: there is no request to hang an answer on. */
function answerUnreadable({ code }: Error & { readonly code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) {
    socket.destroy();
    return;
  }
  // More of what was refused already.
  if (socket.writableEnded) return;
  const status = UNREADABLE[code ?? ''] ?? 400;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  // RFC 9112 §9.6: closed at once, with bytes unread, the answer could be lost on its way.
  setTimeout(() => socket.destroy(), TIMEOUTS.linger).unref();
}
