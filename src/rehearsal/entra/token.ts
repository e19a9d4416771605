/**
 * The token endpoint's decision: from a token request to what Entra believes about the device.
 *
 * The steps stand in the order of token-checks.ts; the first that fails throws its TokenRefusal. Does not own: HTTP
 * (token-routes.ts) and the token that is answered (access-token.ts).
 */
import { readUnverified, readVerified } from './assertion.ts';
import { verifySignature } from './signature.ts';
import type { Domain, Tenant } from './tenant.ts';
import { refuse } from './token-checks.ts';
import { judgeAssertion } from './token-claims.ts';
import type { DeviceIdentity, DirectoryComputer } from './token-claims.ts';
import { readTokenForm } from './token-form.ts';
import type { TokenForm, TokenHttpRequest } from './token-form.ts';

export interface TokenCircumstances {
  readonly tenant: Tenant;
  readonly computers: readonly DirectoryComputer[];
  readonly now: Date;
  readonly clockSkewMs: number;
}

export interface AcceptedRequest {
  readonly form: TokenForm;
  readonly device: DeviceIdentity;
}

export function acceptTokenRequest(request: TokenHttpRequest, circumstances: TokenCircumstances): AcceptedRequest {
  const form = readTokenForm(request, circumstances.tenant);
  const unverified = readUnverified(form.assertion, form.grant);
  const domain = trustedDomain(unverified.issuer, circumstances.tenant);
  const signed = verifySignature(unverified, domain.federation?.certificates ?? []);
  const device = judgeAssertion(readVerified(signed), { form, ...circumstances });
  return { form, device };
}

/** Before the signature, as AADSTS500083's "no trusted realm" implies: without a domain there is no key. */
function trustedDomain(issuer: string, tenant: Tenant): Domain {
  return tenant.trustedIssuer(issuer) ?? refuse('DBL-TOK-06', 50107, `issuer ${issuer}`, { name: issuer });
}
