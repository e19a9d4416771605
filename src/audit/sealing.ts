/**
 * Seals the record with checkpoints, and deletes what has been kept long enough: oldest first, in small steps, each with a
 * checkpoint that says how far. Owns the order of these. Does not own when they happen (server/record-keeping.ts).
 */
import type { ChainLink } from '../store/chain.ts';
import { GENESIS, NO_RECORD } from '../store/chain.ts';
import type { Checkpoint, Store, StoredCheckpoint } from '../store/store.ts';
import { signCheckpoint } from './checkpoint.ts';
import type { RecordKey } from './checkpoint.ts';

/** So many records are deleted in one transaction: sign-ins wait no longer than for a few of their own kind. */
const DELETED_AT_ONCE = 500;

export interface Sealing {
  /** How many records are behind the newest checkpoint. */
  unsealed(): Promise<number>;
  /** Signs what is recorded; undefined when there is nothing new. */
  seal(): Promise<StoredCheckpoint | undefined>;
  /** Deletes the records from before a time; returns how many. */
  prune(before: Date): Promise<number>;
}

export interface SealingDependencies {
  readonly activities: Pick<Store['activities'], 'last' | 'link' | 'rows' | 'prune' | 'unchainedThrough'>;
  readonly checkpoints: Pick<Store['checkpoints'], 'newest' | 'add'>;
  readonly key: RecordKey;
  readonly now: () => Date;
  /** Called when a record that a checkpoint of this process signed is not there any more as it was. */
  readonly changed: (signed: ChainLink) => void;
}

/** Calls must not overlap: one checkpoint builds on the other. */
export async function openSealing(given: SealingDependencies): Promise<Sealing> {
  const { activities, checkpoints, key, now, changed } = given;
  let newest = await checkpoints.newest();
  const unchainedThrough = newest?.unchainedThrough ?? (await activities.unchainedThrough());

  const next = (last: ChainLink, pruned: ChainLink): StoredCheckpoint => {
    const number = (newest?.number ?? 0) + 1;
    const checkpoint: Checkpoint = { number, signedAt: now(), last, pruned, unchainedThrough };
    return signCheckpoint(checkpoint, key);
  };
  const pruned = (): ChainLink => newest?.pruned ?? NO_RECORD;
  const recorded = async (): Promise<ChainLink> => (await activities.last()) ?? newest?.last ?? NO_RECORD;

  /** What this process signed must still be there, unless retention has taken it. */
  async function look(): Promise<void> {
    if (newest === undefined || newest.last.sequence <= pruned().sequence) return;
    const found = await activities.link(newest.last.sequence);
    if (found === undefined || found.hash !== newest.last.hash) changed(newest.last);
  }

  return {
    unsealed: async () => (await recorded()).sequence - (newest?.last.sequence ?? 0),
    async seal() {
      await look();
      const last = await recorded();
      if (last.sequence === (newest?.last.sequence ?? 0)) return undefined;
      const checkpoint = next(last, pruned());
      if (!(await checkpoints.add(checkpoint))) throw new Error(`there is a checkpoint ${checkpoint.number} already`);
      return (newest = checkpoint);
    },
    async prune(before) {
      let deleted = 0;
      for (;;) {
        const through = await oldestBefore(before, pruned().sequence);
        if (through === undefined) return deleted;
        const checkpoint = next(await recorded(), through);
        const gone = await activities.prune(checkpoint);
        if (gone === 0) return deleted;
        newest = checkpoint;
        deleted += gone;
      }
    },
  };

  /**
   * The last of the oldest records that are all from before a time. The order of recording decides: a record whose clock
   * was slow waits for those before it, and none goes before its time.
   */
  async function oldestBefore(before: Date, after: number): Promise<ChainLink | undefined> {
    const rows = await activities.rows(after, DELETED_AT_ONCE);
    const young = rows.findIndex((row) => row.recorded_at >= before.getTime());
    const last = rows.at(young === -1 ? -1 : young - 1);
    return young === 0 || last === undefined ? undefined : { sequence: last.sequence, hash: last.hash ?? GENESIS };
  }
}
