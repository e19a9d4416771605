import { createHash, verify, X509Certificate } from 'node:crypto';
import { XmlC14NMode, XmlDocument } from 'libxml2-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SigningKey } from '../../src/keys/signing-key.ts';
import { verbatim, xml } from '../../src/xml/markup.ts';
import { parseXml } from '../../src/xml/parse.ts';
import type { XmlElement } from '../../src/xml/parse.ts';
import { signEnveloped } from '../../src/xmldsig/sign.ts';
import { throwAwayKey } from '../saml/arbitrary-assertion.ts';

const DS = 'http://www.w3.org/2000/09/xmldsig#';

let key: SigningKey;
let signed: string;

beforeAll(async () => {
  key = await throwAwayKey();
  signed = await signEnveloped(xml`<a ID="_1"><b></b></a>`, '_1', key);
});

function child(element: XmlElement, ...path: readonly string[]): XmlElement {
  return path.reduce((soFar, local) => {
    const found = soFar.children.find((candidate) => candidate.local === local && candidate.namespace === DS);
    if (found === undefined) throw new Error(`no ${local} in ${soFar.name}`);
    return found;
  }, element);
}

const algorithms = (element: XmlElement): readonly string[] => [
  ...element.attributes.filter(({ local }) => local === 'Algorithm').map(({ value }) => value),
  ...element.children.flatMap(algorithms),
];

describe('an enveloped signature', () => {
  test('stands before the end tag and leaves every other byte alone', () => {
    expect(signed).toMatch(/^<a ID="_1"><b><\/b><ds:Signature .*<\/ds:Signature><\/a>$/);
  });

  test('stands behind the start tag where it must be the first child, and signs the same', async () => {
    const first = await signEnveloped(xml`<a ID="_1"><b></b></a>`, '_1', key, 'first');
    expect(first).toMatch(/^<a ID="_1"><ds:Signature .*<\/ds:Signature><b><\/b><\/a>$/);
    const signature = /<ds:Signature .*<\/ds:Signature>/;
    expect(signature.exec(first)?.[0]).toBe(signature.exec(signed)?.[0]);
  });

  test.each([
    ['a bracket in a value', '<a ID="_1" b="x>y">', '<c d=">"></c></a>'],
    ['a bracket in the last value', '<a ID="_1" b=">">', '</a>'],
    ['no attribute', '<a>', 'text</a>'],
    ['apostrophes', `<a ID="_1" b="'>'">`, '</a>'],
  ])('finds the end of the start tag: %s', async (_what, start, rest) => {
    const first = await signEnveloped(verbatim(start + rest), '_1', key, 'first');
    expect(first.startsWith(`${start}<ds:Signature `)).toBe(true);
    expect(first.endsWith(`</ds:Signature>${rest}`)).toBe(true);
  });

  test('names the algorithms that Entra takes', () => {
    expect(algorithms(child(parseXml(Buffer.from(signed)), 'Signature'))).toEqual([
      'http://www.w3.org/2001/10/xml-exc-c14n#',
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      'http://www.w3.org/2001/10/xml-exc-c14n#',
      'http://www.w3.org/2001/04/xmlenc#sha256',
    ]);
  });

  test('refers to the element by its id, with the digest of the element', () => {
    const reference = child(parseXml(Buffer.from(signed)), 'Signature', 'SignedInfo', 'Reference');
    expect(reference.attributes).toMatchObject([{ name: 'URI', value: '#_1' }]);
    const digest = createHash('sha256').update('<a ID="_1"><b></b></a>').digest('base64');
    expect(child(reference, 'DigestValue').text).toBe(digest);
  });

  test('signs SignedInfo as libxml2 canonicalises it', () => {
    using parsed = XmlDocument.fromString(signed);
    const signedInfo = parsed.get('//ds:SignedInfo', { ds: DS });
    const bytes = signedInfo?.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 }) ?? '';
    const value = child(parseXml(Buffer.from(signed)), 'Signature', 'SignatureValue').text;
    const publicKey = new X509Certificate(key.certificate).publicKey;
    expect(verify('sha256', Buffer.from(bytes), publicKey, Buffer.from(value, 'base64'))).toBe(true);
  });

  test('carries the certificate', () => {
    const certificate = child(parseXml(Buffer.from(signed)), 'Signature', 'KeyInfo', 'X509Data', 'X509Certificate');
    expect(certificate.text).toBe(Buffer.from(key.certificate).toString('base64'));
  });

  test('two keys keep their own certificates', async () => {
    const other = await throwAwayKey('other');
    const both = await Promise.all(
      [key, other, key].map((each) => signEnveloped(verbatim('<a ID="_1"></a>'), '_1', each)),
    );
    expect(both[0]).toBe(both[2]);
    expect(both[1]).toContain(Buffer.from(other.certificate).toString('base64'));
  });

  test('a public key cannot sign, and says so', async () => {
    const wrong = { ...key, privateKey: new X509Certificate(key.certificate).publicKey };
    await expect(signEnveloped(xml`<a></a>`, '_1', wrong)).rejects.toThrow();
  });
});
