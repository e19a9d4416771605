/**
 * What runs in production, compiled as `npm run build` compiles it: it takes no types away at its start, and keeps no
 * compiler in memory. Made anew when a source has changed.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const BENCH_OUTPUT = join(ROOT, '.cache/bench');

/** @returns the process with the embedded directory, to be run by Node; @throws Error with the compiler's words */
export function compiledServer(): string {
  const file = join(BENCH_OUTPUT, 'bench/tokens/mortise-server.js');
  // The compiler takes its own notes for proof that the output is there.
  if (!existsSync(file)) rmSync(BENCH_OUTPUT, { recursive: true, force: true });
  compile(join(ROOT, 'bench/tsconfig.json'), file);
  // It names the version of what runs.
  copyFileSync(join(ROOT, 'package.json'), join(BENCH_OUTPUT, 'package.json'));
  return file;
}

/** @returns the installed command, to be run by Node; @throws Error with the compiler's words */
export function compiledCommand(): string {
  compile(join(ROOT, 'tsconfig.build.json'), join(ROOT, 'dist/main.js'));
  return join(ROOT, 'bin/mortise.js');
}

/** With which the installed command runs Node. */
export function nodeOptions(): readonly string[] {
  return JSON.parse(readFileSync(join(ROOT, 'bin/node-options.json'), 'utf8')) as readonly string[];
}

function compile(project: string, output: string): void {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
  if (!existsSync(output)) throw new Error(`${project} does not compile:\n${stdout}`);
}
