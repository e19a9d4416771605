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
const algorithm = (key: KeyObject, mode: Mode): string => `aes-${(key.symmetricKeySize ?? 0) * 8}-${mode}`;

/** CBC over the text padded with zeros, the last two blocks swapped, the last one cut to what was there. */
export function encryptCts(key: KeyObject, text: Uint8Array): Uint8Array {
  const padded = Buffer.alloc(Math.ceil(text.length / BLOCK) * BLOCK);
  padded.set(text);
  const cbc = cipherWhole(createCipheriv(algorithm(key, 'cbc'), key, ZERO_IV), padded);
  return cbc.length === BLOCK ? cbc : swapLastBlocks(cbc).subarray(0, text.length);
}

/** The reverse; `ciphertext` has at least one block. */
export function decryptCts(key: KeyObject, ciphertext: Uint8Array): Uint8Array {
  const whole = Buffer.alloc(Math.ceil(ciphertext.length / BLOCK) * BLOCK);
  whole.set(ciphertext);
  if (whole.length > BLOCK) {
    // The octets that were stolen from the last block are the tail of the decrypted block before it (its padding was zero).
    const before = whole.subarray(whole.length - 2 * BLOCK, whole.length - BLOCK);
    const tail = cipherWhole(createDecipheriv(algorithm(key, 'ecb'), key, null), before);
    whole.set(tail.subarray(BLOCK - (whole.length - ciphertext.length)), ciphertext.length);
  }
  const ordered = whole.length > BLOCK ? swapLastBlocks(whole) : whole;
  return cipherWhole(createDecipheriv(algorithm(key, 'cbc'), key, ZERO_IV), ordered).subarray(0, ciphertext.length);
}

/** One block on its own. */
export const encryptBlock = (key: KeyObject, block: Uint8Array): Uint8Array =>
  cipherWhole(createCipheriv(algorithm(key, 'ecb'), key, null), block);

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
