/** `mortise rehearse` as a process: exit status, what it prints, and that nothing is left whichever way it ends. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openHttpClient } from '../../src/rehearsal/http-client.ts';
import { allMishapNames } from '../../src/commands/rehearse.ts';
import { normalise } from '../rehearsal/normalise.ts';

const root = join(import.meta.dirname, '../..');
const PATIENCE_MS = 25_000;
const UP = 'PowerShell for Entra';

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** Everything printed once `text` is among it; rejects when the process ends without. */
  printed(text: string): Promise<string>;
}

/** The temporary folder of the processes started here: what they leave behind is seen. */
let folder: string;
const started = new Set<Running>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-rehearse-test-'));
});
afterEach(async () => {
  for (const running of started) running.process.kill('SIGKILL');
  await Promise.all([...started].map((running) => running.ended));
  started.clear();
  rmSync(folder, { recursive: true });
});

function mortise(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...args], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  const running: Running = {
    process: child,
    ended,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(text)) resolve(stdout);
        };
        look();
        child.stdout.on('data', look);
        void ended.then(() => reject(new Error(`it ended without printing “${text}”: ${stdout}${stderr}`)));
      }),
  };
  started.add(running);
  return running;
}

const rehearse = (...args: readonly string[]): Running => mortise('rehearse', ...args);
const left = (): readonly string[] => readdirSync(folder);

async function eventually(condition: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(5)) if (condition()) return;
  throw new Error(`${what} did not come about within ${PATIENCE_MS / 1000} s`);
}

describe('--once', () => {
  test('a federated join: status 0, the transcript of the real log, nothing on stderr, nothing left', async () => {
    const { status, stdout, stderr } = await rehearse('--once').ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const real = readFileSync(join(root, 'test/vectors/rehearsal/join-succeeded.txt'), 'utf8');
    expect(normalise(stdout).slice(0, real.length)).toBe(real);
    expect(stdout).toContain('Claims that Entra accepted:');
    expect(stdout).not.toContain(UP);
    expect(left()).toEqual([]);
  });

  test.each([
    [['--mishap', 'wrong-issuer'], 'AADSTS50107'],
    [['--mishap', 'wrong-name-format', '--fallback'], 'Try synchronized join.'],
    [['--mishap', 'wrong-name-format', '--fallback', 'synchronised'], 'Try synchronized join.'],
    [['--mishap', 'wrong-name-format', '--fallback', 'not-synchronised'], 'DsrDeviceAutoJoin failed 0x801c03f2.'],
  ] as const)('%j: status 1, nothing left', async (args, printed) => {
    const { status, stdout, stderr } = await rehearse('--once', ...args).ended;
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain(printed);
    expect(left()).toEqual([]);
  });
});

test('--mishap list prints one name a line and nothing else', async () => {
  const { status, stdout, stderr } = await rehearse('--mishap', 'list').ended;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toBe(`${allMishapNames().join('\n')}\n`);
});

describe('a mistake on the command line is explained, and nothing is started', () => {
  test('a mishap that there is not: the names are listed', async () => {
    const { status, stdout, stderr } = await rehearse('--once', '--mishap', 'constructor').ended;
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(
      `There is no mishap "constructor". These are known:\n${allMishapNames()
        .map((name) => `  ${name}\n`)
        .join('')}`,
    );
    expect(left()).toEqual([]);
  });

  test.each([
    [['--fallback', 'maybe'], '--fallback takes "synchronised" or "not-synchronised", not "maybe".\n'],
    [['--port', '65535'], '--port takes a number up to 65534: the local Entra takes the port after it.\n'],
  ])('%j', async (args, words) => {
    const { status, stdout, stderr } = await rehearse('--once', ...args).ended;
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: words });
  });

  test('a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    const { port } = other.address() as AddressInfo;
    const { status, stdout, stderr } = await rehearse('--once', '--port', String(port)).ended;
    await new Promise((resolve) => {
      other.close(resolve);
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^Cannot listen on .* port \d+: another program listens there\. Stop it, or choose another port\.\n$/,
    );
    expect(left()).toEqual([]);
  });
});

/** `[name, address]` of each line that names an https address alone. */
const reachable = (stdout: string): readonly (readonly [string, string])[] =>
  [...stdout.matchAll(/^ {2}(\S.*?) {2,}(https:\/\/\S+)$/gm)].map(([, what = '', url = '']) => [what, url]);

describe('without --once', () => {
  test('it stays up, every address that it prints answers, and SIGTERM ends it with nothing left', async () => {
    const running = rehearse();
    const stdout = await running.printed(UP);
    const [, caFile = ''] = /TLS authority \(throw-away\) +(\S+)/.exec(stdout) ?? [];
    const client = openHttpClient(readFileSync(caFile, 'utf8'));
    const answers: Record<string, unknown> = {};
    for (const [what, url] of reachable(stdout)) {
      const method = what.startsWith('WS-Trust') ? 'POST' : 'GET';
      const { status, headers } = await client.send({ method, url });
      answers[what] = [status, headers['www-authenticate'] ?? headers['content-type']];
    }
    client.close();
    expect(answers).toEqual({
      'MEX, WS-Trust 1.3 and 2005': [200, 'text/xml; charset=utf-8'],
      'MEX, WS-Trust 2005': [200, 'text/xml; charset=utf-8'],
      'WS-Trust 1.3, Kerberos': [401, 'Negotiate'],
      'WS-Trust 2005, Kerberos': [401, 'Negotiate'],
      Health: [200, expect.stringContaining('application/json')],
      'Local Entra: realm': [200, expect.stringContaining('application/json')],
      'Local Entra: discovery': [200, expect.stringContaining('application/json')],
    });
    running.process.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ status: 0, signal: null, stderr: '' });
    expect(left()).toEqual([]);
  });

  test('the commands that it prints work beside it', async () => {
    const running = rehearse();
    const stdout = await running.printed(UP);
    const commands = [...stdout.matchAll(/node bin\/mortise\.js (.+)$/gm)].map(([, args = '']) => args.split(' '));
    expect(commands.map(([name]) => name)).toEqual(['log', 'entra']);
    const [log, cmdlets] = await Promise.all(commands.map((args) => mortise(...args).ended));
    expect(log).toMatchObject({ status: 0, stderr: '' });
    expect(log?.stdout).toContain('DESKTOP-01');
    expect(cmdlets).toMatchObject({ status: 0, stderr: '' });
    expect(cmdlets?.stdout).toContain('New-MgDomainFederationConfiguration');
    running.process.kill('SIGTERM');
    await running.ended;
  });

  test('after a mishap it stays up too, and ends with status 1', async () => {
    const running = rehearse('--mishap', 'mex-unreachable');
    await running.printed(UP);
    running.process.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ status: 1, signal: null, stderr: '' });
    expect(left()).toEqual([]);
  });

  test('two at once: each has its own ports, and both answer', async () => {
    const both = [rehearse(), rehearse()];
    const outputs = await Promise.all(both.map((running) => running.printed(UP)));
    const ports = outputs.map((stdout) => new Set(reachable(stdout).map(([, url]) => new URL(url).port)));
    expect(ports.map((of) => of.size)).toEqual([2, 2]);
    expect(new Set(ports.flatMap((of) => [...of])).size).toBe(4);
    for (const running of both) running.process.kill('SIGTERM');
    const statuses = await Promise.all(both.map((running) => running.ended));
    expect(statuses.map(({ status }) => status)).toEqual([0, 0]);
    expect(left()).toEqual([]);
  });
});

/** A signal may come too late on a busy machine: then once more, and nothing may be left then either. */
async function stoppedInTime(
  stop: (running: Running) => Promise<void>,
  inTime: (ended: Ended) => boolean,
): Promise<Ended> {
  for (let attempt = 1; attempt <= 10; attempt++) {
    const running = rehearse('--once');
    await stop(running);
    const ended = await running.ended;
    expect(left()).toEqual([]);
    if (inTime(ended)) return ended;
  }
  throw new Error('no signal came in time');
}

describe('stopped', () => {
  test('by SIGINT while it is set up: status 1, nothing left', async () => {
    const stop = async (running: Running): Promise<void> => {
      await eventually(() => left().length > 0, 'the folder of the rehearsal');
      running.process.kill('SIGINT');
    };
    const ended = await stoppedInTime(stop, ({ stdout }) => stdout === '');
    expect(ended).toMatchObject({ status: 1, signal: null, stderr: '' });
  });

  test('by SIGINT again and again, as an impatient terminal and its parent send it: nothing left', async () => {
    const stop = async (running: Running): Promise<void> => {
      await eventually(() => left().length > 0, 'the folder of the rehearsal');
      while (left().length > 0 && running.process.kill('SIGINT')) await sleep(2);
    };
    const ended = await stoppedInTime(stop, ({ stdout }) => stdout === '');
    expect(ended).toMatchObject({ status: 1, signal: null, stderr: '' });
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s during the join: status 1, nothing left',
    async (signal) => {
      const stop = async (running: Running): Promise<void> => {
        await running.printed('DsrCLI: logging initialized.');
        running.process.kill(signal);
      };
      const ended = await stoppedInTime(stop, ({ stdout }) => !stdout.includes('DSREGCMD_END_STATUS'));
      expect(ended).toMatchObject({ status: 1, signal: null, stderr: '' });
    },
  );

  test('by nobody reading: status 1, nothing left', async () => {
    const running = rehearse();
    running.process.stdout.destroy();
    expect(await running.ended).toMatchObject({ status: 1, signal: null, stderr: '' });
    expect(left()).toEqual([]);
  });
});
