import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { checkKeyMaterial } from '../../src/keys/material.ts';
import type { KeyMaterial } from '../../src/keys/material.ts';
import { NOW } from '../saml/arbitrary-assertion.ts';
import { openWorkshop, openssl } from './openssl.ts';
import type { Workshop } from './openssl.ts';

let material: KeyMaterial;
let certificate: X509Certificate;
let workshop: Workshop;

beforeAll(async () => {
  material = await createKeyMaterial({ name: 'Mortise signing, O=not an organisation', now: NOW });
  certificate = new X509Certificate(material.certificate);
  workshop = openWorkshop(material);
});

afterAll(() => workshop.close());

describe('a new signing key', () => {
  test('is RSA of 3072 bits, exponent 65537', () => {
    expect(material.privateKey.asymmetricKeyType).toBe('rsa');
    expect(material.privateKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 3072, publicExponent: 65537n });
  });

  test('passes its own checks without a warning', () => expect(checkKeyMaterial(material, NOW)).toEqual([]));

  test('has a certificate for ten years, from a little before now', () => {
    expect(certificate.validFromDate).toEqual(new Date('2026-03-04T05:01:07Z'));
    expect(certificate.validToDate).toEqual(new Date('2036-03-04T05:06:07Z'));
  });

  test('signed by itself', () => {
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.issuer).toBe(certificate.subject);
  });

  test('the name is one common name, whatever stands in it', () => {
    expect(certificate.toLegacyObject().subject).toEqual({ CN: 'Mortise signing, O=not an organisation' });
  });

  test('for signatures only, no CA', () => expect(certificate.ca).toBe(false));

  test('serial numbers differ', async () => {
    const again = await createKeyMaterial({ name: 'x', now: NOW, modulusBits: 2048, validYears: 1 });
    expect(new X509Certificate(again.certificate).serialNumber).not.toBe(certificate.serialNumber);
    expect(new X509Certificate(again.certificate).validToDate).toEqual(new Date('2027-03-04T05:06:07Z'));
  });

  test.skipIf(openssl === undefined)('openssl finds it in order', () => {
    const args = [
      'verify',
      '-x509_strict',
      '-check_ss_sig',
      '-attime',
      String((NOW.getTime() / 1000) | 0),
      '-CAfile',
      'cert.pem',
      'cert.pem',
    ];
    expect(() => workshop.make(args, 'cert.pem')).not.toThrow();
    const text = workshop.make(['x509', '-in', 'cert.pem', '-noout', '-text', '-out', 'text'], 'text').toString();
    expect(text).toContain('Signature Algorithm: sha256WithRSAEncryption');
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
  });
});
