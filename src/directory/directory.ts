/**
 * The Directory promise: what Mortise needs of Active Directory, whoever gives it.
 *
 * Two implementations (ldap.ts over ldapts, sample.ts in memory) pass one conformance suite
 * (test/conformance/directory.ts). Read only. Failures are {@link Refusal}s: `directory-down`,
 * `directory-bind-refused`, `directory-search-refused`.
 */
import type { Entry } from './entry.ts';
import type { Filter } from './filter.ts';

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

export interface Directory {
  /** Entries in no particular order; a base that does not exist gives none. */
  search(search: Search): Promise<readonly Entry[]>;
  close(): Promise<void>;
}
