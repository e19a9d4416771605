/**
 * The Directory promise: what Mortise needs of Active Directory, whoever gives it.
 *
 * Two implementations (ldap.ts over ldapts, sample.ts in memory) pass one conformance suite (test/conformance/). It
 * reads, but for a person's own change of password. Failures are {@link Refusal}s: `directory-down`,
 * `directory-bind-refused`, `directory-search-refused`.
 */
import type { Entry } from './entry.ts';
import type { Filter } from './filter.ts';
import type { Password } from './password.ts';

export interface Search {
  /** Distinguished name to start from. */
  readonly base: string;
  readonly scope: 'base' | 'sub';
  readonly filter: Filter;
  /** LDAP attribute names to return; the dn always comes along. */
  readonly attributes: readonly string[];
  /** At most this many entries are returned; ask for 2 to notice ambiguity. */
  readonly sizeLimit: number;
}

export interface PasswordCheck {
  /** Distinguished name of the account. */
  readonly dn: string;
  readonly password: Password;
}

/**
 * What the directory said to a bind as the person ([MS-ERREF] §2.2, `data NNN` of AD's answer). All but `right`, `wrong`,
 * `no-such-account`, `locked-out` and `refused` are said of the right password only: it may be told to whoever gave it.
 */
export type PasswordVerdict =
  | 'right'
  /** 52e */
  | 'wrong'
  /** 525 */
  | 'no-such-account'
  /** 530 */
  | 'logon-hours'
  /** 531 */
  | 'workstation'
  /** 532 */
  | 'expired'
  /** 533 */
  | 'disabled'
  /** 701 */
  | 'account-expired'
  /** 773 */
  | 'must-change'
  /** 775: said of any password, right or wrong. */
  | 'locked-out'
  /** Anything else, 52f among it. */
  | 'refused';

export interface CheckedPassword {
  readonly verdict: PasswordVerdict;
  /** The directory's own words, for the record; without name or password. */
  readonly detail: string;
}

export interface PasswordChange {
  /** Distinguished name of the account. */
  readonly dn: string;
  readonly oldPassword: Password;
  readonly newPassword: Password;
}

/** What the directory said to a change of password. After every one but `changed` the old password holds. */
export type PasswordChangeVerdict =
  | 'changed'
  /** The old one is wrong. It counts towards the account's lockout, as at a sign-in. */
  | 'wrong'
  /** Of any old one: the password is not to be changed, or not by the gateway, or not over this connection. */
  | 'not-allowed'
  /**
   * The old one is right; the new one is too short or too simple, was used before, or follows too soon: AD does not say
   * which. Said of any old one where the new one is not sent at all.
   */
  | 'policy'
  /** Said of any old one. */
  | 'locked-out'
  | 'no-such-account'
  /** Anything else. */
  | 'refused';

export interface ChangedPassword {
  readonly verdict: PasswordChangeVerdict;
  /** For the record; without name or password. */
  readonly detail: string;
}

/** One server of a directory, as operators see it. */
export interface ControllerState {
  /** `dc1.example.com:636` */
  readonly server: string;
  /** False while it is remembered as one that does not answer. */
  readonly up: boolean;
  /** Connections that are open; for a password or its change one each. */
  readonly connections: number;
  /** Searches, passwords and changes that were sent and have no answer yet. */
  readonly underWay: number;
  /** Passwords and changes that wait for a connection. */
  readonly waiting: number;
  readonly answered: number;
  /** By refusal; `directory-down` counts each request that got no answer. */
  readonly failures: Readonly<Record<DirectoryFailure, number>>;
}

export const DIRECTORY_FAILURES = ['directory-down', 'directory-bind-refused', 'directory-search-refused'] as const;
export type DirectoryFailure = (typeof DIRECTORY_FAILURES)[number];

export interface Directory {
  /** Entries in no particular order; a base that does not exist gives none. */
  search(search: Search): Promise<readonly Entry[]>;
  /**
   * Binds as the person, on a connection of its own. An empty password is never sent (RFC 4513 §5.1.2: it would succeed
   * as nobody) and is `wrong`. A wrong one counts towards the account's lockout in AD.
   *
   * @throws Refusal directory-down
   */
  checkPassword(check: PasswordCheck): Promise<CheckedPassword>;
  /**
   * Changes a person's password for who knows the old one; never a reset. Expired passwords and those that must be
   * changed are, though nobody can bind with them; so are those of accounts that may not sign in at all. An empty
   * password is never sent: it is `wrong` as the old one and `policy` as the new one.
   *
   * @throws Refusal directory-down, also when a change that was sent got no answer: it may have been made;
   *   directory-bind-refused
   */
  changePassword(change: PasswordChange): Promise<ChangedPassword>;
  /** In the order in which they are asked; absent where there are no servers. */
  controllers?(): readonly ControllerState[];
  close(): Promise<void>;
}
