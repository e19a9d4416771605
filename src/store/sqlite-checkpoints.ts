/** Checkpoints and the keys that sign them, in SQLite. Does not know what a signature covers (audit/checkpoint.ts). */
import type { Kysely } from 'kysely';
import { statement } from './node-sqlite.ts';
import type { CheckpointRow, Tables } from './schema.ts';
import type { Store, StoredCheckpoint, StoreReader } from './store.ts';
import type { Statement } from './transaction.ts';
import type { Writer } from './writer.ts';

export function readCheckpoints(db: Kysely<Tables>): StoreReader['checkpoints'] {
  return {
    async list() {
      const rows = await db.selectFrom('checkpoint').selectAll().orderBy('number').execute();
      return rows.map(checkpointOf);
    },
    async newest() {
      const row = await db.selectFrom('checkpoint').selectAll().orderBy('number', 'desc').limit(1).executeTakeFirst();
      return row === undefined ? undefined : checkpointOf(row);
    },
    async keys() {
      const rows = await db.selectFrom('record_key').selectAll().orderBy('created_at').orderBy('id').execute();
      return rows.map((row) => ({
        id: row.id,
        publicKey: row.public_key,
        protectedPrivateKey: row.protected_private_key,
        createdAt: new Date(row.created_at),
      }));
    },
  };
}

export function sqliteCheckpoints(db: Kysely<Tables>, writer: Writer): Store['checkpoints'] {
  return {
    ...readCheckpoints(db),
    async add(checkpoint) {
      return (await writer.write([insertCheckpoint(db, checkpoint)])).kind === 'committed';
    },
    async addKey(key) {
      const row = {
        id: key.id,
        public_key: key.publicKey,
        protected_private_key: key.protectedPrivateKey,
        created_at: key.createdAt.getTime(),
      };
      await writer.write([statement(db.insertInto('record_key').values(row))]);
    },
  };
}

export function insertCheckpoint(db: Kysely<Tables>, checkpoint: StoredCheckpoint): Statement {
  const { number, signedAt, last, pruned, unchainedThrough, key, signature } = checkpoint;
  return statement(
    db.insertInto('checkpoint').values({
      number,
      signed_at: signedAt.getTime(),
      sequence: last.sequence,
      hash: last.hash,
      pruned_through: pruned.sequence,
      pruned_hash: pruned.hash,
      unchained_through: unchainedThrough,
      key,
      signature,
    }),
  );
}

function checkpointOf(row: CheckpointRow): StoredCheckpoint {
  return {
    number: row.number,
    signedAt: new Date(row.signed_at),
    last: { sequence: row.sequence, hash: row.hash },
    pruned: { sequence: row.pruned_through, hash: row.pruned_hash },
    unchainedThrough: row.unchained_through,
    key: row.key,
    signature: row.signature,
  };
}
