/** Browser sessions in SQLite. One is looked for at every request of a browser that has a cookie: by a kept query. */
import { keptInsertion, keptQuery, keptStatement } from './kept-query.ts';
import type { Reading } from './node-sqlite.ts';
import { statement } from './node-sqlite.ts';
import { deleteInSteps, DELETED_AT_ONCE } from './delete-in-steps.ts';
import type { SessionRow } from './schema.ts';
import type { Store, StoredSession } from './store.ts';
import type { Writer } from './writer.ts';

type Sessions = Store['sessions'];

export function sqliteSessions({ db, prepare }: Reading, writer: Writer): Sessions {
  const byId = keptQuery(prepare, (id: string) => db.selectFrom('session').selectAll().where('id', '=', id));
  const deletion = keptStatement((id: string) => db.deleteFrom('session').where('id', '=', id));
  const insertion = keptInsertion((rows: readonly SessionRow[]) => db.insertInto('session').values(rows));
  return {
    async find(id) {
      const [row] = byId(id);
      return row === undefined ? undefined : sessionOf(row);
    },
    async put(session) {
      await writer.write([deletion(session.id), insertion([sessionRow(session)])]);
    },
    async delete(id) {
      const written = await writer.write([{ ...deletion(id), mustChange: true }]);
      return written.kind === 'committed';
    },
    async deleteOfUser(userId) {
      const written = await writer.write([sessionsEnd(db, userId)]);
      return written.kind === 'committed' ? (written.changes[0] ?? 0) : 0;
    },
    prune: (before) => deleteInSteps(writer, expired(db, before)),
  };
}

/** Deletes all sessions of a user. */
export function sessionsEnd(db: Reading['db'], userId: string) {
  return statement(db.deleteFrom('session').where('user_id', '=', userId));
}

function expired(db: Reading['db'], before: Date) {
  const oldest = db
    .selectFrom('session')
    .select('id')
    .where('expires_at', '<', before.getTime())
    .orderBy('expires_at')
    .limit(DELETED_AT_ONCE);
  return statement(db.deleteFrom('session').where('id', 'in', oldest));
}

function sessionRow(session: StoredSession): SessionRow {
  return {
    id: session.id,
    user_id: session.userId,
    gateway_id: session.gatewayId,
    user_type_id: session.userTypeId,
    object_guid: session.objectGUID,
    method: session.method,
    authenticated_at: session.authenticatedAt.getTime(),
    password_set: session.passwordSet,
    second_factor_at: session.secondFactorAt?.getTime() ?? null,
    persistent: session.persistent ? 1 : 0,
    expires_at: session.expiresAt.getTime(),
  };
}

function sessionOf(row: SessionRow): StoredSession {
  return {
    id: row.id,
    userId: row.user_id,
    gatewayId: row.gateway_id,
    userTypeId: row.user_type_id,
    objectGUID: row.object_guid,
    method: row.method,
    authenticatedAt: new Date(row.authenticated_at),
    passwordSet: row.password_set,
    secondFactorAt: row.second_factor_at === null ? undefined : new Date(row.second_factor_at),
    persistent: row.persistent === 1,
    expiresAt: new Date(row.expires_at),
  };
}
