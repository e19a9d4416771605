/**
 * Encryption and checksums under a key of any accepted encryption type (RFC 3961 §3).
 *
 * Keys are KeyObjects: node:crypto is several times slower with raw bytes, which it wraps anew at each call.
 * Owns: from a type to its RFC. Does not own: the cryptography (rfc3962.ts, rfc8009.ts), which key or usage a message takes.
 */
import type { KeyObject } from 'node:crypto';
import { createSecretKey, timingSafeEqual } from 'node:crypto';
import { BLOCK } from './aes-cts.ts';
import type { AesType } from './encryption-types.ts';
import { aes128CtsHmacSha1, aes256CtsHmacSha1 } from './rfc3962.ts';
import { aes128CtsHmacSha256, aes256CtsHmacSha384 } from './rfc8009.ts';

/** A protocol key (RFC 3961 §3): never used itself, only what is derived from it. */
export interface EncryptionKey {
  readonly encryptionType: AesType;
  readonly key: KeyObject;
}

/** What is derived from a protocol key for one usage: Ke and Ki. */
export interface UsageKeys extends DerivedKeys {
  readonly encryptionType: AesType;
}

/** What is derived from a protocol key for the checksums of one usage: Kc. */
export interface ChecksumKey {
  readonly encryptionType: AesType;
  readonly checksum: KeyObject;
}

interface DerivedKeys {
  readonly encryption: KeyObject;
  readonly integrity: KeyObject;
}

/** What an RFC says about one encryption type. */
export interface EncryptionProfile {
  readonly keyLength: number;
  readonly checksumLength: number;
  /** `iterations`: the RFC's default when absent. */
  stringToKey(password: string, salt: string | Uint8Array, iterations?: number): Uint8Array;
  usageKeys(key: KeyObject, usage: number): DerivedKeys;
  encrypt(keys: DerivedKeys, plaintext: Uint8Array, confounder: Uint8Array): Uint8Array;
  decrypt(keys: DerivedKeys, ciphertext: Uint8Array): Uint8Array | undefined;
  checksumKey(key: KeyObject, usage: number): KeyObject;
  checksum(checksumKey: KeyObject, octets: Uint8Array): Uint8Array;
}

const profiles: Readonly<Record<AesType, EncryptionProfile>> = {
  17: aes128CtsHmacSha1,
  18: aes256CtsHmacSha1,
  19: aes128CtsHmacSha256,
  20: aes256CtsHmacSha384,
};

/** Octets of a key, of a confounder, of a keyed checksum. */
export const keyLength = (type: AesType): number => profiles[type].keyLength;
export const CONFOUNDER_LENGTH = BLOCK;
export const checksumLength = (type: AesType): number => profiles[type].checksumLength;

/** Undefined when the octets are not as many as a key of this type has. */
export function encryptionKey(encryptionType: AesType, octets: Uint8Array): EncryptionKey | undefined {
  if (octets.length !== keyLength(encryptionType)) return undefined;
  return { encryptionType, key: createSecretKey(octets) };
}

export const stringToKey = (
  type: AesType,
  password: string,
  salt: string | Uint8Array,
  iterations?: number,
): Uint8Array => profiles[type].stringToKey(password, salt, iterations);

export const usageKeys = ({ encryptionType, key }: EncryptionKey, usage: number): UsageKeys => ({
  encryptionType,
  ...profiles[encryptionType].usageKeys(key, usage),
});

/** `confounder`: {@link CONFOUNDER_LENGTH} random octets. */
export const encrypt = (keys: UsageKeys, plaintext: Uint8Array, confounder: Uint8Array): Uint8Array =>
  profiles[keys.encryptionType].encrypt(keys, plaintext, confounder);

/** The plaintext without its confounder; undefined when the MAC does not match: another key, or changed octets. */
export const decrypt = (keys: UsageKeys, ciphertext: Uint8Array): Uint8Array | undefined =>
  profiles[keys.encryptionType].decrypt(keys, ciphertext);

export const checksumKey = ({ encryptionType, key }: EncryptionKey, usage: number): ChecksumKey => ({
  encryptionType,
  checksum: profiles[encryptionType].checksumKey(key, usage),
});

/** A keyed checksum of `octets`. */
export const checksum = ({ encryptionType, checksum: key }: ChecksumKey, octets: Uint8Array): Uint8Array =>
  profiles[encryptionType].checksum(key, octets);

/** Compares in constant time. */
export function verifyChecksum(key: ChecksumKey, octets: Uint8Array, sum: Uint8Array): boolean {
  return sum.length === checksumLength(key.encryptionType) && timingSafeEqual(checksum(key, octets), sum);
}
