/**
 * How many connections one source may hold, counted before TLS costs anything. Owns what one source is: an IPv4 address, or
 * the 64 bits of an IPv6 network that one host may choose from as it likes (RFC 4291 §2.5.1).
 */
import { isIPv6 } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Logger } from 'pino';
import { plainAddress } from './networks.ts';
import { occasionally } from './overload.ts';

export interface ConnectionLimit {
  readonly connectionsPerSource: number;
  /** Reverse proxies hold the connections of everybody. */
  readonly isExempt: (address: string) => boolean;
  readonly log: Pick<Logger, 'warn'>;
}

export interface ConnectionCounts {
  readonly open: number;
  readonly sources: number;
  /** Held by the source that holds most. */
  readonly mostOfOneSource: number;
  /** Closed since the start. */
  readonly refused: number;
}

/** @returns the counts at the time of the call; `trustedProxies` are in none but `open` */
export function limitConnections(
  server: Server,
  { connectionsPerSource, isExempt, log }: ConnectionLimit,
): () => ConnectionCounts {
  let [open, closed] = [0, 0];
  const held = new Map<string, number>();
  const say = occasionally(
    () => performance.now(),
    (refused, source: string) =>
      log.warn({ refused, source }, 'connections of a source that holds too many are closed'),
  );
  // Before TLS's own listener: what is closed here is not read.
  server.prependListener('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress);
    open += 1;
    socket.once('close', () => (open -= 1));
    if (isExempt(address)) return;
    const source = sourceOf(address);
    const count = held.get(source) ?? 0;
    if (count >= connectionsPerSource) {
      socket.destroy();
      closed += 1;
      say(source);
      return;
    }
    held.set(source, count + 1);
    socket.once('close', () => {
      const left = (held.get(source) ?? 1) - 1;
      if (left > 0) held.set(source, left);
      else held.delete(source);
    });
  });
  return () => ({
    open,
    sources: held.size,
    mostOfOneSource: [...held.values()].reduce((most, count) => Math.max(most, count), 0),
    refused: closed,
  });
}

/** `2001:db8:0:1::/64` for an IPv6 address; the address itself for IPv4. */
export function sourceOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined ? first : [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
