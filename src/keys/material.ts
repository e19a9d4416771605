/** A private key with its certificate, and what both must satisfy before anything is signed with them. */
import { X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { KeyError } from './key-error.ts';

export interface KeyMaterial {
  readonly privateKey: KeyObject;
  /** DER. */
  readonly certificate: Uint8Array;
}

const MIN_MODULUS_BITS = 2048;

/** Entra looks for a successor certificate 30 days before the end (internalDomainFederation, nextSigningCertificate). */
const EXPIRY_WARNING_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Checks a key before it is stored.
 *
 * @returns warnings: what works but deserves attention, a sentence each.
 * @throws KeyError key-not-rsa, key-too-short, certificate-mismatch, certificate-not-valid-now.
 */
export function checkKeyMaterial(material: KeyMaterial, now: Date): readonly string[] {
  const { privateKey } = material;
  const certificate = new X509Certificate(material.certificate);
  if (privateKey.asymmetricKeyType !== 'rsa') throw new KeyError('key-not-rsa', privateKey.asymmetricKeyType);
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MIN_MODULUS_BITS) throw new KeyError('key-too-short', `${bits} bits`);
  if (!certificate.checkPrivateKey(privateKey)) throw new KeyError('certificate-mismatch');
  const { validFromDate, validToDate } = certificate;
  if (now < validFromDate || now > validToDate) {
    throw new KeyError('certificate-not-valid-now', `${validFromDate.toISOString()} to ${validToDate.toISOString()}`);
  }
  return warningsAbout(certificate, now);
}

function warningsAbout(certificate: X509Certificate, now: Date): readonly string[] {
  const warnings: string[] = [];
  // X.509's own signature does not protect ours, but scanners report it, and Entra may stop taking it.
  if (/sha1|md5/i.test(certificate.signatureAlgorithm ?? '')) {
    warnings.push(
      `The certificate itself is signed with ${certificate.signatureAlgorithm}; make a new one with SHA-256.`,
    );
  }
  const days = Math.floor((certificate.validToDate.getTime() - now.getTime()) / DAY_MS);
  if (days < EXPIRY_WARNING_DAYS) warnings.push(`The certificate expires in ${days} days; prepare its successor now.`);
  return warnings;
}
