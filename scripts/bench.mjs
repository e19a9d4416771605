// npm run bench: every benchmark, one after the other; each prints ratios measured within its own run.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, root, run } from './packages.mjs';

installPackages();
let status = 0;
for (const file of readdirSync(join(root, 'bench')).sort()) {
  console.log(`\n== ${file}`);
  status = run([join('bench', file)]) || status;
}
process.exit(status);
