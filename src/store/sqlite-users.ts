/**
 * Users in SQLite. Who may hold what is decided by unique indexes, inside the transaction: a look-up beforehand would
 * decide nothing between two sign-ins at the same moment. Its rows are in user-rows.ts, the questions in user-queries.ts, the
 * statements in user-statements.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import type { User } from '../model/user.ts';
import { Refusal } from '../refusal.ts';
import type { Reading } from './node-sqlite.ts';
import type { UserCorrelationRow, UserUniqueRow } from './schema.ts';
import type { NewUser, Store, StoreReader } from './store.ts';
import { userQueries } from './user-queries.ts';
import type { UserQueries } from './user-queries.ts';
import { correlationRows, ENTRY_ATTRIBUTE, isCorrelation, uniqueRows } from './user-rows.ts';
import { claim, insertUser, releases, replaceUser, retirement } from './user-statements.ts';
import type { Writer } from './writer.ts';

type Change = Parameters<Store['users']['update']>[1];

/** A user retired between a refused creation and the look-up makes room: try again, but not for ever. */
const MOST_ATTEMPTS = 3;

/** What the writing of users needs. */
interface Users {
  readonly db: Reading['db'];
  readonly queries: UserQueries;
  readonly writer: Writer;
}

export function readUsers(reading: Reading): StoreReader['users'] {
  const { find, findByCorrelation, findByUniqueValue, list } = userQueries(reading);
  return { find, findByCorrelation, findByUniqueValue, list };
}

export function sqliteUsers(reading: Reading, writer: Writer): Store['users'] {
  const queries = userQueries(reading);
  const users = { db: reading.db, queries, writer };
  const { find, findByCorrelation, findByUniqueValue, list } = queries;
  return {
    find,
    findByCorrelation,
    findByUniqueValue,
    list,
    create: (user, now) => create(users, user, now),
    update: (id, change, now) => update(users, id, change, now),
    async retire(id, now) {
      const written = await writer.write(retirement(reading.db, id, now));
      if (written.kind !== 'committed') throw new Error(`there is no user ${id} to retire`);
    },
  };
}

async function create({ db, queries, writer }: Users, user: NewUser, now: Date): Promise<User> {
  const rows = [...correlationRows(user.id, user.link), ...uniqueRows(user.id, user)];
  const job = [insertUser(db, user, now), ...rows.map((row) => claim(db, row))];
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const written = await writer.write(job);
    if (written.kind === 'committed') return requireUser(queries, user.id);
    const row = rows[written.statement - 1];
    if (row === undefined) throw new Error(`there is a user ${user.id} already`);
    if (!isCorrelation(row)) throw await notUnique(queries, row);
    const [earlier] = await queries.findByCorrelation(row.gateway_id, row.user_type_id, row.attribute, row.value);
    if (earlier !== undefined) return earlier;
  }
  throw new Error(`the entry of user ${user.id} is created and retired again and again`);
}

async function update({ db, queries, writer }: Users, id: string, change: Change, now: Date): Promise<User> {
  const before = await requireUser(queries, id);
  if (before.link === null) throw retired(before);
  const correlation = correlationRows(id, change.link);
  const unique = uniqueRows(id, change);
  if (isSame(before, change) && holdsExactly(queries.heldBy(id), unique)) return before;

  const rows = [...correlation, ...unique];
  const head = [replaceUser(db, id, change, now), ...releases(db, id)];
  const written = await writer.write([...head, ...rows.map((row) => claim(db, row))]);
  if (written.kind === 'no-row') throw retired(before);
  const taken = written.kind === 'conflict' ? rows[written.statement - head.length] : undefined;
  if (taken !== undefined) throw await notUnique(queries, taken);
  return requireUser(queries, id);
}

function isSame(user: User, change: Change): boolean {
  return (
    user.username === change.username &&
    isDeepStrictEqual(user.attributes, change.attributes) &&
    isDeepStrictEqual(user.link, change.link)
  );
}

/** The configuration may have made an attribute unique since the user was last written. */
function holdsExactly(held: ReturnType<UserQueries['heldBy']>, unique: readonly UserUniqueRow[]): boolean {
  const text = (rows: typeof held) => rows.map(({ attribute, value }) => JSON.stringify([attribute, value])).toSorted();
  return isDeepStrictEqual(text(held), text(unique));
}

async function requireUser(queries: UserQueries, id: string): Promise<User> {
  const user = await queries.find(id);
  if (user === undefined) throw new Error(`there is no user ${id}`);
  return user;
}

function retired(user: User): Refusal {
  return new Refusal('user-disabled', {
    detail: `user ${user.id} (${user.username}) was retired: its directory entry is gone`,
  });
}

async function notUnique(queries: UserQueries, row: UserCorrelationRow | UserUniqueRow): Promise<Refusal> {
  const holder = isCorrelation(row)
    ? (await queries.findByCorrelation(row.gateway_id, row.user_type_id, row.attribute, row.value))[0]
    : await queries.holderOf(row);
  return new Refusal('user-not-unique', {
    attribute: row.attribute === ENTRY_ATTRIBUTE ? 'objectGUID' : row.attribute,
    expected: 'a value that no other user holds',
    actual: row.value,
    detail:
      holder === undefined ? 'the other user has gone meanwhile' : `held by user ${holder.id} (${holder.username})`,
  });
}
