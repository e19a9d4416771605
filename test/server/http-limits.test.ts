/** Slow senders and many header fields; sizes are in negotiate.test.ts, connections and overload in overload.test.ts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limitsOf, MAX_HEADER_COUNT } from '../../src/server/http-limits.ts';
import { openClient, openSocket } from './client.ts';
import { HOST, openGround, PATHS } from './mortise.ts';
import type { Ground, RunningMortise } from './mortise.ts';

let ground: Ground;
let mortise: RunningMortise;
beforeAll(async () => {
  ground = await openGround();
  mortise = await ground.start({ server: { limits: { ...limitsOf({}), headersSeconds: 1, requestSeconds: 2 } } });
});
afterAll(() => ground.close());

/** What comes until the server ends the connection, and after how many seconds. */
async function sendSlowly(first: string, drop: string): Promise<{ readonly text: string; readonly seconds: number }> {
  const socket = await openSocket(mortise);
  const start = performance.now();
  socket.write(first);
  // Bytes that come are no reason to wait longer.
  const timer = setInterval(() => socket.write(drop), 200);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of socket) chunks.push(chunk as Buffer);
  } catch {
    // Ended while a drop was on its way.
  } finally {
    clearInterval(timer);
  }
  return { text: Buffer.concat(chunks).toString('latin1'), seconds: (performance.now() - start) / 1_000 };
}

describe('a client that sends drop by drop', () => {
  test('header fields have `headersSeconds`', async () => {
    const { text, seconds } = await sendSlowly(`GET /livez HTTP/1.1\r\nHost: ${HOST}\r\n`, 'X-A: b\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 408 |^$/);
    expect(seconds).toBeGreaterThanOrEqual(0.9);
    expect(seconds).toBeLessThan(4);
  });

  test('the whole request has `requestSeconds`', async () => {
    const head = `POST ${PATHS.password13} HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 5000\r\n\r\n`;
    const { text, seconds } = await sendSlowly(head, '<');
    expect(text).toMatch(/^HTTP\/1\.1 408 |^$/);
    expect(seconds).toBeGreaterThanOrEqual(1.9);
    expect(seconds).toBeLessThan(5);
  });

  test('one in time is answered meanwhile', async () => {
    const client = openClient(mortise);
    expect((await client.send({ path: PATHS.mex })).status).toBe(200);
    client.close();
  });
});

test('more header fields than may be are refused, not left out', async () => {
  const client = openClient(mortise);
  // Host and Connection are among them.
  const fields = (count: number) =>
    Object.fromEntries(Array.from({ length: count - 2 }, (_, index) => [`x-${index}`, 'a']));
  expect((await client.send({ path: '/livez', headers: fields(MAX_HEADER_COUNT) })).status).toBe(200);
  for (const count of [MAX_HEADER_COUNT + 1, MAX_HEADER_COUNT + 500]) {
    const { status, text } = await client.send({ path: '/livez', headers: fields(count) });
    expect([status, text]).toEqual([431, `There are more than ${MAX_HEADER_COUNT} header fields.\n`]);
  }
  client.close();
});
