/** kill -9 under load: every token that a client holds has its record. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { negotiate, openClient } from './client.ts';
import { openGround } from './mortise.ts';

const CLIENTS = 8;
/** Answers that have arrived when the server is killed. */
const ENOUGH = 50;

test('every token that was acknowledged is recorded, though the server was killed under load', async () => {
  const ground = await openGround();
  const { configuration, configurationFile, tls } = ground.workspace;
  await ground.store.close();

  const program = join(import.meta.dirname, 'serve-until-killed.ts');
  const child = spawn(process.execPath, [program, configurationFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const mortise = { port: Number(line.toString()), ca: tls.ca, logged: [], close: async () => undefined };

  const acknowledged: string[] = [];
  const requests = Array.from({ length: CLIENTS }, async () => {
    const client = openClient(mortise);
    try {
      for (;;) {
        const { status, text } = await client.ask(negotiate(ground.mint()));
        expect(status).toBe(200);
        acknowledged.push(/AssertionID="([^"]+)"/.exec(text)?.[1] ?? 'none');
        if (acknowledged.length === ENOUGH) child.kill('SIGKILL');
      }
    } catch (error) {
      // What broke off was not acknowledged. Anything but a broken connection is a failure.
      expect(error).toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|ECONNREFUSED|EPIPE)$/) });
    } finally {
      client.close();
    }
  });
  await Promise.all(requests);
  const [, signal] = (await exited) as [number | null, string | null];
  expect(signal, 'the server ended by itself').toBe('SIGKILL');

  const store = await openSqliteStore(configuration.server.store.path);
  const all = await store.activities.list({ limit: 10_000 });
  await store.close();
  await ground.close();
  const recorded = new Set(all.map(({ assertion }) => assertion?.id));
  expect(acknowledged.length).toBeGreaterThanOrEqual(ENOUGH);
  expect(acknowledged.filter((id) => !recorded.has(id))).toEqual([]);
}, 60_000);
