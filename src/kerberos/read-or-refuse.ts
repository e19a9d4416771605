/** The border between readers, which throw {@link DerError}, and the decision, which throws {@link Refusal}. */
import type { RefusalCode } from '../refusal.ts';
import { Refusal } from '../refusal.ts';
import { DerError } from './der.ts';

/** What `read` returns; a {@link DerError} becomes the refusal `code`. Anything else that is thrown is a defect and stays. */
export function readOrRefuse<T>(code: RefusalCode, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) throw new Refusal(code, { detail: error.message });
    throw error;
  }
}
