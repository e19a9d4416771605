/** The record in SQLite: appended to the chain with group commit, found by name, outcome, refusal, assertion, time and id. */
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { activityKeyRows, activityOf, activityRow } from './activity-rows.ts';
import type { Activity } from '../audit/activity.ts';
import { followed, selected } from './activity-selection.ts';
import { APPEND, GENESIS } from './chain.ts';
import { keptInsertion } from './kept-query.ts';
import { statement } from './node-sqlite.ts';
import type { ActivityKeyRow, Tables } from './schema.ts';
import { insertCheckpoint } from './sqlite-checkpoints.ts';
import type { Store, StoreReader } from './store.ts';
import type { Job } from './transaction.ts';
import type { Writer } from './writer.ts';

type Activities = Store['activities'];

export function readActivities(db: Kysely<Tables>): StoreReader['activities'] {
  return {
    async list(query) {
      const rows = await selected(db, query).execute();
      return rows.map(({ document }) => activityOf(document));
    },
    async following(sequence, query) {
      const rows = await followed(db, sequence, query).execute();
      return rows.map((row) => ({ sequence: row.sequence, activity: activityOf(row.document) }));
    },
    async rows(after, limit) {
      const found = db.selectFrom('activity').selectAll().where('sequence', '>', after);
      return found.orderBy('sequence').limit(limit).execute();
    },
    async names(rows) {
      const found = new Map(rows.map(({ sequence }) => [sequence, new Set<string>()]));
      const keys = db
        .selectFrom('activity_key')
        .select(['activity', 'key'])
        .where('activity', 'in', [...found.keys()]);
      for (const { activity, key } of await keys.execute()) found.get(activity)?.add(key);
      return found;
    },
    async link(sequence) {
      const row = await db
        .selectFrom('activity')
        .select(['sequence', 'hash'])
        .where('sequence', '=', sequence)
        .executeTakeFirst();
      return row === undefined ? undefined : { sequence: row.sequence, hash: row.hash ?? GENESIS };
    },
    async last() {
      const row = await db
        .selectFrom('activity')
        .select(['sequence', 'hash'])
        .orderBy('sequence', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? undefined : { sequence: row.sequence, hash: row.hash ?? GENESIS };
    },
    async unchainedThrough() {
      const start = await db.selectFrom('chain_start').selectAll().executeTakeFirst();
      return start?.unchained_through ?? 0;
    },
  };
}

export function sqliteActivities(db: Kysely<Tables>, writer: Writer): Activities {
  const appended = appending(db);
  return {
    ...readActivities(db),
    async append(activity) {
      const written = await writer.write(appended(activity));
      if (written.kind !== 'committed') throw new Error(`there is a record ${activity.id} already`);
    },
    async prune(checkpoint) {
      const { sequence } = checkpoint.pruned;
      const written = await writer.write([
        insertCheckpoint(db, checkpoint),
        statement(db.deleteFrom('activity').where('sequence', '<=', sequence)),
        statement(
          db.deleteFrom('checkpoint').where('sequence', '<=', sequence).where('number', '<', checkpoint.number),
        ),
      ]);
      return written.kind === 'committed' ? (written.changes[1] ?? 0) : 0;
    },
  };
}

/** The names refer to the record that the statement before has put in: their own table has no rowid to remember. */
function appending(db: Kysely<Tables>): (activity: Activity) => Job {
  const names = keptInsertion((rows: readonly Omit<ActivityKeyRow, 'activity'>[]) =>
    db.insertInto('activity_key').values(rows.map((row) => ({ ...row, activity: sql<number>`last_insert_rowid()` }))),
  );
  return (activity) => {
    const keys = activityKeyRows(activity);
    const record = { sql: APPEND, parameters: Object.values(activityRow(activity)) };
    return keys.length === 0 ? [record] : [record, names(keys)];
  };
}
