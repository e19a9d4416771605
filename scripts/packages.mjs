// Runs on the system's Node (20 or later): installs what package-lock.json names, and runs programs of it on the bundled Node.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { bundledNode } from '../bin/bundled-node.js';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const marker = join(root, 'node_modules', '.mortise-installed');

function lockDigest() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** `npm ci`, unless node_modules already is what the lock file names. */
export function installPackages() {
  const digest = lockDigest();
  if (existsSync(marker) && readFileSync(marker, 'utf8') === digest) return;
  console.log('Installing packages (npm ci) …');
  // Some packages name a newer Node than npm runs on; they run on the bundled one, so npm's engine warnings mislead.
  const done = spawnSync('npm', ['ci', '--loglevel=error', '--no-fund', '--no-audit'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) {
    console.error('npm ci failed: see above. Is the npm registry reachable (npm ping)?');
    process.exit(1);
  }
  writeFileSync(marker, digest);
}

/** Runs a program of node_modules on the bundled Node; returns its exit status. */
export function run(args, options = {}) {
  return spawnSync(bundledNode(), args, { cwd: root, stdio: 'inherit', ...options }).status ?? 1;
}

/** Emits dist/ from src/. */
export function build() {
  const status = run([join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  if (status !== 0) process.exit(status);
}
