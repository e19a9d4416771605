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

export interface Store {
  readonly users: {
    /** All users linked through this gateway and user type whose correlation attribute has this value (exact text). */
    findByCorrelation(
      gatewayId: string,
      userTypeId: string,
      attribute: string,
      value: string,
    ): Promise<readonly User[]>;
    /** Creates; throws Refusal `user-not-unique` naming the attribute. `now` is the time of creation. */
    create(user: NewUser, now: Date): Promise<User>;
    /** Replaces attributes and link values of a user. Throws Refusal `user-not-unique`. */
    update(
      id: string,
      change: Pick<NewUser, 'username' | 'attributes' | 'link' | 'uniqueAttributes'>,
      now: Date,
    ): Promise<User>;
    /** Cuts the link of a user whose directory entry is gone, frees its unique values, disables it. */
    retire(id: string, now: Date): Promise<void>;
    list(): Promise<readonly User[]>;
  };
  readonly signingKeys: {
    list(): Promise<readonly StoredSigningKey[]>;
    put(key: StoredSigningKey): Promise<void>;
    delete(id: string): Promise<boolean>;
  };
  readonly activities: {
    /** Durable when resolved. Writes that wait at the same time share one transaction. */
    append(activity: Activity): Promise<void>;
    /** Newest first. */
    list(query: ActivityQuery): Promise<readonly Activity[]>;
  };
  close(): Promise<void>;
}
