/**
 * Hostile requests over real https (test/vectors/hostile): each gets its answer with its code, at the cost of some ordinary
 * ones, and Mortise goes on as if nothing had been.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusals } from '../../src/refusal.ts';
import { recordReader } from '../server/answers.ts';
import { openSocket } from '../server/client.ts';
import { casesOf } from './case.ts';
import type { Case } from './case.ts';
import { heapInUse, mostOf, openHostileGround, PASSWORD } from './ground.ts';
import type { HostileGround } from './ground.ts';

let hostile: HostileGround;
let records: ReturnType<typeof recordReader>;

beforeAll(async () => {
  hostile = await openHostileGround();
  records = recordReader(hostile.ground.store);
});
afterAll(() => hostile.close());

/** `500 request-has-doctype`: the status, and the code where there is one. */
function expected(sent: Case): { readonly status: number; readonly code: string | undefined } {
  const [status, code] = (sent.one('expect') ?? '').split(' ');
  return { status: Number(status), code };
}

async function withinBounds<T>(send: () => Promise<T>): Promise<T> {
  const before = await hostile.ordinary();
  const started = performance.now();
  const answer = await send();
  const took = performance.now() - started;
  expect(took).toBeLessThan(mostOf(Math.max(before, await hostile.ordinary())));
  return answer;
}

describe.each(['soap', 'kerberos', 'ldap', 'browser'])('%s', (subject) => {
  const cases = casesOf(subject);

  test.each(cases)('$name', async (sent) => {
    await hostile.ordinary();
    await records();
    const { status, code } = expected(sent);
    const answer = await withinBounds(() => hostile.send(sent));
    expect([answer.status, code === undefined || answer.text.includes(code)], answer.text).toEqual([status, true]);
    const kept = (await records()).filter(({ sourceAddress }) => sourceAddress.startsWith('10.9.'));
    const recorded = sent.one('record') ?? code ?? 'issued';
    expect(kept.map(({ refusal, outcome }) => refusal?.code ?? outcome)).toEqual(recorded === 'none' ? [] : [recorded]);
    expect(JSON.stringify(kept).length, 'what is recorded is short').toBeLessThan(12_000);
    if (code !== undefined) expect(Object.keys(refusals)).toContain(code);
    expect(answer.text + JSON.stringify([kept, hostile.mortise.logged])).not.toMatch(
      /root:x:0|not-a-real|lollol|<script>alert/,
    );
  });
});

describe('where a request comes from, told by a trusted proxy', () => {
  test.each(casesOf('source'))('$name', async (sent) => {
    await hostile.ordinary();
    await records();
    const { status, code = '' } = expected(sent);
    const answer = await withinBounds(() => hostile.send(sent));
    expect([answer.status, answer.text.includes(code)], answer.text).toEqual([status, true]);
    const kept = (await records()).filter(({ outcome }) => outcome === 'refused');
    expect(kept.map(({ sourceAddress, refusal }) => [sourceAddress, refusal?.code])).toEqual([
      [sent.one('source'), code],
    ]);
  });
});

describe('http', () => {
  test.each(casesOf('http'))('$name', async (sent) => {
    const { status, code = '' } = expected(sent);
    const text = await withinBounds(() => hostile.sendRaw(sent));
    expect(text.slice(0, 400)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toContain(code);
    expect(text).not.toMatch(/HPE_|FST_|Parse Error|at .*\.js:/);
    const without = sent.one('without');
    if (without !== undefined) expect(text).not.toContain(without);
    if (sent.one('responses') !== undefined) expect(text.match(/HTTP\/1\.1 \d{3} /g)).toHaveLength(1);
  });
});

test('hundreds of bodies that are sent slowly, and heads that never end, keep nobody waiting', async () => {
  const before = await hostile.ordinary();
  const head = `POST /wsf/sts/x/13/usernamemixed HTTP/1.1\r\nHost: sso.localhost\r\nContent-Length: 200000\r\n`;
  const sockets = await Promise.all(Array.from({ length: 300 }, () => openSocket(hostile.mortise)));
  for (const [index, socket] of sockets.entries()) {
    socket.on('error', () => undefined);
    socket.write(index % 2 === 0 ? head : `${head}\r\n<s:Envelope`);
  }
  for (let round = 0; round < 5; round++) {
    for (const socket of sockets) socket.write('x');
    expect(await hostile.ordinary()).toBeLessThan(mostOf(before));
  }
  for (const socket of sockets) socket.destroy();
  await hostile.ordinary();
});

test('nothing is left of them: the memory after six rounds is that after two', { timeout: 120_000 }, async () => {
  const cases = casesOf('soap').filter(({ name }) => /depth|width|doctype|value|header|gzip/.test(name));
  const round = async (): Promise<void> => {
    for (const sent of cases) await hostile.send(sent);
  };
  await round();
  await round();
  const logged = hostile.mortise.logged as unknown[];
  logged.length = 0;
  const before = heapInUse();
  for (let count = 0; count < 4; count++) await round();
  logged.length = 0;
  // One round sends some megabytes.
  expect(heapInUse() - before).toBeLessThan(16 * 1024 * 1024);
});

test('the password of all these cases is in no record and in no log', async () => {
  const everything = JSON.stringify([
    await hostile.ground.store.activities.list({ limit: 100_000 }),
    hostile.mortise.logged,
  ]);
  expect(everything).not.toContain(PASSWORD);
});
