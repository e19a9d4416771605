/** Deletes many rows in small transactions: sign-ins wait no longer than for a few of their own kind. */
import type { Statement } from './transaction.ts';
import type { Writer } from './writer.ts';

/** The limit that `statement` must hold itself to. */
export const DELETED_AT_ONCE = 500;

/** Runs the statement until it deletes fewer than {@link DELETED_AT_ONCE}; returns how many it deleted in all. */
export async function deleteInSteps(writer: Writer, statement: Statement): Promise<number> {
  let deleted = 0;
  for (;;) {
    const written = await writer.write([statement]);
    const changed = written.kind === 'committed' ? (written.changes[0] ?? 0) : 0;
    deleted += changed;
    if (changed < DELETED_AT_ONCE) return deleted;
  }
}
