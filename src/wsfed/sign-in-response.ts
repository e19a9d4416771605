/**
 * `wresult` of a sign-in (WS-Federation 1.2 §13.2.3): the response that carries the token, in the version of WS-Trust that
 * the application is set to. Its form is wstrust/'s; the form that posts it and `wctx` beside it are the server's.
 */
import { writeBareTokenResponse } from '../wstrust/request-security-token-response.ts';
import type { TrustVersion } from '../wstrust/trust-version.ts';

export interface SignInResponse {
  /** As the application's setting calls them: 1.2 is WS-Trust February 2005. */
  readonly wsTrustVersion: '1.2' | '1.3';
  /** `wtrealm` of the request. */
  readonly appliesTo: string;
  /** The signed SAML 1.1 assertion, put in byte for byte. */
  readonly assertion: string;
  readonly created: Date;
  readonly expires: Date;
}

const VERSIONS: Readonly<Record<SignInResponse['wsTrustVersion'], TrustVersion>> = { '1.2': '2005', '1.3': '1.3' };

/** Without white space: passport-wsfed-saml2 takes the first child node of RequestedSecurityToken for the assertion. */
export function writeSignInResponse({ wsTrustVersion, ...token }: SignInResponse): string {
  return writeBareTokenResponse({ version: VERSIONS[wsTrustVersion], ...token });
}
