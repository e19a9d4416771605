/**
 * The installed command under the Node that the system has, however old: it hands over to the bundled one. Tried on a copy
 * of the package, from its sources and built, because an installation holds dist/ alone.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENV, sampleText } from '../config/sample.ts';
import { makeThrowAwayTls } from '../../src/rehearsal/certificates.ts';

const root = join(import.meta.dirname, '../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** A Node on PATH of another version than the one that runs this. */
const systemNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find((path) => {
    const answer = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
    return answer.status === 0 && answer.stdout.trim() !== process.version;
  });
if (systemNode === undefined)
  console.error('!!! There is no other Node than the bundled one: the tests of bin/mortise.js under it are left out.');

describe.skipIf(systemNode === undefined)('under the Node of the system', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mortise-bin-'));
    for (const copy of ['sources', 'built']) {
      mkdirSync(join(folder, copy));
      cpSync(join(root, 'bin'), join(folder, copy, 'bin'), { recursive: true });
      cpSync(join(root, 'package.json'), join(folder, copy, 'package.json'));
      symlinkSync(join(root, 'node_modules'), join(folder, copy, 'node_modules'));
    }
    cpSync(join(root, 'src'), join(folder, 'sources/src'), { recursive: true });
    const project = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'built/dist')];
    execFileSync(process.execPath, [tsc, ...project], { cwd: root });
    const tls = await makeThrowAwayTls(['login.example.com'], new Date());
    writeFileSync(join(folder, 'tls.pem'), tls.certificate);
    writeFileSync(join(folder, 'tls.key'), tls.privateKey);
    writeFileSync(join(folder, 'mortise.yaml'), sampleText({ 'server.listen': { host: '127.0.0.1', port: 0 } }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const start = (copy: string, args: readonly string[]) =>
    spawn(systemNode ?? '', [join(folder, copy, 'bin/mortise.js'), ...args], {
      cwd: folder,
      env: ENV,
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  async function run(copy: string, ...args: readonly string[]) {
    const child = start(copy, args);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const status = await new Promise((resolve) => child.once('close', resolve));
    return { status, stdout, stderr };
  }

  test.each(['sources', 'built'])(
    'from %s: version, status, a key in the store, and serve until SIGTERM',
    async (copy) => {
      expect(await run(copy, '--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
      expect(await run(copy, 'check', '--config', 'absent.yaml')).toMatchObject({ status: 1, stdout: '' });
      rmSync(join(folder, 'mortise.sqlite'), { force: true });
      expect(await run(copy, 'keys', 'create', '--config', 'mortise.yaml')).toMatchObject({ status: 0, stderr: '' });

      const serving = start(copy, ['serve', '--config', 'mortise.yaml']);
      const status = new Promise((resolve) => serving.once('close', resolve));
      let logged = '';
      serving.stderr.setEncoding('utf8').on('data', (text: string) => {
        logged += text;
        if (text.includes('"listening"')) serving.kill('SIGTERM');
      });
      expect(await status, logged).toBe(0);
      expect(logged).toContain('"stopping"');
    },
  );

  test('a command that a signal ended is told from one that failed', async () => {
    const serving = start('built', ['serve', '--config', 'mortise.yaml']);
    const status = new Promise((resolve) => serving.once('close', resolve));
    serving.stderr.setEncoding('utf8').on('data', (text: string) => {
      const pid = /"pid":(\d+).*"listening"/.exec(text)?.[1];
      if (pid !== undefined) process.kill(Number(pid), 'SIGKILL');
    });
    expect(await status).toBe(128 + 9);
  });
});
