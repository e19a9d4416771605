/** Assertions with any strings in them, and a throw-away key, for property tests. */
import * as fc from 'fast-check';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { signingKeyOf } from '../../src/keys/protection.ts';
import type { SigningKey } from '../../src/keys/signing-key.ts';
import type { Claim, Saml11Assertion } from '../../src/saml/assertion.ts';

export const NOW = new Date('2026-03-04T05:06:07.089Z');

export async function throwAwayKey(name = 'test', now = NOW): Promise<SigningKey> {
  return signingKeyOf(name, await createKeyMaterial({ name, now, modulusBits: 2048 }));
}

/** Characters at which escaping, line end normalisation and UTF-8 go wrong. */
const TREACHEROUS = [
  '&',
  '<',
  '>',
  '"',
  "'",
  ']]>',
  '\t',
  '\n',
  '\r',
  '\r\n',
  '&#xD;',
  '&amp;',
  '<!--',
  ' ',
  '\u0085',
  '\u00A0',
  '\u2028',
  '\uFEFF',
  '\uFFFD',
  'e\u0301',
  '\uD7FF',
  '\uE000',
  '\u{10000}',
  '\u{10FFFF}',
  '{',
  '#',
  '%',
];

/** Char of XML 1.0 §2.2, written down here on its own so that it does not lean on what it tests. */
export function isChar(code: number): boolean {
  return (
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  );
}

const character = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TREACHEROUS) },
  { weight: 2, arbitrary: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)) },
  {
    weight: 2,
    arbitrary: fc
      .integer({ min: 0, max: 0x10ffff })
      .filter(isChar)
      .map((code) => String.fromCodePoint(code)),
  },
);

/** Any string that XML can carry. */
export const xmlText = fc.array(character, { maxLength: 12 }).map((parts) => parts.join(''));

/** Any string of UTF-16 units at all. */
export const anyText = fc
  .array(
    fc.oneof(
      character,
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** xsd:anyURI: what a schema validator may look at. */
const uri = fc.constantFrom(
  'urn:federation:MicrosoftOnline',
  'http://schemas.xmlsoap.org/claims',
  'https://idp.example.test/a?b=c&d=e#f',
  'urn:x:"quoted"',
);

/** Claims whose namespaces come from `namespace`: any text where the XML is judged, a URI where the schema is. */
function claims(text: fc.Arbitrary<string>, namespace: fc.Arbitrary<string>): fc.Arbitrary<readonly Claim[]> {
  return fc.array(fc.record({ name: text, namespace, values: fc.array(text, { minLength: 1, maxLength: 3 }) }), {
    maxLength: 4,
  });
}

export function assertionWith(
  text: fc.Arbitrary<string>,
  namespace: fc.Arbitrary<string> = uri,
): fc.Arbitrary<Saml11Assertion> {
  return fc
    .record({
      uuid: fc.uuid(),
      issuer: text,
      audience: namespace,
      value: text,
      format: namespace,
      claims: claims(text, namespace),
    })
    .map((parts) => ({
      id: `_${parts.uuid}`,
      issuer: parts.issuer,
      audience: parts.audience,
      nameIdentifier: { value: parts.value, format: parts.format },
      claims: parts.claims,
      ...TIMES,
    }));
}

const TIMES = {
  issueInstant: NOW,
  notBefore: new Date(NOW.getTime() - 300_000),
  notOnOrAfter: new Date(NOW.getTime() + 3_600_000),
  authenticationMethod: 'urn:federation:authentication:windows',
  authenticationInstant: NOW,
} as const;

/** A device's assertion as Entra wants it. */
export const DEVICE: Saml11Assertion = {
  id: '_6f1b7c1e-8a57-4c0e-9f0e-2f6c5b7a9d10',
  issuer: 'https://idp.example.test/applications/0b1c',
  audience: 'urn:federation:MicrosoftOnline',
  nameIdentifier: {
    value: 'q83vEjRWeJASNFZ4kKvN7w==',
    format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  },
  claims: [
    { name: 'accounttype', namespace: 'http://schemas.microsoft.com/ws/2012/01', values: ['DJ'] },
    {
      name: 'onpremobjectguid',
      namespace: 'http://schemas.microsoft.com/identity/claims',
      values: ['q83vEjRWeJASNFZ4kKvN7w=='],
    },
    {
      name: 'primarysid',
      namespace: 'http://schemas.microsoft.com/ws/2008/06/identity/claims',
      values: ['S-1-5-21-1-2-3-1104'],
    },
    { name: 'group', namespace: 'http://schemas.xmlsoap.org/claims', values: ['first & foremost', 'zweitens <ü>'] },
  ],
  ...TIMES,
};
