/** `mortise check` as a process: what would keep `serve` from starting, and what is still to be done. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { IDS } from '../config/sample.ts';
import { openSite, SECRETS } from './site.ts';
import type { Ended, Site } from './site.ts';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.close());

const check = (config = 'mortise.yaml'): Promise<Ended> => site.run('check', '--config', config);
const SOUND = 'mortise.yaml is sound: it serves corp.example.com by corp.\n';

test('a sound file without a store: the next step is named, and nothing is made', async () => {
  const store = join(site.folder, 'mortise.sqlite');
  expect(await check()).toEqual({
    status: 0,
    stdout: expect.stringMatching(
      /^Warning: there is no store at .*mortise\.sqlite yet\. `mortise keys create` makes it, .*\n.* is sound/,
    ),
    stderr: '',
  });
  expect(existsSync(store)).toBe(false);
});

test('`config check` is the same, and says what Entra would refuse before anything is loaded', async () => {
  await site.putSigningKey();
  site.configure({ 'device.anchor': 'employeeID', 'app.useMex13': false });
  const long = await site.run('config', 'check', '--config', 'mortise.yaml');
  expect(long).toEqual(await check());
  expect(long.status).toBe(0);
  expect(long.stdout.split('\n')).toEqual([
    expect.stringMatching(/^Warning: line \d+: .* makes a GUID of user\.externalId, .* from employeeID, a text/),
    expect.stringMatching(/^Warning: line \d+: environment\.applications\[0\]\.useMex13 is false: a device that joins/),
    SOUND.trimEnd(),
    '',
  ]);
});

test('a sound file with its signing key, also beside a running serve', async () => {
  await site.putSigningKey();
  expect(await check()).toEqual({ status: 0, stdout: SOUND, stderr: '' });
  const running = site.start('serve', '--config', 'mortise.yaml');
  await running.logged('"listening"');
  expect(await check()).toEqual({ status: 0, stdout: SOUND, stderr: '' });
});

test('a store without the signing key, or under another master key, is what keeps serve from starting', async () => {
  await site.putSigningKey(IDS.unknown);
  const { status, stdout, stderr } = await check();
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^The store holds no signing key for:\n {2}Microsoft 365: .*\nMake one with `mortise keys/);
  await site.putSigningKey();
  const env = { MASTER: Buffer.alloc(32, 8).toString('base64'), BIND: 'b', KERBEROS: 'k' };
  const other = await site.runWith(env, 'check', '--config', 'mortise.yaml');
  expect([other.status, other.stderr.split(':')[0]]).toEqual([1, 'master-key-wrong']);
});

test('a folder that is not there', async () => {
  site.configure({ 'server.store.path': 'absent/mortise.sqlite' });
  expect(await check()).toEqual({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/^server\.store\.path: the folder .*absent does not exist\. Create it .*\n$/),
  });
});

test('several problems at once, each with line, path and the way to mend it; no secret, no stack', async () => {
  site.write('tls.key', 'no key');
  site.configure({
    'server.listen.port': 70_000,
    'server.masterKey': '${env:ABSENT}',
    'gateway.bindPassword': 'written-here',
    'gateway.serverHostAndPort': [],
  });
  const { status, stdout, stderr } = await check();
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  const [head, ...problems] = stderr.trimEnd().split('\n');
  expect(head).toBe('mortise.yaml: 5 problems');
  expect(problems.map((line) => /^ {2}line \d+: (\S+) .+\. .+[.?]$/.exec(line)?.[1])).toEqual([
    'server.tls.keyFile',
    'server.masterKey',
    'server.listen.port',
    'environment.gateways[0].bindPassword',
    'environment.gateways[0].serverHostAndPort',
  ]);
  for (const secret of [...SECRETS, 'written-here']) expect(stderr).not.toContain(secret);
});

test.each([
  ['absent.yaml', 'absent.yaml: one problem\n  the file does not exist. Check path and permissions.\n'],
  ['empty.yaml', 'empty.yaml: one problem\n  the file has no value. Give the settings server, environment.\n'],
  ['.', '.: one problem\n  the file cannot be read'],
  ['broken.yaml', 'broken.yaml: one problem\n  line '],
])('no configuration: %s', async (config, beginning) => {
  site.write('empty.yaml', '');
  site.write('broken.yaml', 'server: [a\n');
  const { status, stdout, stderr } = await check(config);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr.slice(0, beginning.length)).toBe(beginning);
  expect(stderr).not.toMatch(/^\s+at /m);
});
