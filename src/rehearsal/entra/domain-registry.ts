/**
 * The tenant's domains and what Microsoft Graph holds about their federation.
 *
 * A domain that is added after the one above it is no root: it has its parent's federation settings and takes none of its
 * own. One that was there before, or was promoted, is a root of its own. Settings carry Microsoft Graph's property names
 * (internalDomainFederation). Does not own: what realm discovery says about a domain (realm.ts).
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

/** In the order in which they were added to the tenant. */
export interface DomainOptions {
  readonly name: string;
  /** An unverified domain is unknown to realm discovery. */
  readonly verified: boolean;
  /** Absent: the domain is managed, or has the settings of the domain above it. */
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
  /** The root domain whose settings it has; its own name for a root. */
  readonly root: string;
  /** Its own, or its root's. */
  readonly federation: Federation | undefined;
}

export interface DomainRegistry {
  /** A verified domain, by name in any case. */
  verified(name: string): Domain | undefined;
  allVerified(): readonly Domain[];
  /** Federates a root domain anew, or makes it managed; throws an Error for settings that Microsoft Graph would refuse. */
  setFederation(name: string, settings: FederationSettings | undefined): void;
  /** Makes a sub-domain a root of its own, which is managed until it gets settings. */
  promote(name: string): void;
}

interface Held {
  readonly name: string;
  readonly verified: boolean;
  readonly root: string;
  readonly federation: Federation | undefined;
}

export function createDomainRegistry(added: readonly DomainOptions[], randomUUID: () => string): DomainRegistry {
  const domains = new Map<string, Held>();
  const known = (name: string): Held => {
    const domain = domains.get(name.toLowerCase());
    if (domain === undefined) throw new Error(`the tenant has no domain ${name.toLowerCase()}`);
    return domain;
  };
  const settingsOf = (domain: Held): Domain => ({ ...domain, federation: domains.get(domain.root)?.federation });

  const registry: DomainRegistry = {
    verified: (name) => {
      const domain = domains.get(name.toLowerCase());
      return domain?.verified === true ? settingsOf(domain) : undefined;
    },
    allVerified: () => [...domains.values()].filter(({ verified }) => verified).map(settingsOf),
    setFederation: (name, settings) => {
      const domain = known(name);
      if (domain.root !== domain.name)
        throw new Error(`${domain.name} is no root domain: it has the federation settings of ${domain.root}`);
      if (settings === undefined) {
        domains.set(domain.name, { ...domain, federation: undefined });
        return;
      }
      const clash = [...domains.values()].find(
        (other) => other.name !== domain.name && other.federation?.issuerUri === settings.issuerUri,
      );
      if (clash !== undefined) throw new Error(`issuerUri ${settings.issuerUri} is already that of ${clash.name}`);
      const id = domain.federation?.id ?? randomUUID();
      const federation = { ...settings, id, certificates: certificatesOf(settings) };
      domains.set(domain.name, { ...domain, federation });
    },
    promote: (name) => {
      const domain = known(name);
      domains.set(domain.name, { ...domain, root: domain.name });
    },
  };

  for (const { name: asGiven, verified } of added) {
    const name = asGiven.toLowerCase();
    const parent = [...domains.values()].find((other) => other.verified && name.endsWith(`.${other.name}`));
    domains.set(name, { name, verified, root: parent?.root ?? name, federation: undefined });
  }
  for (const { name, federation } of added) if (federation !== undefined) registry.setFederation(name, federation);
  return registry;
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
