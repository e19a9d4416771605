/** How many connections one source may hold, counted before TLS costs anything. */
import type { Server, Socket } from 'node:net';
import type { Logger } from 'pino';
import { sourceOf } from '../signin/source.ts';
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
