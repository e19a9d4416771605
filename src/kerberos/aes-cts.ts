/**
 * AES in CBC mode with ciphertext stealing, as RFC 3962 §5 and RFC 8009 §5 both use it (CBC-CS3 of NIST SP 800-38A).
 *
 * Owns: whole messages with a zero initial vector. Does not own: confounders, integrity, which key is used.
 */
import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv } from 'node:crypto';

export const BLOCK = 16;
const ZERO_IV = Buffer.alloc(BLOCK);

type Mode = 'cbc' | 'ecb';
const algorithm = (key: KeyObject, mode: Mode): string => (key.symmetricKeySize === 32 ? AES_256 : AES_128)[mode];
const AES_128: Readonly<Record<Mode, string>> = { cbc: 'aes-128-cbc', ecb: 'aes-128-ecb' };
const AES_256: Readonly<Record<Mode, string>> = { cbc: 'aes-256-cbc', ecb: 'aes-256-ecb' };

// Whole blocks without padding: update() returns everything, so final() has nothing to give or to check.

/** CBC over the text padded with zeros, the last two blocks swapped, the last one cut to what was there. */
export function encryptCts(key: KeyObject, text: Uint8Array): Uint8Array {
  const whole = wholeBlocks(text);
  const cbc = createCipheriv(algorithm(key, 'cbc'), key, ZERO_IV).update(whole);
  if (cbc.length === BLOCK) return cbc;
  swapLastBlocks(cbc);
  return cbc.subarray(0, text.length);
}

/** The reverse; `ciphertext` has at least one block. */
export function decryptCts(key: KeyObject, ciphertext: Uint8Array): Uint8Array {
  const cbc = createDecipheriv(algorithm(key, 'cbc'), key, ZERO_IV).setAutoPadding(false);
  if (ciphertext.length <= BLOCK) return cbc.update(ciphertext);
  const whole = wholeBlocks(ciphertext);
  const last = whole.length - BLOCK;
  const beforeLast = last - BLOCK;
  const chained = beforeLast === 0 ? ZERO_IV : whole.subarray(beforeLast - BLOCK, beforeLast);
  // Up to the block before the last, which is the last of CBC: chained to the wrong one, so that chain is taken out again.
  const text = Buffer.concat([cbc.update(whole.subarray(0, last)), ZERO_IV]);
  const swapped = text.subarray(beforeLast, last);
  addTo(swapped, chained);
  // The octets that were stolen from the last block are the tail of the decrypted block before it (its padding was zero).
  const taken = ciphertext.length - last;
  whole.set(swapped.subarray(taken), ciphertext.length);
  const stolen = whole.subarray(last);
  addTo(swapped, stolen);
  text.set(swapped, last);
  text.set(cbc.update(stolen), beforeLast);
  addTo(swapped, whole.subarray(beforeLast, last));
  addTo(swapped, chained);
  return text.subarray(0, ciphertext.length);
}

/** Encrypts blocks on their own, one after the other: one cipher for all that is derived from a key. */
export function blockEncryptor(key: KeyObject): (block: Uint8Array) => Uint8Array {
  const ecb = createCipheriv(algorithm(key, 'ecb'), key, null);
  return (block) => ecb.update(block);
}

/** Padded with zeros. */
function wholeBlocks(octets: Uint8Array): Uint8Array {
  const length = Math.ceil(octets.length / BLOCK) * BLOCK;
  if (length === octets.length) return octets;
  const padded = Buffer.alloc(length);
  padded.set(octets);
  return padded;
}

function swapLastBlocks(blocks: Uint8Array): void {
  const beforeLast = blocks.length - 2 * BLOCK;
  const kept = Uint8Array.from(blocks.subarray(beforeLast, beforeLast + BLOCK));
  blocks.copyWithin(beforeLast, beforeLast + BLOCK);
  blocks.set(kept, beforeLast + BLOCK);
}

/** Exclusive or, in place. */
function addTo(block: Uint8Array, other: Uint8Array): void {
  for (let i = 0; i < BLOCK; i++) block[i] = (block[i] ?? 0) ^ (other[i] ?? 0);
}
