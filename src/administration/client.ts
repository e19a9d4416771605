/**
 * Sends an order to a running `serve`. Owns the way there and what may go wrong on it. Does not own orders (orders.ts).
 */
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { orderResult } from './orders.ts';
import type { Order, OrderResult } from './orders.ts';

/** `why` says all, in words for the administrator. */
export type Sent =
  | { readonly kind: 'done'; readonly result: OrderResult }
  | { readonly kind: 'nobody-listens' }
  | { readonly kind: 'failed'; readonly why: string };

const TIMEOUT_MS = 30_000;

export async function sendOrder(address: string, order: Order): Promise<Sent> {
  try {
    const answer = await post(address, JSON.stringify(order));
    return readAnswer(answer.statusCode, await text(answer));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // ENOENT: serve never listened or has stopped; ECONNREFUSED: it was killed and left its socket.
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return { kind: 'nobody-listens' };
    return { kind: 'failed', why: `The running serve could not be asked at ${address}: ${message}.` };
  }
}

function readAnswer(status: number | undefined, body: string): Sent {
  if (status !== 200) return { kind: 'failed', why: `The running serve did not do it (${status}). ${errorOf(body)}` };
  const result = orderResult.safeParse(jsonOf(body));
  if (result.success) return { kind: 'done', result: result.data };
  return {
    kind: 'failed',
    why: 'The running serve is of another version: its answer is not understood. `mortise log` shows what it did.',
  };
}

async function post(address: string, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({
      socketPath: address,
      method: 'POST',
      path: '/orders',
      headers: { host: 'localhost', 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      agent: false,
      timeout: TIMEOUT_MS,
    });
    sent.once('response', resolve).once('error', reject);
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} seconds`)));
    sent.end(body);
  });
}

function errorOf(body: string): string {
  const answer = jsonOf(body);
  return typeof answer === 'object' && answer !== null && 'error' in answer ? String(answer.error) : '';
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
