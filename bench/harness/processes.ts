/**
 * Starts the processes of a benchmark and waits until they are ready. lifetime.ts ends them; should this process be killed
 * before it can, our own files end when their channel closes, foreign programs by the signal that Linux sends them then.
 */
import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithUs, hasEnded, removeFolder, temporaryFolder } from './lifetime.ts';
import type { StartedProcess } from './lifetime.ts';

/** One of our own files, running. */
export interface OwnProcess extends StartedProcess {
  /** Its first message. */
  readonly ready: unknown;
  /** Sends a message and awaits the next one of the process. */
  readonly ask: (message: object) => Promise<unknown>;
}

type Address = { readonly host: string; readonly port: number } | { readonly path: string };

const READY_WITHIN_MS = 30_000;

export interface OwnOptions {
  /** Its CPU profile is written where {@link PROFILE_FOLDER} says, when it says so; the process must end by itself then. */
  readonly profiled?: boolean;
  /** For Node itself. */
  readonly nodeOptions?: readonly string[];
}

/** Environment variable with a folder for CPU profiles of the servers; there are none without it. */
const PROFILE_FOLDER = 'MORTISE_BENCH_PROFILE';

/**
 * Starts one of our own files. It gets `given` as its first message and answers with one message when it is ready; it must
 * end when its channel is closed (event `disconnect`).
 *
 * @throws Error with the last words of the process when it does not get ready
 */
export async function startOwn(file: string, given: object, options: OwnOptions = {}): Promise<OwnProcess> {
  return withWords(async (errors) => {
    const profiles = options.profiled === true ? process.env[PROFILE_FOLDER] : undefined;
    const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
    const execArgv = [...(options.nodeOptions ?? []), ...profiling];
    const child = fork(file, { detached: true, stdio: ['ignore', 'ignore', errors, 'ipc'], execArgv });
    const { pid, stop } = await started(child);
    const ask = (message: object): Promise<unknown> => {
      const answer = nextMessage(child, file);
      child.send(message);
      return answer;
    };
    try {
      return { pid, stop, ask, ready: await ask(given) };
    } catch (error) {
      await stop();
      throw error;
    }
  });
}

/**
 * Starts a foreign program that stays in the foreground; it is ready when `address` accepts connections.
 *
 * @throws Error with the last words of the program when it does not come up
 */
export async function startForeign(
  program: string,
  args: readonly string[],
  address: Address,
): Promise<StartedProcess> {
  return withWords(async (errors) => {
    // setpriv becomes the program, so the pid is the program's own; util-linux belongs to every Debian.
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', program, ...args], {
      detached: true,
      stdio: ['ignore', 'ignore', errors],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
    });
    const server = await started(child);
    for (
      const end = performance.now() + READY_WITHIN_MS;
      performance.now() < end && !hasEnded(child);
      await sleep(20)
    ) {
      if (await accepts(address)) return server;
    }
    await server.stop();
    throw new Error(`${program} does not come up`);
  });
}

/** @throws the system's error when the program cannot be run at all */
async function started(child: ChildProcess): Promise<StartedProcess> {
  if (child.pid === undefined) await once(child, 'spawn');
  return endWithUs(child, child.pid ?? 0);
}

/**
 * A process writes its errors and its log to a file, as a service does: reading them costs this process nothing, and a
 * slow reader cannot hold the writer back.
 */
async function withWords<T extends StartedProcess>(start: (errors: number) => Promise<T>): Promise<T> {
  const folder = temporaryFolder();
  const file = join(folder, 'stderr');
  const errors = openSync(file, 'a');
  try {
    const server = await start(errors);
    const stop = async (): Promise<void> => {
      await server.stop();
      removeFolder(folder);
    };
    return { ...server, stop };
  } catch (error) {
    const words = readFileSync(file, 'utf8').trim().slice(-2_000);
    removeFolder(folder);
    throw new Error(`${(error as Error).message}\n${words}`, { cause: error });
  } finally {
    closeSync(errors);
  }
}

/** @throws Error when the process ends, or says nothing in time */
async function nextMessage(child: ChildProcess, name: string): Promise<unknown> {
  const abort = new AbortController();
  const { signal } = abort;
  const fail = (how: string) => (): never => {
    throw new Error(`${name} ${how}`);
  };
  const said = once(child, 'message', { signal }).then(([message]: unknown[]) => message);
  const ended = once(child, 'exit', { signal }).then(fail('ended by itself'));
  const late = sleep(READY_WITHIN_MS, undefined, { signal }).then(
    fail(`says nothing for ${READY_WITHIN_MS / 1_000} s`),
  );
  try {
    return await Promise.race([said, ended, late]);
  } finally {
    // Those that did not win reject now, and nobody else listens to them.
    for (const other of [said, ended, late]) other.catch(() => undefined);
    abort.abort();
  }
}

function accepts(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const answer = (yes: boolean) => (): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
