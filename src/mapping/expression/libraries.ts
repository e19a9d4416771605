/** The libraries of the expression language, by name, and what was probably meant by a name that is none. */
import { CORE } from './core-library.ts';
import { CRYPTO } from './crypto-library.ts';
import { DATA } from './data-library.ts';
import { DATETIME } from './datetime-library.ts';
import { nearest } from './nearest.ts';
import { REGEX } from './regex-library.ts';
import { STRING } from './string-library.ts';
import type { Library, LibraryFunction } from './value.ts';

export const LIBRARIES: ReadonlyMap<string, Library> = new Map([
  ['string', STRING],
  ['data', DATA],
  ['datetime', DATETIME],
  ['regex', REGEX],
  ['crypto', CRYPTO],
  ['core', CORE],
]);

const VARIABLES = [...LIBRARIES.keys(), 'root', 'this'];

/** The function, or why there is none, in words for the administrator. */
export function findFunction(library: string, name: string): LibraryFunction | string {
  const functions = LIBRARIES.get(library);
  if (functions === undefined) return `there is no #${library}; ${explainLibrary(library)}`;
  if (name === '') return `after #${library} comes a function, as in #${library}.${[...functions.keys()][0]}(…)`;
  return functions.get(name) ?? `there is no #${library}.${name}; ${explainFunction(library, functions, name)}`;
}

/** What to write in place of a library that does not exist. */
export function explainLibrary(name: string): string {
  const meant = nearest(name, VARIABLES);
  return meant === undefined ? `there are ${VARIABLES.map((one) => `#${one}`).join(', ')}` : `did you mean #${meant}?`;
}

function explainFunction(library: string, functions: Library, name: string): string {
  const here = [...functions.keys()];
  const sameLetters = here.find((key) => key.toLowerCase() === name.toLowerCase());
  if (sameLetters !== undefined) return `it is #${library}.${sameLetters}`;
  const elsewhere = [...LIBRARIES].find(([, others]) => others.has(name))?.[0];
  if (elsewhere !== undefined) return `it is #${elsewhere}.${name}`;
  // A near name of the same library before one of another.
  for (const [owner, candidates] of [[library, functions] as const, ...LIBRARIES]) {
    const meant = nearest(name, candidates.keys());
    if (meant !== undefined) return `did you mean #${owner}.${meant}?`;
  }
  return `there are ${here.join(', ')}`;
}
