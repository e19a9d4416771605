/** More requests of one source than it may send in a minute: turned away plainly, with a time to come back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limitsOf } from '../../src/server/http-limits.ts';
import { openBuckets } from '../../src/server/request-rate.ts';
import { recordReader } from './answers.ts';
import { negotiate, openClient } from './client.ts';
import { openGround, PATHS } from './mortise.ts';
import type { Ground } from './mortise.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

const limits = { ...limitsOf({}), requestsPerMinute: 3 };
/** The test is the proxy: whom it speaks for is the source. */
const trustedProxies = ['127.0.0.1'];
const from = (address: string) => ({ path: PATHS.mex, headers: { 'x-forwarded-for': address } });

describe('with `requestsPerMinute`', () => {
  test('the fourth request of a source gets 429, no fault and no record; other sources go on', async () => {
    const mortise = await ground.start({ server: { limits, trustedProxies } });
    const client = openClient(mortise);
    const records = recordReader(ground.store);
    await records();
    for (let count = 0; count < 3; count++) expect((await client.send(from('192.0.2.7'))).status).toBe(200);
    const answer = await client.ask(negotiate(ground.mint()), { headers: { 'x-forwarded-for': '192.0.2.7' } });
    expect([answer.status, answer.headers['content-type']]).toEqual([429, 'text/plain; charset=utf-8']);
    expect(answer.text).toBe('Too many requests. Try again in a few seconds.\n');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(20);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(26);
    expect(await records()).toEqual([]);
    expect((await client.send({ ...from('192.0.2.7'), path: '/livez' })).status).toBe(200);
    expect((await client.send(from('192.0.2.8'))).status).toBe(200);
    const said = mortise.logged.filter(({ source }) => source === '192.0.2.7');
    expect(said).toMatchObject([{ turnedAway: 1, msg: 'requests of a source that sends too many are turned away' }]);
    client.close();
  });

  test('the addresses of one /64 are one source', async () => {
    const mortise = await ground.start({ server: { limits, trustedProxies } });
    const client = openClient(mortise);
    const statuses: number[] = [];
    for (const last of ['1', '2', 'a:b:c:d', '5']) statuses.push((await client.send(from(`2001:db8::${last}`))).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    client.close();
  });

  test('whoever writes other addresses before what the proxy says stays one source', async () => {
    const mortise = await ground.start({ server: { limits, trustedProxies } });
    const client = openClient(mortise);
    const statuses: number[] = [];
    for (const forged of ['192.0.2.1', '127.0.0.1', '10.0.0.1', 'x'.repeat(5_000)])
      statuses.push((await client.send(from(`${forged}, 192.0.2.9`))).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    client.close();
  });

  test('what is too long to be an address is one source', async () => {
    const mortise = await ground.start({ server: { limits, trustedProxies } });
    const client = openClient(mortise);
    const statuses: number[] = [];
    for (const letter of 'abcd') statuses.push((await client.send(from(letter.repeat(50_000)))).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    client.close();
  });

  test.each([
    ['this machine', undefined],
    ['a proxy that does not say whom it speaks for', trustedProxies],
  ])('%s is never turned away', async (_who, proxies) => {
    const mortise = await ground.start({ server: { limits, ...(proxies && { trustedProxies: proxies }) } });
    const client = openClient(mortise);
    for (let count = 0; count < 10; count++) expect((await client.send({ path: PATHS.mex })).status).toBe(200);
    client.close();
  });
});

test('without it there is no limit', async () => {
  const mortise = await ground.start({ server: { trustedProxies } });
  const client = openClient(mortise);
  for (let count = 0; count < 50; count++) expect((await client.send(from('192.0.2.9'))).status).toBe(200);
  client.close();
});

describe('a bucket', () => {
  test('holds one minute’s worth, and fills evenly', () => {
    const buckets = openBuckets(6);
    const taken = (at: number): number => buckets.take('a', at);
    expect(Array.from({ length: 7 }, () => taken(0))).toEqual([0, 0, 0, 0, 0, 0, 10_000]);
    expect([taken(9_999), taken(10_000), taken(10_000)]).toEqual([1, 0, 10_000]);
    expect(Array.from({ length: 7 }, () => taken(100_000))).toEqual([0, 0, 0, 0, 0, 0, 10_000]);
  });

  test.each([1, 7, 60, 999_983])('of %i is exact in the long run', (perMinute) => {
    const buckets = openBuckets(perMinute);
    let passed = 0;
    const minutes = perMinute > 1_000 ? 0.01 : 10;
    const tries = Math.ceil(minutes * perMinute * 3);
    for (let index = 0; index < tries; index++)
      if (buckets.take('a', (index / tries) * minutes * 60_000) === 0) passed += 1;
    expect(passed).toBeLessThanOrEqual(Math.ceil((minutes + 1) * perMinute));
    expect(passed).toBeGreaterThanOrEqual(Math.min(tries, Math.floor(minutes * perMinute)));
  });

  test('is forgotten when it is full again; beyond a number of sources new ones are let in', () => {
    const buckets = openBuckets(1, 2);
    for (const source of ['a', 'b', 'c']) expect(buckets.take(source, 0)).toBe(0);
    expect([buckets.size(), buckets.take('c', 0)]).toEqual([2, 0]);
    expect(buckets.take('a', 0)).toBe(60_000);
    buckets.forget(59_999);
    expect(buckets.size()).toBe(2);
    buckets.forget(60_000);
    expect([buckets.size(), buckets.take('c', 60_000), buckets.take('c', 60_000)]).toEqual([0, 0, 60_000]);
  });
});
