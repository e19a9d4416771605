/**
 * The token endpoint's decision: from a token request to what Entra believes about the device or the person.
 *
 * The steps stand in the order of token-checks.ts; the first that fails throws its TokenRefusal. Does not own: HTTP
 * (token-routes.ts) and the token that is answered (access-token.ts).
 */
import { readUnverified, readVerified } from './assertion.ts';
import { verifySignature } from './signature.ts';
import type { Domain } from './domain-registry.ts';
import type { Tenant } from './tenant.ts';
import { refuse } from './token-checks.ts';
import { judgeAssertion } from './token-claims.ts';
import type { DirectoryComputer, Judged } from './token-claims.ts';
import { readTokenForm } from './token-form.ts';
import type { TokenForm, TokenHttpRequest } from './token-form.ts';

export interface TokenCircumstances {
  readonly tenant: Tenant;
  readonly computers: readonly DirectoryComputer[];
  readonly now: Date;
  readonly clockSkewMs: number;
}

export type AcceptedRequest = Judged & { readonly form: TokenForm };

export function acceptTokenRequest(request: TokenHttpRequest, circumstances: TokenCircumstances): AcceptedRequest {
  return acceptAssertion(readTokenForm(request, circumstances.tenant), circumstances);
}

export function acceptAssertion(form: TokenForm, circumstances: TokenCircumstances): AcceptedRequest {
  const unverified = readUnverified(form.assertion, form.grant);
  const domain = trustedDomain(unverified.issuer, circumstances.tenant);
  const signed = verifySignature(unverified, domain.federation?.certificates ?? []);
  return { form, ...judgeAssertion(readVerified(signed), { form, ...circumstances }) };
}

/** Before the signature, as AADSTS500083's "no trusted realm" implies: without a domain there is no key. */
function trustedDomain(issuer: string, tenant: Tenant): Domain {
  return tenant.trustedIssuer(issuer) ?? refuse('DBL-TOK-06', 50107, `issuer ${issuer}`, { name: issuer });
}
