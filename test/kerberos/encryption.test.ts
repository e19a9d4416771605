/** What holds for every encryption type, whatever its RFC. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AesType } from '../../src/kerberos/encryption-types.ts';
import type { EncryptionKey } from '../../src/kerberos/encryption.ts';
import {
  checksumLength,
  decrypt,
  encrypt,
  encryptionKey,
  keyLength,
  usageKeys,
} from '../../src/kerberos/encryption.ts';
import { seededBytes, toHex } from './support.ts';

const types: readonly AesType[] = [17, 18, 19, 20];

function keyOf(type: AesType): EncryptionKey {
  const key = encryptionKey(type, seededBytes()(keyLength(type)));
  if (key === undefined) throw new Error(`not a key of type ${type}`);
  return key;
}

test('a key has exactly as many octets as its type', () => {
  for (const type of types) {
    const length = type % 2 === 1 ? 16 : 32;
    expect(encryptionKey(type, new Uint8Array(length))?.encryptionType).toBe(type);
    for (const other of [0, length - 1, length + 1, 48 - length]) {
      expect(encryptionKey(type, new Uint8Array(other))).toBeUndefined();
    }
  }
});

describe.each(types)('type %i', (type) => {
  test('what is encrypted decrypts to itself, whatever its length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (plaintext) => {
        const keys = usageKeys(keyOf(type), 11);
        const ciphertext = encrypt(keys, plaintext, seededBytes('confounder')(16));
        expect(ciphertext.length).toBe(16 + plaintext.length + checksumLength(type));
        expect(toHex(decrypt(keys, ciphertext) ?? Buffer.from('nothing'))).toBe(toHex(plaintext));
      }),
      { numRuns: 100 },
    );
  });

  test('no changed bit, no other usage and no part of a ciphertext decrypts', () => {
    const key = keyOf(type);
    const keys = usageKeys(key, 2);
    const ciphertext = encrypt(keys, Buffer.from('forty-two octets of text, more or less, yes'), seededBytes()(16));
    for (let bit = 0; bit < ciphertext.length * 8; bit++) {
      const changed = Buffer.from(ciphertext);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decrypt(keys, changed), `bit ${bit}`).toBeUndefined();
    }
    for (let length = 0; length < ciphertext.length; length++) {
      expect(decrypt(keys, ciphertext.subarray(0, length)), `first ${length} octets`).toBeUndefined();
    }
    expect(decrypt(usageKeys(key, 11), ciphertext)).toBeUndefined();
  });
});
