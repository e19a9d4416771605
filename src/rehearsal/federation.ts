/** What the local Entra believes about the domain: what Mortise serves, changed where the plan says so, by Graph's names. */
import type { Configuration } from '../config/load.ts';
import { federationSettings } from '../entra/federation-settings.ts';
import { createKeyMaterial } from '../keys/create.ts';
import type { Store } from '../store/store.ts';
import type { FederationSettings as GraphSettings } from './entra/domain-registry.ts';
import type { BelievedSettings, Plan } from './plan.ts';

export async function believedSettings(
  { server, environment }: Configuration,
  store: Store,
  plan: Plan,
  now: Date,
): Promise<GraphSettings | undefined> {
  const [application] = environment.applications;
  const [key] = await store.signingKeys.list();
  if (application === undefined || key === undefined)
    throw new Error('the rehearsal has one application and one signing key');
  const served = federationSettings({
    publicBaseUrl: server.publicBaseUrl,
    application,
    signingCertificate: key.certificate,
  });
  const other = await createKeyMaterial({ name: 'Another identity provider', now, modulusBits: 2048 });
  const believed = plan.believed(served, { otherCertificate: Buffer.from(other.certificate).toString('base64') });
  return believed && graphNames(believed);
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
