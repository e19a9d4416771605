/**
 * A token gateway before Mortise: it changes assertions that pass and signs them anew with a key of its own, whose
 * certificate Entra has. Owns the signature ([xmldsig-core], exclusive c14n), written without Mortise's code. Does not
 * own: what is changed (gateway-mishaps.ts).
 */
import { createHash, sign } from 'node:crypto';
import { XmlC14NMode, XmlDocument } from 'libxml2-wasm';
import type { KeyMaterial } from '../keys/material.ts';
import { rewritingAt, through } from './on-the-way.ts';
import type { HttpClient } from './http-client.ts';
import type { Plan } from './plan.ts';

export interface SigningGateway {
  readonly modulusBits: 1024 | 2048;
  readonly change: (assertion: string) => string;
}

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';

/** The client with whatever the plan has put on the way of its requests. */
export function onItsWay(
  client: HttpClient,
  { onTheWay, signingGateway }: Plan,
  key: KeyMaterial | undefined,
): HttpClient {
  const met = onTheWay === undefined ? client : through(client, onTheWay);
  if (signingGateway === undefined || key === undefined) return met;
  const signsAnew = (body: string): string =>
    body.replace(/<((?:[\w.-]+:)?Assertion)\b.*<\/\1>/s, (assertion) =>
      signed(signingGateway.change(assertion.replace(/<((?:[\w.-]+:)?Signature)\b.*<\/\1>/s, '')), key),
    );
  return through(met, rewritingAt(/\/windowstransport$/, signsAnew));
}

function signed(assertion: string, { privateKey, certificate }: KeyMaterial): string {
  const id = /\bAssertionID="([^"]+)"/.exec(assertion)?.[1] ?? '';
  const digest = createHash('sha256').update(canonical(assertion)).digest('base64');
  const algorithm = (name: string, uri: string): string => `<ds:${name} Algorithm="${uri}"></ds:${name}>`;
  const signedInfo =
    `<ds:SignedInfo xmlns:ds="${DSIG}">${algorithm('CanonicalizationMethod', EXCLUSIVE_C14N)}` +
    `${algorithm('SignatureMethod', RSA_SHA256)}<ds:Reference URI="#${id}"><ds:Transforms>` +
    `${algorithm('Transform', `${DSIG}enveloped-signature`)}${algorithm('Transform', EXCLUSIVE_C14N)}</ds:Transforms>` +
    `${algorithm('DigestMethod', SHA256)}<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  const signature =
    `<ds:Signature xmlns:ds="${DSIG}">${signedInfo}<ds:SignatureValue>` +
    `${sign('sha256', Buffer.from(signedInfo), privateKey).toString('base64')}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>` +
    `<ds:X509Certificate>${Buffer.from(certificate).toString('base64')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`;
  return assertion.replace(/<\/(?:[\w.-]+:)?Assertion>$/, (end) => signature + end);
}

function canonical(xml: string): string {
  const document = XmlDocument.fromString(xml);
  try {
    return document.root.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0, withComments: false });
  } finally {
    document.dispose();
  }
}
