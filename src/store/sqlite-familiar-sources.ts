/** Familiar sources in SQLite: one row for each person and source, bounded for each person. */
import { keptQuery, keptStatement } from './kept-query.ts';
import type { Reading } from './node-sqlite.ts';
import { MOST_FAMILIAR_SOURCES } from './store.ts';
import type { Store } from './store.ts';
import type { Writer } from './writer.ts';

export function sqliteFamiliarSources(reading: Reading, writer: Writer): Store['familiarSources'] {
  const successes = successesQuery(reading);
  const keep = keepStatement(reading.db);
  const dropOldest = dropOldestStatement(reading.db);
  return {
    isFamiliar: async (person, source, since) => successes(person, source, since.getTime()).length > 0,
    async remember(person, source, now) {
      await writer.write([keep(person, source, now.getTime()), dropOldest(person)]);
    },
  };
}

function successesQuery({ db, prepare }: Reading) {
  return keptQuery(prepare, (person: string, source: string, since: number) =>
    db
      .selectFrom('familiar_source')
      .select('last_success')
      .where('person', '=', person)
      .where('source', '=', source)
      .where('last_success', '>=', since),
  );
}

function keepStatement(db: Reading['db']) {
  return keptStatement((person: string, source: string, last_success: number) =>
    db
      .insertInto('familiar_source')
      .values({ person, source, last_success })
      .onConflict((conflict) => conflict.columns(['person', 'source']).doUpdateSet({ last_success })),
  );
}

function dropOldestStatement(db: Reading['db']) {
  return keptStatement((person: string) => {
    const newest = db
      .selectFrom('familiar_source')
      .select('source')
      .where('person', '=', person)
      .orderBy('last_success', 'desc')
      .orderBy('source')
      .limit(MOST_FAMILIAR_SOURCES);
    return db.deleteFrom('familiar_source').where('person', '=', person).where('source', 'not in', newest);
  });
}
