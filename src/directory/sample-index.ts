/**
 * The index of names in a sample forest, as AD indexes them: of ten thousand computers one is found without a look at the
 * others. Narrows what is matched and decides nothing; sample-matching.ts does.
 */
import { values } from './entry.ts';
import type { Entry } from './entry.ts';
import type { Filter } from './filter.ts';
import { foldedText, isInteger } from './sample-matching.ts';

const INDEXED: ReadonlySet<string> = new Set(['samaccountname', 'userprincipalname', 'mail']);

/** Places of entries in the forest, by the name that they have. */
type Index = ReadonlyMap<string, readonly number[]>;

/**
 * @param forest never changed afterwards
 * @returns the entries of the forest that may match the filter, in the forest's order
 */
export function nameIndex(forest: readonly Entry[]): (filter: Filter) => readonly Entry[] {
  const kept = new Map<string, Index>();
  const indexOf = (attribute: string): Index => {
    const known = kept.get(attribute) ?? makeIndex(forest, attribute);
    kept.set(attribute, known);
    return known;
  };
  return (filter) => {
    const places = candidates(filter, indexOf);
    if (places === undefined) return forest;
    return [...new Set(places)].sort((a, b) => a - b).flatMap((place) => forest[place] ?? []);
  };
}

/** Undefined when every entry may match. Numbers are left out: they are equal in several spellings. */
function candidates(filter: Filter, indexOf: (attribute: string) => Index): readonly number[] | undefined {
  switch (filter.type) {
    case 'and':
      for (const inner of filter.filters) {
        const places = candidates(inner, indexOf);
        if (places !== undefined) return places;
      }
      return undefined;
    case 'or': {
      const places = filter.filters.map((inner) => candidates(inner, indexOf));
      return places.every((some) => some !== undefined) ? places.flat() : undefined;
    }
    case 'equal': {
      const attribute = filter.attribute.toLowerCase();
      if (!INDEXED.has(attribute) || isInteger(filter.value)) return undefined;
      return indexOf(attribute).get(foldedText(filter.value)) ?? [];
    }
    default:
      return undefined;
  }
}

function makeIndex(forest: readonly Entry[], attribute: string): Index {
  const index = new Map<string, number[]>();
  for (const [place, entry] of forest.entries()) {
    for (const folded of new Set(values(entry, attribute).map(foldedText))) {
      const places = index.get(folded) ?? [];
      places.push(place);
      index.set(folded, places);
    }
  }
  return index;
}
