/**
 * What an HTTP request may weigh. A Windows token of a user in a thousand groups has 48,000 bytes, 64,000 in base64;
 * PingOne answers 413 from 6 KB. Owns the numbers, the check of a single field, and that one host is named; Node enforces
 * the sum while reading, and what makes a message end in one place only (RFC 9112 §6.3).
 */
import type { ServerSettings } from '../model/server.ts';
import type { HttpServer } from './http-server.ts';

/** One header field, in bytes. */
export const MAX_HEADER_FIELD = 65_536;
/** All header fields together, in bytes. */
export const MAX_HEADERS = 98_304;
/** How many; browsers and proxies together send about thirty. */
export const MAX_HEADER_COUNT = 200;
/** Body, in bytes: no RequestSecurityToken of a known client has more than a few KiB. */
export const MAX_BODY = 262_144;

/**
 * Time limits in milliseconds against peers that send slowly or never, beside those of `server.limits`; `look`: how often Node
 * looks for such; `stop`: how long they may delay the end.
 */
export const TIMEOUTS = { handshake: 10_000, keepAlive: 75_000, linger: 1_000, look: 1_000, stop: 10_000 } as const;

/**
 * Unless `server.limits` says otherwise. An office of thousands may stand behind one address, each device with a connection
 * that is kept; and what two thousand requests wait for is done within a few seconds.
 */
export const limitsOf = ({ limits }: Pick<ServerSettings, 'limits'>): NonNullable<ServerSettings['limits']> => ({
  connectionsPerSource: 4_000,
  requestsUnderWay: 2_000,
  headersSeconds: 15,
  requestSeconds: 30,
  ...limits,
});

/** Refuses a request with more than {@link MAX_HEADER_COUNT} fields, or one over {@link MAX_HEADER_FIELD}, naming it: 431. */
export function limitHeaderFields(server: HttpServer): void {
  // Of its own number, Node 24 leaves out without a word what comes beyond: the field that decides could be among that.
  server.server.maxHeadersCount = 0;
  server.addHook('onRequest', async ({ raw: { rawHeaders } }, reply) => {
    const name = tooLongField(rawHeaders);
    const tooMany = rawHeaders.length > 2 * MAX_HEADER_COUNT;
    if (name === undefined && !tooMany) return undefined;
    const said = tooMany
      ? `There are more than ${MAX_HEADER_COUNT} header fields.\n`
      : `The header field ${name?.slice(0, 60)} is longer than ${MAX_HEADER_FIELD} bytes.\n`;
    return reply.code(431).header('Connection', 'close').type('text/plain; charset=utf-8').send(said);
  });
}

/** `uri-host [":" port]` (RFC 9110 §7.2) of a registered name or an address. */
const HOST = /^(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;

/**
 * Refuses a request that names two hosts, or none that could be one: 400 (RFC 9112 §3.2). Node reads the first, and what
 * stands before Mortise may have read the second.
 */
export function requireOneHost(server: HttpServer): void {
  server.addHook('onRequest', async ({ raw: { rawHeaders } }, reply) => {
    const hosts = rawHeaders.flatMap((name, index) =>
      index % 2 === 0 && name.toLowerCase() === 'host' ? [rawHeaders[index + 1] ?? ''] : [],
    );
    // Health checks of load balancers may leave it empty, or out in HTTP/1.0.
    if (hosts.length <= 1 && hosts.every((host) => host === '' || HOST.test(host))) return undefined;
    return reply
      .code(400)
      .header('Connection', 'close')
      .type('text/plain; charset=utf-8')
      .send('The request must name one host.\n');
  });
}

/** `rawHeaders` has names and values in turn, one character a byte. */
function tooLongField(rawHeaders: readonly string[]): string | undefined {
  return rawHeaders.find(
    (name, index) => index % 2 === 0 && name.length + (rawHeaders[index + 1] ?? '').length > MAX_HEADER_FIELD,
  );
}
