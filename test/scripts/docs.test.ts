import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configurationReference, settings } from '../../scripts/configuration-reference.ts';
import { refusalsReference } from '../../scripts/refusals-reference.ts';
import { refusals } from '../../src/refusal.ts';

const script = join(import.meta.dirname, '../../scripts/docs.ts');

test('the generated pages are what the sources say', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

test('the reference has a row for every setting, with its meaning', () => {
  const lines = configurationReference().split('\n');
  for (const { path, key, meaning } of settings()) {
    if (!path.includes('.')) continue;
    const rows = lines.filter((line) => line.startsWith(`| \`${key}\` |`));
    expect(
      rows.some((line) => line.includes(meaning.replaceAll('|', '\\|'))),
      path,
    ).toBe(true);
  }
});

test('no table of the reference is broken by what a cell holds', () => {
  const tables = configurationReference()
    .split('\n\n')
    .filter((block) => block.startsWith('|'));
  expect(tables.length).toBeGreaterThan(10);
  for (const table of tables) {
    const widths = table
      .trim()
      .split('\n')
      .map((line) => line.match(/(?<!\\)\|/g)?.length);
    expect(new Set(widths).size, table).toBe(1);
  }
});

test('every refusal has one heading, its cause, its cure and what the caller sees', () => {
  const page = refusalsReference();
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, code]) => code);
  expect(headings).toEqual(Object.keys(refusals));
  for (const row of Object.values(refusals)) {
    for (const words of [row.title, row.cause, row.cure, row.caller]) expect(page).toContain(words);
  }
});
