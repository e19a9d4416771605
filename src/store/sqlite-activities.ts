/** The record in SQLite: appended with group commit, found by device, outcome, refusal, time and id. */
import type { Kysely } from 'kysely';
import type { Activity, ActivityQuery } from '../audit/activity.ts';
import { activityKeyRows, activityOf, activityRow, deviceKey } from './activity-rows.ts';
import { statement } from './node-sqlite.ts';
import type { Tables } from './schema.ts';
import type { Store } from './store.ts';
import type { Job } from './transaction.ts';
import type { Writer } from './writer.ts';

type Activities = Store['activities'];

/** Records deleted in one transaction: sign-ins wait no longer than for a few of their own kind. */
const PRUNED_AT_ONCE = 500;

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

  return {
    ...readActivities(db),
    async append(activity) {
      sequence += 1;
      const written = await writer.write(insertion(db, sequence, activity));
      if (written.kind !== 'committed') throw new Error(`there is a record ${activity.id} already`);
    },
    async prune(before) {
      let pruned = 0;
      for (;;) {
        const written = await writer.write([deletion(db, before)]);
        const changed = written.kind === 'committed' ? (written.changes[0] ?? 0) : 0;
        pruned += changed;
        if (changed < PRUNED_AT_ONCE) return pruned;
      }
    },
  };
}

function insertion(db: Kysely<Tables>, sequence: number, activity: Activity): Job {
  const keys = activityKeyRows(sequence, activity);
  const record = statement(db.insertInto('activity').values(activityRow(sequence, activity)));
  return keys.length === 0 ? [record] : [record, statement(db.insertInto('activity_key').values(keys))];
}

function deletion(db: Kysely<Tables>, before: Date) {
  const oldest = db
    .selectFrom('activity')
    .select('sequence')
    .where('recorded_at', '<', before.getTime())
    .orderBy('recorded_at')
    .limit(PRUNED_AT_ONCE);
  return statement(db.deleteFrom('activity').where('sequence', 'in', oldest));
}

/** One way for each kind of question, so that each has an index that also gives the order. */
function selected(db: Kysely<Tables>, query: ActivityQuery) {
  let rows = db.selectFrom('activity').select('activity.document').limit(query.limit);
  if (query.outcome !== undefined) rows = rows.where('activity.outcome', '=', query.outcome);
  if (query.refusal !== undefined) rows = rows.where('activity.refusal_code', '=', query.refusal);
  if (query.since !== undefined) rows = rows.where('activity.recorded_at', '>=', query.since.getTime());
  if (query.id !== undefined) {
    const from = query.id.toLowerCase();
    // Identifiers are hexadecimal digits and hyphens; `g` sorts after both.
    rows = rows.where('activity.id', '>=', from).where('activity.id', '<', `${from}g`);
  }
  if (query.device === undefined) {
    return rows.orderBy('activity.recorded_at', 'desc').orderBy('activity.sequence', 'desc');
  }
  return rows
    .innerJoin('activity_key', 'activity_key.activity', 'activity.sequence')
    .where('activity_key.key', '=', deviceKey(query.device))
    .orderBy('activity_key.recorded_at', 'desc')
    .orderBy('activity_key.activity', 'desc');
}
