/** The questions about users. The texts of those that every sign-in asks are kept. */
import type { User } from '../model/user.ts';
import { keptQuery } from './kept-query.ts';
import type { Reading } from './node-sqlite.ts';
import type { UserUniqueRow } from './schema.ts';
import type { Store } from './store.ts';
import { correlationKey, folded, userOf } from './user-rows.ts';

export interface UserQueries extends Pick<Store['users'], 'find' | 'findByCorrelation' | 'findByUniqueValue' | 'list'> {
  /** What the user alone may hold. */
  heldBy(id: string): readonly Pick<UserUniqueRow, 'attribute' | 'value'>[];
  holderOf(row: UserUniqueRow): Promise<User | undefined>;
}

export function userQueries(reading: Reading): UserQueries {
  const { db, prepare } = reading;
  const byId = keptQuery(prepare, (id: string) => db.selectFrom('user').selectAll().where('id', '=', id));
  const byCorrelation = byCorrelationQuery(reading);
  const byUniqueValue = byUniqueValueQuery(reading);
  return {
    async find(id) {
      const [row] = byId(id);
      return row === undefined ? undefined : userOf(row);
    },
    async findByCorrelation(gatewayId, userTypeId, attribute, value) {
      const key = correlationKey(attribute, value);
      return byCorrelation(gatewayId, userTypeId, key.attribute, key.value).map(userOf);
    },
    findByUniqueValue: async (value) => byUniqueValue(folded(value)).map(userOf),
    async list() {
      const rows = await db.selectFrom('user').selectAll().orderBy('created_at').orderBy('id').execute();
      return rows.map(userOf);
    },
    heldBy: keptQuery(prepare, (id: string) =>
      db.selectFrom('user_unique').select(['attribute', 'value']).where('user_id', '=', id),
    ),
    async holderOf({ attribute, value }) {
      const row = await db
        .selectFrom('user_unique')
        .innerJoin('user', 'user.id', 'user_unique.user_id')
        .selectAll('user')
        .where('user_unique.attribute', '=', attribute)
        .where('user_unique.value', '=', value)
        .executeTakeFirst();
      return row === undefined ? undefined : userOf(row);
    },
  };
}

/**
 * The cast keeps SQLite from weighing a partial index (that of objectGUID) against the attribute's value: it would then
 * prepare the statement anew at every call, which takes three times as long as the answer.
 */
function byCorrelationQuery({ db, prepare }: Reading) {
  return keptQuery(prepare, (gatewayId: string, userTypeId: string, attribute: string, value: string) =>
    db
      .selectFrom('user_correlation')
      .innerJoin('user', 'user.id', 'user_correlation.user_id')
      .selectAll('user')
      .where('user_correlation.gateway_id', '=', gatewayId)
      .where('user_correlation.user_type_id', '=', userTypeId)
      .where('user_correlation.attribute', '=', (eb) => eb.cast<string>(eb.val(attribute), 'text'))
      .where('user_correlation.value', '=', value)
      .orderBy('user.created_at')
      .orderBy('user.id'),
  );
}

/** One user may hold one value under two attributes, and is one answer. */
function byUniqueValueQuery({ db, prepare }: Reading) {
  return keptQuery(prepare, (value: string) =>
    db
      .selectFrom('user')
      .selectAll()
      .where('id', 'in', db.selectFrom('user_unique').select('user_id').where('value', '=', value))
      .orderBy('created_at')
      .orderBy('id'),
  );
}
