/**
 * The claims that Entra reads from an assertion of a federated domain: names, namespaces, whose they are.
 *
 * Names and namespaces are compared to the letter. Where two namespaces stand, both are accepted: each is one that
 * Microsoft 365 applications are told to choose from. Does not own: what the values mean (token-claims.ts).
 */

export interface ClaimRow {
  readonly name: string;
  readonly namespaces: readonly string[];
  readonly usedFor: 'device' | 'person' | 'both';
}

const IDENTITY_2005 = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const IDENTITY_2008 = 'http://schemas.microsoft.com/ws/2008/06/identity/claims';
const DEVICE_2012 = 'http://schemas.microsoft.com/ws/2012/01';

export const ACCOUNT_TYPE = {
  name: 'accounttype',
  namespaces: [DEVICE_2012],
  usedFor: 'device',
} as const satisfies ClaimRow;
export const ON_PREM_OBJECT_GUID = {
  name: 'onpremobjectguid',
  namespaces: ['http://schemas.microsoft.com/identity/claims'],
  usedFor: 'device',
} as const satisfies ClaimRow;
export const PRIMARY_SID = {
  name: 'primarysid',
  namespaces: [IDENTITY_2008],
  usedFor: 'device',
} as const satisfies ClaimRow;
export const IMMUTABLE_ID = {
  name: 'ImmutableID',
  namespaces: ['http://schemas.microsoft.com/LiveID/Federation/2008/05', IDENTITY_2005],
  usedFor: 'both',
} as const satisfies ClaimRow;
export const ISSUER_ID = { name: 'issuerid', namespaces: [IDENTITY_2008], usedFor: 'both' } as const satisfies ClaimRow;
export const INSIDE_CORPORATE_NETWORK = {
  name: 'insidecorporatenetwork',
  namespaces: [DEVICE_2012],
  usedFor: 'both',
} as const satisfies ClaimRow;

export const UPN = {
  name: 'UPN',
  namespaces: ['http://schemas.xmlsoap.org/claims', IDENTITY_2005],
  usedFor: 'both',
} as const satisfies ClaimRow;

/** Methods of authentication as attributes: where AD FS states a second factor. */
export const AUTHENTICATION_METHOD = {
  name: 'authenticationmethod',
  namespaces: [IDENTITY_2008],
  usedFor: 'person',
} as const satisfies ClaimRow;
export const AUTHN_METHODS_REFERENCES = {
  name: 'authnmethodsreferences',
  namespaces: ['http://schemas.microsoft.com/claims'],
  usedFor: 'person',
} as const satisfies ClaimRow;
/** `true`: the person may stay signed in. */
export const PSSO = {
  name: 'psso',
  namespaces: ['http://schemas.microsoft.com/2014/03'],
  usedFor: 'person',
} as const satisfies ClaimRow;

/** All three must be there for a device. */
export const DEVICE_CLAIMS = [ACCOUNT_TYPE, ON_PREM_OBJECT_GUID, PRIMARY_SID] as const;

export const CLAIMS: readonly ClaimRow[] = [
  ...DEVICE_CLAIMS,
  IMMUTABLE_ID,
  ISSUER_ID,
  INSIDE_CORPORATE_NETWORK,
  UPN,
  AUTHENTICATION_METHOD,
  AUTHN_METHODS_REFERENCES,
  PSSO,
];

/** NameIdentifier formats; an absent Format means unspecified (SAML 1.1 core §2.4.2.2). */
export const NAME_IDENTIFIER_FORMATS = [
  'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
] as const;
