/**
 * RFC 3962: AES with HMAC-SHA1-96 in RFC 3961's simplified profile, and string-to-key by PBKDF2.
 *
 * Owns: the two encryption types 17 and 18. Does not own: which type a key is of (encryption.ts).
 */
import type { KeyObject } from 'node:crypto';
import { createHmac, createSecretKey, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { BLOCK, blockEncryptor, decryptCts, encryptCts } from './aes-cts.ts';
import type { EncryptionProfile } from './encryption.ts';
import type { BlockCipher } from './rfc3961.ts';
import { deriveRandom, derivedKey, foldedUsageConstant, nFold } from './rfc3961.ts';

const MAC = 12;
const SHORTEST_CIPHERTEXT = BLOCK + MAC;

/** What encrypts under a key, for all that is derived from it: making one costs more than the derivation. */
const encryptors = new WeakMap<KeyObject, BlockCipher>();

function encryptorOf(key: KeyObject): BlockCipher {
  const encryptor = encryptors.get(key) ?? blockEncryptor(key);
  encryptors.set(key, encryptor);
  return encryptor;
}

/** DK of RFC 3961 §5.1: a derived key is as long as its base key. */
const derive = (key: KeyObject, folded: Uint8Array): KeyObject =>
  createSecretKey(deriveRandom(encryptorOf(key), folded, key.symmetricKeySize ?? 0));

const KERBEROS = nFold(Buffer.from('kerberos', 'latin1'), BLOCK);

const hmacSha1_96 = (key: KeyObject, octets: Uint8Array): Uint8Array =>
  createHmac('sha1', key).update(octets).digest().subarray(0, MAC);

const profile = (keyLength: 16 | 32): EncryptionProfile => ({
  keyLength,
  checksumLength: MAC,
  /** §4; 4096 rounds are the default, and AD's only choice. */
  stringToKey(password, salt, iterations = 4096) {
    const random = pbkdf2Sync(password, salt, iterations, keyLength, 'sha1');
    return derive(createSecretKey(random), KERBEROS).export();
  },
  usageKeys: (key, usage) => ({
    encryption: derive(key, foldedUsageConstant(usage, derivedKey.encryption)),
    integrity: derive(key, foldedUsageConstant(usage, derivedKey.integrity)),
  }),
  /** RFC 3961 §5.3: encrypt(confounder | plaintext), then the HMAC of that plaintext. */
  encrypt({ encryption, integrity }, plaintext, confounder) {
    const text = Buffer.concat([confounder, plaintext]);
    return Buffer.concat([encryptCts(encryption, text), hmacSha1_96(integrity, text)]);
  },
  decrypt({ encryption, integrity }, ciphertext) {
    if (ciphertext.length < SHORTEST_CIPHERTEXT) return undefined;
    const end = ciphertext.length - MAC;
    const text = decryptCts(encryption, ciphertext.subarray(0, end));
    if (!timingSafeEqual(hmacSha1_96(integrity, text), ciphertext.subarray(end))) return undefined;
    return text.subarray(BLOCK);
  },
  checksumKey: (key, usage) => derive(key, foldedUsageConstant(usage, derivedKey.checksum)),
  /** hmac-sha1-96-aes128 (15) and -aes256 (16). */
  checksum: hmacSha1_96,
});

export const aes128CtsHmacSha1: EncryptionProfile = profile(16);
export const aes256CtsHmacSha1: EncryptionProfile = profile(32);
