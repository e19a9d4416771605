/**
 * The embedded directory of the benchmarks: the sample forest, and as many computers as are asked for. Owns their names,
 * and an index: the sample directory looks at every entry, and AD at those that its index names.
 */
import type { Directory, Search } from '../../src/directory/directory.ts';
import { texts } from '../../src/directory/entry.ts';
import type { Entry } from '../../src/directory/entry.ts';
import type { Filter } from '../../src/directory/filter.ts';
import { computer } from '../../src/directory/sample-accounts.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { samplePasswordsOfPeople } from '../../src/rehearsal/sample-people.ts';

const FIRST_RELATIVE_ID = 100_000;

/** sAMAccountName of the computer with this number, from 0. */
export const deviceName = (number: number): string => `${cnOf(number)}$`;

const cnOf = (number: number): string => `PC-${String(number).padStart(7, '0')}`;

export const deviceGuid = (number: number): string =>
  `b3c1f0aa-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

export function openForest(devices: number): Directory {
  const computers = Array.from({ length: devices }, (_, number) =>
    computer({
      name: cnOf(number),
      relativeId: FIRST_RELATIVE_ID + number,
      objectGUID: deviceGuid(number),
      consistencyGuid: deviceGuid(number),
    }),
  );
  const byName = new Map<string, Entry>();
  for (const entry of computers)
    for (const name of texts(entry, 'sAMAccountName')) byName.set(name.toLowerCase(), entry);
  let candidates: readonly Entry[] = [];
  // search reads the forest before it first waits, so what one search may find is set just before.
  const ofDevices = openSampleDirectory(() => candidates);
  const ofPeople = openSampleDirectory([...sampleForest], { passwords: samplePasswordsOfPeople });
  return {
    ...ofPeople,
    search: async (search: Search) => {
      const found = byName.get(askedName(search.filter)?.toLowerCase() ?? '');
      if (found === undefined) return ofPeople.search(search);
      candidates = [found];
      return ofDevices.search(search);
    },
  };
}

/** The sAMAccountName that whatever matches must have; undefined when the filter asks for none. */
function askedName(filter: Filter): string | undefined {
  if (filter.type === 'equal' && filter.attribute.toLowerCase() === 'samaccountname') {
    return Buffer.from(filter.value).toString();
  }
  return filter.type === 'and' ? filter.filters.map(askedName).find((name) => name !== undefined) : undefined;
}
