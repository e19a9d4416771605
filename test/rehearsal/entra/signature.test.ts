/** The signature check against wrapped, moved and altered signatures, random damage, and another signer's output. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readUnverified, readVerified } from '../../../src/rehearsal/entra/assertion.ts';
import type { Assertion } from '../../../src/rehearsal/entra/assertion.ts';
import { verifySignature } from '../../../src/rehearsal/entra/signature.ts';
import { TokenRefusal } from '../../../src/rehearsal/entra/token-checks.ts';
import {
  ALGORITHM,
  ASSERTION_ID,
  claim,
  deviceAssertion,
  NS,
  OBJECT_SID,
  sign,
  signingIdentity,
  withAttribute,
} from './assertion-fixture.ts';
import type { SigningIdentity } from './assertion-fixture.ts';

const idp = await signingIdentity();
const attacker = await signingIdentity();
const registered = certificates(idp);

function certificates(...identities: readonly SigningIdentity[]): X509Certificate[] {
  return identities.map((identity) => new X509Certificate(Buffer.from(identity.certificate, 'base64')));
}

function accept(xml: string, keys = registered): Assertion {
  return readVerified(verifySignature(readUnverified(Buffer.from(xml), 'saml1_1'), keys));
}

function codeOf(xml: string, keys = registered): number {
  try {
    accept(xml, keys);
  } catch (error) {
    if (error instanceof TokenRefusal) return error.code;
    throw error;
  }
  return 0;
}

const EVIL_SID = 'S-1-5-21-126850608-2097551590-1142751551-500';
const genuine = sign(deviceAssertion(), idp);
const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(genuine)?.[0] ?? '';
const unsignedGenuine = genuine.replace(signature, '');
const evil = (id = '_evil'): string =>
  deviceAssertion({ attributes: withAttribute(claim('primarysid', NS.primarysid, EVIL_SID)) }).replaceAll(
    ASSERTION_ID,
    id,
  );
const intoEvil = (position: string, inserted: string, id?: string): string =>
  evil(id).replace(position, `${inserted}${position}`);

test('the genuine assertion is accepted, and says what was signed', () => {
  expect(accept(genuine).attributes.find((each) => each.name === 'primarysid')?.values).toEqual([OBJECT_SID]);
});

describe('signature wrapping is refused', () => {
  const ATTACKS: readonly (readonly [string, string])[] = [
    [
      'the genuine assertion in an Object of the signature',
      intoEvil(
        '</saml:Assertion>',
        signature.replace('</ds:Signature>', `<ds:Object>${unsignedGenuine}</ds:Object></ds:Signature>`),
      ),
    ],
    [
      'the genuine, signed assertion in an Object of a signature',
      intoEvil(
        '</saml:Assertion>',
        signature.replace('</ds:Signature>', `<ds:Object>${genuine}</ds:Object></ds:Signature>`),
      ),
    ],
    [
      'the genuine assertion in Advice, its signature outside',
      intoEvil('<saml:AttributeStatement>', `<saml:Advice>${unsignedGenuine}</saml:Advice>`).replace(
        /<\/saml:Assertion>$/,
        `${signature}</saml:Assertion>`,
      ),
    ],
    [
      'the genuine, signed assertion in Advice',
      intoEvil('<saml:AttributeStatement>', `<saml:Advice>${genuine}</saml:Advice>`),
    ],
    [
      'the genuine assertion in Advice under the same ID',
      intoEvil('<saml:AttributeStatement>', `<saml:Advice>${unsignedGenuine}</saml:Advice>`, ASSERTION_ID).replace(
        /<\/saml:Assertion>$/,
        `${signature}</saml:Assertion>`,
      ),
    ],
    ['the genuine assertion as the last child', intoEvil('</saml:Assertion>', genuine)],
    ['the genuine signature on another assertion', intoEvil('</saml:Assertion>', signature)],
    [
      'the genuine signature on another assertion of the same ID',
      intoEvil('</saml:Assertion>', signature, ASSERTION_ID),
    ],
    ['two assertions in one wrapper', `<w>${evil()}${genuine}</w>`],
    [
      'the signature inside a statement',
      unsignedGenuine.replace('</saml:AttributeStatement>', `${signature}</saml:AttributeStatement>`),
    ],
    ['an Object in the signature', genuine.replace('</ds:Signature>', '<ds:Object>x</ds:Object></ds:Signature>')],
    ['two signatures', genuine.replace('</saml:Assertion>', `${signature}</saml:Assertion>`)],
    ['an element after the signature', genuine.replace('</ds:Signature>', '</ds:Signature><saml:AttributeStatement/>')],
    [
      'another element that bears the ID',
      genuine.replace('<saml:Conditions ', `<saml:Conditions Id="${ASSERTION_ID}" `),
    ],
    ['a reference to the whole document', genuine.replace(`URI="#${ASSERTION_ID}"`, 'URI=""')],
    ['a reference without URI', genuine.replace(` URI="#${ASSERTION_ID}"`, '')],
    ['a reference by XPointer', genuine.replace(`URI="#${ASSERTION_ID}"`, `URI="#xpointer(id('${ASSERTION_ID}'))"`)],
    ['two references', genuine.replace(/<ds:Reference.*<\/ds:Reference>/s, '$&$&')],
    ['no reference', genuine.replace(/<ds:Reference.*<\/ds:Reference>/s, '')],
    [
      'an XPath transform',
      genuine.replace(`Algorithm="${ALGORITHM.enveloped}"`, 'Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"'),
    ],
    [
      'an XSLT transform',
      genuine.replace(
        '</ds:Transforms>',
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></ds:Transforms>',
      ),
    ],
    [
      'a namespace list for the canonical form',
      genuine.replace(
        `<ds:Transform Algorithm="${ALGORITHM.excC14n}"/>`,
        `<ds:Transform Algorithm="${ALGORITHM.excC14n}"><c:InclusiveNamespaces xmlns:c="${ALGORITHM.excC14n}" PrefixList="saml"/></ds:Transform>`,
      ),
    ],
    ['HMAC with the public key as its secret', genuine.replace(ALGORITHM.rsaSha256, `${NS.ds}hmac-sha256`)],
    ['elements in the digest value', genuine.replace('<ds:DigestValue>', '<ds:DigestValue><x/>')],
    ['a signature value that is not base64', genuine.replace('<ds:SignatureValue>', '<ds:SignatureValue>!')],
    ['a signature of another namespace', genuine.replaceAll(NS.ds, 'urn:other')],
  ];
  test.each(ATTACKS)('%s', (_title, xml) => {
    expect(xml).not.toBe(genuine);
    expect([500081, 50006, 500084]).toContain(codeOf(xml));
  });

  test('a key of the attacker is not taken from KeyInfo', () => {
    const forged = sign(evil(), attacker);
    expect(codeOf(forged)).toBe(5000811);
    const both = forged.replace(
      /<ds:X509Certificate>/,
      `<ds:X509Certificate>${idp.certificate}</ds:X509Certificate><ds:X509Certificate>`,
    );
    expect(codeOf(both)).toBe(50006);
    const keyValue = forged.replace(/<ds:X509Data>.*<\/ds:X509Data>/s, '<ds:KeyValue>x</ds:KeyValue>');
    expect(codeOf(keyValue)).toBe(50006);
  });
});

describe('keys', () => {
  test('a domain without certificate answers AADSTS50003', () => {
    expect(codeOf(genuine, [])).toBe(50003);
  });

  test('either registered certificate is accepted', () => {
    expect(codeOf(genuine, certificates(attacker, idp))).toBe(0);
  });

  test('a key that is not RSA is refused', () => {
    const directory = mkdtempSync(join(tmpdir(), 'entra-ec-'));
    try {
      const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
        format: 'pem',
        type: 'pkcs8',
      });
      writeFileSync(join(directory, 'key.pem'), key);
      const der = execFileSync('openssl', [
        'req',
        '-x509',
        '-key',
        join(directory, 'key.pem'),
        '-subj',
        '/CN=ec',
        '-days',
        '1',
        '-outform',
        'DER',
      ]);
      const certificate = new X509Certificate(der);
      expect(codeOf(sign(deviceAssertion(), idp, { keyInfoCertificate: null }), [certificate])).toBe(500081);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('damage', () => {
  const bytes = Buffer.from(genuine);
  const whole = JSON.stringify(accept(genuine));

  test('a flipped bit is refused or changes nothing that is read', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        try {
          const read = readVerified(verifySignature(readUnverified(flipped, 'saml1_1'), registered));
          expect(JSON.stringify(read)).toBe(whole);
        } catch (error) {
          expect(error).toBeInstanceOf(TokenRefusal);
        }
      }),
      { numRuns: 300, seed: 20260302 },
    );
  });

  test('every truncation is refused', () => {
    for (let length = 0; length < bytes.length; length += 13) {
      expect(() => readUnverified(bytes.subarray(0, length), 'saml1_1'), `the first ${length} bytes`).toThrow(
        TokenRefusal,
      );
    }
  });

  test('nothing but a refusal comes of random text', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '</',
      'saml:Assertion',
      ` xmlns:saml="${NS.saml}"`,
      ' MajorVersion="1"',
      ' MinorVersion="1"',
      '&',
      '"',
      'x',
      '<![CDATA[',
      ']]>',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(() => accept(pieces.join(''))).toThrow(TokenRefusal);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  test('values arrive as they were signed, whatever they hold', () => {
    // Controls are not XML 1.0's, or come back as line ends; surrogates and the last two code points are not its either.
    const text = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 40 })
      .filter((each) => !/[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(each));
    fc.assert(
      fc.property(text, (value) => {
        const signed = sign(deviceAssertion({ attributes: withAttribute(claim('UPN', NS.xmlsoapClaims, value)) }), idp);
        expect(accept(signed).attributes.find((each) => each.name === 'UPN')?.values).toEqual([value]);
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});

const xmlsec1 = ((): boolean => {
  try {
    execFileSync('xmlsec1', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!xmlsec1)("xmlsec1's signature", () => {
  const template =
    `<ds:Signature xmlns:ds="${NS.ds}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${ALGORITHM.excC14n}"/><ds:SignatureMethod Algorithm="${ALGORITHM.rsaSha256}"/>` +
    `<ds:Reference URI="#${ASSERTION_ID}"><ds:Transforms><ds:Transform Algorithm="${ALGORITHM.enveloped}"/><ds:Transform Algorithm="${ALGORITHM.excC14n}"/></ds:Transforms>` +
    `<ds:DigestMethod Algorithm="${ALGORITHM.sha256}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>`;

  test('is accepted, line breaks in its base64 and all', () => {
    const directory = mkdtempSync(join(tmpdir(), 'entra-xmlsec-'));
    try {
      const path = (name: string): string => join(directory, name);
      writeFileSync(path('key.pem'), idp.privateKey.export({ format: 'pem', type: 'pkcs8' }));
      writeFileSync(path('in.xml'), deviceAssertion().replace('</saml:Assertion>', `${template}</saml:Assertion>`));
      const args = [
        '--sign',
        '--privkey-pem',
        path('key.pem'),
        '--id-attr:AssertionID',
        `${NS.saml}:Assertion`,
        path('in.xml'),
      ];
      const signed = execFileSync('xmlsec1', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      expect(signed).toContain('\n');
      expect(accept(signed).id).toBe(ASSERTION_ID);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
