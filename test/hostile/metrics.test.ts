/** Hostile requests to the address of the metrics (test/vectors/hostile/metrics), and strangers who hold its connections. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listenForMetrics } from '../../src/server/metrics/listener.ts';
import type { MetricsListener } from '../../src/server/metrics/listener.ts';
import { casesOf } from './case.ts';
import { expand } from './template.ts';

/** The monitoring; 127.0.0.2 is a stranger. */
const MONITORING = '127.0.0.1';
const STRANGER = '127.0.0.2';

let listener: MetricsListener;
beforeAll(async () => {
  const source = { contentType: 'text/plain; version=0.0.4', text: async () => 'secret_metric 1\n' };
  const settings = { host: '0.0.0.0', port: 0, networks: [`${MONITORING}/32`] };
  listener = await listenForMetrics(settings, source, { error: () => undefined });
});
afterAll(() => listener.close());

function open(localAddress: string): Socket {
  const socket = connect({ host: '127.0.0.1', port: listener.address.port, localAddress });
  socket.on('error', () => undefined);
  return socket;
}

/** All that comes back until the other side ends, or has said nothing for a moment. */
async function talk(from: string, sent: Uint8Array): Promise<string> {
  const socket = open(from);
  socket.setTimeout(300, () => socket.destroy());
  socket.write(sent);
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

test.each(casesOf('metrics'))('$name', async (sent) => {
  const bytes = expand((sent.body ?? '').replaceAll('\n', '\r\n'));
  const text = await talk(MONITORING, bytes);
  expect(text.slice(0, 200)).toMatch(new RegExp(`^HTTP/1\\.1 ${sent.one('expect')} `));
  expect(text.match(/HTTP\/1\.1 \d{3} /g)).toHaveLength(1);
  if (sent.one('expect') !== '200') expect(text).not.toMatch(/secret_metric|HPE_|at .*\.js:/);
  const stranger = await talk(STRANGER, bytes);
  expect(stranger).not.toContain('secret_metric');
});

test('a stranger is told so once, and its connection is not kept', async () => {
  const started = performance.now();
  const text = await talk(STRANGER, Buffer.from('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'));
  expect(text).toMatch(/^HTTP\/1\.1 403 [^]*Connection: close/);
  expect(performance.now() - started).toBeLessThan(250);
});

const SCRAPE = Buffer.from('GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');

test('strangers who hold connections do not keep the monitoring out', async () => {
  const held = Array.from({ length: 60 }, () => open(STRANGER));
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (const socket of held) socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n');
  expect(await talk(MONITORING, SCRAPE)).toMatch(/^HTTP\/1\.1 200 [^]*secret_metric 1\n$/);
  expect(held.filter((socket) => !socket.destroyed).length).toBeLessThanOrEqual(10);
  for (const socket of held) socket.destroy();
});
