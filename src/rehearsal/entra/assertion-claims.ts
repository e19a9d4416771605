/** The attributes of an assertion by the claims that Entra reads: name and namespace to the letter. */
import type { Assertion, Attribute } from './assertion.ts';
import type { ClaimRow } from './claims-table.ts';

export function matches(attribute: Attribute, row: ClaimRow): boolean {
  return attribute.name === row.name && row.namespaces.includes(attribute.namespace);
}

export function valuesOf(assertion: Assertion, row: ClaimRow): string[] {
  return assertion.attributes.filter((attribute) => matches(attribute, row)).flatMap((attribute) => attribute.values);
}
