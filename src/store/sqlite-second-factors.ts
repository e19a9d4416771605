/**
 * Second factors in SQLite, with the codes that stand in for them. What may be used once is used up by the statement that
 * looks for it, inside the writer's transaction: of two at the same time one finds nothing left.
 */
import { keptQuery } from './kept-query.ts';
import type { Reading } from './node-sqlite.ts';
import { statement } from './node-sqlite.ts';
import type { SecondFactorRow } from './schema.ts';
import type { Store, StoredFactor } from './store.ts';
import type { Job, Statement } from './transaction.ts';
import type { Writer } from './writer.ts';

type SecondFactors = Store['secondFactors'];

export function readSecondFactors({ db, prepare }: Reading): Pick<SecondFactors, 'list' | 'recoveryCodesLeft'> {
  const ofUser = keptQuery(prepare, (userId: string) =>
    db.selectFrom('second_factor').selectAll().where('user_id', '=', userId).orderBy('created_at').orderBy('id'),
  );
  const codesOfUser = keptQuery(prepare, (userId: string) =>
    db.selectFrom('recovery_code').select('digest').where('user_id', '=', userId),
  );
  return {
    list: async (userId) => ofUser(userId).map(factorOf),
    recoveryCodesLeft: async (userId) => codesOfUser(userId).length,
  };
}

export function sqliteSecondFactors(reading: Reading, writer: Writer): SecondFactors {
  const { db } = reading;
  /** Whether a statement that must change a row did. */
  const happened = async (change: Statement): Promise<boolean> => {
    const written = await writer.write([{ ...change, mustChange: true }]);
    return written.kind === 'committed';
  };
  return {
    ...readSecondFactors(reading),
    async add(factor) {
      const written = await writer.write([statement(db.insertInto('second_factor').values(factorRow(factor)))]);
      if (written.kind !== 'committed') throw new Error(`there is a second factor ${factor.id} already`);
    },
    use: (id, { counter, mayStay }, now) => happened(noteUse(db, id, counter, mayStay, now)),
    remove: (userId, id) =>
      happened(statement(db.deleteFrom('second_factor').where('id', '=', id).where('user_id', '=', userId))),
    async replaceRecoveryCodes(userId, digests) {
      await writer.write(newRecoveryCodes(db, userId, digests));
    },
    useRecoveryCode: (userId, digest) =>
      happened(statement(db.deleteFrom('recovery_code').where('user_id', '=', userId).where('digest', '=', digest))),
    async putEnrolmentCode(userId, digest, expiresAt) {
      await writer.write([putEnrolmentCode(db, userId, digest, expiresAt)]);
    },
    useEnrolmentCode: (userId, digest, now) => happened(useEnrolmentCode(db, userId, digest, now)),
    async reset(userId) {
      const written = await writer.write(factorsGone(db, userId));
      return written.kind === 'committed' ? (written.changes[0] ?? 0) : 0;
    },
  };
}

/** The factors first: their number is what a reset tells. */
export function factorsGone(db: Reading['db'], userId: string): Job {
  return [
    statement(db.deleteFrom('second_factor').where('user_id', '=', userId)),
    codesGone(db, userId),
    statement(db.deleteFrom('enrolment_code').where('user_id', '=', userId)),
  ];
}

function codesGone(db: Reading['db'], userId: string): Statement {
  return statement(db.deleteFrom('recovery_code').where('user_id', '=', userId));
}

function noteUse(db: Reading['db'], id: string, counter: number, mayStay: boolean, now: Date): Statement {
  return statement(
    db
      .updateTable('second_factor')
      .set({ counter, last_used_at: now.getTime() })
      .where('id', '=', id)
      .where('counter', mayStay ? '<=' : '<', counter),
  );
}

function newRecoveryCodes(db: Reading['db'], userId: string, digests: readonly string[]): Job {
  const rows = [...new Set(digests)].map((digest) => ({ user_id: userId, digest }));
  const gone = codesGone(db, userId);
  return rows.length === 0 ? [gone] : [gone, statement(db.insertInto('recovery_code').values(rows))];
}

function putEnrolmentCode(db: Reading['db'], userId: string, digest: string, expiresAt: Date): Statement {
  const row = { digest, expires_at: expiresAt.getTime() };
  return statement(
    db
      .insertInto('enrolment_code')
      .values({ user_id: userId, ...row })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(row)),
  );
}

function useEnrolmentCode(db: Reading['db'], userId: string, digest: string, now: Date): Statement {
  return statement(
    db
      .deleteFrom('enrolment_code')
      .where('user_id', '=', userId)
      .where('digest', '=', digest)
      .where('expires_at', '>', now.getTime()),
  );
}

function factorRow(factor: StoredFactor): SecondFactorRow {
  return {
    id: factor.id,
    user_id: factor.userId,
    kind: factor.kind,
    name: factor.name,
    protected_secret: factor.protectedSecret,
    counter: factor.counter,
    created_at: factor.createdAt.getTime(),
    last_used_at: factor.lastUsedAt?.getTime() ?? null,
  };
}

function factorOf(row: SecondFactorRow): StoredFactor {
  return {
    id: row.id,
    userId: row.user_id,
    kind: row.kind,
    name: row.name,
    protectedSecret: row.protected_secret,
    counter: row.counter,
    createdAt: new Date(row.created_at),
    lastUsedAt: row.last_used_at === null ? undefined : new Date(row.last_used_at),
  };
}
