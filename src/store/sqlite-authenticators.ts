/** Authenticators that were presented, in SQLite. Every ticket adds one: the statement is kept. */
import { keptStatement } from './kept-query.ts';
import type { Reading } from './node-sqlite.ts';
import { statement } from './node-sqlite.ts';
import type { Store } from './store.ts';
import type { Writer } from './writer.ts';

export function sqliteAuthenticators({ db }: Reading, writer: Writer): Store['authenticators'] {
  const add = keptStatement((expires_at: number, fingerprint: string) =>
    db
      .insertInto('authenticator')
      .values({ expires_at, fingerprint })
      .onConflict((conflict) => conflict.doNothing()),
  );
  return {
    async list(now) {
      const rows = await db
        .selectFrom('authenticator')
        .selectAll()
        .where('expires_at', '>=', now.getTime())
        .orderBy('expires_at')
        .execute();
      return rows.map((row) => ({ fingerprint: row.fingerprint, expires: new Date(row.expires_at) }));
    },
    async remember({ fingerprint, expires }) {
      await writer.goAlong([add(expires.getTime(), fingerprint)]);
    },
    async prune(before) {
      await writer.write([statement(db.deleteFrom('authenticator').where('expires_at', '<', before.getTime()))]);
    },
  };
}
