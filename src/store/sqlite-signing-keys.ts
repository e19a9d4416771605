/** Signing keys in SQLite: the certificate in the clear, the private key as keys/protection.ts encrypted it. */
import type { Kysely } from 'kysely';
import { statement } from './node-sqlite.ts';
import type { Tables } from './schema.ts';
import type { Store, StoredSigningKey } from './store.ts';
import type { Writer } from './writer.ts';

type SigningKeys = Store['signingKeys'];

export function readSigningKeys(db: Kysely<Tables>): Pick<SigningKeys, 'list'> {
  return {
    async list() {
      const rows = await db.selectFrom('signing_key').selectAll().orderBy('created_at').orderBy('id').execute();
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        certificate: row.certificate,
        protectedPrivateKey: row.protected_private_key,
        createdAt: new Date(row.created_at),
      }));
    },
  };
}

export function sqliteSigningKeys(db: Kysely<Tables>, writer: Writer): SigningKeys {
  return {
    ...readSigningKeys(db),
    async put(key) {
      await writer.write([putKey(db, key)]);
    },
    async delete(id) {
      const query = db.deleteFrom('signing_key').where('id', '=', id);
      const written = await writer.write([{ ...statement(query), mustChange: true }]);
      return written.kind === 'committed';
    },
  };
}

function putKey(db: Kysely<Tables>, key: StoredSigningKey) {
  const row = {
    name: key.name,
    certificate: key.certificate,
    protected_private_key: key.protectedPrivateKey,
    created_at: key.createdAt.getTime(),
  };
  return statement(
    db
      .insertInto('signing_key')
      .values({ id: key.id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row)),
  );
}
