import { expect, test } from 'vitest';
import {
  acceptedEncryptionTypes,
  describeEncryptionType,
  encryptionTypes,
  isAesType,
} from '../../src/kerberos/encryption-types.ts';

test('AES of RFC 3962 and of RFC 8009 is accepted, and nothing else', () => {
  expect(encryptionTypes.filter((row) => row.accepted).map((row) => row.number)).toEqual([17, 18, 19, 20]);
  expect(encryptionTypes.filter((row) => isAesType(row.number) !== row.accepted)).toEqual([]);
});

test('numbers and names stand once', () => {
  expect(new Set(encryptionTypes.map((row) => row.number)).size).toBe(encryptionTypes.length);
  expect(new Set(encryptionTypes.map((row) => row.name)).size).toBe(encryptionTypes.length);
});

test('the bits are those of msDS-SupportedEncryptionTypes: 24 is both kinds of AES that AD has', () => {
  const bits = encryptionTypes.filter((row) => row.accepted).map((row) => row.supportedEncryptionTypesBit ?? 0);
  expect(bits.reduce((sum, bit) => sum | bit, 0)).toBe(24);
});

test('a type is described by name and number, an unknown one by its number', () => {
  expect(describeEncryptionType(23)).toBe('rc4-hmac (23)');
  expect(describeEncryptionType(-128)).toBe('encryption type -128');
  expect(acceptedEncryptionTypes).toBe(
    'aes128-cts-hmac-sha1-96 (17), aes256-cts-hmac-sha1-96 (18), aes128-cts-hmac-sha256-128 (19), or aes256-cts-hmac-sha384-192 (20)',
  );
});
