/** What the local Entra believes about the domains: what Mortise serves, changed where the plan says so, by Graph's names. */
import type { Configuration } from '../config/load.ts';
import { federationSettings } from '../entra/federation-settings.ts';
import type { FederationSettings } from '../entra/federation-settings.ts';
import { createKeyMaterial } from '../keys/create.ts';
import type { KeyMaterial } from '../keys/material.ts';
import type { Application } from '../model/application.ts';
import type { Store } from '../store/store.ts';
import type { FederationSettings as GraphSettings } from './entra/domain-registry.ts';
import type { BelievedSettings, Plan } from './plan.ts';

/** Of each domain that Mortise serves; undefined: the domain is managed. */
export interface Believed {
  readonly first: GraphSettings | undefined;
  /** Where the plan has a second domain. */
  readonly second: GraphSettings | undefined;
}

interface Told {
  readonly plan: Plan;
  /** Of a gateway that signs anew: Entra has its certificate then. */
  readonly gatewayKey: KeyMaterial | undefined;
  readonly now: Date;
}

export async function believedSettings(
  { server, environment }: Configuration,
  store: Store,
  { plan, gatewayKey, now }: Told,
): Promise<Believed> {
  const [first, second] = environment.applications;
  const [key] = await store.signingKeys.list();
  if (first === undefined || key === undefined) throw new Error('the rehearsal has an application and a signing key');
  const { publicBaseUrl } = server;
  const signingCertificate = gatewayKey?.certificate ?? key.certificate;
  const servedBy = (application: Application): FederationSettings =>
    federationSettings({ publicBaseUrl, application, signingCertificate });
  const other = await createKeyMaterial({ name: 'Another identity provider', now, modulusBits: 2048 });
  const otherCertificate = Buffer.from(other.certificate).toString('base64');
  const believed = plan.believed(servedBy(first), { otherCertificate });
  return {
    first: believed && graphNames(believed),
    second: second && graphNames(ofSecond(servedBy(second), servedBy(first), plan)),
  };
}

/** Copied by hand, with the issuer alone made its own: Entra takes no issuer twice. */
function ofSecond(own: FederationSettings, first: FederationSettings, { secondDomain }: Plan): FederationSettings {
  return secondDomain === 'addresses of the first' ? { ...first, IssuerUri: own.IssuerUri } : own;
}

/** PowerShell's parameters in Graph's own spelling. */
function graphNames(settings: BelievedSettings): GraphSettings {
  return {
    activeSignInUri: settings.ActiveSignInUri,
    displayName: settings.DisplayName,
    federatedIdpMfaBehavior: settings.FederatedIdpMfaBehavior,
    issuerUri: settings.IssuerUri,
    ...(settings.MetadataExchangeUri !== undefined && { metadataExchangeUri: settings.MetadataExchangeUri }),
    passiveSignInUri: settings.PassiveSignInUri,
    preferredAuthenticationProtocol: settings.PreferredAuthenticationProtocol,
    signOutUri: settings.SignOutUri,
    signingCertificate: settings.SigningCertificate,
  };
}
