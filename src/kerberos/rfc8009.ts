/**
 * RFC 8009: AES with HMAC-SHA2, encrypt-then-MAC, and string-to-key by PBKDF2 with the same hash.
 *
 * Owns: the two encryption types 19 and 20. Does not own: which type a key is of (encryption.ts).
 */
import type { KeyObject } from 'node:crypto';
import { createHmac, createSecretKey, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { BLOCK, decryptCts, encryptCts } from './aes-cts.ts';
import type { EncryptionProfile } from './encryption.ts';
import { derivedKey, usageConstant } from './rfc3961.ts';

interface Parameters {
  readonly name: string;
  readonly hash: 'sha256' | 'sha384';
  readonly keyLength: number;
  /** Octets of Ki, of Kc and of a MAC: half of the hash. */
  readonly macLength: number;
}

const INITIAL_VECTOR = Buffer.alloc(BLOCK);

/** §3, KDF-HMAC-SHA2 without a context: `octets` are never more than one round of the hash gives. */
function derive(hash: Parameters['hash'], key: KeyObject, label: Uint8Array, octets: number): KeyObject {
  const counter = Buffer.from([0, 0, 0, 1]);
  const bits = Buffer.alloc(5); // the zero octet between label and length, and the length
  bits.writeUInt32BE(octets * 8, 1);
  const random = createHmac(hash, key).update(counter).update(label).update(bits).digest();
  return createSecretKey(random.subarray(0, octets));
}

function profile({ name, hash, keyLength, macLength }: Parameters): EncryptionProfile {
  /** §5: over the initial vector and the ciphertext. */
  const mac = (integrity: KeyObject, encrypted: Uint8Array): Uint8Array =>
    createHmac(hash, integrity).update(INITIAL_VECTOR).update(encrypted).digest().subarray(0, macLength);
  return {
    keyLength,
    checksumLength: macLength,
    /** §4: the name of the encryption type goes before the salt. */
    stringToKey(password, salt, iterations = 32_768) {
      const salted = Buffer.concat([Buffer.from(`${name}\0`, 'latin1'), Buffer.from(salt)]);
      const random = pbkdf2Sync(password, salted, iterations, keyLength, hash);
      return derive(hash, createSecretKey(random), Buffer.from('kerberos', 'latin1'), keyLength).export();
    },
    usageKeys: (key, usage) => ({
      encryption: derive(hash, key, usageConstant(usage, derivedKey.encryption), keyLength),
      integrity: derive(hash, key, usageConstant(usage, derivedKey.integrity), macLength),
    }),
    encrypt({ encryption, integrity }, plaintext, confounder) {
      const encrypted = encryptCts(encryption, Buffer.concat([confounder, plaintext]));
      return Buffer.concat([encrypted, mac(integrity, encrypted)]);
    },
    decrypt({ encryption, integrity }, ciphertext) {
      if (ciphertext.length < BLOCK + macLength) return undefined;
      const end = ciphertext.length - macLength;
      const encrypted = ciphertext.subarray(0, end);
      if (!timingSafeEqual(mac(integrity, encrypted), ciphertext.subarray(end))) return undefined;
      return decryptCts(encryption, encrypted).subarray(BLOCK);
    },
    checksumKey: (key, usage) => derive(hash, key, usageConstant(usage, derivedKey.checksum), macLength),
    /** §6: hmac-sha256-128-aes128 (19) and hmac-sha384-192-aes256 (20). */
    checksum: (key, octets) => createHmac(hash, key).update(octets).digest().subarray(0, macLength),
  };
}

export const aes128CtsHmacSha256: EncryptionProfile = profile({
  name: 'aes128-cts-hmac-sha256-128',
  hash: 'sha256',
  keyLength: 16,
  macLength: 16,
});

export const aes256CtsHmacSha384: EncryptionProfile = profile({
  name: 'aes256-cts-hmac-sha384-192',
  hash: 'sha384',
  keyLength: 32,
  macLength: 24,
});
