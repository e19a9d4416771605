/**
 * The federation settings of a domain as Microsoft Graph v1.0 shows them, for tools that compare.
 *
 * Read only; changes go through LocalEntra.setFederation. Does not own: the settings (tenant.ts).
 */
import type { Stamp } from './aadsts.ts';
import type { Tenant } from './tenant.ts';

export interface GraphReply {
  readonly status: 200 | 404;
  readonly body: object;
}

/** GET /v1.0/domains/{domain}/federationConfiguration: a list of one, or 404 for a managed or unknown domain. */
export function federationConfiguration(domainName: string, tenant: Tenant, stamp: Stamp): GraphReply {
  const federation = tenant.verifiedDomain(domainName)?.federation;
  if (federation === undefined) return notFound(domainName, stamp);
  return {
    status: 200,
    body: {
      value: [
        {
          '@odata.type': '#microsoft.graph.internalDomainFederation',
          id: federation.id,
          displayName: federation.displayName ?? null,
          issuerUri: federation.issuerUri,
          metadataExchangeUri: federation.metadataExchangeUri ?? null,
          signingCertificate: federation.signingCertificate,
          passiveSignInUri: federation.passiveSignInUri ?? null,
          preferredAuthenticationProtocol: federation.preferredAuthenticationProtocol ?? 'wsFed',
          activeSignInUri: federation.activeSignInUri ?? null,
          signOutUri: federation.signOutUri ?? null,
          promptLoginBehavior: federation.promptLoginBehavior ?? null,
          isSignedAuthenticationRequestRequired: federation.isSignedAuthenticationRequestRequired ?? null,
          nextSigningCertificate: federation.nextSigningCertificate ?? null,
          passwordResetUri: federation.passwordResetUri ?? null,
          signingCertificateUpdateStatus: null,
          federatedIdpMfaBehavior: federation.federatedIdpMfaBehavior ?? null,
        },
      ],
    },
  };
}

function notFound(domainName: string, stamp: Stamp): GraphReply {
  const innerError = {
    date: stamp.now.toISOString().slice(0, 19),
    'request-id': stamp.traceId,
    'client-request-id': stamp.correlationId,
  };
  const message = `Resource '${domainName}' has no federation configuration.`;
  return { status: 404, body: { error: { code: 'Request_ResourceNotFound', message, innerError } } };
}
