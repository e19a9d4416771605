/**
 * FederationMetadata.xml at AD FS's path, by host name: for relying parties, and for Entra, which may read new
 * certificates there by itself.
 */
import type { SigningKey } from '../../keys/signing-key.ts';
import { applicationUrls } from '../../model/urls.ts';
import type { IssuingApplication } from '../../signin/issue.ts';
import { writeFederationMetadata } from '../../wsfed/federation-metadata.ts';
import type { HttpReply } from '../http-server.ts';
import { atApplication } from './at-application.ts';
import type { FindApplication } from './at-application.ts';
import type { BrowserService } from './service.ts';
import type { BrowserRequest } from './visit.ts';

/** Signing costs: whoever asks again within so long gets the same document. */
const KEPT_MS = 600_000;

interface Kept {
  readonly document: Promise<string>;
  readonly at: number;
}

export function metadataHandler(
  service: BrowserService,
  find: FindApplication,
): (request: BrowserRequest, reply: HttpReply) => Promise<HttpReply> {
  const kept = new Map<string, Kept>();
  const documentOf = (issuing: IssuingApplication): Promise<string> => {
    const { id } = issuing.application;
    const now = service.now().getTime();
    const known = kept.get(id);
    if (known !== undefined && now - known.at < KEPT_MS) return known.document;
    const document = write(service, issuing);
    kept.set(id, { document, at: now });
    document.catch(() => kept.delete(id));
    return document;
  };
  const show = atApplication('passive', async (_service, issuing, _request, reply) => {
    const document = await documentOf(issuing);
    return reply
      .header('Content-Type', 'application/samlmetadata+xml; charset=utf-8')
      .header('Cache-Control', 'public, max-age=600')
      .header('X-Content-Type-Options', 'nosniff')
      .send(document);
  });
  return (request, reply) => show(service, find, request, reply);
}

async function write(service: BrowserService, { application, issuerUri }: IssuingApplication): Promise<string> {
  const urls = applicationUrls(service.publicBaseUrl, application.id);
  const { randomUUID, signingKeys } = service.dependencies;
  return writeFederationMetadata({
    id: `_${randomUUID()}`,
    entityId: issuerUri,
    passiveSignInUri: urls.passiveSignInUri,
    metadataExchangeUri: application.useMex13 ? urls.metadataExchange13Uri : urls.metadataExchangeUri,
    activeSignInUris: [urls.usernameMixed13, urls.usernameMixed2005],
    organisationName: service.branding.organisationName,
    signingKeys: signingKeysOf(application.idpSigning.key.id, signingKeys),
  });
}

/** The application's own. */
const signingKeysOf = (id: string, keys: readonly SigningKey[]): readonly SigningKey[] =>
  keys.filter((key) => key.id === id);
