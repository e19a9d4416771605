/**
 * The second half of every sign-in, whoever was identified and how: entry, stored user, claims, signature.
 *
 *   2 what is known     gateway, store                         (entry -> user)
 *   3 what we say       mapping                                (user -> claims)
 *   4 the token         SAML                                   (claims -> signed assertion)
 */
import { mapEntry } from '../gateway/look-up.ts';
import type { LookedUp } from '../gateway/look-up.ts';
import { pickSigningKey } from '../keys/pick.ts';
import type { SigningKey } from '../keys/signing-key.ts';
import type { MappedClaim } from '../mapping/claims.ts';
import { KNOWN_CLAIMS } from '../mapping/known-claims.ts';
import type { Gateway, UserType } from '../model/gateway.ts';
import type { User } from '../model/user.ts';
import { signSaml11Assertion } from '../saml/saml11.ts';
import { composeAssertion } from './compose-assertion.ts';
import type { Proof } from './compose-assertion.ts';
import type { IssuingApplication } from './issue.ts';
import { namesOf } from './record.ts';
import type { Decided, Progress } from './recorded.ts';
import { knowUser } from './users.ts';
import type { UserAttributes, UserDependencies } from './users.ts';

export interface AssertionDependencies extends UserDependencies {
  readonly signingKeys: readonly SigningKey[];
}

/** Who is asking, as the directory knows him. */
export interface Identified {
  readonly found: LookedUp;
  readonly gateway: Gateway;
}

/** What the claims are made of. */
export interface Known {
  readonly user: User;
  readonly userType: UserType;
  readonly attributes: UserAttributes;
}

export interface IssuedToken {
  readonly assertion: string;
  readonly assertionId: string;
  readonly issuedAt: Date;
  readonly notOnOrAfter: Date;
}

/** @throws Refusal */
export async function knowIdentified(
  { asking, record }: Progress,
  { application }: IssuingApplication,
  { found, gateway }: Identified,
  dependencies: UserDependencies,
): Promise<Known> {
  const { userType } = found;
  record.learn({ subject: { kind: userType.kind, ...namesOf(found) } });
  const mapped = await record.step('entry', () => mapEntry(userType, found.entry));
  const { user, attributes } = await record.step('user', () =>
    knowUser({ gateway, application, found, mapped }, asking.now, dependencies, record.note),
  );
  record.learn({ subject: { kind: userType.kind, userId: user.id, username: user.username } });
  return { user, userType, attributes };
}

export interface Statement extends Proof {
  /** How long the assertion is valid. */
  readonly lifetimeMs: number;
  /** About the sign-in itself, beside those of the mapping. */
  readonly claims: readonly MappedClaim[];
}

/** @throws Refusal */
export async function issueAssertion(
  { asking, record }: Progress,
  issuing: IssuingApplication,
  { userType, attributes }: Known,
  { claims: ofSession, ...statement }: Statement,
  { randomUUID, signingKeys }: AssertionDependencies,
): Promise<Decided<{ readonly kind: 'issued'; readonly token: IssuedToken }>> {
  const { application, issuerUri, mapper } = issuing;
  const claims = [...ofSession, ...issuerIdOf(issuing)];
  const mapped = await record.step('claims', () =>
    mapper.mapSubject(userType.kind, attributes, sourcesOf(userType), asking.now),
  );
  const subject = claims.length === 0 ? mapped : { ...mapped, claims: withClaims(mapped.claims, claims) };
  const assertion = composeAssertion(application, issuerUri, subject, statement, asking.now, randomUUID());
  const signed = await record.step('sign', () =>
    signSaml11Assertion(assertion, pickSigningKey(signingKeys, application.idpSigning.key.id, asking.now)),
  );
  const { id: assertionId, issueInstant: issuedAt, notOnOrAfter } = assertion;
  const token = { assertion: signed, assertionId, issuedAt, notOnOrAfter };
  return { kind: 'decided', done: { kind: 'issued', token }, activity: record.issued(assertion, subject) };
}

const NO_CLAIMS: readonly MappedClaim[] = [];
const ISSUER_ID = { name: 'issuerid', namespace: KNOWN_CLAIMS['issuerid']?.nameFormat ?? '' };

/**
 * As AD FS states for tenants with several federated domains: always the assertion's own Issuer, which is what Entra looks
 * for, so that the two can never name different domains. A sub-domain's people are sent to the application of the domain
 * that they have their federation settings from, and so get that one's.
 */
export const issuerIdOf = ({
  issuerUri,
  severalDomains,
}: Pick<IssuingApplication, 'issuerUri' | 'severalDomains'>): readonly MappedClaim[] =>
  severalDomains ? [{ ...ISSUER_ID, values: [issuerUri], source: 'the application’s issuer' }] : NO_CLAIMS;

/** What the session says of itself stands in place of a row of the same name: no mapping can state a second factor. */
function withClaims(mapped: readonly MappedClaim[], session: readonly MappedClaim[]): readonly MappedClaim[] {
  const isSame = (one: MappedClaim, other: MappedClaim): boolean =>
    one.namespace === other.namespace && one.name.toLowerCase() === other.name.toLowerCase();
  return [...mapped.filter((row) => !session.some((claim) => isSame(row, claim))), ...session];
}

const sources = new WeakMap<UserType, Readonly<Record<string, string>>>();

/** 3. Which LDAP attribute each user attribute came from, for the record and the rehearsal's table. */
export function sourcesOf(userType: UserType): Readonly<Record<string, string>> {
  const known = sources.get(userType);
  if (known !== undefined) return known;
  const made = Object.fromEntries(
    userType.newUserLookup.attributeMappings.map((mapping) => [
      mapping.name,
      mapping.value.replace(/^\$\{ldapAttributes\.([^}]+)\}$/, '$1'),
    ]),
  );
  sources.set(userType, made);
  return made;
}
