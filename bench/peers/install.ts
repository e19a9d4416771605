/**
 * Installs the npm packages that Mortise is measured beside into this folder (decision 0013). Where it cannot, it says so
 * and the benchmarks measure the rest; that is no failure, so the exit status is 0.
 */
import { spawnSync } from 'node:child_process';
import { missingPeers } from './missing.ts';

if (missingPeers().length > 0) {
  const args = ['ci', '--ignore-scripts', '--loglevel=error', '--no-fund', '--no-audit'];
  const options = { cwd: import.meta.dirname, encoding: 'utf8', shell: process.platform === 'win32' } as const;
  const { stderr } = spawnSync('npm', args, options);
  const missing = missingPeers();
  if (missing.length > 0)
    console.warn(`!!! Not installed: ${missing.join(', ')}\n${(stderr ?? '').trim().slice(-500)}`);
}
