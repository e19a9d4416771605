/** `mortise rehearse` that stays up: every address that it prints answers, and nothing is left whichever way it ends. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { signInByBrowser } from '../../src/rehearsal/browser-sign-in.ts';
import { openHttpClient } from '../../src/rehearsal/http-client.ts';
import { openUserAgent } from '../../src/rehearsal/user-agent.ts';
import { left, mortise, rehearse, UP } from './rehearse-process.ts';
import type { Ended, Running } from './rehearse-process.ts';

const PATIENCE_MS = 25_000;

async function eventually(condition: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(5)) if (condition()) return;
  throw new Error(`${what} did not come about within ${PATIENCE_MS / 1000} s`);
}

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
      'Sign in to the local Entra': [302, expect.stringContaining('text/plain')],
      '… with a second factor': [302, expect.stringContaining('text/plain')],
      '… with choices': [200, 'text/html; charset=utf-8'],
      'Account page': [200, 'text/html; charset=utf-8'],
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

  test('who may sign in by hand can: with the password that is printed, with a second factor of the own', async () => {
    const running = rehearse();
    const stdout = await running.printed(UP);
    const [, userName = '', password = ''] = /sign in as (\S+) with the password (\S+):/.exec(stdout) ?? [];
    const [, caFile = ''] = /TLS authority \(throw-away\) +(\S+)/.exec(stdout) ?? [];
    const http = openHttpClient(readFileSync(caFile, 'utf8'));
    const now = (): Date => new Date();
    const at = Object.fromEntries(reachable(stdout));
    const ends: (string | undefined)[] = [];
    for (const hasPhone of [false, true]) {
      const url = at[hasPhone ? '… with a second factor' : 'Sign in to the local Entra'] ?? '';
      const typed = { userName, password };
      const { last } = await signInByBrowser(url, { agent: openUserAgent({ http, now }), typed, hasPhone, now });
      ends.push(last?.page.heading);
    }
    http.close();
    expect(ends).toEqual(Array(2).fill('Signed in to the local Entra as nora.keller@corp.example.test'));
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
