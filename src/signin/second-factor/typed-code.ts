/**
 * Codes that people read from paper or from a screen and type: ten characters without those that look alike, 50 bits.
 * Owns their alphabet, how a typed one is read, and the digests that are kept instead of them.
 */
import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { KeyError } from '../../keys/key-error.ts';

/** Crockford's base32: no I, L, O and U. 32 characters, so five bits of a byte choose one evenly. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUP = 5;
const LENGTH = 2 * GROUP;
const CODE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);
/** Room for spaces and hyphens. */
const LONGEST_TYPED = 64;
const MASTER_KEY_BYTES = 32;

/** Whatever stands between groups: spaces, hyphens, and the dashes that a word processor makes of them. */
const SEPARATORS = /[\s\p{Pd}]/gu;

/** `XXXXX-XXXXX` */
export function makeTypedCode(randomBytes: (size: number) => Uint8Array): string {
  const characters = [...randomBytes(LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length] ?? '').join('');
  return `${characters.slice(0, GROUP)}-${characters.slice(GROUP)}`;
}

/** The ten characters of a typed code; undefined when it can be none. */
export function readTypedCode(typed: string): string | undefined {
  if (typed.length > LONGEST_TYPED) return undefined;
  const code = typed.replaceAll(SEPARATORS, '').toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return CODE.test(code) ? code : undefined;
}

/**
 * What is kept of a code, or looked for when one was typed; of what can be no code, a digest that none has. The key comes
 * from the master key: who has the store alone cannot try all codes against it.
 *
 * @param purpose codes of one purpose are of no use for another
 * @throws KeyError master-key-malformed
 */
export function typedCodeDigests(masterKey: string, purpose: string): (userId: string, typed: string) => string {
  const key = derivedKey(masterKey, purpose);
  return (userId, typed) =>
    createHmac('sha256', key)
      .update(`${userId}\0${readTypedCode(typed) ?? ''}`)
      .digest('base64url');
}

/** HKDF-SHA-256 (RFC 5869). */
function derivedKey(masterKey: string, purpose: string): KeyObject {
  const input = Buffer.from(masterKey, 'base64');
  if (input.length !== MASTER_KEY_BYTES) throw new KeyError('master-key-malformed');
  return createSecretKey(Buffer.from(hkdfSync('sha256', input, '', `mortise ${purpose} 1`, 32)));
}
