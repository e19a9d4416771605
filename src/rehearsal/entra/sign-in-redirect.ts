/**
 * How the local Entra sends a person to the sign-in page of a federated domain: the request to passiveSignInUri with
 * the parameters, their order and the lower-case escapes that Entra's own have.
 *
 * Owns what promptLoginBehavior and federatedIdpMfaBehavior make of it. Does not own: the answer (sign-in-response.ts).
 */
import type { SignInRequest } from './sign-in-requests.ts';
import type { Federation } from './domain-registry.ts';

export const REALM = 'urn:federation:MicrosoftOnline';
export const MULTIPLE_AUTHN = 'http://schemas.microsoft.com/claims/multipleauthn';
const PASSWORD = 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password';

/** A parameter without a value is left out; an empty value is written. */
type Parameters = readonly (readonly [name: string, value: string | undefined])[];

export function signInUrl(
  passiveSignInUri: string,
  federation: Federation,
  request: SignInRequest,
  wctx: string,
): string {
  const { userName } = request;
  const query = written([
    ['login_hint', userName === '' ? undefined : userName],
    ...authenticationParameters(federation, request),
    ['mkt', request.mkt],
    ['lc', request.lc],
    ['client-request-id', request.correlationId],
    ['username', userName],
    ['wa', 'wsignin1.0'],
    ['wtrealm', REALM],
  ]);
  return `${passiveSignInUri}${passiveSignInUri.includes('?') ? '&' : '?'}${query}&wctx=${escapedContext(wctx)}`;
}

function authenticationParameters(federation: Federation, request: SignInRequest): Parameters {
  const behavior = request.promptLogin ? (federation.promptLoginBehavior ?? TRANSLATE) : 'not asked';
  const secondFactor = request.secondFactor && federation.federatedIdpMfaBehavior !== 'rejectMfaByFederatedIdp';
  const native = behavior === 'nativeSupport';
  const fresh = behavior === 'not asked' || native ? undefined : '0';
  // One wauth: a second factor says more than the password that it comes with.
  const password = fresh !== undefined && behavior !== 'disabled' ? PASSWORD : undefined;
  return [
    ['wauth', secondFactor ? MULTIPLE_AUTHN : password],
    ['mfa_max_age', secondFactor ? request.mfaMaxAge : undefined],
    ['wfresh', fresh],
    ['prompt', native ? 'login' : undefined],
  ];
}

/** What an absent promptLoginBehavior means. */
const TRANSLATE = 'translateToFreshPasswordAuthentication';

function written(parameters: Parameters): string {
  return parameters.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${escaped(value)}`)).join('&');
}

/** .NET's escapes have lower-case digits. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}

/** The part for "keep me signed in" is put in front by another hand: its escapes have upper-case digits. */
function escapedContext(wctx: string): string {
  const [, options = '', rest = ''] = /^(LoginOptions=3&)?(.*)$/s.exec(wctx) ?? [];
  return `${options === '' ? '' : 'LoginOptions%3D3%26'}${escaped(rest)}`;
}
