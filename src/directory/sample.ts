/**
 * A {@link Directory} in memory over entries given as data (sample-forest.ts): for the rehearsal and for tests.
 * It answers as AD does, by the suite that the LDAP directory passes too (test/conformance/directory.ts).
 */
import { Refusal } from '../refusal.ts';
import type { Directory, Search } from './directory.ts';
import type { Entry } from './entry.ts';
import type { Filter } from './filter.ts';
import { nameIndex } from './sample-index.ts';
import { isWithin, matches, normalDn } from './sample-matching.ts';
import { samplePasswords } from './sample-passwords.ts';

export interface SampleOptions {
  /** By sAMAccountName in lower case, as they are at the start; an account without one takes no password. */
  readonly passwords?: ReadonlyMap<string, string>;
  /** The directory's clock, for counting wrong passwords and dating new ones. */
  readonly now?: () => Date;
}

/** @param entries the forest, or a function that gives the forest of the moment. */
export function openSampleDirectory(
  entries: readonly Entry[] | (() => readonly Entry[]),
  { passwords = new Map(), now = () => new Date() }: SampleOptions = {},
): Directory {
  let closed = false;
  const accounts = samplePasswords(passwords, now);
  const forest = (): readonly Entry[] => {
    if (closed) throw new Refusal('directory-down', { detail: 'the directory was closed' });
    return typeof entries === 'function' ? entries() : entries;
  };
  const narrowed = typeof entries === 'function' ? undefined : nameIndex(entries);
  const candidates = (filter: Filter): readonly Entry[] => {
    const all = forest();
    return narrowed?.(filter) ?? all;
  };
  return {
    search: async (search) => answer(candidates(search.filter), search, accounts.overlay),
    checkPassword: async (check) => accounts.check(forest(), check),
    changePassword: async (change) => accounts.change(forest(), change),
    close: async () => {
      closed = true;
    },
  };
}

function answer(entries: readonly Entry[], search: Search, overlay: (entry: Entry) => Entry): readonly Entry[] {
  if (search.base !== '' && normalDn(search.base) === undefined) {
    throw new Refusal('directory-search-refused', {
      attribute: 'searchBaseDn',
      actual: search.base,
      detail: 'it is not a distinguished name',
    });
  }
  const wanted = new Set(search.attributes.map((name) => name.toLowerCase()));
  return (
    entries
      // Most entries fail the filter, which costs less than reading their names.
      .filter((entry) => matches(entry, search.filter) && isAsked(entry, search))
      .slice(0, search.sizeLimit)
      .map(overlay)
      .map(({ dn, attributes }) => ({ dn, attributes: new Map([...attributes].filter(([name]) => wanted.has(name))) }))
  );
}

/** The entry without a name is the rootDSE (RFC 4512 §5.1): it is read by its name alone. */
function isAsked({ dn }: Entry, { base, scope }: Search): boolean {
  if (dn === '' || base === '') return dn === base && scope === 'base';
  return isWithin(dn, base, scope);
}
