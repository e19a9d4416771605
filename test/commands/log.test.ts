/** `mortise log` as a process, beside a running `serve` and after it, in a shell without secrets. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import { openHttpClient } from '../../src/rehearsal/http-client.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { IDS } from '../config/sample.ts';
import { sealingOver } from '../store/sample-sealing.ts';
import { HOST, openSite } from './site.ts';
import type { Ended, Site } from './site.ts';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.close());

const log = (...args: readonly string[]): Promise<Ended> =>
  site.runWith({}, 'log', '--config', 'mortise.yaml', ...args);

/** A refusal, recorded so many minutes ago. */
const refusedAgo = (minutes: number, device: string): Activity => ({
  id: `00000000-0000-4000-8000-0000000000${String(minutes).padStart(2, '0')}`,
  recordedAt: new Date(Date.now() - minutes * 60_000),
  endpoint: 'windowstransport-13',
  sourceAddress: '10.0.0.7',
  subject: { kind: 'device', name: device },
  steps: [],
  notes: [],
  outcome: 'refused',
  refusal: { code: 'account-disabled' },
});

async function record(...activities: readonly Activity[]): Promise<void> {
  const store = await openSqliteStore(join(site.folder, 'mortise.sqlite'));
  await Promise.all(activities.map((activity) => store.activities.append(activity)));
  await store.close();
}

test('before the first start, and before the first request', async () => {
  expect(await log()).toEqual({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/^There is no store at .*mortise\.sqlite: nothing has been kept yet, or .*\n$/),
  });
  await record();
  expect(await log()).toEqual({ status: 0, stdout: expect.stringMatching(/^Nothing is recorded yet/), stderr: '' });
  expect(await log('--json')).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('beside a running serve: what it has answered is there at once', async () => {
  await site.putSigningKey();
  const running = site.start('serve', '--config', 'mortise.yaml');
  await running.logged('"listening"');
  // Its write lock is taken; the reader needs none.
  expect((await log()).stdout).toMatch(/^Nothing is recorded yet/);

  const { port } = (JSON.parse(await running.logged('"listening"')) as { address: { port: number } }).address;
  const client = openHttpClient(site.tls.ca);
  const url = `https://${HOST}:${port}/wsf/sts/${IDS.application}`;
  const headers = { authorization: 'Negotiate AAAA' };
  await client.send({ method: 'POST', url, headers, body: '' });
  client.close();
  const beside = await log('--json');
  expect(JSON.parse(beside.stdout)).toMatchObject({ outcome: 'refused', refusal: { code: 'negotiate-malformed' } });
  running.process.kill('SIGTERM');
  await running.ended;
  expect(await log('--json'), 'the same after it has ended').toEqual(beside);
});

test('--since, --device, --outcome, --refusal, --limit, --id and --json choose and shape', async () => {
  await record(refusedAgo(5, 'DESKTOP-05$'), refusedAgo(50, 'DESKTOP-50$'));
  const names = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { status, stdout, stderr } = await log('--json', ...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.split('\n').slice(0, -1);
    return lines.map((line) => (JSON.parse(line) as Activity).subject?.name ?? '');
  };
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [[], ['DESKTOP-05$', 'DESKTOP-50$']],
    [['--since', '10m'], ['DESKTOP-05$']],
    [
      ['--since', new Date(Date.now() - 3_600_000).toISOString()],
      ['DESKTOP-05$', 'DESKTOP-50$'],
    ],
    [['--device', 'desktop-50'], ['DESKTOP-50$']],
    [['--limit', '1'], ['DESKTOP-05$']],
    [['--outcome', 'issued'], []],
    [
      ['--refusal', 'account-disabled'],
      ['DESKTOP-05$', 'DESKTOP-50$'],
    ],
    [['--refusal', 'clock-skew'], []],
    [['--id', '00000000-0000-4000-8000-000000000050'], ['DESKTOP-50$']],
    [['--until', '10m'], ['DESKTOP-50$']],
    [['--person', 'desktop-50'], []],
    [['--assertion', '_1'], []],
  ];
  const found = await Promise.all(cases.map(([args]) => names(...args)));
  expect(found).toEqual(cases.map(([, expected]) => expected));
  const table = await log('--since', '10m');
  expect(table.stdout).toContain('DESKTOP-05');
  expect(table.stdout).not.toContain('DESKTOP-50');
});

test('--follow shows the newest, goes on with each new one, and ends when it is told to', async () => {
  await record(refusedAgo(5, 'DESKTOP-05$'), refusedAgo(50, 'DESKTOP-50$'));
  const running = site.start('log', '--config', 'mortise.yaml', '-f', '--json', '--outcome', 'refused');
  let said = '';
  const names = () =>
    said
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as Activity).subject?.name);
  running.process.stdout.on('data', (text: string) => (said += text));
  await expect.poll(names, { timeout: 20_000 }).toEqual(['DESKTOP-50$', 'DESKTOP-05$']);
  await record({ ...refusedAgo(1, 'DONE$'), outcome: 'done' }, refusedAgo(2, 'DESKTOP-02$'));
  await expect.poll(names, { timeout: 20_000 }).toEqual(['DESKTOP-50$', 'DESKTOP-05$', 'DESKTOP-02$']);
  running.process.kill('SIGINT');
  expect(await running.ended).toMatchObject({ status: 0, stderr: '' });
});

test('`log verify` tells by its status whether the record is whole, and `log key` how others can tell', async () => {
  const verify = (...args: readonly string[]): Promise<Ended> => site.runWith({}, 'log', 'verify', ...args);
  const config = ['--config', 'mortise.yaml'] as const;
  const path = join(site.folder, 'mortise.sqlite');
  await record(refusedAgo(5, 'DESKTOP-05$'));
  const store = await openSqliteStore(path);
  const sealed = await (await sealingOver(store)).seal();
  await store.close();
  const [key, whole, other, nowhere, noLink, noKey] = await Promise.all([
    site.runWith({}, 'log', 'key', ...config),
    verify('--store', path, '--link', `1:${sealed?.last.hash}`),
    verify(...config, '--link', `1:${'0'.repeat(64)}`),
    verify(),
    verify(...config, '--link', 'x'),
    verify(...config, '--key', 'tls.pem.none'),
  ]);
  expect(whole).toEqual({ status: 0, stdout: expect.stringMatching(/^The record is whole: 1 record\.\n/), stderr: '' });
  expect(other).toMatchObject({ status: 2, stdout: expect.stringContaining('the link that was noted down') });
  expect(nowhere).toMatchObject({ status: 1, stderr: expect.stringContaining('--config FILE') });
  expect(noLink).toMatchObject({ status: 1, stderr: expect.stringContaining('64 hexadecimal digits') });
  expect(noKey).toMatchObject({ status: 1, stderr: expect.stringContaining('`mortise log key` prints it') });

  expect(key.stdout).toMatch(/^# key [0-9a-f]{64}, since .*\n-----BEGIN PUBLIC KEY-----/);
  site.write('record.pem', key.stdout);
  const db = new DatabaseSync(path);
  db.exec('DELETE FROM activity');
  db.close();
  expect(await verify(...config, '--key', 'record.pem')).toEqual({
    status: 2,
    stdout: expect.stringMatching(
      /^THE RECORD IS NOT WHAT WAS WRITTEN: 1 finding .*\n {2}The end has been cut off: record 1 is/,
    ),
    stderr: '',
  });
});

test('a store that is none, or that somebody has damaged, is told without a stack', async () => {
  const verify = (...args: readonly string[]): Promise<Ended> => site.runWith({}, 'log', 'verify', ...args);
  await record(refusedAgo(5, 'DESKTOP-05$'));
  const db = new DatabaseSync(join(site.folder, 'mortise.sqlite'));
  db.exec("UPDATE activity SET document = 'nonsense'; DROP TABLE checkpoint");
  db.close();
  const said = await Promise.all([
    verify('--store', 'none.sqlite'),
    verify('--store', '.'),
    verify('--store', 'mortise.yaml'),
    verify('--config', 'mortise.yaml'),
    log(),
  ]);
  expect(said.map(({ status, stderr }) => [status, stderr.split('\n').length])).toEqual(said.map(() => [1, 2]));
  expect(said.map(({ stderr }) => stderr)).toEqual([
    'There is no file none.sqlite.\n',
    expect.stringMatching(/^\. is not a file\. /),
    expect.stringMatching(/^mortise\.yaml is not a store of Mortise\. /),
    expect.stringMatching(/mortise\.sqlite holds what Mortise cannot read \(no such table: checkpoint\)/),
    expect.stringMatching(/mortise\.sqlite holds what Mortise cannot read \(.*not valid JSON\)/),
  ]);
});

test('`log` without a configuration is a mistake that is explained', async () => {
  expect(await site.runWith({}, 'log')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("required option '--config <file>' not specified"),
  });
});

test.each([
  [['--since', 'yesterday'], 'Give 30m, 2h or 7d for so long ago, or a time in UTC such as 2026-11-23'],
  [['--since', '2026-02-30'], 'Give 30m, 2h or 7d'],
  [['--limit', '0'], 'Give a number of 1 or more.'],
  [['--limit', 'many'], 'Give a number of 1 or more.'],
  [['--outcome', 'lost'], 'Allowed choices are issued, refused, done.'],
])('%j is a mistake that is explained', async (args, fix) => {
  const { status, stdout, stderr } = await log(...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(fix);
});
