/** Too much at one time: turned away early, plainly, and with a time to come back that differs. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { limitsOf } from '../../src/server/http-limits.ts';
import { occasionally } from '../../src/server/overload.ts';
import { recordReader } from './answers.ts';
import { negotiate, openClient, openSocket } from './client.ts';
import { openGround, PATHS } from './mortise.ts';
import type { Ground } from './mortise.ts';

const LIMITS = limitsOf({});

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

describe('more requests than may be under way', () => {
  test('get a plain 503 with a spread Retry-After, no record, and are not read', async () => {
    const sample = openSampleDirectory(sampleForest);
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const directory = {
      ...sample,
      search: async (search: Parameters<typeof sample.search>[0]) => {
        asked.resolve();
        await answered.promise;
        return sample.search(search);
      },
    };
    const mortise = await ground.start({ directory, server: { limits: { ...LIMITS, requestsUnderWay: 1 } } });
    const [first, second] = [openClient(mortise), openClient(mortise)];
    const underWay = first.ask(negotiate(ground.mint()));
    await asked.promise;
    const records = recordReader(ground.store);
    await records();
    const seconds = new Set<number>();
    for (let count = 0; count < 40; count++) {
      const { status, headers, text } = await second.send({ method: 'POST', path: PATHS.windows13, body: '<not xml' });
      expect([status, headers['content-type']]).toEqual([503, 'text/plain; charset=utf-8']);
      expect(text).toBe('The server is busy. Try again in a few seconds.\n');
      seconds.add(Number(headers['retry-after']));
    }
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(10);
    expect(seconds.size).toBeGreaterThan(3);
    expect(await records()).toEqual([]);
    expect((await second.send({ path: '/livez' })).status).toBe(200);
    const said = mortise.logged.filter(({ msg }) => msg === 'overloaded: new requests are turned away');
    expect(said).toMatchObject([{ turnedAway: 1, underWay: 1 }]);
    answered.resolve();
    expect((await underWay).status).toBe(200);
    expect((await second.ask(negotiate(ground.mint()))).status).toBe(200);
    first.close();
    second.close();
  });

  test('one that breaks off makes room', async () => {
    const mortise = await ground.start({ server: { limits: { ...LIMITS, requestsUnderWay: 1 } } });
    const client = openClient(mortise);
    const socket = await openSocket(mortise);
    socket.write(`POST ${PATHS.password13} HTTP/1.1\r\nHost: sso.localhost\r\nContent-Length: 9\r\n\r\n<a`);
    await expect.poll(async () => (await client.send({ path: PATHS.mex })).status).toBe(503);
    socket.destroy();
    await expect.poll(async () => (await client.send({ path: PATHS.mex })).status).toBe(200);
    client.close();
  });
});

describe('more connections of one source than it may hold', () => {
  const limits = { ...LIMITS, connectionsPerSource: 2 };

  test('are closed before TLS; when one ends, there is room', async () => {
    const mortise = await ground.start({ server: { limits } });
    const sockets = [await openSocket(mortise), await openSocket(mortise)];
    await expect(openSocket(mortise)).rejects.toThrow();
    await expect(openSocket(mortise)).rejects.toThrow();
    sockets[0]?.destroy();
    await expect
      .poll(async () =>
        openSocket(mortise).then(
          (socket) => sockets.push(socket) > 0,
          () => false,
        ),
      )
      .toBe(true);
    expect(mortise.logged.filter(({ source }) => source === '127.0.0.1')).toMatchObject([{ refused: 1 }]);
    for (const socket of sockets) socket.destroy();
  });

  test('a reverse proxy may hold any number', async () => {
    const mortise = await ground.start({ server: { limits, trustedProxies: ['127.0.0.1'] } });
    for (let count = 0; count < 5; count++) {
      const socket = await openSocket(mortise);
      socket.end();
      await once(socket, 'close');
    }
    const sockets = await Promise.all(Array.from({ length: 5 }, () => openSocket(mortise)));
    for (const socket of sockets) socket.destroy();
  });
});

test('what happens often is said at once, then with its number', () => {
  const clock = { at: 0 };
  const said: unknown[] = [];
  const say = occasionally(
    () => clock.at,
    (times, fact: string) => said.push([times, fact]),
  );
  for (const at of [0, 1, 9_999, 10_000, 10_001]) {
    clock.at = at;
    say(String(at));
  }
  expect(said).toEqual([
    [1, '0'],
    [3, '10000'],
  ]);
});
