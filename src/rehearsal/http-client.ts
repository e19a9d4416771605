/**
 * The rehearsal's HTTPS client: names below `.localhost` go to this machine, one certificate authority is trusted, and
 * one connection a client is kept, because both legs of Negotiate travel on it (RFC 4559 §5).
 */
import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpClient {
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): void;
}

const TIMEOUT_MS = 10_000;

/** The JSON object that a body holds; undefined when it holds none, as a proxy's sign-in page does. */
export function jsonObject(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** PEM; what a client proves itself with in TLS. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** @param ca PEM of the authority that signed the servers' certificates */
export function openHttpClient(ca: string, own?: ClientCertificate): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca, ...own });
  return {
    // async: an address that is no URL must reject, not throw.
    send: async (message) => send(message, agent),
    close: () => agent.destroy(),
  };
}

function send(message: HttpRequest, agent: Agent): Promise<HttpResponse> {
  const url = new URL(message.url);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        method: message.method,
        host: '127.0.0.1',
        port: url.port === '' ? 443 : Number(url.port),
        path: url.pathname + url.search,
        servername: url.hostname,
        headers: {
          host: url.host,
          ...message.headers,
          ...(message.body !== undefined && { 'content-length': Buffer.byteLength(message.body) }),
        },
        agent,
        timeout: TIMEOUT_MS,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`no answer from ${url.host} within ${TIMEOUT_MS / 1000} s`)),
    );
    outgoing.on('error', reject);
    outgoing.end(message.body);
  });
}
