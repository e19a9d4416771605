/**
 * MIT's GSS-API library as the client, so that somebody else judges the server's own proof (mutual authentication).
 * Carries its tokens to Mortise and the answers back, on one connection, as RFC 4559 §5 wants it.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BASE_ENVIRONMENT } from '../../lab/run.ts';
import { requestFor } from './curl.ts';
import type { Mortise } from './mortise.ts';

export interface Conversation {
  /** Of each leg. */
  readonly statuses: readonly number[];
  /** `complete FLAGS` or `failed REASON`: what the library says at its end; `none` where a refusal leaves it none to say. */
  readonly verdict: string;
  readonly requestId: string;
}

export interface Leg {
  readonly status: number;
  /** The acceptor's token in base64; empty when there is none. */
  readonly token: string;
}

/** @param mechanisms OIDs in the order in which the client offers them */
export async function converse(
  mortise: Mortise,
  mechanisms: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Conversation> {
  return converseBy('mit-initiator.py', mechanisms.join(','), mortise, env);
}

/**
 * The same by python3-gssapi, with mutual authentication.
 *
 * @param bindings application data of the channel bindings; none when absent
 */
export async function converseBound(
  mortise: Mortise,
  mechanisms: readonly string[],
  env: Readonly<Record<string, string>>,
  bindings: Uint8Array | undefined,
): Promise<Conversation> {
  const hex = bindings && Buffer.from(bindings).toString('hex');
  return converseBy('gssapi-initiator.py', JSON.stringify({ mechanisms, mutual: true, bindings: hex }), mortise, env);
}

async function converseBy(
  program: string,
  options: string,
  mortise: Mortise,
  env: Readonly<Record<string, string>>,
): Promise<Conversation> {
  const url = new URL(mortise.urls.windowsTransport13);
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(mortise.caFile) });
  const requestId = randomUUID();
  const script = join(import.meta.dirname, '..', 'kerberos', program);
  const initiator = spawn('python3', [script, `HTTP@${url.hostname}`, options], {
    env: { ...BASE_ENVIRONMENT, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // It has ended when it has its verdict; an answer that it does not wait for is no failure.
  initiator.stdin.on('error', () => undefined);
  const statuses: number[] = [];
  let verdict = 'none';
  try {
    for await (const line of createInterface({ input: initiator.stdout })) {
      if (/^(complete|failed)/.test(line)) {
        verdict = line;
        continue;
      }
      const { status, token } = await carry(mortise, line, requestId, agent);
      statuses.push(status);
      if (token === '' && status !== 200) break;
      initiator.stdin.write(`${token}\n`);
    }
  } finally {
    initiator.kill();
    agent.destroy();
  }
  return { statuses, verdict, requestId };
}

/** One token to Mortise, on a connection of the agent's. */
export async function carry(mortise: Mortise, mechToken: string, requestId: string, agent: Agent): Promise<Leg> {
  const url = new URL(mortise.urls.windowsTransport13);
  const headers = {
    authorization: `Negotiate ${mechToken}`,
    'client-request-id': requestId,
    'content-type': 'application/soap+xml',
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: mortise.port,
        servername: url.hostname,
        path: url.pathname,
        method: 'POST',
        headers,
        agent,
      },
      (incoming) => {
        incoming.resume();
        incoming.on('error', reject);
        incoming.on('end', () => {
          const token = /^Negotiate (?<token>\S+)$/.exec(incoming.headers['www-authenticate'] ?? '')?.groups?.['token'];
          resolve({ status: incoming.statusCode ?? 0, token: token ?? '' });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(requestFor('dsregtool-13', url.href));
  });
}
