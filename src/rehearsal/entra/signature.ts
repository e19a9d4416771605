/**
 * The enveloped XML signature of an assertion ([xmldsig-core], exclusive c14n), verified with libxml2 and node:crypto.
 *
 * Owns DBL-TOK-07 to -10. Returns what was signed: the canonical text of the assertion, from which alone the rest is
 * read. The key comes from the domain's settings, never from KeyInfo. Only the one form that issuers of device tokens
 * write is accepted, so that no wrapped or moved element can be taken for the signed one.
 */
import { createHash, verify } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { XmlC14NMode } from 'libxml2-wasm';
import type { XmlDocument, XmlElement } from 'libxml2-wasm';
import { attribute, elements, withRoot } from './assertion.ts';
import type { UnverifiedAssertion } from './assertion.ts';
import { strictBase64 } from './guid.ts';
import { refuse } from './token-checks.ts';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = `${DSIG}enveloped-signature`;
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';

const MIN_RSA_BITS = 2048;

/** The canonical assertion without its signature; `certificates` are the ones registered for the issuer's domain. */
export function verifySignature(assertion: UnverifiedAssertion, certificates: readonly X509Certificate[]): string {
  return withRoot(assertion.xml, (root, document) => {
    const parts = readSignature(onlySignature(root, document), root, assertion.id);
    const keys = registeredKeys(parts.certificates, certificates);
    const signedInfo = canonical(parts.signedInfo);
    parts.element.remove();
    const signed = canonical(root);
    if (!createHash('sha256').update(signed, 'utf8').digest().equals(parts.digest)) {
      refuse('DBL-TOK-09', 50006, 'the digest is not that of the assertion: it was changed after signing');
    }
    const info = Buffer.from(signedInfo, 'utf8');
    if (!keys.some((key) => verify('RSA-SHA256', info, key, parts.signature))) {
      refuse('DBL-TOK-09', 50006, 'the signature is not that of a registered key');
    }
    return signed;
  });
}

interface SignatureParts {
  readonly element: XmlElement;
  readonly signedInfo: XmlElement;
  readonly digest: Buffer;
  readonly signature: Buffer;
  /** Of KeyInfo/X509Data, DER: used to say which key was meant, not to verify. */
  readonly certificates: readonly Buffer[];
}

/** One signature in the whole document, the assertion's last child as the schema has it; no second bearer of its ID. */
function onlySignature(root: XmlElement, document: XmlDocument): XmlElement {
  const [signature, ...others] = document.find('//ds:Signature', { ds: DSIG });
  if (signature === undefined) return unsupported('the assertion has no signature');
  if (others.length > 0) return unsupported(`${others.length + 1} signatures`);
  const last = elements(root).at(-1);
  if (last === undefined || !last.isSameNode(signature))
    return unsupported("the signature is not the assertion's last child");
  if (document.find('//saml:Assertion', { saml: root.namespaceUri }).length > 1)
    return unsupported('an assertion within the assertion');
  return last;
}

function readSignature(element: XmlElement, root: XmlElement, assertionId: string): SignatureParts {
  const [signedInfo, signatureValue, keyInfo] = exactly(element, ['SignedInfo', 'SignatureValue'], ['KeyInfo']);
  const [c14n, method, reference] = exactly(signedInfo, ['CanonicalizationMethod', 'SignatureMethod', 'Reference']);
  checkAlgorithm(c14n, EXCLUSIVE_C14N);
  if (algorithm(method) !== RSA_SHA256) refuse('DBL-TOK-10', 500081, `signature algorithm ${algorithm(method)}`);
  const uri = attribute(reference, 'URI');
  if (uri !== `#${assertionId}`) unsupported(`the reference names ${uri ?? 'nothing'}, not #${assertionId}`);
  checkUniqueId(root, assertionId);
  const [transforms, digestMethod, digestValue] = exactly(reference, ['Transforms', 'DigestMethod', 'DigestValue']);
  const [first, second] = exactly(transforms, ['Transform', 'Transform']);
  checkAlgorithm(first, ENVELOPED);
  checkAlgorithm(second, EXCLUSIVE_C14N);
  if (algorithm(digestMethod) !== SHA256) refuse('DBL-TOK-10', 500081, `digest algorithm ${algorithm(digestMethod)}`);
  return {
    element,
    signedInfo,
    digest: base64Content(digestValue),
    signature: base64Content(signatureValue),
    certificates:
      keyInfo === undefined
        ? []
        : keyInfo.find('./ds:X509Data/ds:X509Certificate', { ds: DSIG }).map((node) => base64Text(node.content)),
  };
}

/** Children of these names in this order and nothing else; the last may be optional. */
function exactly<const Names extends readonly string[]>(
  parent: XmlElement,
  names: Names,
  optional?: readonly string[],
): { [Index in keyof Names]: XmlElement } & { readonly [index: number]: XmlElement | undefined } {
  const children = elements(parent);
  const allowed = [...names, ...(optional ?? [])];
  const fits = children.every((child, index) => child.namespaceUri === DSIG && child.name === allowed[index]);
  if (!fits || children.length < names.length) {
    unsupported(`${parent.name} holds ${children.map((child) => child.name).join(', ')}`);
  }
  return children as unknown as { [Index in keyof Names]: XmlElement } & {
    readonly [index: number]: XmlElement | undefined;
  };
}

/** An algorithm with a parameter, such as InclusiveNamespaces, is another algorithm. */
function checkAlgorithm(element: XmlElement, expected: string): void {
  if (algorithm(element) === expected && elements(element).length === 0) return;
  unsupported(`${element.name} ${algorithm(element)} or a parameter of it`);
}

function algorithm(element: XmlElement): string {
  return attribute(element, 'Algorithm') ?? 'absent';
}

/** An ID that two elements bear could be resolved to either. */
function checkUniqueId(root: XmlElement, id: string): void {
  const bearers = root.doc
    .find('//*')
    .filter((node) =>
      (node as XmlElement).attrs.some((each) => /^(?:AssertionID|ID|Id|id)$/.test(each.name) && each.value === id),
    );
  if (bearers.length !== 1) unsupported(`${bearers.length} elements bear the ID ${id}`);
}

function registeredKeys(named: readonly Buffer[], registered: readonly X509Certificate[]): KeyObject[] {
  if (registered.length === 0) refuse('DBL-TOK-08', 50003, 'no signing certificate is registered for the domain');
  const meant =
    named.length === 0
      ? registered
      : registered.filter((certificate) => named.some((der) => der.equals(certificate.raw)));
  if (meant.length === 0) {
    const found = named.map((der) => createHash('sha1').update(der).digest('hex').toUpperCase()).join(', ');
    const expected = registered.map((certificate) => certificate.fingerprint.replaceAll(':', '')).join(', ');
    refuse('DBL-TOK-08', 5000811, `certificate ${found} signed, ${expected} is registered`);
  }
  return meant.map((certificate) => strongKey(certificate));
}

function strongKey(certificate: X509Certificate): KeyObject {
  const key = certificate.publicKey;
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa')
    refuse('DBL-TOK-10', 500081, `a key of type ${key.asymmetricKeyType ?? 'unknown'}`);
  if (bits < MIN_RSA_BITS) refuse('DBL-TOK-10', 50032, `an RSA key of ${bits} bits, fewer than ${MIN_RSA_BITS}`);
  return key;
}

function canonical(element: XmlElement): string {
  return element.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0, withComments: false });
}

function base64Content(element: XmlElement): Buffer {
  return elements(element).length === 0 ? base64Text(element.content) : unsupported(`${element.name} holds elements`);
}

/** xsd:base64Binary: white space does not count. */
function base64Text(text: string): Buffer {
  const bytes = strictBase64(text.replaceAll(/[ \t\r\n]/g, ''));
  return bytes === undefined ? unsupported('a value of the signature is not base64') : Buffer.from(bytes);
}

function unsupported(found: string): never {
  return refuse('DBL-TOK-07', 500081, found);
}
