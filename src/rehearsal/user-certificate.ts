/**
 * The computer's self-signed certificate that Windows writes into `userCertificate` before a synchronised join; Entra
 * Connect copies it, and DRS verifies the join's signature with it. Subject CN is the objectGUID.
 */
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { cryptoProvider, X509CertificateGenerator } from '@peculiar/x509';

export interface UserCertificate {
  readonly privateKey: KeyObject;
  /** DER */
  readonly certificate: Uint8Array;
}

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;
const TEN_YEARS_MS = 10 * 365 * 86_400_000;

export async function makeUserCertificate(objectGuid: string, now: Date): Promise<UserCertificate> {
  cryptoProvider.set(webcrypto as never);
  const keys = await webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${objectGuid}`,
    keys,
    signingAlgorithm: RSA,
    notBefore: now,
    notAfter: new Date(now.getTime() + TEN_YEARS_MS),
  });
  return { privateKey: KeyObject.from(keys.privateKey), certificate: new Uint8Array(certificate.rawData) };
}
