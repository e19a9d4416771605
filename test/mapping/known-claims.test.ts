/** The table of claims, against the reference table of the Microsoft 365 application. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isIssuedTo, KNOWN_CLAIMS, knownClaim } from '../../src/mapping/known-claims.ts';

test('default namespaces', () => {
  const nameFormats = Object.fromEntries(Object.entries(KNOWN_CLAIMS).map(([name, claim]) => [name, claim.nameFormat]));
  expect(nameFormats).toEqual({
    ImmutableID: 'http://schemas.microsoft.com/LiveID/Federation/2008/05',
    UPN: 'http://schemas.xmlsoap.org/claims',
    accounttype: 'http://schemas.microsoft.com/ws/2012/01',
    onpremobjectguid: 'http://schemas.microsoft.com/identity/claims',
    primarysid: 'http://schemas.microsoft.com/ws/2008/06/identity/claims',
    authenticationmethod: 'http://schemas.microsoft.com/ws/2008/06/identity/claims',
    issuerid: 'http://schemas.microsoft.com/ws/2008/06/identity/claims',
  });
});

test.each([
  ['primarysid', 'everyone', [true, false]],
  ['PrimarySid', 'person', [false, false]],
  ['UPN', 'everyone', [false, true]],
  ['UPN', 'device', [false, false]],
  ['ImmutableID', 'everyone', [true, true]],
  ['other', 'device', [true, false]],
  ['other', 'person', [false, true]],
] as const)('%s for %s', (name, issuedTo, expected) => {
  expect([isIssuedTo({ name, issuedTo }, 'device'), isIssuedTo({ name, issuedTo }, 'person')]).toEqual(expected);
});

test('a name is known in any case, and no inherited name is', () => {
  expect(knownClaim('upn')?.name).toBe('UPN');
  expect(knownClaim('constructor')).toBeUndefined();
  expect(knownClaim('toString')).toBeUndefined();
});

const facts = join(import.meta.dirname, '../../../shared/facts/pingone/data/attribute_mappings.json');

interface Fact {
  readonly attribute: string;
  readonly formats: { readonly required?: string; readonly allowed?: readonly string[] };
}

test.skipIf(!existsSync(facts))('the facts about PingOne’s application agree', () => {
  const rows = (
    JSON.parse(readFileSync(facts, 'utf8')) as { microsoft365ApplicationAttributeMappings: readonly Fact[] }
  ).microsoft365ApplicationAttributeMappings;
  for (const { attribute, formats } of rows.filter((fact) => fact.attribute !== 'Subject')) {
    const claim = KNOWN_CLAIMS[attribute] ?? expect.fail(`${attribute} is not in the table`);
    expect([claim.nameFormat, ...claim.alsoAllowed].toSorted(), attribute).toEqual(
      [...(formats.allowed ?? []), ...(formats.required === undefined ? [] : [formats.required])].toSorted(),
    );
  }
});
