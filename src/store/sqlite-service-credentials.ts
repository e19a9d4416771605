/** Credentials of service accounts in SQLite, as keys/protection.ts encrypted them. */
import type { Kysely } from 'kysely';
import { statement } from './node-sqlite.ts';
import type { Tables } from './schema.ts';
import type { Store, StoredServiceCredential } from './store.ts';
import type { Writer } from './writer.ts';

export function sqliteServiceCredentials(db: Kysely<Tables>, writer: Writer): Store['serviceCredentials'] {
  return {
    async list() {
      const rows = await db
        .selectFrom('service_credential')
        .selectAll()
        .orderBy('since', 'desc')
        .orderBy('id')
        .execute();
      return rows.map((row) => ({
        id: row.id,
        gatewayId: row.gateway_id,
        protectedCredential: row.protected_credential,
        since: new Date(row.since),
        replacedAt: row.replaced_at === null ? undefined : new Date(row.replaced_at),
      }));
    },
    async change({ put, remove }) {
      const deletions = remove.map((id) => statement(db.deleteFrom('service_credential').where('id', '=', id)));
      await writer.write([...deletions, ...put.map((credential) => putCredential(db, credential))]);
    },
  };
}

function putCredential(db: Kysely<Tables>, credential: StoredServiceCredential) {
  const row = {
    gateway_id: credential.gatewayId,
    protected_credential: credential.protectedCredential,
    since: credential.since.getTime(),
    replaced_at: credential.replacedAt?.getTime() ?? null,
  };
  return statement(
    db
      .insertInto('service_credential')
      .values({ id: credential.id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row)),
  );
}
