/**
 * The server's process, compiled as `npm run build` compiles Mortise: what runs in production takes no types away at its
 * start, and keeps no compiler in memory. Made anew when a source has changed, below `.cache/bench`.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const OUTPUT = join(ROOT, '.cache/bench');

/** @returns the path of the file to run; @throws Error with the compiler's words */
export function compiledServer(): string {
  const file = join(OUTPUT, 'bench/tokens/mortise-server.js');
  // The compiler takes its own notes for proof that the output is there.
  if (!existsSync(file)) rmSync(OUTPUT, { recursive: true, force: true });
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', join(ROOT, 'bench/tsconfig.json')], {
    encoding: 'utf8',
  });
  if (!existsSync(file)) throw new Error(`the server does not compile:\n${stdout}`);
  // It names the version of what runs.
  copyFileSync(join(ROOT, 'package.json'), join(OUTPUT, 'package.json'));
  return file;
}
