/**
 * The numbered steps that lead from an empty file to the present tables. Forward only: a step that has been released
 * never changes, a new one is added below it. Each runs in the transaction that also records its number.
 */
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from './store-error.ts';

interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** Number of a migration = its place here, from 1. */
export const migrations: readonly Migration[] = [
  {
    name: 'users, signing keys, activities',
    sql: `
      CREATE TABLE user (
        id TEXT PRIMARY KEY,
        population_id TEXT NOT NULL,
        username TEXT NOT NULL,
        enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
        attributes TEXT NOT NULL,
        link TEXT,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        retired_at INTEGER,
        CHECK (retired_at IS NULL OR (link IS NULL AND enabled = 0))
      ) STRICT;

      CREATE TABLE user_correlation (
        gateway_id TEXT NOT NULL,
        user_type_id TEXT NOT NULL,
        attribute TEXT NOT NULL,
        value TEXT NOT NULL,
        user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
        PRIMARY KEY (gateway_id, user_type_id, attribute, value, user_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX user_correlation_user ON user_correlation (user_id);
      -- An entry keeps its objectGUID for good ([MS-ADTS] 3.1.1.1.4): two users of one entry cannot be.
      CREATE UNIQUE INDEX user_correlation_entry ON user_correlation (gateway_id, user_type_id, value)
        WHERE attribute = 'objectguid';

      CREATE TABLE user_unique (
        attribute TEXT NOT NULL,
        value TEXT NOT NULL,
        user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
        PRIMARY KEY (attribute, value)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX user_unique_user ON user_unique (user_id);

      CREATE TABLE signing_key (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        certificate BLOB NOT NULL,
        protected_private_key BLOB NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE activity (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        recorded_at INTEGER NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('issued', 'refused')),
        refusal_code TEXT,
        document TEXT NOT NULL
      ) STRICT;
      CREATE INDEX activity_recorded ON activity (recorded_at);
      CREATE INDEX activity_outcome ON activity (outcome, recorded_at);
      CREATE INDEX activity_refusal ON activity (refusal_code, recorded_at) WHERE refusal_code IS NOT NULL;

      CREATE TABLE activity_key (
        key TEXT NOT NULL,
        recorded_at INTEGER NOT NULL,
        activity INTEGER NOT NULL REFERENCES activity (sequence) ON DELETE CASCADE,
        PRIMARY KEY (key, recorded_at, activity)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX activity_key_activity ON activity_key (activity);
    `,
  },
  {
    name: 'familiar sources',
    sql: `
      CREATE TABLE familiar_source (
        person TEXT NOT NULL,
        source TEXT NOT NULL,
        last_success INTEGER NOT NULL,
        PRIMARY KEY (person, source)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'sessions, second factors, records of what was done',
    sql: `
      CREATE TABLE session (
        id TEXT PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
        gateway_id TEXT NOT NULL,
        user_type_id TEXT NOT NULL,
        object_guid TEXT NOT NULL,
        method TEXT NOT NULL CONSTRAINT session_method CHECK (method IN ('password', 'kerberos')),
        authenticated_at INTEGER NOT NULL,
        password_set TEXT NOT NULL,
        second_factor_at INTEGER,
        persistent INTEGER NOT NULL CHECK (persistent IN (0, 1)),
        expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX session_user ON session (user_id);
      CREATE INDEX session_expiry ON session (expires_at);

      CREATE TABLE second_factor (
        id TEXT PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
        kind TEXT NOT NULL CONSTRAINT second_factor_kind CHECK (kind IN ('totp', 'passkey')),
        name TEXT NOT NULL,
        protected_secret BLOB NOT NULL,
        counter INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        last_used_at INTEGER
      ) STRICT;
      CREATE INDEX second_factor_user ON second_factor (user_id, created_at, id);

      CREATE TABLE recovery_code (
        user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
        digest TEXT NOT NULL,
        PRIMARY KEY (user_id, digest)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE enrolment_code (
        user_id TEXT PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
        digest TEXT NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE INDEX user_unique_value ON user_unique (value);

      -- An outcome more: a CHECK without a name cannot be changed, so the records move to tables of their own kind. The
      -- names go first: dropping a table deletes its rows, and would take theirs along. Renaming turns the reference too.
      CREATE TABLE activity_anew (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        recorded_at INTEGER NOT NULL,
        outcome TEXT NOT NULL CONSTRAINT activity_outcome CHECK (outcome IN ('issued', 'refused', 'done')),
        refusal_code TEXT,
        document TEXT NOT NULL
      ) STRICT;
      INSERT INTO activity_anew (sequence, id, recorded_at, outcome, refusal_code, document)
        SELECT sequence, id, recorded_at, outcome, refusal_code, document FROM activity ORDER BY sequence;
      CREATE TABLE activity_key_anew (
        key TEXT NOT NULL,
        recorded_at INTEGER NOT NULL,
        activity INTEGER NOT NULL REFERENCES activity_anew (sequence) ON DELETE CASCADE,
        PRIMARY KEY (key, recorded_at, activity)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO activity_key_anew (key, recorded_at, activity)
        SELECT key, recorded_at, activity FROM activity_key ORDER BY key, recorded_at, activity;
      DROP TABLE activity_key;
      DROP TABLE activity;
      ALTER TABLE activity_anew RENAME TO activity;
      ALTER TABLE activity_key_anew RENAME TO activity_key;
      CREATE INDEX activity_recorded ON activity (recorded_at);
      CREATE INDEX activity_outcome ON activity (outcome, recorded_at);
      CREATE INDEX activity_refusal ON activity (refusal_code, recorded_at) WHERE refusal_code IS NOT NULL;
      CREATE INDEX activity_key_activity ON activity_key (activity);
    `,
  },
  {
    // The chain begins here: a record from before has no hash, and says so (audit/verify.ts).
    name: 'a chain of records, signed checkpoints, records by assertion',
    sql: `
      ALTER TABLE activity ADD COLUMN assertion_id TEXT;
      ALTER TABLE activity ADD COLUMN hash TEXT;
      UPDATE activity SET assertion_id = json_extract(document, '$.assertion.id') WHERE outcome = 'issued';
      CREATE INDEX activity_assertion ON activity (assertion_id) WHERE assertion_id IS NOT NULL;
      CREATE TABLE chain_start (unchained_through INTEGER NOT NULL) STRICT;
      INSERT INTO chain_start SELECT coalesce(max(sequence), 0) FROM activity;

      CREATE TABLE record_key (
        id TEXT PRIMARY KEY,
        public_key BLOB NOT NULL,
        protected_private_key BLOB NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE checkpoint (
        number INTEGER PRIMARY KEY,
        signed_at INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        hash TEXT NOT NULL,
        pruned_through INTEGER NOT NULL,
        pruned_hash TEXT NOT NULL,
        unchained_through INTEGER NOT NULL,
        key TEXT NOT NULL,
        signature BLOB NOT NULL
      ) STRICT;
      CREATE INDEX checkpoint_sequence ON checkpoint (sequence);
    `,
  },
  {
    name: 'credentials of service accounts, the former ones too',
    sql: `
      CREATE TABLE service_credential (
        id TEXT PRIMARY KEY,
        gateway_id TEXT NOT NULL,
        protected_credential BLOB NOT NULL,
        since INTEGER NOT NULL,
        replaced_at INTEGER
      ) STRICT;
    `,
  },
  {
    // In the order in which they expire: they are added near the end, and deleted from the beginning.
    name: 'authenticators that were presented',
    sql: `
      CREATE TABLE authenticator (
        expires_at INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        PRIMARY KEY (expires_at, fingerprint)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];

/** "Mort" in ASCII, in the file's header (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x4d_6f_72_74;

/** The number of the newest migration that this file has; 0 for an empty file. Throws StoreError `not-a-store`. */
export function storeVersion(db: DatabaseSync, path: string): number {
  const { application_id: id } = db.prepare('PRAGMA application_id').get() as { application_id: number };
  if (id === APPLICATION_ID) {
    const row = db.prepare('SELECT coalesce(max(number), 0) AS number FROM migration').get() as { number: number };
    return row.number;
  }
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  if (id === 0 && tables === 0) return 0;
  throw new StoreError(
    'not-a-store',
    `${path} is a database of another program. Correct server.store.path, or name another file.`,
  );
}

/** Brings the file to the present version. Throws StoreError `newer`, `not-a-store`. */
export function migrate(db: DatabaseSync, path: string, steps: readonly Migration[] = migrations): void {
  const version = storeVersion(db, path);
  if (version > steps.length) throw newerStore(path, version, steps.length);
  for (const [offset, step] of steps.slice(version).entries()) apply(db, version + offset + 1, step);
}

export function newerStore(path: string, version: number, known: number): StoreError {
  return new StoreError(
    'newer',
    `${path} is at version ${version}; this Mortise knows versions up to ${known} and there is no way back. ` +
      'Run the newer Mortise, or restore a copy from before the upgrade.',
  );
}

function apply(db: DatabaseSync, number: number, step: Migration): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    if (number === 1) prepareEmptyFile(db);
    db.exec(step.sql);
    db.prepare('INSERT INTO migration (number, name) VALUES (?, ?)').run(number, step.name);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function prepareEmptyFile(db: DatabaseSync): void {
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec(`
    CREATE TABLE migration (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
    ) STRICT`);
}
