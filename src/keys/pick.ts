/** Which key signs now. */
import { Refusal } from '../refusal.ts';
import type { SigningKey } from './signing-key.ts';

/**
 * Finds the key of `idpSigning` and requires its certificate to be valid at `now`: Entra refuses the signature otherwise.
 *
 * @throws Refusal signing-key-unavailable.
 */
export function pickSigningKey(keys: readonly SigningKey[], id: string, now: Date): SigningKey {
  const key = keys.find((candidate) => candidate.id === id);
  if (key === undefined) throw new Refusal('signing-key-unavailable', { expected: id });
  if (now < key.notBefore || now > key.notAfter) {
    throw new Refusal('signing-key-unavailable', {
      expected: `a certificate valid from ${key.notBefore.toISOString()} to ${key.notAfter.toISOString()}`,
      actual: now.toISOString(),
    });
  }
  return key;
}
