/**
 * The Store promise: what Mortise keeps. One engine today (sqlite.ts), one conformance suite
 * (test/conformance/store.ts). A resolved promise means durable: it survives `kill -9` and a power cut.
 */
import type { Activity, ActivityQuery } from '../audit/activity.ts';
import type { DirectoryLink, User } from '../model/user.ts';

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
    /** In the order of creation, retired ones too. */
    list(): Promise<readonly User[]>;
  };
  readonly signingKeys: {
    list(): Promise<readonly StoredSigningKey[]>;
    /** Adds, or replaces the key of the same id. */
    put(key: StoredSigningKey): Promise<void>;
    /** False when there was none. */
    delete(id: string): Promise<boolean>;
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
    /** Deletes the records from before a time, in small steps; returns how many. Nothing calls it by itself. */
    prune(before: Date): Promise<number>;
  };
  /** Resolves with the reason when nothing can be written any more until the store is opened anew; else never. */
  readonly failed: Promise<Error>;
  /** Waits for the writes that were asked for. */
  close(): Promise<void>;
}

/** What can be read while another process writes. */
export interface StoreReader {
  readonly users: Pick<Store['users'], 'findByCorrelation' | 'list'>;
  readonly signingKeys: Pick<Store['signingKeys'], 'list'>;
  readonly activities: Pick<Store['activities'], 'list'>;
  close(): Promise<void>;
}
