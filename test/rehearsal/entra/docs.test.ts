/** docs/local-entra.md lists every check and every code, row for row as the tables have them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AADSTS } from '../../../src/rehearsal/entra/aadsts.ts';
import { DRS_CHECKS } from '../../../src/rehearsal/entra/drs-error.ts';
import { SIGN_IN_CHECKS } from '../../../src/rehearsal/entra/sign-in-checks.ts';
import { TOKEN_CHECKS } from '../../../src/rehearsal/entra/token-checks.ts';

const lines = readFileSync(join(import.meta.dirname, '../../../docs/local-entra.md'), 'utf8').split('\n');
const rowsOf = (start: RegExp): string[] => lines.filter((line) => start.test(line));

test('the token endpoint’s checks, in their order', () => {
  const rows = Object.entries(TOKEN_CHECKS).map(
    ([id, row]) => `| ${id} | ${row.phase} | ${row.check} | ${row.codes.join(', ')} |`,
  );
  expect(rowsOf(/^\| DBL-(?:TOK|PRT)-/)).toEqual(rows);
});

test('the sign-in’s checks, in their order', () => {
  const rows = Object.entries(SIGN_IN_CHECKS).map(([id, row]) => `| ${id} | ${row.check} | ${row.codes.join(', ')} |`);
  expect(rowsOf(/^\| DBL-WSF-/)).toEqual(rows);
});

test('device registration’s checks', () => {
  const rows = Object.entries(DRS_CHECKS).map(
    ([id, row]) => `| ${id} | ${row.check} | ${row.status} ${row.errorType} |`,
  );
  expect(rowsOf(/^\| DBL-DRS-/)).toEqual(rows);
});

test('the codes, and how each is known', () => {
  const rows = Object.entries(AADSTS).map(([code, row]) => `| AADSTS${code} | ${row.error} | ${row.evidence} |`);
  expect(rowsOf(/^\| AADSTS/)).toEqual(rows);
});
