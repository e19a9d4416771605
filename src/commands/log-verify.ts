/**
 * `mortise log verify` and `mortise log key`: whether the record is the one that was written, and the public key by which
 * others can tell. Needs no secret, and goes on beside a running `serve`.
 */
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseLink, publicKeyOf } from '../audit/checkpoint.ts';
import { isoTime } from '../audit/iso-time.ts';
import { verificationLines } from '../audit/verify-text.ts';
import { verifyRecord } from '../audit/verify.ts';
import type { Noted } from '../audit/verify.ts';
import type { StoreReader } from '../store/store.ts';
import { readPublicConfiguration, withNamedStore, withStoreReader } from './open.ts';
import { CommandError } from './problem.ts';

export interface WhichStore {
  readonly config?: string;
  /** A store by its path: a backup. */
  readonly store?: string;
}

export interface VerifyOptions extends WhichStore {
  readonly key?: string;
  readonly link?: string;
}

/** Exit status: 0 whole, 2 not what was written; 1, as everywhere, when it could not be read. */
export async function verifyLog(options: VerifyOptions): Promise<number> {
  const noted = notedIn(options);
  const verification = await readStore(options, (store) => store.atOneMoment(() => verifyRecord(store, noted)));
  console.log(verificationLines(verification).join('\n'));
  return verification.findings.length === 0 ? 0 : 2;
}

/** The newest key last: it signs now. */
export async function showRecordKeys(options: WhichStore): Promise<number> {
  const keys = await readStore(options, (store) => store.checkpoints.keys());
  if (keys.length === 0)
    throw new CommandError('No key signs the record yet: `mortise serve` makes one when it starts.');
  for (const key of keys) {
    console.log(`# key ${key.id}, since ${isoTime(key.createdAt)}`);
    console.log(publicKeyOf(key).export({ format: 'pem', type: 'spki' }).trimEnd());
  }
  return 0;
}

function readStore<T>({ config, store }: WhichStore, use: (store: StoreReader) => Promise<T>): Promise<T> {
  if (store !== undefined) return withNamedStore(store, use);
  if (config === undefined)
    throw new CommandError('Name the configuration (--config FILE), or a store (--store FILE).');
  return withStoreReader(readPublicConfiguration({ config }), use);
}

function notedIn({ key, link }: VerifyOptions): Noted {
  const parsed = link === undefined ? undefined : parseLink(link);
  if (link !== undefined && parsed === undefined)
    throw new CommandError(
      '--link takes what the log of serve shows as `record` when it seals: a number, a colon and 64 hexadecimal digits.',
    );
  return {
    ...(key !== undefined && { publicKey: readPublicKey(key) }),
    ...(parsed !== undefined && { link: parsed }),
  };
}

function readPublicKey(path: string): Uint8Array {
  try {
    return createPublicKey(readFileSync(path)).export({ format: 'der', type: 'spki' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${path} is no public key in PEM (${reason}). \`mortise log key\` prints it.`);
  }
}
