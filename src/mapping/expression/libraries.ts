/** The libraries of the expression language, by name. */
import { CORE } from './core-library.ts';
import { STRING } from './string-library.ts';
import type { Library, LibraryFunction } from './value.ts';

export const LIBRARIES: ReadonlyMap<string, Library> = new Map([
  ['string', STRING],
  ['core', CORE],
]);

/** PingOne has them, Mortise not yet. */
export const LATER_LIBRARIES: ReadonlySet<string> = new Set(['data', 'datetime', 'regex', 'crypto']);

/** The function, or why there is none, in words for the administrator. */
export function findFunction(library: string, name: string): LibraryFunction | string {
  if (LATER_LIBRARIES.has(library)) return `the library #${library} is not available yet; #string and #core are`;
  const functions = LIBRARIES.get(library);
  if (functions === undefined) return `there is no #${library}; there are #string, #core, #root and #this`;
  const found = functions.get(name);
  if (found !== undefined) return found;
  if (name === '') return `after #${library} comes a function, as in #${library}.${[...functions.keys()][0]}(…)`;
  const meant = [...functions.keys()].find((key) => key.toLowerCase() === name.toLowerCase());
  return `there is no #${library}.${name}; ${meant === undefined ? `there are ${[...functions.keys()].join(', ')}` : `it is #${library}.${meant}`}`;
}
