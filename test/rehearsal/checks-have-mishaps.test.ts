/**
 * Every check is in the code, and has a mishap that Windows shows by the code that it should, or a reason why there is none.
 * test/vectors/rehearsal/checks.json: the checks that a strict stand-in for Entra is to make, with what Windows and Entra
 * show for each as far as it is known, and how sure that is.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allMishapNames } from '../../src/commands/rehearse.ts';
import { BROWSER_MISHAPS } from '../../src/rehearsal/browser-mishaps.ts';
import type { BrowserMishap } from '../../src/rehearsal/browser-mishaps.ts';
import { HRESULTS } from '../../src/rehearsal/join-codes.ts';
import { MISHAPS } from '../../src/rehearsal/mishaps.ts';
import type { Mishap } from '../../src/rehearsal/mishaps.ts';
import { SIGN_IN_MISHAPS } from '../../src/rehearsal/sign-in-mishaps.ts';
import { PROVOKED } from './provoked.ts';

const root = join(import.meta.dirname, '../..');

interface Check {
  readonly id: string;
  /** HRESULTs, one of which Windows shows; empty where it shows none. */
  readonly windows: readonly string[];
  readonly aadsts: readonly number[];
}

const { checks } = JSON.parse(readFileSync(join(root, 'test/vectors/rehearsal/checks.json'), 'utf8')) as {
  readonly checks: readonly Check[];
};

/** Those that are not the local Entra's to make: settings come to it through `setFederation`, not through Graph's POST. */
const NOT_HERE: Readonly<Record<string, string>> = {
  'DBL-GRF-01':
    'Graph is read-only here; setFederation refuses an issuer that is another domain’s, and a domain that is no root',
  'DBL-GRF-02': 'setFederation throws for PEM and line breaks',
  'DBL-GRF-03': '`mortise entra check` looks at the certificate’s days',
  'DBL-GRF-04': '`mortise entra check` fetches the MEX document',
};

/** Where Windows shows something else than a code of the join, and what. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'DBL-RLM-02': 'a managed realm is no error: TenantType = Managed, and the synchronised join fails by itself',
  'DBL-MEX-07': 'a warning: the code stands under the transcript',
  'DBL-MEX-08': 'a warning: the code stands under the transcript',
  'DBL-TOK-14':
    'a person’s: the primary refresh token fails with 0xc000006d, and 0xcaa20003 is for tokens of applications',
  'DBL-TOK-15': 'as DBL-TOK-14',
  'DBL-WST-02': 'HTTP 401 is 0xcaa30191; 0xcaa90014 is a SOAP fault, which Mortise does not answer to a ticket',
};

const ALL: Readonly<Record<string, Mishap | BrowserMishap>> = { ...MISHAPS, ...SIGN_IN_MISHAPS, ...BROWSER_MISHAPS };
const mishapsOf = (id: string): readonly (Mishap | BrowserMishap)[] => {
  const by = PROVOKED[id.replace('DBL-', '')];
  return typeof by === 'string' || by === undefined ? [] : by.flatMap((name) => ALL[name] ?? []);
};

const folder = join(root, 'src/rehearsal');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');

const made = checks.filter(({ id }) => NOT_HERE[id] === undefined);
const page = readFileSync(join(root, 'docs/local-entra.md'), 'utf8');

test.each(made)('$id is made: the code names it, and the page', ({ id }) => {
  expect(sources).toContain(id);
  expect(page).toContain(`| ${id} |`);
});

/** DBL-DRS-03 cannot be provoked: PROVOKED says why. */
const seen = made.filter(({ id, windows }) => windows.length > 0 && id !== 'DBL-DRS-03');

test.each(seen)('$id, which Windows would see, has a mishap', ({ id }) => {
  expect(mishapsOf(id)).not.toEqual([]);
});

test.each(seen.filter(({ id }) => OTHERWISE[id] === undefined))('$id: Windows shows one of $windows', (check) => {
  const shown = mishapsOf(check.id).flatMap((row) => ('shows' in row ? [HRESULTS[row.shows] as string] : []));
  expect(check.windows.filter((code) => shown.includes(code))).not.toEqual([]);
});

const refused = made.filter(({ id, aadsts }) => aadsts.length > 0 && mishapsOf(id).length > 0);

test.each(refused)('$id: Entra says one of $aadsts', ({ id, aadsts }) => {
  for (const { aadsts: said } of mishapsOf(id)) expect(aadsts).toContain(said);
});

test('what is not made here is none of the others', () => {
  expect(Object.keys(NOT_HERE).filter((id) => !checks.some((check) => check.id === id))).toEqual([]);
});

test('every check of docs/local-entra.md is here', () => {
  const listed = [...page.matchAll(/^\| DBL-([A-Z]{3}-\d\d) \|/gm)].map((match) => match[1] ?? '');
  expect(Object.keys(PROVOKED).toSorted()).toEqual(listed.toSorted());
});

test('every mishap that is named here exists', () => {
  const named = Object.values(PROVOKED).flatMap((one) => (typeof one === 'string' ? [] : one));
  expect(named.filter((name) => !allMishapNames().includes(name))).toEqual([]);
});
