/**
 * The chain of records: the hash of each is made over that of the one before and its document as it is stored. Numbers and
 * hashes are given out inside the writer's transaction, so that a write that fails leaves neither a gap nor a hash that
 * others build on; and the writer's thread computes them, not the one that answers requests.
 *
 * Owns: the hash, and the statement that appends. Does not own: what a broken chain means (audit/chain-walk.ts).
 */
import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

/** Stands before the first record. */
export const GENESIS = '0'.repeat(64);

/** The last record of a history: whoever knows it, knows all that lies before it. */
export interface ChainLink {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** In hexadecimal digits. */
  readonly hash: string;
}

export const NO_RECORD: ChainLink = { sequence: 0, hash: GENESIS };

/** SHA-256 over three lines in UTF-8: `mortise record 1`, the previous hash, the document. None ends the last. */
export function linkHash(previous: string, document: string): string {
  return hash('sha256', `mortise record 1\n${previous}\n${document}`);
}

/** Lets the connection run {@link APPEND}. */
export function addChainFunctions(db: DatabaseSync): void {
  db.function('record_hash', { deterministic: true, directOnly: true }, (previous, document) =>
    linkHash(previous === null ? GENESIS : String(previous), String(document)),
  );
}

/**
 * Appends a record behind the last one. Where pruning has left none, its checkpoint knows the last one; it also keeps the
 * number of a record that somebody cut off at the end from being given out again.
 */
export const APPEND = `
  INSERT INTO activity (sequence, id, recorded_at, outcome, refusal_code, assertion_id, document, hash)
  VALUES (
    1 + max(
      coalesce((SELECT max(sequence) FROM activity), 0),
      coalesce((SELECT max(sequence) FROM checkpoint), 0)
    ),
    ?1, ?2, ?3, ?4, ?5, ?6,
    record_hash(
      coalesce(
        (SELECT hash FROM activity ORDER BY sequence DESC LIMIT 1),
        (SELECT hash FROM checkpoint ORDER BY sequence DESC LIMIT 1)
      ),
      ?6
    )
  )`;
