/**
 * An enveloped signature [XMLDSIG §4-6], written directly: what is signed is canonical as written, so that no
 * canonicaliser runs. RSA-SHA256, SHA-256, exclusive c14n 1.0, one reference, the certificate in KeyInfo.
 *
 *   <ds:Signature xmlns:ds="…">
 *     <ds:SignedInfo> CanonicalizationMethod SignatureMethod Reference(Transforms DigestMethod DigestValue) </ds:SignedInfo>
 *     <ds:SignatureValue/> <ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>
 *   </ds:Signature>                                        (without the white space)
 *
 * Owns: the Signature element. Does not own: keys (keys/), or that its input is canonical (saml/, xml/markup.ts).
 */
import { hash, sign } from 'node:crypto';
import type { SigningKey } from '../keys/signing-key.ts';
import { toText, verbatim, xml } from '../xml/markup.ts';
import type { Xml } from '../xml/markup.ts';

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

/** KeyInfo never changes while its key lives. */
const keyInfoOf = new WeakMap<SigningKey, Xml>();

/** Among the children of the signed element: SAML 1.1 wants the Signature behind the others, SAML 2.0 metadata before them. */
export type SignaturePlace = 'last' | 'first';

/**
 * Signs one element and puts the Signature before its end tag, or behind its start tag.
 *
 * @param element in exclusive canonical form, with a start-end tag pair and an ID attribute of the value `id`.
 * @returns the element with its signature, byte for byte what must travel.
 */
export async function signEnveloped(
  element: Xml,
  id: string,
  key: SigningKey,
  place: SignaturePlace = 'last',
): Promise<string> {
  const canonical = toText(element);
  const digest = hash('sha256', canonical, 'base64');
  const content = signedInfoContent(id, digest);
  // Exclusive c14n §3: SignedInfo as the apex declares the prefix that it uses; inside Signature it inherits it.
  const signedBytes = toText(xml`<ds:SignedInfo xmlns:ds="${DS}">${content}</ds:SignedInfo>`);
  const value = await signRsaSha256(signedBytes, key);
  const signature = xml`<ds:Signature xmlns:ds="${DS}"><ds:SignedInfo>${content}</ds:SignedInfo><ds:SignatureValue>${value}</ds:SignatureValue>${keyInfo(key)}</ds:Signature>`;
  const at = place === 'last' ? canonical.lastIndexOf('</') : endOfStartTag(canonical);
  return canonical.slice(0, at) + toText(signature) + canonical.slice(at);
}

/** Canonical attribute values stand in double quotes and may hold `>` (Canonical XML 1.0 §2.3). */
function endOfStartTag(canonical: string): number {
  return /^<[^">]*(?:"[^"]*"[^">]*)*>/.exec(canonical)?.[0].length ?? 0;
}

const METHODS = xml`<ds:CanonicalizationMethod Algorithm="${EXC_C14N}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="${RSA_SHA256}"></ds:SignatureMethod>`;
const TRANSFORMS = xml`<ds:Transforms><ds:Transform Algorithm="${ENVELOPED}"></ds:Transform><ds:Transform Algorithm="${EXC_C14N}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="${SHA256}"></ds:DigestMethod>`;

function signedInfoContent(id: string, digest: string): Xml {
  return xml`${METHODS}<ds:Reference URI="${`#${id}`}">${TRANSFORMS}<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference>`;
}

function keyInfo(key: SigningKey): Xml {
  const known = keyInfoOf.get(key);
  if (known !== undefined) return known;
  const certificate = Buffer.from(key.certificate).toString('base64');
  const made = xml`<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${verbatim(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`;
  keyInfoOf.set(key, made);
  return made;
}

/** With a callback the thread pool computes it, and requests in flight use every core. Base64 without line breaks. */
function signRsaSha256(text: string, key: SigningKey): Promise<string> {
  return new Promise((resolve, reject) => {
    sign('sha256', Buffer.from(text), key.privateKey, (error, signature) => {
      if (error === null) resolve(signature.toString('base64'));
      else reject(error);
    });
  });
}
