/**
 * The tables as Kysely sees them. migrations.ts creates them; the files beside this one read and write them.
 * Times are milliseconds since 1970, documents are JSON text. `activity.sequence` is the order of recording.
 */
import type { Activity } from '../audit/activity.ts';
import type { StoredFactor, StoredSession } from './store.ts';

export interface Tables {
  user: UserRow;
  user_correlation: UserCorrelationRow;
  user_unique: UserUniqueRow;
  signing_key: SigningKeyRow;
  activity: ActivityRow;
  activity_key: ActivityKeyRow;
  chain_start: ChainStartRow;
  record_key: RecordKeyRow;
  checkpoint: CheckpointRow;
  familiar_source: FamiliarSourceRow;
  service_credential: ServiceCredentialRow;
  authenticator: AuthenticatorRow;
  session: SessionRow;
  second_factor: SecondFactorRow;
  recovery_code: RecoveryCodeRow;
  enrolment_code: EnrolmentCodeRow;
}

export interface UserRow {
  readonly id: string;
  readonly population_id: string;
  readonly username: string;
  readonly enabled: 0 | 1;
  /** JSON of User.attributes. */
  readonly attributes: string;
  /** JSON of User.link; null once retired. */
  readonly link: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly retired_at: number | null;
}

/** One row for each value that may find a user. */
export interface UserCorrelationRow {
  readonly user_id: string;
  readonly gateway_id: string;
  readonly user_type_id: string;
  /** Lower case, as LDAP compares attribute names (RFC 4512 §2.5). */
  readonly attribute: string;
  readonly value: string;
}

/** One row for each value that only one user may hold. */
export interface UserUniqueRow {
  readonly attribute: string;
  /** Folded: two values that differ in case alone are one value. */
  readonly value: string;
  readonly user_id: string;
}

export interface SigningKeyRow {
  readonly id: string;
  readonly name: string;
  readonly certificate: Uint8Array;
  readonly protected_private_key: Uint8Array;
  readonly created_at: number;
}

export interface ActivityRow {
  readonly sequence: number;
  readonly id: string;
  readonly recorded_at: number;
  readonly outcome: Activity['outcome'];
  readonly refusal_code: string | null;
  readonly assertion_id: string | null;
  /** JSON of the whole Activity. */
  readonly document: string;
  /** chain.ts; null before the chain began. */
  readonly hash: string | null;
}

/** The names under which `mortise log --device` finds a record. */
export interface ActivityKeyRow {
  readonly key: string;
  readonly recorded_at: number;
  readonly activity: number;
}

/** One row: the number of the last record from before the chain; 0 when there was none. */
export interface ChainStartRow {
  readonly unchained_through: number;
}

/** What signs checkpoints. */
export interface RecordKeyRow {
  readonly id: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly public_key: Uint8Array;
  readonly protected_private_key: Uint8Array;
  readonly created_at: number;
}

export interface CheckpointRow {
  readonly number: number;
  readonly signed_at: number;
  readonly sequence: number;
  readonly hash: string;
  readonly pruned_through: number;
  readonly pruned_hash: string;
  readonly unchained_through: number;
  readonly key: string;
  readonly signature: Uint8Array;
}

/** A network address from which a person signed in with the right password. */
export interface FamiliarSourceRow {
  /** objectGUID. */
  readonly person: string;
  readonly source: string;
  readonly last_success: number;
}

/** Of an AP-REQ, for as long as it could be presented again. */
export interface AuthenticatorRow {
  readonly expires_at: number;
  readonly fingerprint: string;
}

export interface ServiceCredentialRow {
  readonly id: string;
  readonly gateway_id: string;
  readonly protected_credential: Uint8Array;
  readonly since: number;
  /** Null for the present one of its gateway. */
  readonly replaced_at: number | null;
}

export interface SessionRow {
  /** SHA-256 of the cookie's value. */
  readonly id: string;
  readonly user_id: string;
  readonly gateway_id: string;
  readonly user_type_id: string;
  readonly object_guid: string;
  readonly method: StoredSession['method'];
  readonly authenticated_at: number;
  /** pwdLastSet. */
  readonly password_set: string;
  readonly second_factor_at: number | null;
  readonly persistent: 0 | 1;
  readonly expires_at: number;
}

export interface SecondFactorRow {
  readonly id: string;
  readonly user_id: string;
  readonly kind: StoredFactor['kind'];
  readonly name: string;
  readonly protected_secret: Uint8Array;
  readonly counter: number;
  readonly created_at: number;
  readonly last_used_at: number | null;
}

/** One row for each code that has not been used. */
export interface RecoveryCodeRow {
  readonly user_id: string;
  readonly digest: string;
}

/** At most one for each user. */
export interface EnrolmentCodeRow {
  readonly user_id: string;
  readonly digest: string;
  readonly expires_at: number;
}
