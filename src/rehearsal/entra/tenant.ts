/**
 * The tenant: its domains, what Microsoft Graph holds about their federation, and the policies.
 *
 * Settings carry Microsoft Graph's property names (internalDomainFederation). Does not own: devices
 * (device-registry.ts) and what realm discovery says about a domain (realm.ts).
 */
import { X509Certificate } from 'node:crypto';

/** internalDomainFederation of Microsoft Graph v1.0. Certificates are base64 of DER, without PEM lines. */
export interface FederationSettings {
  readonly displayName?: string;
  readonly issuerUri: string;
  readonly activeSignInUri?: string;
  readonly metadataExchangeUri?: string;
  readonly passiveSignInUri?: string;
  readonly signOutUri?: string;
  readonly passwordResetUri?: string;
  readonly signingCertificate: string;
  readonly nextSigningCertificate?: string;
  readonly preferredAuthenticationProtocol?: 'wsFed' | 'saml';
  readonly federatedIdpMfaBehavior?: string;
  readonly promptLoginBehavior?: string;
  readonly isSignedAuthenticationRequestRequired?: boolean;
}

export interface DomainOptions {
  readonly name: string;
  /** An unverified domain is unknown to realm discovery. */
  readonly verified: boolean;
  /** Absent: the domain is managed. */
  readonly federation?: FederationSettings;
}

export interface Federation extends FederationSettings {
  /** Of the configuration object; stays when the settings are updated. */
  readonly id: string;
  /** signingCertificate, then nextSigningCertificate. */
  readonly certificates: readonly X509Certificate[];
}

export interface Domain {
  /** Lower case. */
  readonly name: string;
  readonly verified: boolean;
  readonly federation: Federation | undefined;
}

/** A user that Entra Connect has synchronised: as much as an assertion is matched against. */
export interface SyncedUser {
  readonly onPremisesImmutableId: string;
  readonly userPrincipalName: string;
}

export interface Policy {
  /** client_ids that are disabled as enterprise applications. */
  readonly disabledClients: readonly string[];
  /** Resources, by any of their identifiers, that are disabled. */
  readonly disabledResources: readonly string[];
  /** Conditional Access blocks device registration. */
  readonly blockDeviceRegistration: boolean;
  /** Conditional Access asks for multifactor authentication at every sign-in in the browser. */
  readonly requireSecondFactor: boolean;
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
  /** A verified domain, by name in any case. */
  verifiedDomain(name: string): Domain | undefined;
  firstVerifiedDomain(): Domain | undefined;
  /** True for the tenant's id and for each verified domain. */
  isNamedBy(tenantIdOrDomain: string): boolean;
  /** The federated, verified domain whose issuerUri is this, to the letter. */
  trustedIssuer(issuerUri: string): Domain | undefined;
  userByImmutableId(immutableId: string): SyncedUser | undefined;
  /** Federates a domain anew, or makes it managed; throws an Error for settings that Microsoft Graph would refuse. */
  setFederation(domainName: string, settings: FederationSettings | undefined): void;
  policy(): Policy;
  setPolicy(changes: Partial<Policy>): void;
}

const NO_POLICY: Policy = {
  disabledClients: [],
  disabledResources: [],
  blockDeviceRegistration: false,
  requireSecondFactor: false,
};

export function createTenant(options: TenantOptions, randomUUID: () => string): Tenant {
  const domains = new Map<string, Domain>();
  let policy = NO_POLICY;

  const setFederation = (domainName: string, settings: FederationSettings | undefined): void => {
    const name = domainName.toLowerCase();
    const domain = domains.get(name);
    if (domain === undefined) throw new Error(`the tenant has no domain ${name}`);
    if (settings === undefined) {
      domains.set(name, { ...domain, federation: undefined });
      return;
    }
    const clash = [...domains.values()].find(
      (other) => other.name !== name && other.federation?.issuerUri === settings.issuerUri,
    );
    if (clash !== undefined) throw new Error(`issuerUri ${settings.issuerUri} is already that of ${clash.name}`);
    const id = domain.federation?.id ?? randomUUID();
    domains.set(name, { ...domain, federation: { ...settings, id, certificates: certificatesOf(settings) } });
  };

  for (const { name, verified } of options.domains) {
    domains.set(name.toLowerCase(), { name: name.toLowerCase(), verified, federation: undefined });
  }
  for (const { name, federation } of options.domains) {
    if (federation !== undefined) setFederation(name, federation);
  }

  const verified = (): Domain[] => [...domains.values()].filter((domain) => domain.verified);
  const verifiedDomain = (name: string): Domain | undefined =>
    verified().find((domain) => domain.name === name.toLowerCase());
  return {
    id: options.tenantId.toLowerCase(),
    name: options.tenantName,
    verifiedDomain,
    firstVerifiedDomain: () => verified()[0],
    isNamedBy: (text) => text.toLowerCase() === options.tenantId.toLowerCase() || verifiedDomain(text) !== undefined,
    trustedIssuer: (issuerUri) => verified().find((domain) => domain.federation?.issuerUri === issuerUri),
    userByImmutableId: (immutableId) => options.syncedUsers.find((user) => user.onPremisesImmutableId === immutableId),
    setFederation,
    policy: () => policy,
    setPolicy: (changes) => {
      policy = { ...policy, ...changes };
    },
  };
}

function certificatesOf(settings: FederationSettings): X509Certificate[] {
  const certificates = [certificateOf('signingCertificate', settings.signingCertificate)];
  if (settings.nextSigningCertificate !== undefined) {
    certificates.push(certificateOf('nextSigningCertificate', settings.nextSigningCertificate));
  }
  return certificates;
}

function certificateOf(property: string, text: string): X509Certificate {
  // Graph stores base64 of DER; a pasted PEM file is the usual mistake.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    throw new Error(`${property} is base64 of the DER certificate, on one line and without PEM armour`);
  }
  try {
    return new X509Certificate(Buffer.from(text, 'base64'));
  } catch (cause) {
    throw new Error(`${property} is not an X.509 certificate`, { cause });
  }
}
