/** Token requests with one defect: the assertion itself, and its issuer. */
import { ASSERTION_ID, claim, ISSUER, NS, withAttribute } from '../assertion-fixture.ts';
import { signed, unsigned, saml2, SAML2_GRANT, url64, tamper, without, changed } from '../token-fixture.ts';
import type { Defect } from '../token-fixture.ts';

export const ASSERTION_DEFECTS: readonly Defect[] = [
  ['DBL-TOK-04', 500132, 'text that is not XML', { xml: () => 'not XML' }],
  ['DBL-TOK-04', 500132, 'XML that is cut short', { xml: () => unsigned().slice(0, -5) }],
  [
    'DBL-TOK-04',
    500132,
    'bytes that are not UTF-8',
    { form: { assertion: Buffer.from([0x3c, 0xff, 0x3e]).toString('base64') } },
  ],
  ['DBL-TOK-04', 500132, 'UTF-16', { form: { assertion: Buffer.from('\ufeff<a/>', 'utf16le').toString('base64') } }],
  ['DBL-TOK-04', 500132, 'a DTD', { xml: () => `<!DOCTYPE a [<!ENTITY e "x">]>${signed()}` }],
  [
    'DBL-TOK-04',
    500132,
    'a DTD that loads a file',
    { xml: () => `<!DOCTYPE a SYSTEM "file:///etc/passwd">${signed()}` },
  ],
  [
    'DBL-TOK-04',
    500132,
    'a comment in a value',
    { xml: tamper('urn:federation:MicrosoftOnline', 'urn:federation:<!-- -->MicrosoftOnline') },
  ],
  ['DBL-TOK-04', 500132, 'a processing instruction', { xml: changed('<saml:Conditions', '<?a b?><saml:Conditions') }],
  [
    'DBL-TOK-04',
    500132,
    'more than 128 KiB',
    { xml: () => signed({ attributes: withAttribute(claim('UPN', NS.xmlsoapClaims, 'x'.repeat(140_000))) }) },
  ],
  ['DBL-TOK-04', 500132, 'elements 300 deep', { xml: () => '<a>'.repeat(300) + '</a>'.repeat(300) }],
  [
    'DBL-TOK-04',
    500084,
    'the RSTR in place of the assertion',
    {
      xml: () =>
        `<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust">${signed()}</t:RequestSecurityTokenResponse>`,
    },
  ],
  ['DBL-TOK-04', 500084, 'a SAML 2.0 assertion with the SAML 1.1 grant', { xml: () => saml2 }],
  ['DBL-TOK-04', 500084, 'no namespace', { xml: () => '<Assertion MajorVersion="1" MinorVersion="1"/>' }],
  ['DBL-TOK-04', 500085, 'SAML 1.0', { xml: changed('MinorVersion="1"', 'MinorVersion="0"') }],
  ['DBL-TOK-04', 500085, 'no version', { xml: without('MajorVersion="1" ') }],
  [
    'DBL-TOK-04',
    7500514,
    'a SAML 1.1 assertion with the SAML 2.0 grant',
    { form: { grant_type: SAML2_GRANT, assertion: url64(signed()) } },
  ],
  [
    'DBL-TOK-04',
    500089,
    'a SAML 2.0 assertion with its own grant',
    { form: { grant_type: SAML2_GRANT, assertion: url64(saml2) } },
  ],
  ['DBL-TOK-05', 500086, 'an AssertionID that begins with a digit', { xml: changed(ASSERTION_ID, '9f2') }],
  ['DBL-TOK-05', 500086, 'an AssertionID with a colon', { xml: changed(ASSERTION_ID, 'urn:uuid') }],
  ['DBL-TOK-05', 500088, 'no AssertionID', { xml: () => unsigned().replace(`AssertionID="${ASSERTION_ID}" `, '') }],
  ['DBL-TOK-05', 500088, 'no IssueInstant', { xml: without(/ IssueInstant="[^"]*"/g) }],
  ['DBL-TOK-05', 500088, 'no Issuer', { xml: without(/ Issuer="[^"]*"/g) }],
  ['DBL-TOK-05', 500088, 'no NotBefore', { xml: without(/ NotBefore="[^"]*"/g) }],
  ['DBL-TOK-05', 500088, 'no NotOnOrAfter', { xml: without(/ NotOnOrAfter="[^"]*"/g) }],
  [
    'DBL-TOK-05',
    500087,
    'no statement',
    { xml: without(/<saml:(Attribute|Authentication)Statement.*<\/saml:\1Statement>/g) },
  ],
  ['DBL-TOK-05', 50008, 'no Conditions', { xml: without(/<saml:Conditions.*<\/saml:Conditions>/g) }],
  ['DBL-TOK-05', 50008, 'a local time', { xml: () => signed({ notBefore: '2026-03-02T10:00:00.000' }) }],
  ['DBL-TOK-05', 50008, 'a time zone other than Z', { xml: () => signed({ notBefore: '2026-03-02T10:00:00+00:00' }) }],
  ['DBL-TOK-05', 50008, 'a 13th month', { xml: () => signed({ notBefore: '2026-13-02T10:00:00Z' }) }],
  [
    'DBL-TOK-05',
    50008,
    'a statement without subject',
    { xml: changed(/<saml:Subject>.*?<\/saml:Subject>(?=<saml:Attribute )/g, '') },
  ],
  ['DBL-TOK-05', 50008, 'elements in a value', { xml: changed('>DJ<', '><b>DJ</b><') }],
  ['DBL-TOK-06', 50107, 'another issuer', { xml: () => signed({ issuer: 'https://other.example/' }) }],
  ['DBL-TOK-06', 50107, 'a final slash too many', { xml: () => signed({ issuer: `${ISSUER}/` }) }],
  ['DBL-TOK-06', 50107, 'another case', { xml: () => signed({ issuer: ISSUER.toUpperCase() }) }],
  [
    'DBL-TOK-06',
    50107,
    'the issuer of a domain that is not verified',
    { xml: () => signed({ issuer: 'https://unverified.example/' }) },
  ],
  [
    'DBL-TOK-06',
    50107,
    'an issuerid of another federated domain',
    {
      xml: () =>
        signed({ attributes: withAttribute(claim('issuerid', NS.primarysid, 'https://other-issuer.example/')) }),
    },
  ],
  [
    'DBL-TOK-06',
    50107,
    'an issuerid twice',
    { xml: () => signed({ attributes: withAttribute(claim('issuerid', NS.primarysid, ISSUER, ISSUER)) }) },
  ],
  [
    'DBL-TOK-06',
    50107,
    'an issuerid in place of the Issuer',
    {
      xml: () =>
        signed({
          issuer: 'https://shared.example/',
          attributes: withAttribute(claim('issuerid', NS.primarysid, ISSUER)),
        }),
    },
  ],
  [
    'DBL-TOK-06',
    50107,
    'an issuerid that is registered nowhere',
    {
      xml: () =>
        signed({ attributes: withAttribute(claim('issuerid', NS.primarysid, 'http://child.contoso.example/')) }),
    },
  ],
];
