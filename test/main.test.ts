/** The command line itself: help, versions, mistakes of typing, and a reader that goes away. */
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const main = join(root, 'src/main.ts');

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function mortise(...args: readonly string[]): Promise<Ended> {
  const env = { NODE_COMPILE_CACHE: join(root, '.cache', 'compiled') };
  try {
    return { status: 0, ...(await promisify(execFile)(process.execPath, [main, ...args], { env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, stdout, stderr };
  }
}

test('the version is the package’s', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(await mortise('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('every command of README has its help', async () => {
  const table = /^## Commands\n\n(?<rows>(?:\|.*\n)+)/m.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.groups?.[
    'rows'
  ];
  const commands = [...(table ?? '').matchAll(/^\| `mortise ((?:[^`-]|-(?!-))+)/gm)].flatMap(([, words = '']) => {
    const [group = '', ...rest] = words
      .replace(/ [A-Z]+\b/g, '')
      .trim()
      .split(' ');
    return rest.length === 0
      ? [[group]]
      : rest
          .join(' ')
          .split('\\|')
          .map((name) => [group, name]);
  });
  expect(commands.length).toBeGreaterThan(7);
  const helps = await Promise.all(commands.map((command) => mortise(...command, '--help')));
  for (const [index, help] of helps.entries()) {
    const command = commands[index]?.join(' ');
    expect({ command, status: help.status, stderr: help.stderr }).toEqual({ command, status: 0, stderr: '' });
    expect(help.stdout).toMatch(new RegExp(`^Usage: mortise ${command} `));
  }
  // A process for each.
}, 120_000);

test.each([
  [['frob'], "error: unknown command 'frob'\n(mortise --help lists the commands)\n"],
  [['keys', 'frob'], "error: unknown command 'frob'\n(mortise --help lists the commands)\n"],
  [['chek'], "error: unknown command 'chek'\n(Did you mean check?)\n(mortise --help lists the commands)\n"],
  [['check', '--config', 'x', '--frob'], "error: unknown option '--frob'\n(mortise --help lists the commands)\n"],
  [['check'], "error: required option '--config <file>' not specified\n(mortise --help lists the commands)\n"],
])('%j is a mistake that is explained', async (args, stderr) => {
  expect(await mortise(...args)).toEqual({ status: 1, stdout: '', stderr });
});

test('a reader that goes away is no failure', async () => {
  const child = spawn(process.execPath, [main, 'rehearse', '--mishap', 'list'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const status = await new Promise((resolve) => child.once('close', resolve));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
