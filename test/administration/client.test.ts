/** Asking a running `serve`: what the command makes of answers that are not what it expects. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sendOrder } from '../../src/administration/client.ts';

const ORDER = { kind: 'make-enrolment-code', user: 'nora.keller', by: 'anna' } as const;

let folder: string;
let address: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-client-'));
  address = join(folder, 'sock');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function answeredBy(listener: RequestListener) {
  const server = createServer(listener).listen(address);
  await once(server, 'listening');
  const sent = await sendOrder(address, ORDER);
  server.close();
  return sent;
}

test('an answer in another form is of another version', async () => {
  for (const body of ['', 'null', '{}', '{"kind":"second-factors-reset"}', '<html>'])
    expect(await answeredBy((_, reply) => reply.end(body))).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('another version') as unknown,
    });
});

test('an error is told with what the other side says of it', async () => {
  expect(await answeredBy((_, reply) => reply.writeHead(418).end('{"error":"Not now."}'))).toEqual({
    kind: 'failed',
    why: 'The running serve did not do it (418). Not now.',
  });
  expect(await answeredBy((_, reply) => reply.writeHead(500).end('x'))).toMatchObject({ kind: 'failed' });
});

test('a connection that is cut off is told', async () => {
  const server = createNetServer((socket) => socket.destroy()).listen(address);
  await once(server, 'listening');
  expect(await sendOrder(address, ORDER)).toMatchObject({
    kind: 'failed',
    why: expect.stringMatching(/^The running serve could not be asked at .*sock: /) as unknown,
  });
  server.close();
});

test('where no socket is, or a file that is none, nobody listens', async () => {
  expect(await sendOrder(address, ORDER)).toEqual({ kind: 'nobody-listens' });
  writeFileSync(address, '');
  expect(await sendOrder(address, ORDER)).toEqual({ kind: 'nobody-listens' });
});
