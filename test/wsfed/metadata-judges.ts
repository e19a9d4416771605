/**
 * Independent judges of signed federation metadata: xmlsec1, the SAML 2.0 metadata schema with the roles of WS-Federation by
 * xmllint, libxml2 (in WebAssembly) with node:crypto, and xml-crypto. None of them shares code with the writer.
 */
import { execFile } from 'node:child_process';
import { createHash, verify, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { XmlC14NMode, XmlDocument, XmlElement } from 'libxml2-wasm';
import { SignedXml } from 'xml-crypto';
import { counterpart, counterpartFile } from '../counterparts.ts';
import { xmlsec1 } from '../saml/judges.ts';
import type { Bench, Verdict } from '../saml/judges.ts';

const xmllint = counterpart('xmllint');
const metadataSchema = counterpartFile('/usr/share/xml/opensaml/saml-schema-metadata-2.0.xsd');
const xmlSchemas = counterpartFile('/usr/share/xml/xmltooling/xenc-schema.xsd');
export const schemaIsHere = xmllint !== undefined && metadataSchema !== undefined && xmlSchemas !== undefined;

const federationSchema = join(import.meta.dirname, '../vectors/wsfed/schema/federation.xsd');

/** The schemas name W3C's site; the catalog keeps the validator at home. */
const CATALOG = `<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">${[
  ['http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd', 'xmldsig-core-schema.xsd'],
  ['http://www.w3.org/TR/2002/REC-xmlenc-core-20021210/xenc-schema.xsd', 'xenc-schema.xsd'],
  ['http://www.w3.org/2001/xml.xsd', 'xml.xsd'],
]
  .map(([systemId, file]) => `<system systemId="${systemId}" uri="/usr/share/xml/xmltooling/${file}"/>`)
  .join('')}</catalog>`;

/** The certificate in KeyInfo must be the trusted one. */
export function xmlsecJudges(document: string, bench: Bench): Promise<Verdict> {
  const options = ['--verify', '--enabled-reference-uris', 'same-doc', '--enabled-key-data', 'x509'];
  return judge(xmlsec1, [
    ...options,
    '--verification-time',
    '2027-01-01 00:00:00',
    '--id-attr:ID',
    'urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor',
    '--trusted-pem',
    bench.certificate,
    ...bench.write([document]),
  ]);
}

export function schemaJudges(document: string, bench: Bench): Promise<Verdict> {
  const catalog = join(dirname(bench.certificate), 'metadata-catalog.xml');
  writeFileSync(catalog, CATALOG);
  return judge(xmllint, ['--nonet', '--noout', '--schema', federationSchema, ...bench.write([document])], {
    ...process.env,
    XML_CATALOG_FILES: catalog,
  });
}

function judge(program: string | undefined, args: readonly string[], env = process.env): Promise<Verdict> {
  if (program === undefined) throw new Error('the judge is not installed; the suite should have been skipped');
  return new Promise((resolve, reject) => {
    execFile(program, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ accepted: error === null, words: `${stdout}\n${stderr.slice(-2_000)}` });
    });
  });
}

const pemOf = (certificate: Uint8Array): string => new X509Certificate(certificate).toString();

/** What xml-crypto says was signed; it throws when the signature is wrong. */
export function xmlCryptoReads(document: string, certificate: Uint8Array): string {
  const signature = /<ds:Signature .*?<\/ds:Signature>/s.exec(document)?.[0] ?? '';
  const judge = new SignedXml({ publicCert: pemOf(certificate), getCertFromKeyInfo: () => null });
  judge.loadSignature(signature);
  if (!judge.checkSignature(document)) throw new Error('xml-crypto refuses the signature');
  return judge.getSignedReferences().join('');
}

const DS = { ds: 'http://www.w3.org/2000/09/xmldsig#' };
const EXCLUSIVE = { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 };

/** What libxml2 says was signed; undefined when the signature is wrong, is not the first child, or is not over the root. */
export function libxml2Reads(document: string, certificate: Uint8Array): string | undefined {
  using parsed = XmlDocument.fromString(document);
  const root = parsed.root;
  const signature = root.get('*[1][self::ds:Signature]', DS);
  const signedInfo = root.get('ds:Signature/ds:SignedInfo', DS);
  if (!(signature instanceof XmlElement) || !(signedInfo instanceof XmlElement)) return undefined;
  const text = (path: string): string => signature.get(path, DS)?.content ?? '';
  const value = Buffer.from(text('ds:SignatureValue'), 'base64');
  const digest = text('ds:SignedInfo/ds:Reference/ds:DigestValue');
  const uri = signature.get('ds:SignedInfo/ds:Reference/@URI', DS)?.content;
  const signedBytes = signedInfo.canonicalizeToString(EXCLUSIVE);
  signature.remove();
  const signed = root.canonicalizeToString(EXCLUSIVE);
  const accepted =
    uri === `#${root.attr('ID')?.value}` &&
    createHash('sha256').update(signed).digest('base64') === digest &&
    verify('sha256', Buffer.from(signedBytes), new X509Certificate(certificate).publicKey, value);
  return accepted ? signed : undefined;
}
