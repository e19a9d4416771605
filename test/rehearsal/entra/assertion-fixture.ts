/**
 * Assertions of a device, written and signed without Mortise: text templates and xml-crypto.
 *
 * `deviceAssertion` gives the XML of a well-formed one; options change one thing each. Keys are made for each test run.
 */
import 'reflect-metadata';
import { createPrivateKey, generateKeyPairSync, webcrypto } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';
import { SignedXml } from 'xml-crypto';

export const NOW = new Date('2026-03-02T10:00:00.000Z');
export const ISSUER = 'https://sts.contoso.example/applications/4afaa6b9-1497-44b6-b1ce-1a6d396f7f7e';
export const OBJECT_GUID = '5c0c4151-e2aa-435e-987a-a97ae798c444';
/** base64 of the GUID's 16 stored bytes: the pair is known from a published join. */
export const OBJECT_GUID_BASE64 = 'UUEMXKriXkOYeql655jERA==';
export const OBJECT_SID = 'S-1-5-21-126850608-2097551590-1142751551-1260';
export const ASSERTION_ID = '_b2db43d0-2f96-479e-a31f-e8225326fdbb';

export const NS = {
  saml: 'urn:oasis:names:tc:SAML:1.0:assertion',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  accounttype: 'http://schemas.microsoft.com/ws/2012/01',
  onpremobjectguid: 'http://schemas.microsoft.com/identity/claims',
  primarysid: 'http://schemas.microsoft.com/ws/2008/06/identity/claims',
  liveId: 'http://schemas.microsoft.com/LiveID/Federation/2008/05',
  xmlsoapClaims: 'http://schemas.xmlsoap.org/claims',
  identity2005: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims',
} as const;

export const ALGORITHM = {
  enveloped: `${NS.ds}enveloped-signature`,
  excC14n: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  c14n: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  rsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  rsaSha1: `${NS.ds}rsa-sha1`,
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha1: `${NS.ds}sha1`,
} as const;

export interface FixtureAttribute {
  readonly name: string;
  readonly namespace: string;
  readonly values: readonly string[];
}

export const claim = (name: string, namespace: string, ...values: string[]): FixtureAttribute => ({
  name,
  namespace,
  values,
});

export const DEVICE_ATTRIBUTES: readonly FixtureAttribute[] = [
  claim('ImmutableID', NS.liveId, OBJECT_GUID_BASE64),
  claim('accounttype', NS.accounttype, 'DJ'),
  claim('onpremobjectguid', NS.onpremobjectguid, OBJECT_GUID_BASE64),
  claim('primarysid', NS.primarysid, OBJECT_SID),
];

/** The device's attributes with those of the same name replaced. */
export function withAttribute(...replaced: readonly FixtureAttribute[]): FixtureAttribute[] {
  const names = new Set(replaced.map((attribute) => attribute.name.toLowerCase()));
  return [...DEVICE_ATTRIBUTES.filter((attribute) => !names.has(attribute.name.toLowerCase())), ...replaced];
}

export function withoutAttribute(...names: readonly string[]): FixtureAttribute[] {
  return DEVICE_ATTRIBUTES.filter((attribute) => !names.includes(attribute.name));
}

export interface AssertionOptions {
  readonly issuer?: string;
  readonly notBefore?: string;
  readonly notOnOrAfter?: string;
  readonly audience?: string;
  readonly nameIdentifier?: string;
  readonly attributes?: readonly FixtureAttribute[];
  /** Applied to the text before it is signed. */
  readonly edit?: (xml: string) => string;
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

export function deviceAssertion(options: AssertionOptions = {}): string {
  const value = options.nameIdentifier ?? OBJECT_GUID_BASE64;
  const subject =
    `<saml:Subject><saml:NameIdentifier Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">${escape(value)}</saml:NameIdentifier>` +
    '<saml:SubjectConfirmation><saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:bearer</saml:ConfirmationMethod></saml:SubjectConfirmation></saml:Subject>';
  const attributes = (options.attributes ?? DEVICE_ATTRIBUTES)
    .map(({ name, namespace, values }) => {
      const texts = values.map((text) => `<saml:AttributeValue>${escape(text)}</saml:AttributeValue>`).join('');
      return `<saml:Attribute AttributeName="${name}" AttributeNamespace="${namespace}">${texts}</saml:Attribute>`;
    })
    .join('');
  const xml =
    `<saml:Assertion MajorVersion="1" MinorVersion="1" AssertionID="${ASSERTION_ID}" Issuer="${escape(options.issuer ?? ISSUER)}" IssueInstant="2026-03-02T10:00:00.000Z" xmlns:saml="${NS.saml}">` +
    `<saml:Conditions NotBefore="${options.notBefore ?? '2026-03-02T10:00:00.000Z'}" NotOnOrAfter="${options.notOnOrAfter ?? '2026-03-02T11:00:00.000Z'}">` +
    `<saml:AudienceRestrictionCondition><saml:Audience>${options.audience ?? 'urn:federation:MicrosoftOnline'}</saml:Audience></saml:AudienceRestrictionCondition>` +
    `</saml:Conditions><saml:AttributeStatement>${subject}${attributes}</saml:AttributeStatement>` +
    `<saml:AuthenticationStatement AuthenticationMethod="urn:federation:authentication:windows" AuthenticationInstant="2026-03-02T10:00:00.000Z">${subject}</saml:AuthenticationStatement>` +
    '</saml:Assertion>';
  return options.edit?.(xml) ?? xml;
}

export interface SigningIdentity {
  readonly privateKey: KeyObject;
  /** Base64 of the DER, as Microsoft Graph stores it. */
  readonly certificate: string;
}

/** A key and a certificate of its own; of 2048 bits unless told. */
export async function signingIdentity(modulusLength = 2048): Promise<SigningIdentity> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength,
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=token signing of a test',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2036-01-01T00:00:00Z'),
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    privateKey: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
    certificate: Buffer.from(certificate.rawData).toString('base64'),
  };
}

export interface SignOptions {
  readonly signatureAlgorithm?: string;
  readonly digestAlgorithm?: string;
  readonly canonicalizationAlgorithm?: string;
  readonly transforms?: readonly string[];
  /** The certificate in KeyInfo; null for none. Default: the signer's own. */
  readonly keyInfoCertificate?: string | null;
  /** XPath of the element that is signed; default: the root. */
  readonly signed?: string;
  /** Where the signature goes; default: last child of the root. */
  readonly location?: { readonly reference: string; readonly action: 'append' | 'prepend' | 'before' | 'after' };
}

export function sign(xml: string, identity: SigningIdentity, options: SignOptions = {}): string {
  const certificate = options.keyInfoCertificate === undefined ? identity.certificate : options.keyInfoCertificate;
  const signer = new SignedXml({
    privateKey: identity.privateKey,
    idAttribute: 'AssertionID',
    signatureAlgorithm: options.signatureAlgorithm ?? ALGORITHM.rsaSha256,
    canonicalizationAlgorithm: options.canonicalizationAlgorithm ?? ALGORITHM.excC14n,
    getKeyInfoContent: () =>
      certificate === null
        ? null
        : `<ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data>`,
  });
  signer.addReference({
    xpath: options.signed ?? '/*',
    transforms: [...(options.transforms ?? [ALGORITHM.enveloped, ALGORITHM.excC14n])],
    digestAlgorithm: options.digestAlgorithm ?? ALGORITHM.sha256,
  });
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { ...(options.location ?? { reference: '/*', action: 'append' }) },
  });
  return signer.getSignedXml();
}

/** A device's RSA key pair, for requests and transport keys. */
export function rsaKeyPair(modulusLength = 2048): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync('rsa', { modulusLength });
}
