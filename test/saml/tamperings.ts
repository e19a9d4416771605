/** Ways to change a signed assertion. Each makes sure that it did change something, so that no test passes by doing nothing. */

type Change = (document: string) => string;

const replacing =
  (from: string | RegExp, to: string): Change =>
  (document) =>
    changed(document, document.replace(from, to));

function changed(before: string, after: string): string {
  if (before === after) throw new Error('the tampering changed nothing');
  return after;
}

/** Exchanges the first character of a base64 value. */
const otherFirst =
  (element: string): Change =>
  (document) =>
    changed(
      document,
      document.replace(new RegExp(`(?<=<${element}>).`), (first) => (first === 'A' ? 'B' : 'A')),
    );

const ATTRIBUTE = /<saml:Attribute .*?<\/saml:Attribute>/s;

/** What an attacker would change: content, order, times, references. Every judge of signatures must refuse it. */
export const tamperings: readonly (readonly [string, Change])[] = [
  ['a changed value', replacing('>DJ<', '>Dj<')],
  ['a value made empty', replacing('>DJ<', '><')],
  ['a changed attribute name', replacing('"accounttype"', '"accounttypf"')],
  ['a changed namespace', replacing('identity/claims"', 'identity/claim"')],
  ['a changed NameIdentifier', replacing('q83vEjRW', 'q83vEjRX')],
  ['a changed Issuer', replacing('/applications/', '/application/')],
  ['a changed Audience', replacing('MicrosoftOnline', 'MicrosoftOffline')],
  ['a longer life', replacing(/NotOnOrAfter="2026/, 'NotOnOrAfter="2027')],
  ['another authentication method', replacing('authentication:windows', 'authentication:password')],
  ['an attribute removed', replacing(ATTRIBUTE, '')],
  [
    'an attribute doubled',
    (document) =>
      changed(
        document,
        document.replace(ATTRIBUTE, (attribute) => attribute + attribute),
      ),
  ],
  [
    'two attributes exchanged',
    (document) =>
      changed(document, document.replace(new RegExp(`(${ATTRIBUTE.source})(${ATTRIBUTE.source})`, 's'), '$2$1')),
  ],
  [
    'a statement moved',
    (document) =>
      changed(
        document,
        document.replace(
          /(<saml:AttributeStatement>.*<\/saml:AttributeStatement>)(<saml:AuthenticationStatement .*<\/saml:AuthenticationStatement>)/s,
          '$2$1',
        ),
      ),
  ],
  ['an XML attribute removed', replacing(' MinorVersion="1"', '')],
  ['an XML attribute added', replacing('<saml:AttributeValue>', '<saml:AttributeValue x="">')],
  ['white space between elements', replacing('><saml:AttributeStatement>', '>\n<saml:AttributeStatement>')],
  ['white space in a value', replacing('>DJ<', '>DJ <')],
  ['a line end that was written as a reference', replacing('first &amp; foremost', 'first &amp;&#xA; foremost')],
  [
    'another prefix',
    (document) => changed(document, document.replaceAll('saml:', 's:').replace('xmlns:saml=', 'xmlns:s=')),
  ],
  ['another id, in the reference too', (document) => changed(document, document.replaceAll('_6f1b7c1e', '_6f1b7c1f'))],
  ['a changed digest', otherFirst('ds:DigestValue')],
  ['a changed signature value', otherFirst('ds:SignatureValue')],
  [
    'a weaker digest method',
    replacing('http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2000/09/xmldsig#sha1'),
  ],
  ['the signature removed', replacing(/<ds:Signature .*<\/ds:Signature>/s, '')],
];

const CERTIFICATE = /(<ds:X509Certificate>)[^<]*/;

/** KeyInfo is not signed, so that only a judge who looks at the certificate notices. */
export const reEnvelopings: readonly (readonly [string, (document: string, otherCertificate: Uint8Array) => string])[] =
  [
    [
      'another certificate',
      (document, other) =>
        changed(document, document.replace(CERTIFICATE, `$1${Buffer.from(other).toString('base64')}`)),
    ],
    ['a damaged certificate', (document) => changed(document, document.replace(CERTIFICATE, '$1AAAA'))],
  ];

/** What the schema forbids, whatever the signature says. */
export const reshapings: readonly (readonly [string, Change])[] = [
  ['no MajorVersion', replacing(' MajorVersion="1"', '')],
  ['no AssertionID', replacing(/ AssertionID="[^"]*"/, '')],
  ['an id that begins with a digit', replacing('AssertionID="_', 'AssertionID="')],
  [
    'an OriginalIssuer',
    replacing(
      '<saml:Attribute ',
      '<saml:Attribute xmlns:a="http://schemas.xmlsoap.org/ws/2009/09/identity/claims" a:OriginalIssuer="CLIENT CONTEXT" ',
    ),
  ],
  ['an attribute without a value', replacing('<saml:AttributeValue>DJ</saml:AttributeValue>', '')],
  ['an attribute without a namespace', replacing(/ AttributeNamespace="[^"]*"/, '')],
  [
    'a subject after the attributes',
    (document) =>
      changed(
        document,
        document.replace(
          /(<saml:AttributeStatement>)(<saml:Subject>.*?<\/saml:Subject>)(.*?)(<\/saml:AttributeStatement>)/s,
          '$1$3$2$4',
        ),
      ),
  ],
  [
    'the signature first',
    (document) =>
      changed(document, document.replace(/(<saml:Assertion [^>]*>)(.*)(<ds:Signature .*<\/ds:Signature>)/s, '$1$3$2')),
  ],
  ['a time that is none', replacing(/IssueInstant="[^"]*"/, 'IssueInstant="now"')],
  ['an unknown element', replacing('</saml:Conditions>', '</saml:Conditions><saml:Extra></saml:Extra>')],
  ['no statement at all', replacing(/<saml:AttributeStatement>.*<\/saml:AuthenticationStatement>/s, '')],
];
