/**
 * Four independent judges of a signed assertion: xmlsec1, OpenSAML's samlsign, the SAML 1.1 schema by xmllint, and libxml2
 * (in WebAssembly) with node:crypto. None of them shares code with the writer.
 */
import { execFile } from 'node:child_process';
import { X509Certificate, createHash, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XmlC14NMode, XmlDocument, XmlElement } from 'libxml2-wasm';
import { counterpart, counterpartFile } from '../counterparts.ts';

export const xmlsec1 = counterpart('xmlsec1');
export const samlsign = counterpart('samlsign');
const xmllint = counterpart('xmllint');
const assertionSchema = counterpartFile('/usr/share/xml/opensaml/cs-sstc-schema-assertion-1.1.xsd');
const signatureSchema = counterpartFile('/usr/share/xml/xmltooling/xmldsig-core-schema.xsd');
export const schemaIsHere = xmllint !== undefined && assertionSchema !== undefined && signatureSchema !== undefined;

export interface Verdict {
  readonly accepted: boolean;
  /** What the judge said, for the message of a failing test. */
  readonly words: string;
}

/** A folder for the judges' files; removed by `close`. */
export interface Bench {
  /** Writes documents, one file each, and gives their paths. */
  write(documents: readonly string[]): readonly string[];
  readonly certificate: string;
  close(): void;
}

export function openBench(certificate: Uint8Array): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-judges-'));
  const certificateFile = join(folder, 'certificate.pem');
  writeFileSync(certificateFile, new X509Certificate(certificate).toString());
  writeFileSync(join(folder, 'catalog.xml'), catalog());
  let written = 0;
  return {
    certificate: certificateFile,
    write: (documents) =>
      documents.map((document) => {
        const path = join(folder, `${written++}.xml`);
        writeFileSync(path, document);
        return path;
      }),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The schema names W3C's site; the catalog keeps the validator at home. */
function catalog(): string {
  return `<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog"><system systemId="http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd" uri="${signatureSchema}"/></catalog>`;
}

/** All files in one process; it stops at the first that it refuses. The certificate in KeyInfo must be the trusted one. */
export function xmlsecJudges(files: readonly string[], bench: Bench): Promise<Verdict> {
  const options = [
    '--verify',
    '--enabled-reference-uris',
    'same-doc',
    '--enabled-key-data',
    'x509',
    '--verification-time',
    '2027-01-01 00:00:00',
  ];
  return judge(xmlsec1, [
    ...options,
    '--id-attr:AssertionID',
    'urn:oasis:names:tc:SAML:1.0:assertion:Assertion',
    '--trusted-pem',
    bench.certificate,
    ...files,
  ]);
}

/** One process a file. Also requires OpenSAML's signature profile: one reference, the enveloped and c14n transforms only. */
export function samlsignJudges(file: string, bench: Bench): Promise<Verdict> {
  return judge(samlsign, ['-c', bench.certificate, '-f', file]);
}

export function schemaJudges(files: readonly string[], bench: Bench): Promise<Verdict> {
  const env = { ...process.env, XML_CATALOG_FILES: join(bench.certificate, '..', 'catalog.xml') };
  return judge(xmllint, ['--nonet', '--noout', '--schema', assertionSchema ?? '', ...files], env);
}

function judge(program: string | undefined, args: readonly string[], env = process.env): Promise<Verdict> {
  if (program === undefined) throw new Error('the judge is not installed; the suite should have been skipped');
  return new Promise((resolve, reject) => {
    execFile(program, args, { env, timeout: 60_000, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ accepted: error === null, words: `${stdout.slice(-2_000)}\n${stderr.slice(-2_000)}` });
    });
  });
}

const DS = { ds: 'http://www.w3.org/2000/09/xmldsig#' };
const EXCLUSIVE = { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 };

/** What libxml2 and node:crypto made of a document. */
export interface Reading {
  readonly accepted: boolean;
  /** The signed bytes, as libxml2 canonicalises them: the assertion without its signature. */
  readonly signed: string;
  /** Values by AttributeName, in order. */
  readonly attributes: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly values: readonly string[];
  }[];
  readonly nameIdentifiers: readonly string[];
  readonly issuer: string;
}

/** Verifies against a pinned certificate, which must also be the one inside. Throws what libxml2 throws when it is no XML. */
export function readWithLibxml2(document: string, certificate: Uint8Array): Reading {
  using parsed = XmlDocument.fromString(document);
  const root = parsed.root;
  const text = (path: string): string => root.get(path, DS)?.content ?? '';
  const signature = root.get('ds:Signature', DS);
  const signedInfo = root.get('ds:Signature/ds:SignedInfo', DS);
  if (!(signature instanceof XmlElement) || !(signedInfo instanceof XmlElement))
    return { accepted: false, signed: '', attributes: [], nameIdentifiers: [], issuer: '' };
  const signedBytes = signedInfo.canonicalizeToString(EXCLUSIVE);
  const value = Buffer.from(text('ds:Signature/ds:SignatureValue'), 'base64');
  const digest = text('ds:Signature/ds:SignedInfo/ds:Reference/ds:DigestValue');
  const uri = root.get('ds:Signature/ds:SignedInfo/ds:Reference/@URI', DS)?.content;
  const inside = Buffer.from(text('ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate'), 'base64');
  signature.remove();
  const signed = root.canonicalizeToString(EXCLUSIVE);
  const accepted =
    inside.equals(certificate) &&
    uri === `#${root.attr('AssertionID')?.value}` &&
    createHash('sha256').update(signed).digest('base64') === digest &&
    verify('sha256', Buffer.from(signedBytes), new X509Certificate(certificate).publicKey, value);
  return {
    accepted,
    signed,
    attributes: attributesOf(root),
    nameIdentifiers: contents(root, './/*[local-name()="NameIdentifier"]'),
    issuer: root.attr('Issuer')?.value ?? '',
  };
}

function attributesOf(root: XmlElement): Reading['attributes'] {
  return root
    .find('.//*[local-name()="Attribute"]')
    .filter((node) => node instanceof XmlElement)
    .map((node) => ({
      name: node.attr('AttributeName')?.value ?? '',
      namespace: node.attr('AttributeNamespace')?.value ?? '',
      values: contents(node, './*'),
    }));
}

function contents(element: XmlElement, path: string): readonly string[] {
  return element.find(path).map((node) => node.content);
}
