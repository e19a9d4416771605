/**
 * The page that ends a passive sign-in: a form that posts wresult to the relying party (WS-Federation 1.2 §13.2.1).
 * Recognises it for every operation, and proves once for each contestant that it does the work that is compared.
 */
import { X509Certificate } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import type { Page } from '../harness/browser.ts';
import { fieldOf, formsOf } from '../harness/form.ts';
import type { Form } from '../harness/form.ts';

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';

/** The form with the answer; undefined on any other page. */
export function answerOf({ status, html }: Page): Form | undefined {
  if (status !== 200) return undefined;
  return formsOf(html).find((form) => fieldOf(form, 'wresult')?.includes('SignatureValue>'));
}

/** @throws Error unless the answer holds a SAML 1.1 assertion with UPN and ImmutableID, RSA-2048 and SHA-256, and wctx as sent */
export function proveAnswer(answer: Form, wctx: string, signingCertificate: string): void {
  const wresult = fieldOf(answer, 'wresult') ?? '';
  const require = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`the answer does not have ${what}:\n${wresult.slice(0, 2_000)}`);
  };
  const bits = new X509Certificate(signingCertificate).publicKey.asymmetricKeyDetails?.modulusLength;
  require(bits === 2048, 'a signature by an RSA-2048 key');
  require(fieldOf(answer, 'wctx') === wctx, 'wctx as it was sent');
  const assertion = signedAssertion(wresult, signingCertificate);
  require(assertion !== undefined, 'a signature that holds, by SHA-256');
  require(/AttributeName="UPN"/.test(assertion ?? ''), 'a UPN under the signature');
  require(/AttributeName="ImmutableID"/.test(assertion ?? ''), 'an ImmutableID under the signature');
}

/** What the signature covers, as it was digested; undefined when it does not hold. */
function signedAssertion(wresult: string, publicCert: string): string | undefined {
  const signature = /<(?<name>(?:\w+:)?Signature)[ >].*<\/\k<name>>/s.exec(wresult)?.[0];
  if (signature === undefined || !signature.includes(RSA_SHA256) || !signature.includes(SHA256)) return undefined;
  const verifier = new SignedXml({ publicCert, idAttribute: 'AssertionID' });
  verifier.loadSignature(signature);
  try {
    return verifier.checkSignature(wresult) ? verifier.getSignedReferences()[0] : undefined;
  } catch {
    return undefined;
  }
}
