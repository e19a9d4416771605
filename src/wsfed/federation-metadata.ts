/**
 * The federation metadata document (WS-Federation 1.2 §3, SAML 2.0 metadata §2.3), in the shape of AD FS's: Entra and relying
 * parties take issuer, addresses and certificates from it.
 *
 * Written in exclusive canonical form, as xmldsig/sign.ts wants it, but for one declaration: the prefix `fed` stands in the
 * values of xsi:type only, which exclusive canonicalisation does not see (Exclusive XML Canonicalization 1.0 §1.3). Readers need
 * it declared; what is signed must be without it; so it is put in after signing.
 */
import type { SigningKey } from '../keys/signing-key.ts';
import { Refusal } from '../refusal.ts';
import { WSA } from '../wstrust/namespaces.ts';
import { SAML11_TOKEN_TYPE, TRUST_PROTOCOLS } from '../wstrust/trust-version.ts';
import { verbatim, xml } from '../xml/markup.ts';
import type { Xml } from '../xml/markup.ts';
import { signEnveloped } from '../xmldsig/sign.ts';
import { CLAIM_TYPES } from './claim-types.ts';
import type { ClaimType } from './claim-types.ts';

export interface FederationMetadata {
  /** xsd:ID, `_` and a UUID. */
  readonly id: string;
  /** The IssuerUri: relying parties compare it with the assertion's Issuer. */
  readonly entityId: string;
  readonly passiveSignInUri: string;
  readonly metadataExchangeUri: string;
  /** At least one. Readers that know a single address take the last. */
  readonly activeSignInUris: readonly string[];
  readonly organisationName?: string;
  /** All that may sign, so that a relying party knows the next one before it is used; the first signs the document. */
  readonly signingKeys: readonly SigningKey[];
}

const MD = 'urn:oasis:names:tc:SAML:2.0:metadata';
const FED = 'http://docs.oasis-open.org/wsfed/federation/200706';
const AUTH = 'http://docs.oasis-open.org/wsfed/authorization/200706';
const MEX = 'http://schemas.xmlsoap.org/ws/2004/09/mex';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

const PROTOCOLS = `${TRUST_PROTOCOLS['1.3'].namespace} ${TRUST_PROTOCOLS['2005'].namespace} ${FED}`;

/** @throws Refusal signing-key-unavailable when there is no key at all */
export async function writeFederationMetadata(metadata: FederationMetadata): Promise<string> {
  const [key] = metadata.signingKeys;
  if (key === undefined) throw new Refusal('signing-key-unavailable');
  const signed = await signEnveloped(entityDescriptor(metadata), metadata.id, key, 'first');
  return signed.replace('<EntityDescriptor ', `<EntityDescriptor xmlns:fed="${FED}" `);
}

function entityDescriptor(metadata: FederationMetadata): Xml {
  const { id, entityId } = metadata;
  const roles = [applicationService(metadata), securityTokenService(metadata)];
  return xml`<EntityDescriptor xmlns="${MD}" ID="${id}" entityID="${entityId}">${roles}</EntityDescriptor>`;
}

/** AD FS's document has this role first; whoever reads that one expects it. It takes no tokens, and so has no keys. */
function applicationService({ entityId, passiveSignInUri, organisationName }: FederationMetadata): Xml {
  return roleDescriptor('fed:ApplicationServiceType', organisationName, [
    xml`<fed:TargetScopes xmlns:fed="${FED}">${[passiveSignInUri, entityId].map((address) => endpointReference(address))}</fed:TargetScopes>`,
    xml`<fed:ApplicationServiceEndpoint xmlns:fed="${FED}">${endpointReference(passiveSignInUri)}</fed:ApplicationServiceEndpoint>`,
    passiveRequestorEndpoint(passiveSignInUri),
  ]);
}

/** WS-Federation 1.2 §3.1.2.2, in the order of its schema. Only what is served is offered. */
function securityTokenService(metadata: FederationMetadata): Xml {
  const { passiveSignInUri, activeSignInUris, metadataExchangeUri, organisationName, signingKeys } = metadata;
  const exchange = metadataExchange(metadataExchangeUri);
  return roleDescriptor('fed:SecurityTokenServiceType', organisationName, [
    ...signingKeys.map(keyDescriptor),
    xml`<fed:TokenTypesOffered xmlns:fed="${FED}"><fed:TokenType Uri="${SAML11_TOKEN_TYPE}"></fed:TokenType></fed:TokenTypesOffered>`,
    xml`<fed:ClaimTypesOffered xmlns:fed="${FED}">${CLAIM_TYPES.map(claimType)}</fed:ClaimTypesOffered>`,
    ...activeSignInUris.map(
      (address) =>
        xml`<fed:SecurityTokenServiceEndpoint xmlns:fed="${FED}">${endpointReference(address, exchange)}</fed:SecurityTokenServiceEndpoint>`,
    ),
    passiveRequestorEndpoint(passiveSignInUri),
  ]);
}

function roleDescriptor(type: string, displayName: string | undefined, children: readonly Xml[]): Xml {
  return displayName === undefined
    ? xml`<RoleDescriptor xmlns:xsi="${XSI}" protocolSupportEnumeration="${PROTOCOLS}" xsi:type="${type}">${children}</RoleDescriptor>`
    : xml`<RoleDescriptor xmlns:xsi="${XSI}" ServiceDisplayName="${displayName}" protocolSupportEnumeration="${PROTOCOLS}" xsi:type="${type}">${children}</RoleDescriptor>`;
}

function keyDescriptor({ certificate }: SigningKey): Xml {
  const base64 = verbatim(Buffer.from(certificate).toString('base64'));
  return xml`<KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${DS}"><ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>`;
}

/** Optional: which of them an assertion holds is the application's mapping. */
function claimType({ uri, displayName, description }: ClaimType): Xml {
  return xml`<auth:ClaimType xmlns:auth="${AUTH}" Optional="true" Uri="${uri}"><auth:DisplayName>${displayName}</auth:DisplayName><auth:Description>${description}</auth:Description></auth:ClaimType>`;
}

function passiveRequestorEndpoint(address: string): Xml {
  return xml`<fed:PassiveRequestorEndpoint xmlns:fed="${FED}">${endpointReference(address)}</fed:PassiveRequestorEndpoint>`;
}

function endpointReference(address: string, metadata: Xml = xml``): Xml {
  return xml`<wsa:EndpointReference xmlns:wsa="${WSA}"><wsa:Address>${address}</wsa:Address>${metadata}</wsa:EndpointReference>`;
}

/** Where the endpoint's own description is had (WS-MetadataExchange 1.1 §3). */
function metadataExchange(address: string): Xml {
  return xml`<wsa:Metadata><wsx:Metadata xmlns:wsx="${MEX}"><wsx:MetadataSection Dialect="${MEX}"><wsx:MetadataReference><wsa:Address>${address}</wsa:Address></wsx:MetadataReference></wsx:MetadataSection></wsx:Metadata></wsa:Metadata>`;
}
