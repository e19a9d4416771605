/** What the assertion of a subject says: whose, for whom, from when to when. Its form and signature are made in saml/. */
import type { MappedSubject } from '../mapping/claims.ts';
import type { Application } from '../model/application.ts';
import type { Saml11Assertion } from '../saml/assertion.ts';

/** Of the active endpoints: [MS-DVRJ] does not fix it; AD FS issues for an hour. */
export const ASSERTION_LIFETIME_MS = 3_600_000;

/** How somebody proved who he is, when, and for how long it is stated. */
export interface Proof {
  /** AuthenticationMethod ([SAML 1.1 core] §7.1). */
  readonly method: string;
  readonly at: Date;
  readonly lifetimeMs: number;
}

/** @param uuid makes the assertion's id: an xs:ID begins with no digit */
export function composeAssertion(
  application: Application,
  issuer: string,
  { nameIdentifier, claims }: MappedSubject,
  { method, at, lifetimeMs }: Proof,
  now: Date,
  uuid: string,
): Saml11Assertion {
  return {
    id: `_${uuid}`,
    issuer,
    audience: application.audienceRestriction,
    nameIdentifier,
    claims,
    issueInstant: now,
    notBefore: new Date(now.getTime() - application.notBeforeSkewSeconds * 1000),
    notOnOrAfter: new Date(now.getTime() + lifetimeMs),
    authenticationMethod: method,
    authenticationInstant: at,
  };
}
