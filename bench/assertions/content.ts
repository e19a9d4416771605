/** The assertion that every product signs: a device's, of the usual size. As data, and as finished text for those that only sign. */
import type { Saml11Assertion } from '../../src/saml/assertion.ts';

const now = new Date();

export const ISSUER = 'https://idp.example.test/applications/2f0d6a60-7d4e-4b8e-8a3c-51f6b6f7a111';
export const AUDIENCE = 'urn:federation:MicrosoftOnline';
export const LIFETIME_SECONDS = 3_600;
const ID = '_6f1b7c1e-8a57-4c0e-9f0e-2f6c5b7a9d10';
const ANCHOR = 'q83vEjRWeJASNFZ4kKvN7w==';
const WINDOWS = 'urn:federation:authentication:windows';
const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';

const CLAIMS = [
  ['http://schemas.microsoft.com/ws/2012/01', 'accounttype', 'DJ'],
  ['http://schemas.microsoft.com/identity/claims', 'onpremobjectguid', ANCHOR],
  [
    'http://schemas.microsoft.com/ws/2008/06/identity/claims',
    'primarysid',
    'S-1-5-21-1004336348-1177238915-682003330-1104',
  ],
  ['http://schemas.microsoft.com/LiveID/Federation/2008/05', 'ImmutableID', ANCHOR],
  ['http://schemas.xmlsoap.org/claims', 'UPN', 'DESKTOP-01$@corp.example.test'],
] as const;

export const assertion: Saml11Assertion = {
  id: ID,
  issuer: ISSUER,
  audience: AUDIENCE,
  nameIdentifier: { value: ANCHOR, format: UNSPECIFIED },
  claims: CLAIMS.map(([namespace, name, value]) => ({ name, namespace, values: [value] })),
  issueInstant: now,
  notBefore: now,
  notOnOrAfter: new Date(now.getTime() + LIFETIME_SECONDS * 1_000),
  authenticationMethod: WINDOWS,
  authenticationInstant: now,
};

/** As `saml` takes them. */
export const attributesByUri = (): Readonly<Record<string, string>> =>
  Object.fromEntries(CLAIMS.map(([namespace, name, value]) => [`${namespace}/${name}`, value]));

/** The same content as SAML 2.0, unsigned: samlify knows no SAML 1.1, whose ID has another name. */
export function saml20Text(): string {
  const at = assertion.issueInstant.toISOString();
  const until = assertion.notOnOrAfter.toISOString();
  const attributes = CLAIMS.map(
    ([namespace, name, value]) =>
      `<saml:Attribute Name="${namespace}/${name}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`,
  );
  return (
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${ID}" IssueInstant="${at}" Version="2.0">` +
    `<saml:Issuer>${ISSUER}</saml:Issuer><saml:Subject><saml:NameID Format="${UNSPECIFIED}">${ANCHOR}</saml:NameID>` +
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"></saml:SubjectConfirmation></saml:Subject>' +
    `<saml:Conditions NotBefore="${at}" NotOnOrAfter="${until}"><saml:AudienceRestriction>` +
    `<saml:Audience>${AUDIENCE}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
    `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>` +
    `<saml:AuthnStatement AuthnInstant="${at}"><saml:AuthnContext><saml:AuthnContextClassRef>${WINDOWS}` +
    '</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement></saml:Assertion>'
  );
}
