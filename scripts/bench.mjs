// npm run bench: every benchmark (a file directly in bench/), one after the other; each prints ratios measured within its
// own run. In the end all results stand in one table, as Markdown.
//
//   npm run bench -- [--short] [--write] [rounds] [names of benchmarks]
//
// --short: within two minutes. --write: the table goes into docs/performance.md. A benchmark's name is its file's.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, installPackages, root, run } from './packages.mjs';

const args = process.argv.slice(2);
const isNumber = (arg) => /^\d+$/.test(arg);
const handedOn = args.filter((arg) => arg === '--short' || isNumber(arg));
const named = args.filter((arg) => !arg.startsWith('--') && !isNumber(arg));

installPackages();
// As it is shipped: one benchmark starts the compiled command.
build();
// The products that Mortise is measured beside. Where they cannot be installed it says so, and the rest is measured.
run([join('bench', 'debian', 'install.ts')]);
run([join('bench', 'peers', 'install.ts')]);

const files = readdirSync(join(root, 'bench'), { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map(({ name }) => name)
  .filter((name) => named.length === 0 || named.includes(name.replace(/\.ts$/, '')))
  .sort();
const folder = mkdtempSync(join(tmpdir(), 'mortise-bench-rows-'));
const rows = join(folder, 'rows.jsonl');
let status = files.length === 0 ? 1 : 0;
try {
  for (const file of files) {
    console.log(`\n== ${file}`);
    status = run([join('bench', file), ...handedOn], { env: { ...process.env, MORTISE_BENCH_ROWS: rows } }) || status;
  }
  run([join('bench', 'harness', 'show-results.ts'), rows, ...args.filter((arg) => arg === '--write')]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status);
