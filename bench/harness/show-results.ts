/**
 * Prints the table of a run's results, and writes it into docs/performance.md when asked to.
 *
 *   node bench/harness/show-results.ts <file of published rows> [--write]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineKind, resultsTable, withResults } from './results.ts';
import type { PublishedRow } from './rows.ts';

const DOCUMENT = join(import.meta.dirname, '../../docs/performance.md');

const [file = '', write] = process.argv.slice(2);
const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
const table = resultsTable(
  lines.map((line) => JSON.parse(line) as PublishedRow),
  machineKind(),
);
console.log(`\n${table}\n`);
if (write === '--write') writeFileSync(DOCUMENT, withResults(readFileSync(DOCUMENT, 'utf8'), table));
