/**
 * A {@link Directory} in memory over entries given as data (sample-forest.ts): for the rehearsal and for tests.
 * It answers as AD does, by the suite that the LDAP directory passes too (test/conformance/directory.ts).
 */
import { Refusal } from '../refusal.ts';
import type { Directory, Search } from './directory.ts';
import type { Entry } from './entry.ts';
import { isWithin, matches, normalDn } from './sample-matching.ts';

/** @param entries the forest, or a function that gives the forest of the moment. */
export function openSampleDirectory(entries: readonly Entry[] | (() => readonly Entry[])): Directory {
  let closed = false;
  return {
    search: async (search) => {
      if (closed) throw new Refusal('directory-down', { detail: 'the directory was closed' });
      return answer(typeof entries === 'function' ? entries() : entries, search);
    },
    close: async () => {
      closed = true;
    },
  };
}

function answer(entries: readonly Entry[], search: Search): readonly Entry[] {
  if (normalDn(search.base) === undefined) {
    throw new Refusal('directory-search-refused', {
      attribute: 'searchBaseDn',
      actual: search.base,
      detail: 'it is not a distinguished name',
    });
  }
  const wanted = new Set(search.attributes.map((name) => name.toLowerCase()));
  return entries
    .filter((entry) => isWithin(entry.dn, search.base, search.scope) && matches(entry, search.filter))
    .slice(0, search.sizeLimit)
    .map(({ dn, attributes }) => ({ dn, attributes: new Map([...attributes].filter(([name]) => wanted.has(name))) }));
}
