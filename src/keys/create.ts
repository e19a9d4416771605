/**
 * Makes a signing key: RSA and a self-signed certificate. Entra pins the certificate of a federated domain and asks no CA.
 * Owns the certificate's content. Does not own storing it (commands.ts, protection.ts).
 */
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { KeyMaterial } from './material.ts';

/** 128 bits of strength, good beyond 2030 (NIST SP 800-57 part 1, table 2). */
const MODULUS_BITS = 3072;
const VALID_YEARS = 10;

/** The clock of whoever verifies may be behind ours. */
const BACKDATED_MS = 5 * 60_000;

export interface NewKey {
  /** Common name of subject and issuer; any text. */
  readonly name: string;
  readonly now: Date;
  /** 10 when absent. */
  readonly validYears?: number;
  /** 3072 when absent. */
  readonly modulusBits?: number;
}

/** Makes an RSA key and its self-signed certificate, SHA-256. Takes about a second of the thread pool. */
export async function createKeyMaterial({ name, now, validYears, modulusBits }: NewKey): Promise<KeyMaterial> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: modulusBits ?? MODULUS_BITS,
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + (validYears ?? VALID_YEARS));
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // As data, so that no character of the name can become another part of the DN.
    name: [{ CN: [name] }],
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { privateKey: KeyObject.from(keys.privateKey), certificate: new Uint8Array(certificate.rawData) };
}
