/** Familiar sources in SQLite: one row for each person and source, bounded for each person. */
import type { Kysely } from 'kysely';
import { statement } from './node-sqlite.ts';
import type { Tables } from './schema.ts';
import { MOST_FAMILIAR_SOURCES } from './store.ts';
import type { Store } from './store.ts';
import type { Writer } from './writer.ts';

export function sqliteFamiliarSources(db: Kysely<Tables>, writer: Writer): Store['familiarSources'] {
  return {
    async isFamiliar(person, source, since) {
      const row = await db
        .selectFrom('familiar_source')
        .select('last_success')
        .where('person', '=', person)
        .where('source', '=', source)
        .where('last_success', '>=', since.getTime())
        .executeTakeFirst();
      return row !== undefined;
    },
    async remember(person, source, now) {
      await writer.write([keep(db, person, source, now), dropOldest(db, person)]);
    },
  };
}

function keep(db: Kysely<Tables>, person: string, source: string, now: Date) {
  const row = { last_success: now.getTime() };
  return statement(
    db
      .insertInto('familiar_source')
      .values({ person, source, ...row })
      .onConflict((conflict) => conflict.columns(['person', 'source']).doUpdateSet(row)),
  );
}

function dropOldest(db: Kysely<Tables>, person: string) {
  const newest = db
    .selectFrom('familiar_source')
    .select('source')
    .where('person', '=', person)
    .orderBy('last_success', 'desc')
    .orderBy('source')
    .limit(MOST_FAMILIAR_SOURCES);
  return statement(db.deleteFrom('familiar_source').where('person', '=', person).where('source', 'not in', newest));
}
