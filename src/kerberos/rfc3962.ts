/**
 * RFC 3962: AES in CBC mode with ciphertext stealing, HMAC-SHA1-96, and string-to-key by PBKDF2.
 *
 * Keys are KeyObjects: node:crypto is several times slower with raw bytes, which it wraps anew at each call.
 * Owns: encrypt, decrypt and checksum under a key and a usage. Does not own: which key or usage a message takes.
 */
import type { KeyObject } from 'node:crypto';
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  pbkdf2Sync,
  timingSafeEqual,
} from 'node:crypto';
import type { AesType } from './encryption-types.ts';
import { deriveRandom, derivedKey, usageConstant } from './rfc3961.ts';

/** A protocol key (RFC 3961 §3): never used itself, only what is derived from it. */
export interface EncryptionKey {
  readonly encryptionType: AesType;
  readonly key: KeyObject;
}

/** What is derived from a protocol key for one usage: Ke and Ki. */
export interface UsageKeys {
  readonly encryptionType: AesType;
  readonly encryption: KeyObject;
  readonly integrity: KeyObject;
}

const BLOCK = 16;
const MAC = 12;
const ZERO_IV = Buffer.alloc(BLOCK);

const parameters = {
  17: { keyLength: 16, cbc: 'aes-128-cbc', ecb: 'aes-128-ecb' },
  18: { keyLength: 32, cbc: 'aes-256-cbc', ecb: 'aes-256-ecb' },
} as const;

/** Octets of a key, of a confounder, and those that encryption adds to a plaintext. */
export const keyLength = (type: AesType): number => parameters[type].keyLength;
export const CONFOUNDER_LENGTH = BLOCK;
const SHORTEST_CIPHERTEXT = BLOCK + MAC;

/** Undefined when the octets are not as many as a key of this type has. */
export function encryptionKey(encryptionType: AesType, octets: Uint8Array): EncryptionKey | undefined {
  if (octets.length !== keyLength(encryptionType)) return undefined;
  return { encryptionType, key: createSecretKey(octets) };
}

/** §4: PBKDF2 with HMAC-SHA1, then DK with the constant "kerberos". 4096 rounds are the default, and AD's only choice. */
export function stringToKey(type: AesType, password: string, salt: string | Uint8Array, iterations = 4096): Uint8Array {
  const random = pbkdf2Sync(password, salt, iterations, keyLength(type), 'sha1');
  return derive(type, createSecretKey(random), Buffer.from('kerberos', 'latin1'));
}

function derive(type: AesType, key: KeyObject, constant: Uint8Array): Uint8Array {
  const { ecb } = parameters[type];
  return deriveRandom((block) => cipherWhole(createCipheriv(ecb, key, null), block), constant, keyLength(type));
}

const deriveFor = (key: EncryptionKey, usage: number, purpose: number): KeyObject =>
  createSecretKey(derive(key.encryptionType, key.key, usageConstant(usage, purpose)));

export function usageKeys(key: EncryptionKey, usage: number): UsageKeys {
  return {
    encryptionType: key.encryptionType,
    encryption: deriveFor(key, usage, derivedKey.encryption),
    integrity: deriveFor(key, usage, derivedKey.integrity),
  };
}

/** RFC 3961 §5.3: encrypt(confounder | plaintext), then the HMAC of that plaintext. `confounder`: 16 random octets. */
export function encrypt(keys: UsageKeys, plaintext: Uint8Array, confounder: Uint8Array): Uint8Array {
  const text = Buffer.concat([confounder, plaintext]);
  return Buffer.concat([encryptCts(keys, text), hmacSha1_96(keys.integrity, text)]);
}

/** The plaintext without its confounder; undefined when the MAC does not match: another key, or changed octets. */
export function decrypt(keys: UsageKeys, ciphertext: Uint8Array): Uint8Array | undefined {
  if (ciphertext.length < SHORTEST_CIPHERTEXT) return undefined;
  const end = ciphertext.length - MAC;
  const text = decryptCts(keys, ciphertext.subarray(0, end));
  if (!timingSafeEqual(hmacSha1_96(keys.integrity, text), ciphertext.subarray(end))) return undefined;
  return text.subarray(BLOCK);
}

/** hmac-sha1-96-aes128 (15) and -aes256 (16): a keyed checksum of `octets` under a usage. */
export const checksum = (key: EncryptionKey, usage: number, octets: Uint8Array): Uint8Array =>
  hmacSha1_96(deriveFor(key, usage, derivedKey.checksum), octets);

/** Compares in constant time. */
export function verifyChecksum(key: EncryptionKey, usage: number, octets: Uint8Array, sum: Uint8Array): boolean {
  return sum.length === MAC && timingSafeEqual(checksum(key, usage, octets), sum);
}

const hmacSha1_96 = (key: KeyObject, octets: Uint8Array): Uint8Array =>
  createHmac('sha1', key).update(octets).digest().subarray(0, MAC);

type CtsKey = Pick<UsageKeys, 'encryptionType' | 'encryption'>;

/** §5: CBC over the text padded with zeros, the last two blocks swapped, the last one cut to what was there. */
export function encryptCts({ encryptionType, encryption }: CtsKey, text: Uint8Array): Uint8Array {
  const padded = Buffer.alloc(Math.ceil(text.length / BLOCK) * BLOCK);
  padded.set(text);
  const cbc = cipherWhole(createCipheriv(parameters[encryptionType].cbc, encryption, ZERO_IV), padded);
  return cbc.length === BLOCK ? cbc : swapLastBlocks(cbc).subarray(0, text.length);
}

/** The reverse; `ciphertext` has at least one block. */
export function decryptCts({ encryptionType, encryption }: CtsKey, ciphertext: Uint8Array): Uint8Array {
  const { cbc, ecb } = parameters[encryptionType];
  const whole = Buffer.alloc(Math.ceil(ciphertext.length / BLOCK) * BLOCK);
  whole.set(ciphertext);
  if (whole.length > BLOCK) {
    // The octets that were stolen from the last block are the tail of the decrypted block before it (its padding was zero).
    const before = whole.subarray(whole.length - 2 * BLOCK, whole.length - BLOCK);
    const tail = cipherWhole(createDecipheriv(ecb, encryption, null), before);
    whole.set(tail.subarray(BLOCK - (whole.length - ciphertext.length)), ciphertext.length);
  }
  const ordered = whole.length > BLOCK ? swapLastBlocks(whole) : whole;
  return cipherWhole(createDecipheriv(cbc, encryption, ZERO_IV), ordered).subarray(0, ciphertext.length);
}

function swapLastBlocks(blocks: Buffer): Buffer {
  const end = blocks.length;
  return Buffer.concat([
    blocks.subarray(0, end - 2 * BLOCK),
    blocks.subarray(end - BLOCK),
    blocks.subarray(end - 2 * BLOCK, end - BLOCK),
  ]);
}

type Cipher = ReturnType<typeof createCipheriv> | ReturnType<typeof createDecipheriv>;

function cipherWhole(cipher: Cipher, octets: Uint8Array): Buffer {
  cipher.setAutoPadding(false);
  // Whole blocks without padding: update() returns everything, final() only checks.
  const result = cipher.update(octets);
  cipher.final();
  return result;
}
