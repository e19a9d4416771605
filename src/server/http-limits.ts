/**
 * What an HTTP request may weigh. A Windows token of a user in a thousand groups has 48,000 bytes, 64,000 in base64;
 * PingOne answers 413 from 6 KB. Owns the numbers and the check of a single field; Node enforces the sum while reading.
 */
import type { HttpServer } from './http-server.ts';

/** One header field, in bytes. */
export const MAX_HEADER_FIELD = 65_536;
/** All header fields together, in bytes. */
export const MAX_HEADERS = 98_304;
/** Body, in bytes: no RequestSecurityToken of a known client has more than a few KiB. */
export const MAX_BODY = 262_144;

/** Time limits in milliseconds against peers that send slowly or never; `stop`: how long they may delay the end. */
export const TIMEOUTS = {
  handshake: 10_000,
  headers: 15_000,
  request: 30_000,
  keepAlive: 75_000,
  linger: 1_000,
  stop: 10_000,
} as const;

/** Refuses a request with one field over {@link MAX_HEADER_FIELD}: 431, naming the field. */
export function limitHeaderFields(server: HttpServer): void {
  server.addHook('onRequest', async (request, reply) => {
    const name = tooLongField(request.raw.rawHeaders);
    if (name === undefined) return undefined;
    return reply
      .code(431)
      .header('Connection', 'close')
      .type('text/plain; charset=utf-8')
      .send(`The header field ${name.slice(0, 60)} is longer than ${MAX_HEADER_FIELD} bytes.\n`);
  });
}

/** `rawHeaders` has names and values in turn, one character a byte. */
function tooLongField(rawHeaders: readonly string[]): string | undefined {
  return rawHeaders.find(
    (name, index) => index % 2 === 0 && name.length + (rawHeaders[index + 1] ?? '').length > MAX_HEADER_FIELD,
  );
}
