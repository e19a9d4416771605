/** Sets of characters for `#regex`, by code point: java.util.regex's classes, POSIX's and Unicode's. */

export type CharacterSet = (code: number) => boolean;

export const only =
  (wanted: number): CharacterSet =>
  (code) =>
    code === wanted;

export const range =
  (first: number, last: number): CharacterSet =>
  (code) =>
    code >= first && code <= last;

export const not =
  (set: CharacterSet): CharacterSet =>
  (code) =>
    !set(code);

export const union = (sets: readonly CharacterSet[]): CharacterSet => {
  const [lone] = sets;
  return lone !== undefined && sets.length === 1 ? lone : (code) => sets.some((set) => set(code));
};

/** The letters of ASCII in either case, as Java's `(?i)` without `(?u)`. */
export const anyCase =
  (set: CharacterSet): CharacterSet =>
  (code) => {
    const letter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
    return set(code) || (letter && set(code ^ 0x20));
  };

const ofText = (characters: string): CharacterSet =>
  union(Array.from(characters, (one) => only(one.codePointAt(0) ?? 0)));

const digit = range(0x30, 0x39);
const upper = range(0x41, 0x5a);
const lower = range(0x61, 0x7a);
const alpha = union([upper, lower]);
const alnum = union([alpha, digit]);
const space = union([only(0x20), range(0x09, 0x0d)]);

export const word: CharacterSet = (code) => alnum(code) || code === 0x5f;
/** Where a line ends. */
export const lineBreak: CharacterSet = (code) =>
  code === 0x0a || code === 0x0d || code === 0x85 || code === 0x2028 || code === 0x2029;

/** `\d` and its kind; a capital letter means all others. */
const SHORT: ReadonlyMap<string, CharacterSet> = new Map([
  ['d', digit],
  ['w', word],
  ['s', space],
  ['h', union([ofText(' \t\u00a0\u1680\u180e\u202f\u205f\u3000'), range(0x2000, 0x200a)])],
  ['v', union([range(0x0a, 0x0d), lineBreak])],
]);

export function shortClass(letter: string): CharacterSet | undefined {
  const set = SHORT.get(letter.toLowerCase());
  return set === undefined || SHORT.has(letter) ? set : not(set);
}

/** `\p{Alpha}` and its kind: ASCII alone, as in Java. */
const POSIX: ReadonlyMap<string, CharacterSet> = new Map([
  ['Lower', lower],
  ['Upper', upper],
  ['ASCII', range(0, 0x7f)],
  ['Alpha', alpha],
  ['Digit', digit],
  ['Alnum', alnum],
  ['Punct', (code) => code > 0x20 && code < 0x7f && !alnum(code)],
  ['Graph', range(0x21, 0x7e)],
  ['Print', range(0x20, 0x7e)],
  ['Blank', union([only(0x20), only(0x09)])],
  ['Cntrl', union([range(0, 0x1f), only(0x7f)])],
  ['XDigit', union([digit, range(0x41, 0x46), range(0x61, 0x66)])],
  ['Space', space],
]);

/** `L`, `Lu`, `IsAlphabetic`, `IsLatin`, `Alpha`; undefined for what is no such class. */
export function namedClass(name: string): CharacterSet | undefined {
  const posix = POSIX.get(name);
  if (posix !== undefined) return posix;
  const bare = name.replace(/^Is/, '');
  if (!/^[A-Z][A-Za-z_]{0,40}$/.test(bare)) return undefined;
  return unicodeClass(bare) ?? unicodeClass(`Script=${bare}`);
}

/** One character at a time: what is asked of the platform's own expressions cannot run away. */
function unicodeClass(property: string): CharacterSet | undefined {
  try {
    const pattern = new RegExp(`^\\p{${property}}$`, 'u');
    return (code) => pattern.test(String.fromCodePoint(code));
  } catch {
    return undefined; // SyntaxError: Unicode has no such property
  }
}
