/** Who gets metrics, and what else the listener says. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { listenForMetrics } from '../../../src/server/metrics/listener.ts';
import type { MetricsListener, MetricsSource } from '../../../src/server/metrics/listener.ts';
import { openGround } from '../mortise.ts';

const LOCAL = { host: '127.0.0.1', port: 0, networks: ['127.0.0.0/8', '::1/128'] };
const source: MetricsSource = { contentType: 'text/plain; version=0.0.4', text: async () => 'a 1\n' };

let listener: MetricsListener | undefined;
const logged: unknown[] = [];
const log = { error: (facts: unknown) => void logged.push(facts) };
afterEach(async () => {
  await listener?.close();
  listener = undefined;
});

async function ask(settings = LOCAL, path = '/metrics', init: RequestInit = {}, from = source): Promise<Response> {
  listener ??= await listenForMetrics(settings, from, log);
  return fetch(`http://127.0.0.1:${listener.address.port}${path}`, init);
}

test('GET and HEAD of /metrics', async () => {
  const answer = await ask();
  expect([answer.status, await answer.text()]).toEqual([200, 'a 1\n']);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const head = await ask(LOCAL, '/metrics?format=x', { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '4', '']);
});

test.each([
  ['/', {}, 404],
  ['/metrics/', {}, 404],
  ['/metrics', { method: 'POST', body: 'x' }, 405],
])('%s %o: %i', async (path, init, status) => {
  expect((await ask(LOCAL, path, init)).status).toBe(status);
});

describe('an address outside of `networks`', () => {
  test('gets 403, whatever X-Forwarded-For says', async () => {
    const settings = { ...LOCAL, networks: ['192.0.2.0/24'] };
    const answer = await ask(settings, '/metrics', { headers: { 'X-Forwarded-For': '192.0.2.1' } });
    expect([answer.status, await answer.text()]).toEqual([403, 'Not for this address.\n']);
  });

  test('is not told what is there', async () => {
    expect((await ask({ ...LOCAL, networks: ['192.0.2.0/24'] }, '/other')).status).toBe(403);
  });

  test('IPv4 over a dual-stack socket is IPv4', async () => {
    expect((await ask({ ...LOCAL, host: '::' })).status).toBe(200);
  });
});

test('what could not be read is a 500, and its reason stands in the log alone', async () => {
  const failing = { ...source, text: () => Promise.reject(new Error('secret')) };
  const answer = await ask(LOCAL, '/metrics', {}, failing);
  expect([answer.status, await answer.text()]).toEqual([500, 'The metrics could not be read.\n']);
  expect(JSON.stringify(logged)).toContain('secret');
});

test('a port that is taken keeps Mortise from starting, and nothing of it listens on', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const ground = await openGround();
  try {
    await expect(ground.start({ server: { metrics: { ...LOCAL, port } } })).rejects.toThrow('EADDRINUSE');
  } finally {
    await ground.close();
    taken.close();
  }
});
