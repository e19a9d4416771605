/** The record in SQLite: appended with group commit, found by device, outcome, refusal, time and id. */
import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { Activity, ActivityQuery } from '../audit/activity.ts';
import { activityKeyRows, activityOf, activityRow, deviceKey } from './activity-rows.ts';
import { DELETED_AT_ONCE, deleteInSteps } from './delete-in-steps.ts';
import { keptInsertion } from './kept-query.ts';
import { statement } from './node-sqlite.ts';
import type { ActivityKeyRow, ActivityRow, Tables } from './schema.ts';
import type { Store } from './store.ts';
import type { Job } from './transaction.ts';
import type { Writer } from './writer.ts';

type Activities = Store['activities'];

export function readActivities(db: Kysely<Tables>): Pick<Activities, 'list'> {
  return {
    async list(query) {
      const rows = await selected(db, query).execute();
      return rows.map(({ document }) => activityOf(document));
    },
  };
}

/** `db` reads what `writer` writes; there is no other writer, so the numbers are given out here. */
export async function sqliteActivities(db: Kysely<Tables>, writer: Writer): Promise<Activities> {
  const { last } = await db
    .selectFrom('activity')
    .select((eb) => eb.fn.max('sequence').as('last'))
    .executeTakeFirstOrThrow();
  let sequence = last ?? 0;
  const insertion = insertions(db);

  return {
    ...readActivities(db),
    async append(activity) {
      sequence += 1;
      const written = await writer.write(insertion(sequence, activity));
      if (written.kind !== 'committed') throw new Error(`there is a record ${activity.id} already`);
    },
    prune: (before) => deleteInSteps(writer, deletion(db, before)),
  };
}

function insertions(db: Kysely<Tables>): (sequence: number, activity: Activity) => Job {
  const records = keptInsertion((rows: readonly ActivityRow[]) => db.insertInto('activity').values(rows));
  const names = keptInsertion((rows: readonly ActivityKeyRow[]) => db.insertInto('activity_key').values(rows));
  return (sequence, activity) => {
    const keys = activityKeyRows(sequence, activity);
    const record = records([activityRow(sequence, activity)]);
    return keys.length === 0 ? [record] : [record, names(keys)];
  };
}

function deletion(db: Kysely<Tables>, before: Date) {
  const oldest = db
    .selectFrom('activity')
    .select('sequence')
    .where('recorded_at', '<', before.getTime())
    .orderBy('recorded_at')
    .limit(DELETED_AT_ONCE);
  return statement(db.deleteFrom('activity').where('sequence', 'in', oldest));
}

/** A device's records are few: its names lead, so that their index gives both the rows and their order. */
function selected(db: Kysely<Tables>, query: ActivityQuery) {
  const rows = filtered(db.selectFrom('activity').select('activity.document').limit(query.limit), query);
  if (query.device === undefined) {
    const recent = query.since === undefined ? rows : rows.where('recorded_at', '>=', query.since.getTime());
    return recent.orderBy('recorded_at', 'desc').orderBy('sequence', 'desc');
  }
  const named = rows
    .innerJoin('activity_key', 'activity_key.activity', 'activity.sequence')
    .where('activity_key.key', '=', deviceKey(query.device));
  const recent =
    query.since === undefined ? named : named.where('activity_key.recorded_at', '>=', query.since.getTime());
  return recent.orderBy('activity_key.recorded_at', 'desc').orderBy('activity_key.activity', 'desc');
}

type Selection = SelectQueryBuilder<Tables, 'activity', { document: string }>;

function filtered(rows: Selection, { outcome, refusal, id }: ActivityQuery): Selection {
  let found = rows;
  if (outcome !== undefined) found = found.where('activity.outcome', '=', outcome);
  if (refusal !== undefined) found = found.where('activity.refusal_code', '=', refusal);
  if (id === undefined) return found;
  const first = id.toLowerCase();
  // Identifiers are hexadecimal digits and hyphens; `g` sorts after both.
  return found.where('activity.id', '>=', first).where('activity.id', '<', `${first}g`);
}
