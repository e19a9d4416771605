/** libuv believes the size only before it starts its threads: that is tried in a process of its own. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { sizeThreadPool } from '../../src/server/thread-pool.ts';

test.each([
  { cores: 1, size: '4' },
  { cores: 4, size: '4' },
  { cores: 16, size: '16' },
])('$cores cores: $size threads', ({ cores, size }) => {
  const env: NodeJS.ProcessEnv = {};
  sizeThreadPool(env, cores);
  expect(env['UV_THREADPOOL_SIZE']).toBe(size);
});

test('a size that the administrator set stays', () => {
  const env: NodeJS.ProcessEnv = { UV_THREADPOOL_SIZE: '2' };
  sizeThreadPool(env, 16);
  expect(env['UV_THREADPOOL_SIZE']).toBe('2');
});

test.runIf(process.platform === 'linux')('libuv starts as many threads', () => {
  const module = new URL('../../src/server/thread-pool.ts', import.meta.url).href;
  const script = `
    import { pbkdf2 } from 'node:crypto';
    import { readFileSync, readdirSync } from 'node:fs';
    import { sizeThreadPool } from ${JSON.stringify(module)};
    sizeThreadPool(process.env, 7);
    pbkdf2('a', 'b', 1, 16, 'sha1', () => {
      const names = readdirSync('/proc/self/task').map((id) => readFileSync('/proc/self/task/' + id + '/comm', 'utf8').trim());
      console.log(names.filter((name) => name === 'libuv-worker').length);
    });`;
  const { UV_THREADPOOL_SIZE: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    env,
    encoding: 'utf8',
  });
  expect(stdout.trim(), stderr).toBe('7');
});
