/** The socket of a running `serve`: whose it is, what it takes, and what a killed process leaves behind. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sendOrder } from '../../src/administration/client.ts';
import { startAdministration } from '../../src/administration/listener.ts';
import type { Administration, ListenerDependencies } from '../../src/administration/listener.ts';
import type { Order } from '../../src/administration/orders.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { dependenciesOver, knowUsers, NORA } from './people.ts';

let folder: string;
let path: string;
let address: string;
let store: Store;
let logged: string[];
const running: Administration[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-listener-'));
  path = join(folder, 'mortise.sqlite');
  address = `${path}.sock`;
  store = await openSqliteStore(path);
  await knowUsers(store);
  logged = [];
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

async function start(changes: Partial<ListenerDependencies> = {}, storePath = path): Promise<Administration> {
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  const administration = await startAdministration(storePath, { ...dependenciesOver(store), log, ...changes });
  running.push(administration);
  return administration;
}

const CODE: Order = { kind: 'make-enrolment-code', user: NORA.username, by: 'anna' };
const RESET: Order = { kind: 'reset-second-factors', user: NORA.username, by: 'anna' };
const ROOT = process.getuid?.() === 0;

/** Status and body of whatever is sent. */
async function send(body: string, { method = 'POST', to = '/orders', type = 'application/json' } = {}) {
  const sent = request({ socketPath: address, method, path: to, headers: { 'content-type': type }, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, body: await text(answer) };
}

describe('orders', () => {
  test('are carried out and recorded before the answer comes', async () => {
    await start();
    const sent = await sendOrder(address, CODE);
    const [record] = await store.activities.list({ limit: 5 });
    expect(sent).toMatchObject({ kind: 'done', result: { kind: 'enrolment-code-made', username: 'nora.keller' } });
    expect(record).toMatchObject({ outcome: 'done', event: { kind: 'enrolment-code-made', by: 'anna' } });
  });

  test('come at once, and each is carried out', async () => {
    await start();
    const sent = await Promise.all([CODE, RESET, CODE, RESET, CODE, CODE].map((order) => sendOrder(address, order)));
    expect(sent.map((one) => one.kind === 'done' && one.result.kind)).toEqual([
      'enrolment-code-made',
      'second-factors-reset',
      'enrolment-code-made',
      'second-factors-reset',
      'enrolment-code-made',
      'enrolment-code-made',
    ]);
    expect(await store.activities.list({ limit: 10 })).toHaveLength(6);
  });

  test('that nobody can be found for are answered too', async () => {
    await start();
    expect(await sendOrder(address, { ...CODE, user: 'nobody' })).toEqual({ kind: 'done', result: { kind: 'nobody' } });
  });

  test.each<[string, string, Parameters<typeof send>[1], number]>([
    ['no JSON', '{', {}, 400],
    ['nothing', '', {}, 400],
    ['null', 'null', {}, 400],
    ['another kind', JSON.stringify({ ...CODE, kind: 'show' }), {}, 400],
    ['a word too many', JSON.stringify({ ...CODE, force: true }), {}, 400],
    ['no administrator', JSON.stringify({ kind: CODE.kind, user: NORA.username }), {}, 400],
    ['a user who is no text', JSON.stringify({ ...CODE, user: { $ne: '' } }), {}, 400],
    ['an empty user', JSON.stringify({ ...CODE, user: '' }), {}, 400],
    ['a user too long', JSON.stringify({ ...CODE, user: 'x'.repeat(1_025) }), {}, 400],
    ['far too much', JSON.stringify({ ...CODE, user: 'x'.repeat(10_000) }), {}, 413],
    ['a form', 'kind=make-enrolment-code&user=nora.keller&by=anna', { type: 'application/x-www-form-urlencoded' }, 415],
    ['text', JSON.stringify(CODE), { type: 'text/plain' }, 400],
    ['another method', '', { method: 'GET' }, 404],
    ['another address', JSON.stringify(CODE), { to: '/' }, 404],
  ])('%s is none, and nothing is done', async (_, body, options, status) => {
    await start();
    expect((await send(body, options)).status).toBe(status);
    expect(await store.activities.list({ limit: 5 })).toEqual([]);
  });

  test('that fail say so without a word of why; the log has it', async () => {
    await start({ activities: { append: () => Promise.reject(new Error('the disk is full')) } });
    expect(await sendOrder(address, CODE)).toEqual({
      kind: 'failed',
      why: 'The running serve did not do it (500). The order failed; the log of serve says why.',
    });
    expect(logged.join()).toContain('the disk is full');
    expect(logged.join()).not.toMatch(/\w{5}-\w{5}"/);
  });

  test('under way are answered before it stops; a connection that says nothing does not hold it up', async () => {
    const gate = Promise.withResolvers<void>();
    const { activities } = store;
    const administration = await start({
      activities: { append: async (activity) => gate.promise.then(() => activities.append(activity)) },
    });
    const silent = connect(address);
    await once(silent, 'connect');
    const sent = sendOrder(address, CODE);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closed = administration.close();
    gate.resolve();
    expect((await sent).kind).toBe('done');
    await closed;
    silent.destroy();
    expect(existsSync(address)).toBe(false);
  });
});

describe.skipIf(process.platform === 'win32')('the socket', () => {
  test('is the owner’s alone from the first moment, whatever the umask, which stays as it was', async () => {
    const before = process.umask(0);
    try {
      await start();
      const { mode } = statSync(address);
      expect((mode & 0o777).toString(8)).toBe('600');
      expect(process.umask()).toBe(0);
    } finally {
      process.umask(before);
    }
  });

  test.skipIf(!ROOT)('lets no other account connect, even where the folder is open to it', async () => {
    await start();
    chmodSync(folder, 0o755);
    const program = `require('node:net').connect(${JSON.stringify(address)}).on('connect',()=>{console.log('connected');process.exit()}).on('error',(error)=>console.log(error.code))`;
    const as = (uid: number) =>
      spawnSync(process.execPath, ['-e', program], { uid, gid: uid, encoding: 'utf8' }).stdout.trim();
    expect([as(65_534), as(0)]).toEqual(['EACCES', 'connected']);
  });

  test('is gone when it stops, and can be had again', async () => {
    await (await start()).close();
    expect(existsSync(address)).toBe(false);
    expect(await sendOrder(address, CODE)).toEqual({ kind: 'nobody-listens' });
    await start();
    expect((await sendOrder(address, CODE)).kind).toBe('done');
  });

  test('that a killed process left is replaced by the next', async () => {
    await store.close();
    const holder = join(import.meta.dirname, 'take-orders-until-killed.ts');
    const child = spawn(process.execPath, [holder, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect((await sendOrder(address, CODE)).kind).toBe('done');
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(lstatSync(address).isSocket()).toBe(true);
    expect(await sendOrder(address, CODE), 'a command goes on to the store itself').toEqual({ kind: 'nobody-listens' });

    store = await openSqliteStore(path);
    expect(await store.activities.list({ limit: 5 }), 'what was answered is recorded').toHaveLength(1);
    await start();
    expect((await sendOrder(address, CODE)).kind).toBe('done');
    expect(logged).toEqual([]);
  });

  test('takes the place of no file that is not a socket', async () => {
    writeFileSync(address, 'precious');
    await start();
    expect(statSync(address).size).toBe(8);
    expect(JSON.parse(logged[0] ?? '{}')).toMatchObject({
      level: 40,
      msg: '`mortise second-factor code` and `reset` work only while serve is stopped: it cannot listen there',
      error: { message: `${address} is not a socket: move it away` },
    });
  });

  test('that cannot be is told in the log, and keeps serve from nothing', async () => {
    await start({}, join(folder, 'gone', 'mortise.sqlite'));
    expect(JSON.parse(logged[0] ?? '{}')).toMatchObject({
      level: 40,
      error: { code: expect.stringMatching(/^(?:ENOENT|EACCES)$/) as unknown },
    });
    await start({}, join(folder, 'x'.repeat(120)));
    expect(JSON.parse(logged[1] ?? '{}')).toMatchObject({
      level: 40,
      msg: expect.stringContaining('Choose a shorter server.store.path') as unknown,
    });
  });
});

test('a store in memory has no socket', async () => {
  await (await start({}, ':memory:')).close();
  expect(existsSync(':memory:.sock')).toBe(false);
  expect(logged).toEqual([]);
});
