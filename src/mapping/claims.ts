/** From a user to the claims about it: the application's attribute rows, evaluated. */
import type { Claim } from '../saml/assertion.ts';

/** A claim and where it came from, for the record and the rehearsal's table. */
export interface MappedClaim extends Claim {
  readonly source: string;
}

export interface MappedSubject {
  readonly nameIdentifier: { readonly value: string; readonly format: string; readonly source: string };
  readonly claims: readonly MappedClaim[];
}
