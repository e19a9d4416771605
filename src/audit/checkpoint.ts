/**
 * Checkpoints: what was known of the record at a time, signed with Ed25519 (RFC 8032). Whoever has the public key can
 * tell that the record up to there is the one that was signed, also after retention has deleted its beginning.
 *
 * Owns: the text that is signed. Does not own: when one is made (sealing.ts), nor what a bad one means (verify.ts).
 */
import { createPublicKey, hash, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { ChainLink } from '../store/chain.ts';
import type { Checkpoint, StoredCheckpoint, StoredRecordKey } from '../store/store.ts';

/** A key that signs checkpoints, ready for use. */
export interface RecordKey {
  readonly id: string;
  readonly privateKey: KeyObject;
}

export function signCheckpoint(checkpoint: Checkpoint, { id, privateKey }: RecordKey): StoredCheckpoint {
  return { ...checkpoint, key: id, signature: sign(null, Buffer.from(checkpointText(checkpoint)), privateKey) };
}

/** False for a key that is none, too. */
export function isSigned(checkpoint: StoredCheckpoint, key: Pick<StoredRecordKey, 'publicKey'>): boolean {
  try {
    const publicKey = publicKeyOf(key);
    return verify(null, Buffer.from(checkpointText(checkpoint)), publicKey, checkpoint.signature);
  } catch {
    return false;
  }
}

/** Every line ends with a line feed; each time is written in ISO 8601 with milliseconds. */
export function checkpointText({ number, signedAt, last, pruned, unchainedThrough }: Checkpoint): string {
  return [
    'mortise checkpoint 1',
    `number ${number}`,
    `signed ${signedAt.toISOString()}`,
    `last ${linkText(last)}`,
    `pruned ${linkText(pruned)}`,
    `unchained ${unchainedThrough}`,
    '',
  ].join('\n');
}

export function linkText({ sequence, hash }: ChainLink): string {
  return `${sequence}:${hash}`;
}

/** What {@link linkText} writes; undefined for anything else. */
export function parseLink(text: string): ChainLink | undefined {
  const parts = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text.trim());
  return parts === null ? undefined : { sequence: Number(parts[1]), hash: (parts[2] as string).toLowerCase() };
}

/** @throws when it is no key */
export function publicKeyOf({ publicKey }: Pick<StoredRecordKey, 'publicKey'>): KeyObject {
  return createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
}

export function keyId(publicKey: Uint8Array): string {
  return hash('sha256', publicKey, 'hex');
}
