/**
 * Realm discovery: what login.microsoftonline.com says about the domain of a user name.
 *
 * Owns the documents of API versions 1.0 and 2.0. They answer DBL-RLM-01 to -04: whether a domain is known, federated,
 * by which protocol and with which MEX address; the device judges that. Does not own: the domains (tenant.ts).
 */
import type { Domain, Federation } from './domain-registry.ts';
import type { Tenant } from './tenant.ts';

const CLOUD = {
  cloud_instance_name: 'microsoftonline.com',
  cloud_audience_urn: 'urn:federation:MicrosoftOnline',
} as const;

/** Only WSTrust lets a device in; the other value's name is inferred. */
const PROTOCOLS = { wsFed: 'WSTrust', saml: 'SAML20' } as const;

export type RealmDocument = Readonly<Record<string, string | null>>;

/** `user` is a user name or a bare domain; `apiVersion` other than 2.0 gets the first version, as without one. */
export function realmDocument(user: string, apiVersion: string | undefined, tenant: Tenant): RealmDocument {
  const domain = tenant.verifiedDomain(user.slice(user.lastIndexOf('@') + 1));
  return apiVersion === '2.0' ? realm2(user, domain) : realm1(domain);
}

function realm1(domain: Domain | undefined): RealmDocument {
  if (domain === undefined) return { ver: '1.0', account_type: 'Unknown', ...CLOUD };
  const { federation } = domain;
  if (federation === undefined) return { ver: '1.0', account_type: 'Managed', domain_name: domain.name, ...CLOUD };
  return {
    ver: '1.0',
    account_type: 'Federated',
    domain_name: domain.name,
    federation_protocol: protocolOf(federation),
    // Left out when the setting is empty: the client then finds no MEX address (DBL-RLM-04).
    ...(federation.metadataExchangeUri === undefined
      ? {}
      : { federation_metadata_url: federation.metadataExchangeUri }),
    ...(federation.activeSignInUri === undefined ? {} : { federation_active_auth_url: federation.activeSignInUri }),
    ...CLOUD,
  };
}

function realm2(user: string, domain: Domain | undefined): RealmDocument {
  if (domain === undefined)
    return { NameSpaceType: 'Unknown', Login: user, cloud_instance_name: CLOUD.cloud_instance_name };
  const { federation } = domain;
  const common = { Login: user, DomainName: domain.name, cloud_instance_name: CLOUD.cloud_instance_name };
  if (federation === undefined) return { NameSpaceType: 'Managed', ...common };
  return {
    NameSpaceType: 'Federated',
    federation_protocol: protocolOf(federation),
    ...common,
    AuthURL: passiveUrl(federation, user),
    FederationBrandName: federation.displayName ?? domain.name,
    TenantBrandingInfo: null,
  };
}

function passiveUrl(federation: Federation, user: string): string | null {
  if (federation.passiveSignInUri === undefined) return null;
  const query = `username=${encodeURIComponent(user)}&wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline&wctx=`;
  return `${federation.passiveSignInUri}?${query}`;
}

function protocolOf(federation: Federation): string {
  return PROTOCOLS[federation.preferredAuthenticationProtocol ?? 'wsFed'];
}
