/** Two ports next to each other: the usual ones when they are free, else any. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

const USUAL_PORT = 8443;

export interface Ports {
  readonly mortise: number;
  readonly entra: number;
}

/** The port that a listener got, or undefined when it is taken. 0 asks for any. */
function probe(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const { port: got } = server.address() as AddressInfo;
      server.close(() => resolve(got));
    });
  });
}

/** @param wanted a port that was asked for: taken as it is, so that the listener's own error explains it; 0: any */
export async function choosePorts(wanted: number | undefined): Promise<Ports> {
  if (wanted !== undefined && wanted !== 0) return { mortise: wanted, entra: wanted + 1 };
  if (wanted === undefined && (await probe(USUAL_PORT)) !== undefined && (await probe(USUAL_PORT + 1)) !== undefined) {
    return { mortise: USUAL_PORT, entra: USUAL_PORT + 1 };
  }
  // The local Entra asks for its own when it starts.
  return { mortise: (await probe(0)) ?? 0, entra: 0 };
}
