/** `mortise rehearse` as a process: exit status, what it prints, and that a mistake starts nothing. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allMishapNames, exitStatus } from '../../src/commands/rehearse.ts';
import type { Rehearsed } from '../../src/commands/rehearse.ts';
import { JoinFailure } from '../../src/rehearsal/join-codes.ts';
import { normalise } from '../rehearsal/normalise.ts';
import { left, rehearse, UP } from './rehearse-process.ts';

const root = join(import.meta.dirname, '../..');

describe('the exit status', () => {
  const cause = new JoinFailure('auth', 'ERROR_HTTP_STATUS_DENIED', 'no');
  const failure = { status: 'STATUS_LOGON_FAILURE', endpoint: '', cause } as const;
  const well = {
    join: { joinedBy: 'federation' },
    signIn: { failure: undefined },
    browser: { accepted: true },
  } as const;
  test.each<[string, Rehearsed, number]>([
    ['all went well', well, 0],
    ['joined by the fallback', { ...well, join: { joinedBy: 'synchronisation' } }, 1],
    ['not joined', { join: { joinedBy: undefined } }, 1],
    ['no primary refresh token', { ...well, signIn: { failure } }, 1],
    ['no sign-in', { ...well, signIn: undefined }, 1],
    ['not accepted in the browser', { ...well, browser: { accepted: false } }, 1],
    ['no browser', { ...well, browser: undefined }, 1],
    ['what was to happen afterwards', { ...well, afterwards: true }, 0],
    ['what was to happen afterwards went otherwise', { ...well, afterwards: false }, 1],
    ['the browser alone', { browser: { accepted: true } }, 1],
  ])('%s: %j is %i', (_what, rehearsed, status) => {
    expect(exitStatus(rehearsed)).toBe(status);
  });
});

describe('--once', () => {
  test('all goes well: status 0, the transcript of the real log, nothing on stderr, nothing left', async () => {
    const { status, stdout, stderr } = await rehearse('--once').ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const real = readFileSync(join(root, 'test/vectors/rehearsal/join-succeeded.txt'), 'utf8');
    expect(normalise(stdout).slice(0, real.length)).toBe(real);
    expect(stdout.match(/^Claims that Entra accepted:$/gm)?.length, 'of the device, and of the browser').toBe(2);
    const order = ['AzureAdJoined : YES', 'AzureAdPrt : YES', '“You are signed out”', 'claims/multipleauthn'];
    const places = order.map((text) => stdout.indexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(stdout).not.toContain(UP);
    expect(left()).toEqual([]);
  });

  test('--then delete: the device gets no primary refresh token before it has left and joined again', async () => {
    const { status, stdout, stderr } = await rehearse('--once', '--then', 'delete').ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const order = [
      'somebody deletes the device',
      'AADSTS50155',
      'dsregcmd /leave',
      'is joined again',
      'AzureAdPrt : YES',
    ];
    let at = 0;
    for (const text of order) {
      at = stdout.indexOf(text, at);
      expect(at, text).toBeGreaterThan(0);
    }
    expect(left()).toEqual([]);
  });

  test.each([
    [['--mishap', 'wrong-issuer'], 'AADSTS50107'],
    [['--mishap', 'wrong-name-format', '--fallback'], 'Try synchronized join.'],
    [['--mishap', 'wrong-name-format', '--fallback', 'synchronised'], 'Try synchronized join.'],
    [['--mishap', 'wrong-name-format', '--fallback', 'not-synchronised'], 'DsrDeviceAutoJoin failed 0x801c03f2.'],
    [['--mishap', 'wrong-password'], 'has no primary refresh token'],
    [['--mishap', 'other-audience'], 'Mortise      wtrealm-unknown: '],
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
  test.each([
    [['--then', 'toString'], '--then takes one of leave, rejoin, disable, delete, not "toString".\n'],
    [
      ['--then', 'leave', '--mishap', 'locked'],
      '--then goes on where all went well: leave --mishap out, or --then itself.\n',
    ],
  ] as const)('%j', async (args, said) => {
    const { status, stdout, stderr } = await rehearse('--once', ...args).ended;
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: said });
  });

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
