/**
 * Secrets at rest, private keys first among them: AES-256-GCM under a key derived from the master key for each secret.
 *
 *   version (1 byte = 1) | salt (16) | master key check (8) | nonce (12) | ciphertext | tag (16)
 *
 * HKDF-SHA-256 (RFC 5869) over master key and salt gives the check and the encryption key. The check tells a wrong master
 * key from a damaged record, which GCM alone cannot. What the secret is for and its id go into the encryption key and are
 * authenticated, so that records cannot be exchanged. A signing key's plain text is its PKCS#8 DER.
 *
 * Owns: this format. Does not own: where records are kept (store/).
 */
import {
  X509Certificate,
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createSecretKey,
  hkdf,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { StoredSigningKey } from '../store/store.ts';
import { KeyError } from './key-error.ts';
import type { KeyMaterial } from './material.ts';
import type { SigningKey } from './signing-key.ts';

const VERSION = 1;
const SALT_BYTES = 16;
const CHECK_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const HEAD_BYTES = 1 + SALT_BYTES + CHECK_BYTES;
const CIPHER = 'aes-256-gcm';

const hkdfAsync = promisify(hkdf);

/** What a private key's record is for, as it has been written since the first one. */
const SIGNING_KEY = 'signing key';

/**
 * Encrypts a secret for the store.
 *
 * @param purpose what it is for, in letters and spaces: `second factor`. The same must open it.
 * @param masterKey 32 bytes in base64.
 * @param randomBytes node:crypto's, or fixed bytes in a test.
 * @throws KeyError master-key-malformed.
 */
export async function protectSecret(
  plain: Uint8Array,
  purpose: string,
  id: string,
  masterKey: string,
  randomBytes: (size: number) => Uint8Array,
): Promise<Uint8Array> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const label = labelOf(purpose, id);
  const { check, key } = await deriveKey(masterKey, salt, label);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(label));
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Uint8Array.of(VERSION), salt, check, nonce, encrypted, cipher.getAuthTag()]);
}

/**
 * Decrypts a secret of the store.
 *
 * @throws KeyError master-key-malformed, master-key-wrong, key-record-damaged; the last two say which secret.
 */
export async function openSecret(record: Uint8Array, purpose: string, id: string, masterKey: string): Promise<Buffer> {
  const which = `${purpose} ${id}`;
  if (record[0] !== VERSION || record.length < HEAD_BYTES + NONCE_BYTES + TAG_BYTES) {
    throw new KeyError('key-record-damaged', which);
  }
  const label = labelOf(purpose, id);
  const { check, key } = await deriveKey(masterKey, record.subarray(1, 1 + SALT_BYTES), label);
  if (!check.equals(record.subarray(1 + SALT_BYTES, HEAD_BYTES))) throw new KeyError('master-key-wrong', which);
  const nonce = record.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
  const encrypted = record.subarray(HEAD_BYTES + NONCE_BYTES, -TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(label))
    .setAuthTag(record.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(encrypted), decipher.final()]);
  } catch {
    throw new KeyError('key-record-damaged', which);
  }
}

/** Encrypts a private key for the store; see {@link protectSecret}. */
export async function protectPrivateKey(
  privateKey: KeyObject,
  id: string,
  masterKey: string,
  randomBytes: (size: number) => Uint8Array,
): Promise<Uint8Array> {
  const plain = privateKey.export({ type: 'pkcs8', format: 'der' });
  try {
    return await protectSecret(plain, SIGNING_KEY, id, masterKey, randomBytes);
  } finally {
    plain.fill(0);
  }
}

/**
 * Decrypts stored signing keys for use.
 *
 * @throws KeyError master-key-malformed, master-key-wrong, key-record-damaged; the last two name the key.
 */
export async function loadSigningKeys(
  stored: readonly StoredSigningKey[],
  masterKey: string,
): Promise<readonly SigningKey[]> {
  return Promise.all(
    stored.map(async (record) => {
      const privateKey = await openPrivateKey(record.protectedPrivateKey, record.id, masterKey);
      return signingKeyOf(record.id, { privateKey, certificate: record.certificate });
    }),
  );
}

/** A signing key as it is used, from a checked pair. Throws KeyError key-record-damaged when the two do not belong together. */
export function signingKeyOf(id: string, { privateKey, certificate }: KeyMaterial): SigningKey {
  const parsed = parseCertificate(certificate, id);
  if (!parsed.checkPrivateKey(privateKey)) throw new KeyError('key-record-damaged', id);
  return { id, privateKey, certificate, notBefore: parsed.validFromDate, notAfter: parsed.validToDate };
}

async function openPrivateKey(record: Uint8Array, id: string, masterKey: string): Promise<KeyObject> {
  const plain = await openSecret(record, SIGNING_KEY, id, masterKey);
  try {
    return createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' });
  } catch {
    throw new KeyError('key-record-damaged', id);
  } finally {
    plain.fill(0);
  }
}

async function deriveKey(
  masterKey: string,
  salt: Uint8Array,
  label: string,
): Promise<{ check: Buffer; key: KeyObject }> {
  const input = Buffer.from(masterKey, 'base64');
  if (input.length !== KEY_BYTES) throw new KeyError('master-key-malformed');
  const check = await hkdfAsync('sha256', input, salt, 'mortise master key check 1', CHECK_BYTES);
  const key = await hkdfAsync('sha256', input, salt, label, KEY_BYTES);
  return { check: Buffer.from(check), key: createSecretKey(Buffer.from(key)) };
}

/** One label for each secret: no purpose holds a digit, so that the version ends it whatever the id is. */
function labelOf(purpose: string, id: string): string {
  if (!/^[a-z ]+$/.test(purpose)) throw new Error(`not the purpose of a secret: ${purpose}`);
  return `mortise ${purpose} ${VERSION} ${id}`;
}

function parseCertificate(certificate: Uint8Array, id: string): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch {
    throw new KeyError('key-record-damaged', id);
  }
}
