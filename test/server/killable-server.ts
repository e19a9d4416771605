/** A server in a process of its own, to be killed in the middle of its work (serve-until-killed.ts). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'vitest';
import { negotiate, openClient } from './client.ts';
import type { Ground, RunningMortise } from './mortise.ts';

export interface KillableServer {
  readonly mortise: Pick<RunningMortise, 'port' | 'ca'>;
  /** SIGKILL at once: nothing of the process runs any more after this call. */
  readonly kill: () => void;
  /** When it is dead. Fails when it ended in any other way. */
  readonly dead: Promise<void>;
}

const program = join(import.meta.dirname, 'serve-until-killed.ts');

/** On the ground's configuration and store file; the ground's own store must be closed. */
export async function startKillable({ workspace: { configurationFile, tls } }: Ground): Promise<KillableServer> {
  const child = spawn(process.execPath, [program, configurationFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const [line] = (await Promise.race([once(child.stdout, 'data'), exited])) as [Buffer | number | null];
  // Else the test would wait for ever for a server that did not start.
  expect(line, 'the server did not start').toBeInstanceOf(Buffer);
  return {
    mortise: { port: Number(String(line)), ca: tls.ca },
    kill: () => void child.kill('SIGKILL'),
    dead: exited.then(([, signal]) => expect(signal, 'the server ended by itself').toBe('SIGKILL')),
  };
}

const CLIENTS = 8;

/**
 * Several clients ask for one token after the other until `isEnough` says so, then the server is killed. What broke off is no
 * answer.
 *
 * @param take called for each token that was answered with an assertion, in the same instant
 */
export async function askUntilKilled(
  ground: Ground,
  { mortise, kill, dead }: KillableServer,
  take: (authorization: string, text: string) => { readonly isEnough: boolean },
): Promise<void> {
  const requests = Array.from({ length: CLIENTS }, async () => {
    const client = openClient(mortise);
    try {
      for (;;) {
        const authorization = negotiate(ground.mint());
        const { status, text } = await client.ask(authorization);
        expect(status, text).toBe(200);
        if (take(authorization, text).isEnough) kill();
      }
    } catch (error) {
      expectBrokenOff(error);
    } finally {
      client.close();
    }
  });
  await Promise.all(requests);
  await dead;
}

/** What a request may end with when its server is killed; anything else is a failure. */
function expectBrokenOff(error: unknown): void {
  expect(error).toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|ECONNREFUSED|EPIPE)$/) });
}
