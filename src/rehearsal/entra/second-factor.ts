/**
 * The second factor of a browser sign-in: whether the assertion states one that counts, and what Entra does then.
 *
 * Owns DBL-WSF-03: the three places that Entra reads from SAML 1.1, mfa_max_age and federatedIdpMfaBehavior. Does not
 * own: the question for it (sign-in-redirect.ts).
 */
import { AUTHENTICATION_METHOD, AUTHN_METHODS_REFERENCES } from './claims-table.ts';
import type { PersonIdentity } from './person-claims.ts';
import { signInRefusal } from './sign-in-checks.ts';
import type { SignInRefusal } from './sign-in-checks.ts';
import { MULTIPLE_AUTHN } from './sign-in-redirect.ts';
import type { SignInRequest } from './sign-in-requests.ts';
import type { Federation } from './domain-registry.ts';

export interface StatedFactor {
  /** The places of the assertion that state it; none: it is not stated. */
  readonly places: readonly string[];
  /** When the person was authenticated with it; undefined without an AuthenticationStatement. */
  readonly instant: Date | undefined;
  /** Older than the request allowed. */
  readonly tooOld: boolean;
}

/** What Entra does with a person whose assertion it has accepted. */
export type Outcome =
  | { readonly kind: 'signed in' }
  /** With a refusal where the identity provider was asked for the factor and did not state it. */
  | { readonly kind: 'own factor'; readonly refusal: SignInRefusal | undefined }
  | { readonly kind: 'sent back'; readonly refusal: SignInRefusal };

/** Entra's own patience is not known. */
export const MAX_TIMES = 3;

export function counts(stated: StatedFactor): boolean {
  return stated.places.length > 0 && !stated.tooOld;
}

export function statedFactor(person: PersonIdentity, request: SignInRequest, now: Date): StatedFactor {
  const byMethod = person.authentications.filter(({ method }) => method === MULTIPLE_AUTHN);
  const rows = [AUTHENTICATION_METHOD, AUTHN_METHODS_REFERENCES].filter((row) =>
    person.accepted.claims.some(
      (claim) =>
        claim.value === MULTIPLE_AUTHN &&
        claim.name === row.name &&
        row.namespaces.some((ns) => ns === claim.namespace),
    ),
  );
  const places = [
    ...(byMethod.length > 0 ? ['AuthenticationStatement@AuthenticationMethod'] : []),
    ...rows.map((row) => `Attribute ${row.name}`),
  ];
  const instant = latest((byMethod.length > 0 ? byMethod : person.authentications).map((each) => each.instant));
  return { places, instant, tooOld: places.length > 0 && isTooOld(instant, request, now) };
}

/** Without an instant nobody can tell, so it counts for nothing where an age is asked. Clocks get no allowance here. */
function isTooOld(instant: Date | undefined, { mfaMaxAge }: SignInRequest, now: Date): boolean {
  if (mfaMaxAge === undefined) return false;
  return instant === undefined || now.getTime() - instant.getTime() > Number(mfaMaxAge) * 1000;
}

export function latest(instants: readonly Date[]): Date | undefined {
  return instants.toSorted((one, other) => one.getTime() - other.getTime()).at(-1);
}

/** Throws the refusal that ends a loop. */
export function judgeSecondFactor(
  stated: StatedFactor,
  request: SignInRequest,
  federation: Federation,
  resource: string,
): Outcome {
  if (!request.secondFactor) return { kind: 'signed in' };
  const behavior = federation.federatedIdpMfaBehavior;
  if (behavior === 'rejectMfaByFederatedIdp') return { kind: 'own factor', refusal: undefined };
  if (counts(stated)) return { kind: 'signed in' };
  const found = whyNot(stated, request);
  if (behavior !== 'enforceMfaByFederatedIdp')
    return { kind: 'own factor', refusal: signInRefusal('DBL-WSF-03', 50076, found, { resource }) };
  if (request.times < MAX_TIMES) {
    const times = `${found}; sent back after answer ${request.times} of ${MAX_TIMES}`;
    return { kind: 'sent back', refusal: signInRefusal('DBL-WSF-03', 50074, times) };
  }
  const loop = `a loop: enforceMfaByFederatedIdp sends the person back for as long as no second factor is stated; answer ${request.times}: ${found}`;
  throw signInRefusal('DBL-WSF-03', 50074, loop);
}

function whyNot({ places, instant }: StatedFactor, { mfaMaxAge }: SignInRequest): string {
  if (places.length === 0) return `the assertion does not state ${MULTIPLE_AUTHN}`;
  const when = instant === undefined ? 'without AuthenticationInstant' : `of ${instant.toISOString()}`;
  return `the second factor is ${when}, older than mfa_max_age ${mfaMaxAge} s`;
}
