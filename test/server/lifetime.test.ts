/** The server among clients that go away, send slowly or break off; and how it stops. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { StartError } from '../../src/server/signing-keys.ts';
import { recordReader } from './answers.ts';
import { negotiate, openClient, openSocket, RST13 } from './client.ts';
import { HOST, openGround, PATHS, storeWith } from './mortise.ts';
import type { Ground, RunningMortise } from './mortise.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

const head = (length: number, authorization = 'x'): string =>
  `POST ${PATHS.windows13} HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: ${authorization}\r\nContent-Length: ${length}\r\n\r\n`;

/** Everything that is sent until the other side closes. */
async function readAll(socket: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

async function stillIssues(mortise: RunningMortise): Promise<void> {
  const client = openClient(mortise);
  expect((await client.ask(negotiate(ground.mint()))).status).toBe(200);
  client.close();
}

async function connectionTo(mortise: RunningMortise): Promise<string> {
  try {
    (await openSocket(mortise)).destroy();
    return 'connected';
  } catch (error) {
    return error instanceof Error ? error.message : 'failed';
  }
}

describe('clients that misbehave', () => {
  let mortise: RunningMortise;
  beforeAll(async () => {
    mortise = await ground.start();
  });
  afterAll(() => mortise.close());

  test.each([
    ['before a word', ''],
    ['within the headers', `POST ${PATHS.windows13} HTTP/1.1\r\nHost: ${HOST}\r\nAuthori`],
    ['within the body', `${head(5_000)}<s:Envelope`],
    ['within a chunk', head(1).replace('Content-Length: 1', 'Transfer-Encoding: chunked') + '400\r\nabc'],
  ])('a client that breaks off %s does no harm and leaves no record', async (_where, bytes) => {
    const records = recordReader(ground.store);
    await records();
    const socket = await openSocket(mortise);
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.write(bytes === '' ? '\r\n' : bytes, resolve));
    await wait(10);
    socket.destroy();
    await stillIssues(mortise);
    expect((await records()).map(({ outcome }) => outcome)).toEqual(['issued']);
  });

  test('a client that is gone when its token is ready: recorded all the same, because it was issued', async () => {
    const records = recordReader(ground.store);
    await records();
    const socket = await openSocket(mortise);
    socket.on('error', () => undefined);
    socket.write(head(RST13.length, negotiate(ground.mint())));
    socket.write(RST13, () => socket.destroy());
    await expect.poll(async () => (await records()).map(({ outcome }) => outcome)).toEqual(['issued']);
    await stillIssues(mortise);
  });

  test.each([
    ['not HTTP', 'SSH-2.0-OpenSSH_9\r\n\r\n', 400],
    ['two lengths that differ', head(3).replace('\r\n\r\n', '\r\nContent-Length: 4\r\n\r\nabcd'), 400],
    [
      'length and chunks together (request smuggling)',
      head(3).replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
      400,
    ],
    [
      'more headers than may be',
      `GET /health HTTP/1.1\r\nHost: ${HOST}\r\nX-A: ${'a'.repeat(60_000)}\r\nX-B: ${'b'.repeat(60_000)}\r\n\r\n`,
      431,
    ],
    ['HTTP/1.1 without Host', 'GET /health HTTP/1.1\r\n\r\n', 400],
  ])('%s is answered in numbers alone', async (_what, bytes, status) => {
    const socket = await openSocket(mortise);
    socket.write(bytes);
    const text = await readAll(socket).catch((error: Error) => error.message);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} |ECONNRESET`));
    expect(text).not.toMatch(/HPE_|FST_|Parse Error/);
    await stillIssues(mortise);
  });

  test('a client without TLS is let go', async () => {
    const answer = fetch(`http://127.0.0.1:${mortise.port}/health`);
    await expect(answer).rejects.toThrow();
    await stillIssues(mortise);
  });
});

describe('stopping', () => {
  test('a request under way is answered and recorded; then nothing listens', async () => {
    const searching = gate();
    const answering = gate();
    const sample = openSampleDirectory(sampleForest);
    const mortise = await ground.start({
      directory: {
        search: async (search) => {
          searching.open();
          await answering.opened;
          return sample.search(search);
        },
        checkPassword: (check) => sample.checkPassword(check),
        changePassword: (change) => sample.changePassword(change),
        close: () => sample.close(),
      },
    });
    const records = recordReader(ground.store);
    await records();
    const busy = openClient(mortise);
    const idle = openClient(mortise);
    await idle.send({ path: '/health' });
    const answer = busy.ask(negotiate(ground.mint()));
    await searching.opened;
    const closed = mortise.close();
    await expect.poll(() => connectionTo(mortise)).toContain('ECONNREFUSED');
    answering.open();
    const start = performance.now();
    expect(await answer).toMatchObject({ status: 200, headers: { connection: 'close' } });
    await closed;
    expect(performance.now() - start, 'a kept connection does not delay the end').toBeLessThan(2_000);
    expect((await records()).map(({ outcome }) => outcome)).toEqual(['issued']);
    await expect(idle.send({ path: '/health' })).rejects.toThrow();
    busy.close();
    idle.close();
  });

  test('the directories are closed after the last request, the store is left to its owner', async () => {
    let closed = 0;
    const sample = openSampleDirectory(sampleForest);
    const directory = { ...sample, close: async () => void (closed += 1) };
    const mortise = await ground.start({ directory });
    await stillIssues(mortise);
    expect(closed).toBe(0);
    await mortise.close();
    expect(closed, 'one gateway').toBe(1);
    expect(await ground.store.signingKeys.list()).toHaveLength(1);
  });

  test.each([
    ['has sent nothing', ''],
    ['never ends its headers', `POST ${PATHS.windows13} HTTP/1.1\r\nHost: ${HOST}\r\n`],
    ['never ends its body', `${head(5_000)}<s:Envelope`],
  ])('a client that %s delays the end by no more than the grace', async (_what, bytes) => {
    const mortise = await ground.start();
    const socket = await openSocket(mortise);
    const ended = readAll(socket).catch((error: Error) => error.message);
    if (bytes !== '') await new Promise((resolve) => socket.write(bytes, resolve));
    await wait(10);
    const start = performance.now();
    await mortise.close(100);
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(await ended).toBe('');
  });

  test('no handle stays', async () => {
    const handles = (): number =>
      process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout|Immediate/.test(name)).length;
    await wait(50);
    const before = handles();
    const mortise = await ground.start();
    const client = openClient(mortise);
    await client.ask(undefined);
    await client.ask(negotiate(ground.mint()));
    expect(handles(), 'the measure sees a listener').toBeGreaterThan(before);
    client.close();
    await mortise.close();
    await expect.poll(handles).toBeLessThanOrEqual(before);
  });
});

describe('starting', () => {
  test('without the signing key of an application it says which, and how to make one', async () => {
    const store = { ...ground.store, signingKeys: { ...ground.store.signingKeys, list: async () => [] } };
    const started = ground.start({ store });
    await expect(started).rejects.toThrow(StartError);
    await expect(ground.start({ store })).rejects.toThrow(/Microsoft 365: idpSigning.key.id .*mortise keys create/s);
  });

  test('on a port that is taken it fails, and leaves nothing behind', async () => {
    const mortise = await ground.start();
    let closed = 0;
    const sample = openSampleDirectory(sampleForest);
    const directory = { ...sample, close: async () => void (closed += 1) };
    const listen = { host: '127.0.0.1', port: mortise.port };
    await expect(ground.start({ server: { listen }, directory })).rejects.toThrow('EADDRINUSE');
    expect(closed, 'its directories are closed').toBe(1);
    await stillIssues(mortise);
  });

  test('several on one store share it', async () => {
    const [one, other] = [await ground.start(), await ground.start()];
    await stillIssues(one);
    await stillIssues(other);
  });
});

test('an answer waits for its record and no longer', async () => {
  const written = gate();
  const appended: Activity[] = [];
  const mortise = await ground.start({
    store: storeWith(ground.store, {
      append: async (activity) => {
        appended.push(activity);
        await written.opened;
      },
    }),
  });
  const client = openClient(mortise);
  let answered = false;
  const answer = client.ask(negotiate(ground.mint())).finally(() => (answered = true));
  await expect.poll(() => appended.length).toBe(1);
  await wait(150);
  expect(answered, 'the answer left before its record was durable').toBe(false);
  written.open();
  expect((await answer).status).toBe(200);
  client.close();
});
