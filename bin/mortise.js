#!/usr/bin/env node
// The installed command. It runs on whatever Node is there and hands over to the bundled one, which Mortise needs.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledNode } from './bundled-node.js';

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, '..', 'dist', 'main.js');
const sources = join(here, '..', 'src', 'main.ts');

// How Node itself is run: docs/operations.md says why. The unit and the container in deploy/ have the same.
const options = JSON.parse(readFileSync(join(here, 'node-options.json'), 'utf8'));

const command = [...options, existsSync(main) ? main : sources, ...process.argv.slice(2)];
const child = spawn(bundledNode(), command, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`The bundled Node does not start (${error.message}). Run: npm ci`);
  process.exit(1);
});
// As a shell reports a signal that ended a program.
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
