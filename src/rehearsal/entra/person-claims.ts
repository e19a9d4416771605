/**
 * What a verified assertion must say before Entra takes it for a person's.
 *
 * Owns DBL-TOK-14, -15, -22 and -23: the ImmutableID decides whose it is, compared case by case as base64 must be, and the
 * person's domain whose word on him is taken. Does not own:
 * what every assertion must say (token-claims.ts), the tokens (person-token.ts).
 */
import { valuesOf } from './assertion-claims.ts';
import type { Assertion, Authentication } from './assertion.ts';
import { IMMUTABLE_ID, UPN } from './claims-table.ts';
import type { Tenant } from './tenant.ts';
import { refuse } from './token-checks.ts';
import type { AcceptedClaims } from './token-claims.ts';
import type { UserRecord } from './user-registry.ts';

export interface PersonIdentity {
  readonly user: UserRecord;
  readonly issuer: string;
  readonly authentications: readonly Authentication[];
  readonly accepted: AcceptedClaims;
}

export function judgePerson(assertion: Assertion, tenant: Tenant): Pick<PersonIdentity, 'user'> {
  const [immutableId, ...others] = valuesOf(assertion, IMMUTABLE_ID);
  if (immutableId === undefined || immutableId === '' || others.length > 0)
    return refuse('DBL-TOK-14', 90020, 'ImmutableID is not there exactly once');
  const user = tenant.userByImmutableId(immutableId);
  if (user === undefined) {
    const found = `ImmutableID ${immutableId} is that of no synchronised user, and there are no device claims`;
    return refuse('DBL-TOK-15', 51004, found, { tenant: tenant.id });
  }
  const [upn] = valuesOf(assertion, UPN);
  if (upn !== undefined && upn.toLowerCase() !== user.userPrincipalName.toLowerCase())
    refuse('DBL-TOK-15', 51004, `UPN ${upn} is not that of the user with this ImmutableID`, { tenant: tenant.id });
  checkOwnDomain(user, assertion.issuer, tenant);
  if (!user.accountEnabled) refuse('DBL-TOK-23', 50057, `${user.userPrincipalName} is disabled`);
  return { user };
}

/** federatedTokenValidationPolicy: the root domain of the account must be the one that the issuer is of. */
function checkOwnDomain({ userPrincipalName }: UserRecord, issuer: string, tenant: Tenant): void {
  if (tenant.policy().validatingRootDomains === 'none') return;
  const own = tenant.domainOf(userPrincipalName);
  const issuing = tenant.trustedIssuer(issuer);
  if (own !== undefined && own.root === issuing?.root) return;
  const where = own === undefined ? 'no verified domain' : own.root;
  const found = `${issuer} is the issuer of ${issuing?.name ?? 'no domain'}, and ${userPrincipalName} is of ${where}`;
  refuse('DBL-TOK-22', 50107, found, { name: issuer });
}
