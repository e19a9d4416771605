/**
 * The Store promise: what Mortise keeps. One engine today (sqlite.ts), one conformance suite
 * (test/conformance/store.ts). A resolved promise means durable: it survives `kill -9` and a power cut.
 */
import type { Activity, ActivityQuery } from '../audit/activity.ts';
import type { Remembered } from '../kerberos/replay.ts';
import type { DirectoryLink, User } from '../model/user.ts';
import type { ChainLink } from './chain.ts';
import type { ActivityRow } from './schema.ts';

export interface StoredSigningKey {
  readonly id: string;
  readonly name: string;
  /** DER of the X.509 certificate. */
  readonly certificate: Uint8Array;
  /** PKCS#8 private key, encrypted under the master key (keys/protection.ts). */
  readonly protectedPrivateKey: Uint8Array;
  readonly createdAt: Date;
}

export interface NewUser {
  readonly id: string;
  readonly populationId: string;
  readonly username: string;
  readonly attributes: Readonly<Record<string, string | boolean>>;
  readonly link: DirectoryLink;
  /** Names of attributes whose values no other user may hold. `username` is always one. */
  readonly uniqueAttributes: readonly string[];
}

/** Somebody who signed in in the browser and need not do so again for a while. */
export interface StoredSession {
  /** SHA-256 of the cookie's value, base64url: what is kept here opens nothing. */
  readonly id: string;
  readonly userId: string;
  readonly gatewayId: string;
  readonly userTypeId: string;
  readonly objectGUID: string;
  readonly method: 'password' | 'kerberos';
  readonly authenticatedAt: Date;
  /** pwdLastSet when it was opened: a session does not outlive the password it was opened with. */
  readonly passwordSet: string;
  /** When a second factor was last used in it. */
  readonly secondFactorAt: Date | undefined;
  /** The person asked to stay signed in: the cookie outlives the browser. */
  readonly persistent: boolean;
  readonly expiresAt: Date;
}

export interface StoredFactor {
  readonly id: string;
  readonly userId: string;
  readonly kind: 'totp' | 'passkey';
  /** Chosen by the person, or by us; shown to the person. */
  readonly name: string;
  /** What proves it, encrypted under the master key. */
  readonly protectedSecret: Uint8Array;
  /** TOTP: the last time step that was used. Passkey: the authenticator's signature counter. */
  readonly counter: number;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
}

/** Of a gateway's service account: what opens its tickets, or opened them before a change. */
export interface StoredServiceCredential {
  readonly id: string;
  readonly gatewayId: string;
  /** The password or keytab, encrypted under the master key. */
  readonly protectedCredential: Uint8Array;
  readonly since: Date;
  /** Undefined for the present one. */
  readonly replacedAt: Date | undefined;
}

/** What signs checkpoints: Ed25519 (RFC 8032). */
export interface StoredRecordKey {
  /** SHA-256 of the public key, in hexadecimal digits. */
  readonly id: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** PKCS#8 private key, encrypted under the master key. */
  readonly protectedPrivateKey: Uint8Array;
  readonly createdAt: Date;
}

/** What was known of the record at a time, signed (audit/checkpoint.ts). */
export interface Checkpoint {
  /** From 1, without gaps among those that are kept. */
  readonly number: number;
  readonly signedAt: Date;
  /** The last record. */
  readonly last: ChainLink;
  /** The last record that retention has deleted, or is deleting now. */
  readonly pruned: ChainLink;
  /** The last record from before the chain began; 0 when there was none. */
  readonly unchainedThrough: number;
}

export interface StoredCheckpoint extends Checkpoint {
  /** Of its StoredRecordKey. */
  readonly key: string;
  readonly signature: Uint8Array;
}

/** Of one person: homes, offices, phones' networks, and room for more. */
export const MOST_FAMILIAR_SOURCES = 20;

export interface Store {
  readonly users: {
    /** All users linked through this gateway and user type whose correlation attribute has this value (exact text). */
    findByCorrelation(
      gatewayId: string,
      userTypeId: string,
      attribute: string,
      value: string,
    ): Promise<readonly User[]>;
    /**
     * Creates a user. Of two that create a user for one entry at the same time (same gateway, user type and objectGUID) the
     * later gets the user of the earlier, unchanged: its `id` is not the one asked for. Throws Refusal `user-not-unique`
     * naming the attribute when another entry's user holds the username or a unique value; case does not matter there.
     */
    create(user: NewUser, now: Date): Promise<User>;
    /**
     * Replaces username, attributes and link values; writes nothing when all are as they were. Throws Refusal
     * `user-not-unique`, and `user-disabled` when the user has been retired meanwhile. An id that never was is a defect.
     */
    update(
      id: string,
      change: Pick<NewUser, 'username' | 'attributes' | 'link' | 'uniqueAttributes'>,
      now: Date,
    ): Promise<User>;
    /** Cuts the link of a user whose directory entry is gone, frees its unique values, disables it; twice is as once. */
    retire(id: string, now: Date): Promise<void>;
    /** Retired ones too; undefined when there never was one. */
    find(id: string): Promise<User | undefined>;
    /** Whoever holds this value of `username` or of an attribute whose values are unique; case does not matter. */
    findByUniqueValue(value: string): Promise<readonly User[]>;
    /** In the order of creation, retired ones too. */
    list(): Promise<readonly User[]>;
  };
  readonly sessions: {
    /** Expired ones too. */
    find(id: string): Promise<StoredSession | undefined>;
    /** Adds, or replaces the one of the same id. */
    put(session: StoredSession): Promise<void>;
    /** False when there was none. */
    delete(id: string): Promise<boolean>;
    /** Of one user; returns how many. */
    deleteOfUser(userId: string): Promise<number>;
    /** Deletes those that expired before a time; returns how many. */
    prune(before: Date): Promise<number>;
  };
  readonly secondFactors: {
    /** In the order of creation. */
    list(userId: string): Promise<readonly StoredFactor[]>;
    add(factor: StoredFactor): Promise<void>;
    /**
     * Notes a use. False, and nothing is written, unless `counter` is above the stored one: of two that use one code at the
     * same time the later is refused. `mayStay` allows an equal counter too (passkeys that do not count stay at 0).
     */
    use(id: string, use: { readonly counter: number; readonly mayStay: boolean }, now: Date): Promise<boolean>;
    /** False when the user has no such factor. */
    remove(userId: string, id: string): Promise<boolean>;
    /** Replaces the user's recovery codes by these digests. */
    replaceRecoveryCodes(userId: string, digests: readonly string[]): Promise<void>;
    /** Uses one up. False when there is none with this digest. */
    useRecoveryCode(userId: string, digest: string): Promise<boolean>;
    recoveryCodesLeft(userId: string): Promise<number>;
    /** Replaces the user's code with which an administrator lets him set up a first factor. */
    putEnrolmentCode(userId: string, digest: string, expiresAt: Date): Promise<void>;
    /** Uses it up. False when there is none with this digest, or it has expired. */
    useEnrolmentCode(userId: string, digest: string, now: Date): Promise<boolean>;
    /** Factors, recovery codes and enrolment code of the user, all gone; returns how many factors there were. */
    reset(userId: string): Promise<number>;
  };
  readonly signingKeys: {
    list(): Promise<readonly StoredSigningKey[]>;
    /** Adds, or replaces the key of the same id. */
    put(key: StoredSigningKey): Promise<void>;
    /** False when there was none. */
    delete(id: string): Promise<boolean>;
  };
  /** Of Kerberos clients, against replay across a restart. */
  readonly authenticators: {
    /** Those that have not expired. */
    list(now: Date): Promise<readonly Remembered[]>;
    /** Durable before any write that is asked for later. */
    remember(authenticator: Remembered): Promise<void>;
    /** Deletes those that expired before a time. */
    prune(before: Date): Promise<void>;
  };
  readonly serviceCredentials: {
    /** Newest first. */
    list(): Promise<readonly StoredServiceCredential[]>;
    /** Adds or replaces by id, and deletes, all at once. */
    change(change: {
      readonly put: readonly StoredServiceCredential[];
      readonly remove: readonly string[];
    }): Promise<void>;
  };
  /** Where people signed in from before: a stranger's wrong passwords must not keep them out there. */
  readonly familiarSources: {
    /** @param since a success before this is forgotten */
    isFamiliar(person: string, source: string, since: Date): Promise<boolean>;
    /** Keeps the time of a success, and of each person the newest {@link MOST_FAMILIAR_SOURCES} sources. */
    remember(person: string, source: string, now: Date): Promise<void>;
  };
  readonly activities: {
    /** Durable when resolved. Writes that wait at the same time share one transaction. */
    append(activity: Activity): Promise<void>;
    /** Newest first. */
    list(query: ActivityQuery): Promise<readonly Activity[]>;
    /** In the order of recording, from the one after `sequence` on. */
    following(sequence: number, query: ActivityQuery): Promise<readonly RecordedActivity[]>;
    /** As they are stored, in the order of recording, from the one after `sequence` on. */
    rows(after: number, limit: number): Promise<readonly ActivityRow[]>;
    /** The names under which each of these records is found, by its sequence. */
    names(rows: readonly Pick<ActivityRow, 'sequence'>[]): Promise<ReadonlyMap<number, ReadonlySet<string>>>;
    /** Of a record from before the chain, the hash is GENESIS. */
    link(sequence: number): Promise<ChainLink | undefined>;
    last(): Promise<ChainLink | undefined>;
    /** The number of the last record from before the chain. */
    unchainedThrough(): Promise<number>;
    /**
     * Deletes the oldest records, as far as the checkpoint says, and the checkpoints of what is gone; puts in the checkpoint,
     * all at once. Returns how many records; 0, and nothing is done, when there is a checkpoint of this number.
     */
    prune(checkpoint: StoredCheckpoint): Promise<number>;
  };
  readonly checkpoints: {
    /** In their order. */
    list(): Promise<readonly StoredCheckpoint[]>;
    newest(): Promise<StoredCheckpoint | undefined>;
    /** False when there is one of this number. */
    add(checkpoint: StoredCheckpoint): Promise<boolean>;
    /** Oldest first. */
    keys(): Promise<readonly StoredRecordKey[]>;
    addKey(key: StoredRecordKey): Promise<void>;
  };
  /** Resolves with the reason when nothing can be written any more until the store is opened anew; else never. */
  readonly failed: Promise<Error>;
  /** Writes that were asked for and are not durable yet: how much waits for the disk. */
  uncommittedWrites(): number;
  /** Waits for the writes that were asked for. */
  close(): Promise<void>;
}

/** With its place in the order of recording. */
export interface RecordedActivity {
  readonly sequence: number;
  readonly activity: Activity;
}

/** What can be read while another process writes. */
export interface StoreReader {
  readonly users: Pick<Store['users'], 'find' | 'findByCorrelation' | 'findByUniqueValue' | 'list'>;
  readonly secondFactors: Pick<Store['secondFactors'], 'list' | 'recoveryCodesLeft'>;
  readonly signingKeys: Pick<Store['signingKeys'], 'list'>;
  readonly activities: Omit<Store['activities'], 'append' | 'prune'>;
  readonly checkpoints: Pick<Store['checkpoints'], 'list' | 'newest' | 'keys'>;
  /** All that `read` asks for is of one moment, whatever is written meanwhile. */
  atOneMoment<T>(read: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
