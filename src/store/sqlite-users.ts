/**
 * Users in SQLite. Who may hold what is decided by unique indexes, inside the transaction: a look-up beforehand would
 * decide nothing between two sign-ins at the same moment. Its rows are in
 * user-rows.ts, the statements in user-statements.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Kysely } from 'kysely';
import type { User } from '../model/user.ts';
import { Refusal } from '../refusal.ts';
import type { Tables, UserCorrelationRow, UserUniqueRow } from './schema.ts';
import type { NewUser, Store } from './store.ts';
import { correlationKey, correlationRows, ENTRY_ATTRIBUTE, isCorrelation, uniqueRows, userOf } from './user-rows.ts';
import { claim, insertUser, releases, replaceUser, retirement } from './user-statements.ts';
import type { Writer } from './writer.ts';

type Users = Store['users'];
type Change = Parameters<Users['update']>[1];

/** A user retired between a refused creation and the look-up makes room: try again, but not for ever. */
const MOST_ATTEMPTS = 3;

export function readUsers(db: Kysely<Tables>): Pick<Users, 'findByCorrelation' | 'list'> {
  return {
    async findByCorrelation(gatewayId, userTypeId, attribute, value) {
      const key = correlationKey(attribute, value);
      const rows = await db
        .selectFrom('user_correlation')
        .innerJoin('user', 'user.id', 'user_correlation.user_id')
        .selectAll('user')
        .where('user_correlation.gateway_id', '=', gatewayId)
        .where('user_correlation.user_type_id', '=', userTypeId)
        .where('user_correlation.attribute', '=', key.attribute)
        .where('user_correlation.value', '=', key.value)
        .orderBy('user.created_at')
        .orderBy('user.id')
        .execute();
      return rows.map(userOf);
    },
    async list() {
      const rows = await db.selectFrom('user').selectAll().orderBy('created_at').orderBy('id').execute();
      return rows.map(userOf);
    },
  };
}

export function sqliteUsers(db: Kysely<Tables>, writer: Writer): Users {
  return {
    ...readUsers(db),
    create: (user, now) => create(db, writer, user, now),
    update: (id, change, now) => update(db, writer, id, change, now),
    async retire(id, now) {
      const written = await writer.write(retirement(db, id, now));
      if (written.kind !== 'committed') throw new Error(`there is no user ${id} to retire`);
    },
  };
}

async function create(db: Kysely<Tables>, writer: Writer, user: NewUser, now: Date): Promise<User> {
  const rows = [...correlationRows(user.id, user.link), ...uniqueRows(user.id, user)];
  const job = [insertUser(db, user, now), ...rows.map((row) => claim(db, row))];
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const written = await writer.write(job);
    if (written.kind === 'committed') return requireUser(db, user.id);
    const row = rows[written.statement - 1];
    if (row === undefined) throw new Error(`there is a user ${user.id} already`);
    if (!isCorrelation(row)) throw await notUnique(db, row);
    const [earlier] = await readUsers(db).findByCorrelation(row.gateway_id, row.user_type_id, row.attribute, row.value);
    if (earlier !== undefined) return earlier;
  }
  throw new Error(`the entry of user ${user.id} is created and retired again and again`);
}

async function update(db: Kysely<Tables>, writer: Writer, id: string, change: Change, now: Date): Promise<User> {
  const before = await requireUser(db, id);
  if (before.link === null) throw retired(before);
  const correlation = correlationRows(id, change.link);
  const unique = uniqueRows(id, change);
  if (isSame(before, change) && (await holdsExactly(db, id, unique))) return before;

  const rows = [...correlation, ...unique];
  const head = [replaceUser(db, id, change, now), ...releases(db, id)];
  const written = await writer.write([...head, ...rows.map((row) => claim(db, row))]);
  if (written.kind === 'no-row') throw retired(before);
  const taken = written.kind === 'conflict' ? rows[written.statement - head.length] : undefined;
  if (taken !== undefined) throw await notUnique(db, taken);
  return requireUser(db, id);
}

function isSame(user: User, change: Change): boolean {
  return (
    user.username === change.username &&
    isDeepStrictEqual(user.attributes, change.attributes) &&
    isDeepStrictEqual(user.link, change.link)
  );
}

/** The configuration may have made an attribute unique since the user was last written. */
async function holdsExactly(db: Kysely<Tables>, id: string, unique: readonly UserUniqueRow[]): Promise<boolean> {
  const held = await db.selectFrom('user_unique').select(['attribute', 'value']).where('user_id', '=', id).execute();
  const text = (rows: readonly Pick<UserUniqueRow, 'attribute' | 'value'>[]) =>
    rows.map(({ attribute, value }) => JSON.stringify([attribute, value])).toSorted();
  return isDeepStrictEqual(text(held), text(unique));
}

async function requireUser(db: Kysely<Tables>, id: string): Promise<User> {
  const row = await db.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new Error(`there is no user ${id}`);
  return userOf(row);
}

function retired(user: User): Refusal {
  return new Refusal('user-disabled', {
    detail: `user ${user.id} (${user.username}) was retired: its directory entry is gone`,
  });
}

async function notUnique(db: Kysely<Tables>, row: UserCorrelationRow | UserUniqueRow): Promise<Refusal> {
  const [holder] = isCorrelation(row)
    ? await readUsers(db).findByCorrelation(row.gateway_id, row.user_type_id, row.attribute, row.value)
    : await holdersOf(db, row);
  return new Refusal('user-not-unique', {
    attribute: row.attribute === ENTRY_ATTRIBUTE ? 'objectGUID' : row.attribute,
    expected: 'a value that no other user holds',
    actual: row.value,
    detail:
      holder === undefined ? 'the other user has gone meanwhile' : `held by user ${holder.id} (${holder.username})`,
  });
}

async function holdersOf(db: Kysely<Tables>, row: UserUniqueRow): Promise<readonly User[]> {
  const rows = await db
    .selectFrom('user_unique')
    .innerJoin('user', 'user.id', 'user_unique.user_id')
    .selectAll('user')
    .where('user_unique.attribute', '=', row.attribute)
    .where('user_unique.value', '=', row.value)
    .execute();
  return rows.map(userOf);
}
