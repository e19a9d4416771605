/** Somebody else's web server: an application, or a site that means harm. Runs until the test has finished. */
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { ThrowAwayTls } from '../../../src/rehearsal/certificates.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  /** Fields of the form, or of the query of a GET. */
  readonly fields: URLSearchParams;
  readonly request: IncomingMessage;
}

type Handler = (asked: Asked, response: ServerResponse) => void;

/** @returns its origin: `https://host:port` */
export async function serveWeb(tls: ThrowAwayTls, host: string, handle: Handler): Promise<string> {
  const server = createServer({ key: tls.privateKey, cert: tls.certificate }, (request, response) => {
    void answer(request, response, handle);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `https://${host}:${(server.address() as AddressInfo).port}`;
}

async function answer(request: IncomingMessage, response: ServerResponse, handle: Handler): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '/', 'https://host');
  const { method = 'GET' } = request;
  const fields = new URLSearchParams(method === 'POST' ? await text(request) : search);
  handle({ method, path: pathname, fields, request }, response);
}

export function sendHtml(response: ServerResponse, body: string): void {
  const head = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Elsewhere</title></head>';
  response.setHeader('Content-Type', 'text/html; charset=utf-8').end(`${head}<body>${body}</body></html>`);
}
