// npm run bench: every benchmark (a file directly in bench/), one after the other; each prints ratios measured within its own run.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, root, run } from './packages.mjs';

installPackages();
// The products that Mortise is measured beside. Where they cannot be installed it says so, and the rest is measured.
run([join('bench', 'debian', 'install.ts')]);
let status = 0;
for (const file of readdirSync(join(root, 'bench'), { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map(({ name }) => name)
  .sort()) {
  console.log(`\n== ${file}`);
  status = run([join('bench', file)]) || status;
}
process.exit(status);
