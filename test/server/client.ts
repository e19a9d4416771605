/** An HTTPS client that sends what it is told to: any header, any body, on one connection that is kept. */
import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { MintedToken } from '../../src/rehearsal/kdc.ts';
import { vector } from '../wstrust/vectors.ts';
import { HOST, PATHS } from './mortise.ts';
import type { RunningMortise } from './mortise.ts';

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array | string;
  /** Without Content-Length. */
  readonly chunked?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of this end of the connection: the same for two requests on one connection. */
  readonly localPort: number;
}

export interface Client {
  send(sent?: Sent): Promise<Answer>;
  /** POST of a RequestSecurityToken with this Authorization, to WS-Trust 1.3 unless said otherwise. */
  ask(authorization: string | undefined, sent?: Sent): Promise<Answer>;
  close(): void;
}

/** What MSAL.NET sends to windowstransport, in both versions. */
export const RST13 = vector('clients', 'msal-dotnet-13');
export const RST2005 = vector('clients', 'msal-dotnet-2005');

export const negotiate = ({ token }: MintedToken): string => negotiateWith(token);
export const negotiateWith = (token: Uint8Array): string => `Negotiate ${Buffer.from(token).toString('base64')}`;

/** The token of `WWW-Authenticate: Negotiate <token>`; undefined when there is none. */
export function responseTokenOf({ headers }: Answer): Uint8Array | undefined {
  const value = /^Negotiate (\S+)$/.exec(headers['www-authenticate'] ?? '')?.[1];
  return value === undefined ? undefined : Buffer.from(value, 'base64');
}

/** @param host the loopback address at which it listens */
export function openClient({ port, ca }: Pick<RunningMortise, 'port' | 'ca'>, host = '127.0.0.1'): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
  const client: Client = {
    send: (sent = {}) => send(sent, { host, port, agent }),
    ask: (authorization, sent = {}) =>
      client.send({
        method: 'POST',
        path: PATHS.windows13,
        body: RST13,
        ...sent,
        headers: {
          'content-type': 'application/soap+xml; charset=utf-8',
          ...(authorization !== undefined && { authorization }),
          ...sent.headers,
        },
      }),
    close: () => agent.destroy(),
  };
  return client;
}

function send(sent: Sent, to: { host: string; port: number; agent: Agent }): Promise<Answer> {
  const { method = 'GET', path = '/', headers = {}, body, chunked = false } = sent;
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  const framing = chunked ? { 'transfer-encoding': 'chunked' } : body === undefined ? {} : { 'content-length': length };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...to,
        method,
        path,
        servername: HOST,
        headers: { host: HOST, ...framing, ...headers },
      },
      (incoming) => {
        const localPort = incoming.socket.localPort ?? 0;
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString('utf8'),
            localPort,
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A bare TLS connection, for what no HTTP client would send. */
export function openSocket({ port, ca }: RunningMortise): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: HOST, ca }, () => resolve(socket));
    socket.once('error', reject);
  });
}
