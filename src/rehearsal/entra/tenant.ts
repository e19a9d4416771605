/**
 * The tenant: its domains, its people, and the policies.
 *
 * Does not own: how domains lie below each other (domain-registry.ts), people (user-registry.ts), devices
 * (device-registry.ts), and what realm discovery says about a domain (realm.ts).
 */
import { createDomainRegistry } from './domain-registry.ts';
import type { Domain, DomainOptions, FederationSettings } from './domain-registry.ts';
import { createUserRegistry } from './user-registry.ts';
import type { SyncedUser, UserRecord, UserRegistry } from './user-registry.ts';

export interface Policy {
  /** client_ids that are disabled as enterprise applications. */
  readonly disabledClients: readonly string[];
  /** Resources, by any of their identifiers, that are disabled. */
  readonly disabledResources: readonly string[];
  /** Conditional Access blocks device registration. */
  readonly blockDeviceRegistration: boolean;
  /** Conditional Access asks for multifactor authentication at every sign-in in the browser. */
  readonly requireSecondFactor: boolean;
  /** federatedTokenValidationPolicy: `all` is Entra's default; `none` lets any domain's issuer speak for everybody. */
  readonly validatingRootDomains: 'all' | 'none';
}

export interface TenantOptions {
  readonly tenantId: string;
  readonly tenantName: string;
  readonly domains: readonly DomainOptions[];
  readonly syncedUsers: readonly SyncedUser[];
}

export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly users: UserRegistry;
  /** A verified domain, by name in any case. */
  verifiedDomain(name: string): Domain | undefined;
  /** The domain of a user name. */
  domainOf(userPrincipalName: string): Domain | undefined;
  firstVerifiedDomain(): Domain | undefined;
  /** True for the tenant's id and for each verified domain. */
  isNamedBy(tenantIdOrDomain: string): boolean;
  /** The federated, verified root domain whose issuerUri is this, to the letter. */
  trustedIssuer(issuerUri: string): Domain | undefined;
  userByImmutableId(immutableId: string): UserRecord | undefined;
  /** Federates a root domain anew, or makes it managed; throws an Error for settings that Microsoft Graph would refuse. */
  setFederation(domainName: string, settings: FederationSettings | undefined): void;
  promoteDomain(domainName: string): void;
  policy(): Policy;
  setPolicy(changes: Partial<Policy>): void;
}

const NO_POLICY: Policy = {
  disabledClients: [],
  disabledResources: [],
  blockDeviceRegistration: false,
  requireSecondFactor: false,
  validatingRootDomains: 'all',
};

export function createTenant(options: TenantOptions, randomUUID: () => string): Tenant {
  const domains = createDomainRegistry(options.domains, randomUUID);
  let policy = NO_POLICY;
  const domainOf = (upn: string): Domain | undefined => domains.verified(upn.slice(upn.lastIndexOf('@') + 1));
  const initial = options.domains.find(({ name }) => name.endsWith('.onmicrosoft.com'))?.name;
  const users = createUserRegistry(options.syncedUsers, (upn) =>
    domainOf(upn) !== undefined || initial === undefined ? upn : `${upn.slice(0, upn.lastIndexOf('@'))}@${initial}`,
  );
  return {
    id: options.tenantId.toLowerCase(),
    name: options.tenantName,
    users,
    verifiedDomain: (name) => domains.verified(name),
    domainOf,
    firstVerifiedDomain: () => domains.allVerified()[0],
    isNamedBy: (text) => text.toLowerCase() === options.tenantId.toLowerCase() || domains.verified(text) !== undefined,
    trustedIssuer: (issuerUri) =>
      domains.allVerified().find((domain) => domain.root === domain.name && domain.federation?.issuerUri === issuerUri),
    userByImmutableId: (immutableId) => users.byImmutableId(immutableId),
    setFederation: (name, settings) => domains.setFederation(name, settings),
    promoteDomain: (name) => domains.promote(name),
    policy: () => policy,
    setPolicy: (changes) => {
      policy = { ...policy, ...changes };
    },
  };
}
