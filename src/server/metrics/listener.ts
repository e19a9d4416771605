/**
 * Where metrics are read: a listener of their own, plain HTTP, for the monitoring alone. They name domain controllers and
 * tell how people sign in, so no address that the internet reaches may answer with them by a mistake in a table of routes.
 *
 * Owns who is answered. The address of the connection decides; X-Forwarded-For is not read.
 */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from 'pino';
import type { ServerSettings } from '../../model/server.ts';
import { loggedError } from '../error-log.ts';
import { networkMatcher, plainAddress } from '../networks.ts';

export interface MetricsListener {
  readonly address: AddressInfo;
  close(): Promise<void>;
}

export interface MetricsSource {
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

/** A monitoring asks with one connection, or two. */
const MAX_CONNECTIONS = 20;
/** Of those who are not answered: they must not take the places of those who are. */
const MAX_STRANGERS = 5;
const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 75_000,
} as const;

/** Rejects when the address is taken. */
export async function listenForMetrics(
  { host, port, networks }: NonNullable<ServerSettings['metrics']>,
  { contentType, text }: MetricsSource,
  log: Pick<Logger, 'error'>,
): Promise<MetricsListener> {
  const isAnswered = networkMatcher(networks);
  const isStranger = ({ remoteAddress }: Socket): boolean => !isAnswered(plainAddress(remoteAddress));
  const server = createServer(LIMITS, (request, response) => {
    const [path] = (request.url ?? '').split('?');
    if (isStranger(request.socket)) {
      response.setHeader('Connection', 'close');
      return say(response, 403, 'Not for this address.');
    }
    if (path !== '/metrics') return say(response, 404, 'Metrics are at /metrics.');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return say(response, 405, 'Metrics are only read.');
    }
    text().then(
      (body) => send(response, 200, contentType, body),
      (error: unknown) => {
        log.error({ error: loggedError(error) }, 'the metrics could not be read');
        say(response, 500, 'The metrics could not be read.');
      },
    );
  });
  server.maxConnections = MAX_CONNECTIONS + MAX_STRANGERS;
  let strangers = 0;
  server.prependListener('connection', (socket) => {
    if (!isStranger(socket)) return;
    if (strangers >= MAX_STRANGERS) {
      socket.destroy();
      return;
    }
    strangers += 1;
    socket.once('close', () => (strangers -= 1));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  return {
    address: server.address() as AddressInfo,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const say = (response: ServerResponse, status: number, words: string): void =>
  send(response, status, 'text/plain; charset=utf-8', `${words}\n`);

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}
