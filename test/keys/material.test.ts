import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { importKeyMaterial } from '../../src/keys/import.ts';
import { KeyError } from '../../src/keys/key-error.ts';
import { checkKeyMaterial } from '../../src/keys/material.ts';
import type { KeyMaterial } from '../../src/keys/material.ts';
import { NOW } from '../saml/arbitrary-assertion.ts';
import { openWorkshop, openssl } from './openssl.ts';
import type { Workshop } from './openssl.ts';

let good: KeyMaterial;
let workshop: Workshop;

beforeAll(async () => {
  good = await createKeyMaterial({ name: 'good', now: NOW, modulusBits: 2048 });
  workshop = openWorkshop(good);
});

afterAll(() => workshop.close());

function codeOf(material: KeyMaterial, now = NOW): string {
  try {
    checkKeyMaterial(material, now);
  } catch (error) {
    if (error instanceof KeyError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('what cannot sign for Entra', () => {
  test('an elliptic curve key', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(codeOf({ ...good, privateKey })).toBe('key-not-rsa');
  });

  test('an RSASSA-PSS key', () => {
    const { privateKey } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    expect(codeOf({ ...good, privateKey })).toBe('key-not-rsa');
  });

  test('1024 bits', async () => {
    expect(codeOf(await createKeyMaterial({ name: 'short', now: NOW, modulusBits: 1024 }))).toBe('key-too-short');
  });

  test('somebody else’s certificate', async () => {
    const other = await createKeyMaterial({ name: 'other', now: NOW, modulusBits: 2048 });
    expect(codeOf({ ...good, certificate: other.certificate })).toBe('certificate-mismatch');
  });

  test('a certificate before and after its time', () => {
    expect(codeOf(good, new Date('2026-03-04T05:01:06Z'))).toBe('certificate-not-valid-now');
    expect(codeOf(good, new Date('2026-03-04T05:01:07Z'))).toBe('accepted');
    expect(codeOf(good, new Date('2036-03-04T05:06:07Z'))).toBe('accepted');
    expect(codeOf(good, new Date('2036-03-04T05:06:08Z'))).toBe('certificate-not-valid-now');
  });
});

describe('what deserves a warning', () => {
  test('a certificate in its last month', () => {
    expect(checkKeyMaterial(good, new Date('2036-03-01T00:00:00Z'))).toEqual([
      expect.stringContaining('expires in 3 days'),
    ]);
    expect(checkKeyMaterial(good, new Date('2036-01-01T00:00:00Z'))).toEqual([]);
  });

  test.skipIf(openssl === undefined)('a certificate signed with SHA-1', () => {
    const certificate = workshop.make([
      'req',
      '-x509',
      '-key',
      'key.pem',
      '-sha1',
      '-days',
      '36500',
      '-subj',
      '/CN=old',
      '-out',
      'out',
    ]);
    const material = importKeyMaterial(
      [Buffer.from(good.privateKey.export({ type: 'pkcs8', format: 'pem' })), certificate],
      undefined,
    );
    const aWhileFromNow = new Date(Date.now() + 86_400_000);
    expect(checkKeyMaterial(material, aWhileFromNow)).toEqual([expect.stringMatching(/sha1/i)]);
  });
});
