/** SAML 1.1 assertions ([SAML 1.1 core]) as data. Written by saml11.ts, already canonical. */

export interface Claim {
  /** AttributeName */
  readonly name: string;
  /** AttributeNamespace */
  readonly namespace: string;
  /** At least one. */
  readonly values: readonly string[];
}

export interface Saml11Assertion {
  /** xsd:ID, `_` and a UUID. */
  readonly id: string;
  /** IssuerUri of the domain, exactly. */
  readonly issuer: string;
  readonly audience: string;
  readonly nameIdentifier: { readonly value: string; readonly format: string };
  readonly claims: readonly Claim[];
  readonly issueInstant: Date;
  readonly notBefore: Date;
  readonly notOnOrAfter: Date;
  /** `urn:federation:authentication:windows` for Kerberos. */
  readonly authenticationMethod: string;
  readonly authenticationInstant: Date;
}
