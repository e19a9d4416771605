/** Which records a question means, as a query over the indexes. Pure; sqlite-activities.ts asks it. */
import { sql } from 'kysely';
import type { Expression, Kysely, SqlBool } from 'kysely';
import type { ActivityQuery } from '../audit/activity.ts';
import { deviceKey } from './activity-rows.ts';
import type { Tables } from './schema.ts';

/** Newest first. The records of one name are few: it leads, so that its index gives both the rows and their order. */
export function selected(db: Kysely<Tables>, query: ActivityQuery) {
  const { device, person, since, until, limit } = query;
  const [name, other] = device === undefined ? [person] : [device, person];
  const conditions = [...conditionsOf(query), ...(other === undefined ? [] : [named(other)])];
  const rows = db
    .selectFrom('activity')
    .select('activity.document')
    .where((eb) => eb.and(conditions))
    .limit(limit);
  if (name === undefined) {
    return rows
      .where((eb) => eb.and(times('activity.recorded_at', since, until)))
      .orderBy('recorded_at', 'desc')
      .orderBy('sequence', 'desc');
  }
  return rows
    .innerJoin('activity_key', 'activity_key.activity', 'activity.sequence')
    .where('activity_key.key', '=', deviceKey(name))
    .where((eb) => eb.and(times('activity_key.recorded_at', since, until)))
    .orderBy('activity_key.recorded_at', 'desc')
    .orderBy('activity_key.activity', 'desc');
}

/** In the order of recording, behind one of them. */
export function followed(db: Kysely<Tables>, sequence: number, query: ActivityQuery) {
  const names = [query.device, query.person].filter((name) => name !== undefined);
  const conditions = [
    ...conditionsOf(query),
    ...names.map(named),
    ...times('activity.recorded_at', query.since, query.until),
  ];
  return db
    .selectFrom('activity')
    .select(['activity.sequence', 'activity.document'])
    .where('activity.sequence', '>', sequence)
    .where((eb) => eb.and(conditions))
    .orderBy('activity.sequence')
    .limit(query.limit);
}

type Condition = Expression<SqlBool>;

function conditionsOf({ outcome, refusal, assertion, id, person }: ActivityQuery): readonly Condition[] {
  const found: Condition[] = [];
  if (outcome !== undefined) found.push(sql`activity.outcome = ${outcome}`);
  if (refusal !== undefined) found.push(sql`activity.refusal_code = ${refusal}`);
  if (assertion !== undefined) found.push(sql`activity.assertion_id = ${assertion}`);
  if (person !== undefined) found.push(NO_DEVICE);
  // Identifiers are hexadecimal digits and hyphens; `g` sorts after both.
  const first = id?.toLowerCase();
  if (first !== undefined) found.push(sql`activity.id >= ${first}`, sql`activity.id < ${`${first}g`}`);
  return found;
}

/** Refused before the directory was asked, a record has no subject; a computer's account ends in `$`. */
const NO_DEVICE: Condition = sql`coalesce(json_extract(activity.document, '$.subject.kind') <> 'device',
  coalesce(json_extract(activity.document, '$.principal'), '') NOT LIKE '%$@%')`;

function named(name: string): Condition {
  return sql`EXISTS (SELECT 1 FROM activity_key AS other WHERE other.key = ${deviceKey(name)}
    AND other.recorded_at = activity.recorded_at AND other.activity = activity.sequence)`;
}

function times(
  column: 'activity.recorded_at' | 'activity_key.recorded_at',
  since: Date | undefined,
  until: Date | undefined,
): readonly Condition[] {
  return [
    ...(since === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} >= ${since.getTime()}`]),
    ...(until === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} < ${until.getTime()}`]),
  ];
}
