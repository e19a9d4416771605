/** A real Chromium, and a small server that shows it pages under their own policies. For tests only on 127.0.0.1. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import type { Assets } from '../../src/pages/assets.ts';
import type { Page } from '../../src/pages/page.ts';

/** Nothing of the browser asks the network for anything by itself. */
const ARGUMENTS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

export interface PageServer {
  /** `http://localhost:<port>`: a secure context, as WebAuthn demands. */
  readonly origin: string;
  /** Shows a page at a path, with the assets that it names. */
  readonly show: (path: string, page: Page, assets: Assets) => void;
  /** The forms that were posted here since the last call, decoded, with their path. */
  readonly takePosted: () => readonly {
    readonly path: string;
    readonly fields: readonly (readonly [string, string])[];
  }[];
  readonly close: () => Promise<void>;
}

export async function servePages(): Promise<PageServer> {
  const pages = new Map<string, Page>();
  const files = new Map<string, { readonly body: Buffer; readonly type: string }>();
  let posted: { path: string; fields: (readonly [string, string])[] }[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const page = pages.get(path);
    const file = files.get(path);
    if (request.method === 'POST') {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        posted.push({ path, fields: [...new URLSearchParams(Buffer.concat(chunks).toString())] });
        response.setHeader('content-type', 'text/html; charset=utf-8').end('<!doctype html><title>posted</title>');
      });
    } else if (page !== undefined) {
      response.setHeader('content-security-policy', page.contentSecurityPolicy);
      response.setHeader('content-type', 'text/html; charset=utf-8').end(page.html);
    } else if (file !== undefined) {
      response.setHeader('content-type', file.type).end(file.body);
    } else {
      // Chromium asks for /favicon.ico by itself; a 404 would stand in the console among real mistakes.
      response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    show: (path, page, assets) => {
      pages.set(path, page);
      for (const [name, file] of assets.files) files.set(name, file);
    },
    takePosted: () => {
      const taken = posted;
      posted = [];
      return taken;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
