/** A TCP relay to the lab's domain controller, whose failures the tests own. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  readonly connections: () => number;
  /** Forward; accept and stay silent; end each connection at once; or forward what is said and keep every answer back. */
  mode: 'forward' | 'silent' | 'closed' | 'unanswered';
  /** Ends all connections, as a controller that restarts does. */
  readonly drop: () => void;
  readonly close: () => Promise<void>;
}

/** @param at where it listens: any port of IPv4's loopback when absent */
export async function startRelay(
  address: string,
  port: number,
  at: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
): Promise<Relay> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server: Server = createServer((inbound) => {
    count++;
    sockets.add(inbound);
    inbound.on('close', () => sockets.delete(inbound)).on('error', () => undefined);
    if (relay.mode === 'closed') inbound.destroy();
    if (relay.mode !== 'forward' && relay.mode !== 'unanswered') return;
    const outbound = connect({ host: address, port, noDelay: true });
    sockets.add(outbound);
    outbound.on('close', () => sockets.delete(outbound)).on('error', () => undefined);
    inbound.on('close', () => outbound.destroy());
    outbound.on('close', () => inbound.destroy());
    inbound.on('data', (data) => (relay.mode === 'silent' ? undefined : outbound.write(data)));
    outbound.on('data', (data) => (relay.mode === 'unanswered' ? undefined : inbound.write(data)));
  });
  const drop = (): void => sockets.forEach((socket) => socket.destroy());
  server.listen(at.port, at.host);
  await once(server, 'listening');
  const relay: Relay = {
    port: (server.address() as AddressInfo).port,
    mode: 'forward',
    connections: () => count,
    drop,
    close: async () => {
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return relay;
}
