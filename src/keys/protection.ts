/**
 * Private keys at rest: AES-256-GCM under a key derived from the master key for each signing key.
 *
 *   version (1 byte = 1) | salt (16) | master key check (8) | nonce (12) | ciphertext of PKCS#8 DER | tag (16)
 *
 * HKDF-SHA-256 (RFC 5869) over master key and salt gives the check and the encryption key. The check tells a wrong master
 * key from a damaged record, which GCM alone cannot. The signing key's id goes into the encryption key and is authenticated,
 * so that records cannot be exchanged.
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

/**
 * Encrypts a private key for the store.
 *
 * @param masterKey 32 bytes in base64.
 * @param randomBytes node:crypto's, or fixed bytes in a test.
 * @throws KeyError master-key-malformed.
 */
export async function protectPrivateKey(
  privateKey: KeyObject,
  id: string,
  masterKey: string,
  randomBytes: (size: number) => Uint8Array,
): Promise<Uint8Array> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const { check, key } = await deriveKey(masterKey, salt, id);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(authenticatedData(id));
  const plain = privateKey.export({ type: 'pkcs8', format: 'der' });
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  plain.fill(0);
  return Buffer.concat([Uint8Array.of(VERSION), salt, check, nonce, encrypted, cipher.getAuthTag()]);
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
  if (record[0] !== VERSION || record.length <= HEAD_BYTES + NONCE_BYTES + TAG_BYTES) {
    throw new KeyError('key-record-damaged', id);
  }
  const { check, key } = await deriveKey(masterKey, record.subarray(1, 1 + SALT_BYTES), id);
  if (!check.equals(record.subarray(1 + SALT_BYTES, HEAD_BYTES))) throw new KeyError('master-key-wrong', id);
  const nonce = record.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
  const encrypted = record.subarray(HEAD_BYTES + NONCE_BYTES, -TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(authenticatedData(id))
    .setAuthTag(record.subarray(-TAG_BYTES));
  try {
    const plain = Buffer.concat([decipher.update(encrypted), decipher.final()]);
    const privateKey = createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' });
    plain.fill(0);
    return privateKey;
  } catch {
    throw new KeyError('key-record-damaged', id);
  }
}

async function deriveKey(masterKey: string, salt: Uint8Array, id: string): Promise<{ check: Buffer; key: KeyObject }> {
  const input = Buffer.from(masterKey, 'base64');
  if (input.length !== KEY_BYTES) throw new KeyError('master-key-malformed');
  const check = await hkdfAsync('sha256', input, salt, 'mortise master key check 1', CHECK_BYTES);
  const key = await hkdfAsync('sha256', input, salt, `mortise signing key ${VERSION} ${id}`, KEY_BYTES);
  return { check: Buffer.from(check), key: createSecretKey(Buffer.from(key)) };
}

function authenticatedData(id: string): Buffer {
  return Buffer.from(`mortise signing key ${VERSION} ${id}`);
}

function parseCertificate(certificate: Uint8Array, id: string): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch {
    throw new KeyError('key-record-damaged', id);
  }
}
