/**
 * Writes the generated pages below docs/: `node scripts/docs.ts`, or `npm run docs`.
 *
 * With `--check` it writes nothing and fails when a page is not what the sources say.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationReference } from './configuration-reference.ts';
import { withFunctionTables } from './expressions-reference.ts';
import { withMishapsTable } from './mishaps-table.ts';
import { refusalsReference } from './refusals-reference.ts';

const root = join(import.meta.dirname, '..');

const pages: Readonly<Record<string, () => string>> = {
  'docs/configuration.md': configurationReference,
  'docs/expressions.md': () => withFunctionTables(currentText('docs/expressions.md') ?? ''),
  'docs/refusals.md': refusalsReference,
  'docs/rehearsal.md': () => withMishapsTable(currentText('docs/rehearsal.md') ?? ''),
};

function currentText(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

const check = process.argv.includes('--check');
const stale = Object.entries(pages).filter(([path, text]) => currentText(path) !== text());
for (const [path, text] of stale) {
  if (check) console.error(`${path} is not what the sources say. Run: npm run docs`);
  else {
    writeFileSync(join(root, path), text());
    console.log(`${path} written`);
  }
}
if (check && stale.length > 0) process.exitCode = 1;
