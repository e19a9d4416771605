/** `mortise log` as a process, beside a running `serve` and after it, in a shell without secrets. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import { openHttpClient } from '../../src/rehearsal/http-client.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { IDS } from '../config/sample.ts';
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
  ];
  const found = await Promise.all(cases.map(([args]) => names(...args)));
  expect(found).toEqual(cases.map(([, expected]) => expected));
  const table = await log('--since', '10m');
  expect(table.stdout).toContain('DESKTOP-05');
  expect(table.stdout).not.toContain('DESKTOP-50');
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
