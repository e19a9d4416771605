/** Two ports next to each other: the usual ones when they are free, else any. */
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';

const USUAL_PORT = 8443;

export interface Ports {
  readonly mortise: number;
  readonly entra: number;
}

/** A listener on a port of this machine, or undefined when the port is taken. 0 asks for any. */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Both are held at once, so that they are two; they are free again when this is done. */
async function probe(mortise: number, entra: number): Promise<Ports | undefined> {
  const servers = [await listen(mortise), await listen(entra)];
  const [first, second] = servers.map((server) => (server?.address() as AddressInfo | undefined)?.port);
  await Promise.all(servers.map(close));
  return first === undefined || second === undefined ? undefined : { mortise: first, entra: second };
}

function close(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (server === undefined) resolve();
    else server.close(() => resolve());
  });
}

/** @param wanted a port that was asked for: taken as it is, so that the listener's own error explains it; 0: any */
export async function choosePorts(wanted: number | undefined): Promise<Ports> {
  if (wanted !== undefined && wanted !== 0) return { mortise: wanted, entra: wanted + 1 };
  const usual = wanted === undefined ? await probe(USUAL_PORT, USUAL_PORT + 1) : undefined;
  const ports = usual ?? (await probe(0, 0));
  if (ports === undefined) throw new Error('this machine has no two free ports');
  return ports;
}
