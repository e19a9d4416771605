/**
 * Recovery codes: ten of them, each good for one sign-in when phone or key are not at hand.
 * Owns how many there are and what is kept of each. Does not own the keeping (store/).
 */
import { makeTypedCode, typedCodeDigests } from './typed-code.ts';

const CODES = 10;

export interface RecoveryCodes {
  /** New ones, in words for the person and as they are kept. */
  make(userId: string): { readonly codes: readonly string[]; readonly digests: readonly string[] };
  digest(userId: string, typed: string): string;
}

/** @throws KeyError master-key-malformed */
export function openRecoveryCodes(masterKey: string, randomBytes: (size: number) => Uint8Array): RecoveryCodes {
  const digestOf = typedCodeDigests(masterKey, 'recovery code');
  return {
    make(userId) {
      const codes = new Set<string>();
      while (codes.size < CODES) codes.add(makeTypedCode(randomBytes));
      return { codes: [...codes], digests: [...codes].map((code) => digestOf(userId, code)) };
    },
    digest: digestOf,
  };
}
