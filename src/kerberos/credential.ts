/**
 * What a service account's keys come from, as it is kept: a password with the names that go into its salts, or a keytab.
 *
 * Owns: this choice, and its text. Does not own: encrypting the text (keys/protection.ts), keeping it, how keys are derived.
 */
import type { PasswordCredential, ServiceKey } from './keys.ts';
import { serviceKeysFromKeytab, serviceKeysFromPassword } from './keys.ts';

export type ServiceCredential =
  | { readonly kind: 'password'; readonly from: PasswordCredential }
  | { readonly kind: 'keytab'; readonly bytes: Uint8Array };

export interface RealmKeys {
  readonly realm: string;
  readonly keys: readonly ServiceKey[];
}

/**
 * @param atFirstUse keys of a password are derived when a ticket asks for them
 * @throws ServiceKeyError
 */
export function serviceKeysOf(credential: ServiceCredential, atFirstUse = false): RealmKeys {
  return credential.kind === 'keytab'
    ? serviceKeysFromKeytab(credential.bytes)
    : serviceKeysFromPassword(credential.from, atFirstUse);
}

/** A keytab holds keys, which no salt changes any more. */
export const withSalts = (credential: ServiceCredential, knownSalts: readonly string[]): ServiceCredential =>
  credential.kind === 'keytab' ? credential : { ...credential, from: { ...credential.from, knownSalts } };

/** The same for the same credential, whatever salts are known of it. Holds the secret. */
export function credentialText(credential: ServiceCredential): string {
  if (credential.kind === 'keytab') return JSON.stringify({ keytab: Buffer.from(credential.bytes).toString('base64') });
  const { userPrincipalName, samAccountName, realm, password } = credential.from;
  return JSON.stringify({ userPrincipalName, samAccountName, realm, password });
}

/** The credential with the salts that a KDC told for it, as it is kept. Holds the secret. */
export function keptText(credential: ServiceCredential, knownSalts: readonly string[]): string {
  return credential.kind === 'keytab' || knownSalts.length === 0
    ? credentialText(credential)
    : JSON.stringify({ ...credential.from, knownSalts });
}

/** Of either text. */
export function readCredential(text: string): ServiceCredential {
  const read = JSON.parse(text) as PasswordCredential | { readonly keytab: string };
  return 'keytab' in read
    ? { kind: 'keytab', bytes: Buffer.from(read.keytab, 'base64') }
    : { kind: 'password', from: read };
}
