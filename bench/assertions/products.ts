/**
 * Each product's way to one signed assertion: RSA-SHA256, digest SHA-256, exclusive c14n, the certificate in KeyInfo.
 * Each gets its key in the form that serves it best. saml and Mortise write and sign; xml-crypto and samlify, which write
 * no SAML 1.1, sign text that is finished, so that their figure leaves out the writing.
 */
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SignedXml } from 'xml-crypto';
import { signingKeyOf } from '../../src/keys/protection.ts';
import { signSaml11Assertion } from '../../src/saml/saml11.ts';
import { assertion, attributesByUri, AUDIENCE, ISSUER, LIFETIME_SECONDS, saml20Text } from './content.ts';

export const PRODUCTS = ['mortise', 'rsa-in-pool', 'xml-crypto', 'saml', 'samlify'] as const;
export type Product = (typeof PRODUCTS)[number];

/** PEM. */
export interface Keys {
  readonly privateKey: string;
  readonly certificate: string;
}

type Sign = () => string | Promise<string>;

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const ASSERTION = "/*[local-name(.)='Assertion']";

/** The packages have no types that are there when they are not installed: as their READMEs describe them. */
interface Saml {
  readonly Saml11: { create(options: Readonly<Record<string, unknown>>): string };
}
interface Samlify {
  readonly SamlLib: { constructSAMLSignature(options: Readonly<Record<string, unknown>>): string };
}

const requirePeer = createRequire(join(import.meta.dirname, '../peers/package.json'));

export const SIGNERS: Readonly<Record<Product, (keys: Keys) => Sign>> = {
  mortise({ privateKey, certificate }) {
    const der = new Uint8Array(new X509Certificate(certificate).raw);
    const key = signingKeyOf('bench', { privateKey: createPrivateKey(privateKey), certificate: der });
    return () => signSaml11Assertion(assertion, key);
  },
  /** No product: what is left of the limit when the thread pool signs, as Mortise has it, and nothing is written. */
  'rsa-in-pool'({ privateKey }) {
    const key = createPrivateKey(privateKey);
    const signedInfo = Buffer.alloc(800, 'x');
    return () =>
      new Promise((resolve, reject) => {
        sign('sha256', signedInfo, key, (error, signature) =>
          error === null ? resolve(signature.toString('base64')) : reject(error),
        );
      });
  },
  'xml-crypto'({ privateKey, certificate }) {
    const key = createPrivateKey(privateKey);
    const text = saml20Text();
    return () => {
      const signer = new SignedXml({
        privateKey: key,
        publicCert: certificate,
        signatureAlgorithm: RSA_SHA256,
        canonicalizationAlgorithm: EXC_C14N,
      });
      signer.addReference({ xpath: ASSERTION, digestAlgorithm: SHA256, transforms: [ENVELOPED, EXC_C14N] });
      signer.computeSignature(text);
      return signer.getSignedXml();
    };
  },
  saml({ privateKey, certificate }) {
    const { Saml11 } = requirePeer('saml') as Saml;
    const options = {
      key: Buffer.from(privateKey),
      cert: Buffer.from(certificate),
      issuer: ISSUER,
      audiences: AUDIENCE,
      lifetimeInSeconds: LIFETIME_SECONDS,
      attributes: attributesByUri(),
      nameIdentifier: assertion.nameIdentifier.value,
      nameIdentifierFormat: assertion.nameIdentifier.format,
    };
    return () => Saml11.create(options);
  },
  samlify({ privateKey, certificate }) {
    const { SamlLib } = requirePeer('samlify') as Samlify;
    const options = {
      rawSamlMessage: saml20Text(),
      referenceTagXPath: ASSERTION,
      privateKey,
      signatureAlgorithm: RSA_SHA256,
      // Base64 alone: it writes the PEM around it.
      signingCert: certificate.replaceAll(/-----[^-]+-----|\s/g, ''),
      isBase64Output: false,
    };
    return () => SamlLib.constructSAMLSignature(options);
  },
};
