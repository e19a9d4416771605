/**
 * Many devices that come at once, each with a ticket and a new TLS connection of its own, which it keeps as Windows does. They
 * come from a few addresses of loopback, as devices behind a few gateways.
 */
import { Agent, request } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import type { Requests } from './requests.ts';

export interface StormSettings {
  readonly port: number;
  /** PEM of the authority of the server's certificate. */
  readonly ca: string;
  readonly devices: number;
  /** So many wait for an answer at any time. */
  readonly atOnce: number;
  readonly sources: number;
}

export interface StormAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
  /** From before the connection until the answer's last byte. */
  readonly milliseconds: number;
}

export interface Storm {
  /** One for each device that got an answer. */
  readonly answers: readonly StormAnswer[];
  /** Why the others got none. */
  readonly failures: readonly string[];
  readonly seconds: number;
  /** Closes the devices' connections. */
  readonly end: () => void;
}

const ANSWER_WITHIN_MS = 60_000;

export async function raiseStorm(settings: StormSettings, requests: Requests): Promise<Storm> {
  const { ca, devices, atOnce, sources } = settings;
  requests.prepare(devices);
  const secureContext = createSecureContext({ ca });
  const agents: Agent[] = [];
  const answers: StormAnswer[] = [];
  const failures: string[] = [];
  let next = 0;
  const comeOneAfterTheOther = async (): Promise<void> => {
    while (next < devices) {
      const localAddress = `127.1.0.${1 + (next++ % sources)}`;
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      agents.push(agent);
      try {
        answers.push(await ask(settings, requests, { agent, secureContext, localAddress }));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: Math.min(atOnce, devices) }, comeOneAfterTheOther));
  const seconds = (performance.now() - begin) / 1_000;
  return { answers, failures, seconds, end: () => agents.forEach((agent) => agent.destroy()) };
}

interface Connection {
  readonly agent: Agent;
  readonly secureContext: SecureContext;
  readonly localAddress: string;
}

function ask({ port }: StormSettings, requests: Requests, connection: Connection): Promise<StormAnswer> {
  const { url, method, headers, body = '' } = requests.next();
  const { hostname, host, pathname } = new URL(url);
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...connection,
        host: '127.0.0.1',
        port,
        path: pathname,
        servername: hostname,
        method,
        headers: { host, ...headers, 'content-length': Buffer.byteLength(body) },
        timeout: ANSWER_WITHIN_MS,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            retryAfter: incoming.headers['retry-after'],
            body: Buffer.concat(chunks).toString('utf8'),
            milliseconds: performance.now() - begin,
          }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${ANSWER_WITHIN_MS / 1_000} s`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
