/** A small https server that answers from a list, and a client that trusts it: what a real service would not do on request. */
import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openHttpClient } from '../../src/rehearsal/http-client.ts';
import type { HttpClient } from '../../src/rehearsal/http-client.ts';
import { makeThrowAwayTls } from '../../src/rehearsal/certificates.ts';

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Port of the client: the same one means the same connection. */
  readonly clientPort: number | undefined;
}

export interface FakeService {
  readonly origin: string;
  readonly client: HttpClient;
  /** What came since the last call of `answerWith`. */
  readonly seen: readonly SeenRequest[];
  /** The answers to the next requests, in order. One too many is answered 599. */
  answerWith(...answers: readonly FakeAnswer[]): void;
  close(): Promise<void>;
}

export async function startFakeService(): Promise<FakeService> {
  const host = 'fake.localhost';
  const tls = await makeThrowAwayTls([host], new Date());
  const queue: FakeAnswer[] = [];
  const seen: SeenRequest[] = [];
  const server = createServer({ key: tls.privateKey, cert: tls.certificate }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers, socket } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString(), clientPort: socket.remotePort });
      const { status, headers: answerHeaders = {}, body = '' } = queue.shift() ?? { status: 599 };
      response.writeHead(status, answerHeaders).end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const client = openHttpClient(tls.ca);
  return {
    origin: `https://${host}:${(server.address() as AddressInfo).port}`,
    client,
    seen,
    answerWith: (...answers) => {
      queue.splice(0, queue.length, ...answers);
      seen.length = 0;
    },
    close: async () => {
      client.close();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
