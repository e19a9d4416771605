/** The key that signs checkpoints: made at the first start, kept under the master key, its public half printable. */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { KeyError } from '../keys/key-error.ts';
import { openSecret, protectSecret } from '../keys/protection.ts';
import type { Store, StoredRecordKey } from '../store/store.ts';
import { keyId } from './checkpoint.ts';
import type { RecordKey } from './checkpoint.ts';

const PURPOSE = 'record key';

/**
 * The newest key; a new one where there is none, or where the master key does not open it: then `unusable` says why. A
 * store must not stay closed for it, and whoever noted the old public key sees the change.
 *
 * @throws KeyError master-key-malformed
 */
export async function openRecordKey(
  checkpoints: Pick<Store['checkpoints'], 'keys' | 'addKey'>,
  masterKey: string,
  { now, randomBytes }: { readonly now: Date; readonly randomBytes: (size: number) => Uint8Array },
): Promise<{ readonly key: RecordKey; readonly unusable?: KeyError }> {
  const make = () => makeRecordKey(checkpoints, masterKey, now, randomBytes);
  const stored = (await checkpoints.keys()).at(-1);
  if (stored === undefined) return { key: await make() };
  try {
    return { key: await open(stored, masterKey) };
  } catch (error) {
    if (!(error instanceof KeyError) || error.code === 'master-key-malformed') throw error;
    return { key: await make(), unusable: error };
  }
}

async function open(stored: StoredRecordKey, masterKey: string): Promise<RecordKey> {
  const plain = await openSecret(stored.protectedPrivateKey, PURPOSE, stored.id, masterKey);
  const privateKey = createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' });
  plain.fill(0);
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  // Else checkpoints would be signed with one key and judged by another.
  if (!publicKey.equals(stored.publicKey) || keyId(publicKey) !== stored.id)
    throw new KeyError('key-record-damaged', `${PURPOSE} ${stored.id}`);
  return { id: stored.id, privateKey };
}

async function makeRecordKey(
  checkpoints: Pick<Store['checkpoints'], 'addKey'>,
  masterKey: string,
  now: Date,
  randomBytes: (size: number) => Uint8Array,
): Promise<RecordKey> {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' });
  const id = keyId(publicKey);
  const plain = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
  const protectedPrivateKey = await protectSecret(plain, PURPOSE, id, masterKey, randomBytes);
  plain.fill(0);
  await checkpoints.addKey({ id, publicKey, protectedPrivateKey, createdAt: now });
  return { id, privateKey: pair.privateKey };
}
