/** The statements that write users. A claim fails with a conflict when somebody else holds the value. */
import type { Kysely } from 'kysely';
import { statement } from './node-sqlite.ts';
import type { Tables, UserCorrelationRow, UserUniqueRow } from './schema.ts';
import { factorsGone } from './sqlite-second-factors.ts';
import { sessionsEnd } from './sqlite-sessions.ts';
import type { NewUser } from './store.ts';
import type { Job, Statement } from './transaction.ts';
import { isCorrelation } from './user-rows.ts';

export function insertUser(db: Kysely<Tables>, user: NewUser, now: Date): Statement {
  return statement(
    db.insertInto('user').values({
      id: user.id,
      population_id: user.populationId,
      username: user.username,
      enabled: 1,
      attributes: JSON.stringify(user.attributes),
      link: JSON.stringify(user.link),
      created_at: now.getTime(),
      updated_at: now.getTime(),
      retired_at: null,
    }),
  );
}

/** Changes no row when the user has been retired. */
export function replaceUser(
  db: Kysely<Tables>,
  id: string,
  change: Pick<NewUser, 'username' | 'attributes' | 'link'>,
  now: Date,
): Statement {
  const query = db
    .updateTable('user')
    .set({
      username: change.username,
      attributes: JSON.stringify(change.attributes),
      link: JSON.stringify(change.link),
      updated_at: now.getTime(),
    })
    .where('id', '=', id)
    .where('retired_at', 'is', null);
  return { ...statement(query), mustChange: true };
}

export function claim(db: Kysely<Tables>, row: UserCorrelationRow | UserUniqueRow): Statement {
  return statement(
    isCorrelation(row) ? db.insertInto('user_correlation').values(row) : db.insertInto('user_unique').values(row),
  );
}

/** Lets go of everything that the user holds. */
export function releases(db: Kysely<Tables>, id: string): readonly Statement[] {
  return [
    statement(db.deleteFrom('user_correlation').where('user_id', '=', id)),
    statement(db.deleteFrom('user_unique').where('user_id', '=', id)),
  ];
}

/** Ends what the user could sign in with, too. A second retirement keeps the time of the first. */
export function retirement(db: Kysely<Tables>, id: string, now: Date): Job {
  const at = now.getTime();
  const query = db
    .updateTable('user')
    .set((eb) => ({
      enabled: 0 as const,
      link: null,
      updated_at: eb.fn.coalesce('retired_at', eb.val(at)),
      retired_at: eb.fn.coalesce('retired_at', eb.val(at)),
    }))
    .where('id', '=', id);
  return [{ ...statement(query), mustChange: true }, ...releases(db, id), sessionsEnd(db, id), ...factorsGone(db, id)];
}
