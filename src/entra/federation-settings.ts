/**
 * What Entra must believe about a domain: its internalDomainFederation, by the names of Microsoft Graph PowerShell.
 *
 * Left to Entra: PromptLoginBehavior (empty means `wfresh=0` with the password's `wauth`, which sign-in in the browser honours),
 * PasswordResetUri (not every user type may change its password here) and NextSigningCertificate. Pure. Does not own:
 * where an address lies (model/urls.ts), how the settings reach Entra (cmdlets.ts).
 */
import type { Application } from '../model/application.ts';
import { applicationUrls } from '../model/urls.ts';

export interface FederationSettings {
  readonly ActiveSignInUri: string;
  readonly DisplayName: string;
  /**
   * Fits every policy of an application: a second factor that was used here counts, and where none was Entra asks for its
   * own. `enforceMfaByFederatedIdp` would send people back and forth where the policy is `never`.
   */
  readonly FederatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp';
  readonly IssuerUri: string;
  readonly MetadataExchangeUri: string;
  readonly PassiveSignInUri: string;
  readonly PreferredAuthenticationProtocol: 'wsFed';
  /** The address of the sign-in: `wa` says which of the two is meant. */
  readonly SignOutUri: string;
  /** Base64 of the DER in one line, without PEM armour: Graph takes nothing else. */
  readonly SigningCertificate: string;
}

export interface FederationSource {
  readonly publicBaseUrl: string;
  readonly application: Pick<Application, 'id' | 'useMex13'>;
  /** DER of the certificate whose key signs the application's assertions. */
  readonly signingCertificate: Uint8Array;
}

export function federationSettings({
  publicBaseUrl,
  application,
  signingCertificate,
}: FederationSource): FederationSettings {
  const urls = applicationUrls(publicBaseUrl, application.id);
  return {
    ActiveSignInUri: urls.activeSignInUri,
    DisplayName: 'Mortise WS-Federation Identity Provider',
    FederatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp',
    IssuerUri: urls.issuerUri,
    MetadataExchangeUri: application.useMex13 ? urls.metadataExchange13Uri : urls.metadataExchangeUri,
    PassiveSignInUri: urls.passiveSignInUri,
    PreferredAuthenticationProtocol: 'wsFed',
    SignOutUri: urls.passiveSignInUri,
    SigningCertificate: Buffer.from(signingCertificate).toString('base64'),
  };
}
