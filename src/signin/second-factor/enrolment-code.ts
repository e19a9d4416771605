/**
 * The one-time code of an administrator, with which a person sets up a first second factor away from the company's
 * networks: the password alone does not do. Owns its validity and what is kept of it. Does not own the keeping (store/).
 */
import { makeTypedCode, typedCodeDigests } from './typed-code.ts';

const VALID_MS = 24 * 60 * 60_000;

export interface EnrolmentCodes {
  make(userId: string, now: Date): { readonly code: string; readonly digest: string; readonly expiresAt: Date };
  digest(userId: string, typed: string): string;
}

/** @throws KeyError master-key-malformed */
export function openEnrolmentCodes(masterKey: string, randomBytes: (size: number) => Uint8Array): EnrolmentCodes {
  const digestOf = typedCodeDigests(masterKey, 'enrolment code');
  return {
    make(userId, now) {
      const code = makeTypedCode(randomBytes);
      return { code, digest: digestOf(userId, code), expiresAt: new Date(now.getTime() + VALID_MS) };
    },
    digest: digestOf,
  };
}
