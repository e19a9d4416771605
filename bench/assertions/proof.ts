/** That a product does the work that is compared: its assertion verifies, by RSA-SHA256 and SHA-256, with the content under it. */
import { SignedXml } from 'xml-crypto';
import { assertion } from './content.ts';

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';

/** @throws Error that says what is missing */
export function proveAssertion(text: string, publicCert: string): void {
  const require = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`the assertion does not have ${what}:\n${text.slice(0, 2_000)}`);
  };
  const signature = /<(?<name>(?:\w+:)?Signature)[ >].*<\/\k<name>>/s.exec(text)?.[0] ?? '';
  require(signature.includes(RSA_SHA256) && signature.includes(SHA256), 'a signature by RSA-SHA256 and SHA-256');
  require(signature.includes('X509Certificate>'), 'its certificate');
  const verifier = new SignedXml({ publicCert, idAttribute: 'AssertionID' });
  verifier.loadSignature(signature);
  require(verifier.checkSignature(text), 'a signature that holds');
  const [signed = ''] = verifier.getSignedReferences();
  for (const value of assertion.claims.flatMap(({ values }) => values)) require(signed.includes(value), value);
}
