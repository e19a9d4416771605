/**
 * `#string`: every function that PingOne documents, with its answers to null and to what it cannot read.
 *
 * Arguments turn into texts and whole numbers where they can (5 is '5', '5' is 5); a list or an object where a text
 * is wanted counts as null. Positions count UTF-16 units. White space is Unicode's.
 */
import type { Budget } from './budget.ts';
import { parseDecimal, whole } from './decimal.ts';
import { fromBase64, fromUrl, toBase64, toUrl, uuidAsBase64Guid } from './encodings.ts';
import { format } from './format.ts';
import { asFloat, asWhole, inDouble, inFloat } from './numbers.ts';
import { LIMITS } from './syntax.ts';
import { isList, isNumber, textOf, type Library, type LibraryFunction, type Value } from './value.ts';

const INT_MAX = 2_147_483_647n;
const LONG_MAX = 9_223_372_036_854_775_807n;
const MOST_CANDIDATES = 10;

/** A whole number within Java's int, or a text of one. */
function intOf(value: Value): number | null {
  const number = isNumber(value) ? value : typeof value === 'string' ? asWhole(value, INT_MAX) : null;
  if (number === null || number.scale !== 0) return null;
  return number.digits >= -INT_MAX - 1n && number.digits <= INT_MAX ? Number(number.digits) : null;
}

/** The characters of the text are paid for: whoever calls this reads them. */
function read(value: Value | undefined, budget: Budget): string | null {
  const text = textOf(value ?? null);
  if (text !== null) budget.spend(text.length >> 4);
  return text;
}

/** A function of one text that gives null for null. */
const ofText = (operate: (text: string, budget: Budget) => Value): LibraryFunction => ({
  parameters: 'input',
  least: 1,
  most: 1,
  call: ([input], budget) => {
    const text = read(input, budget);
    return text === null ? null : operate(text, budget);
  },
});

/** As {@link ofText}, with an empty text given back as it is and the result paid for. */
const recoding = (operate: (text: string) => string | null): LibraryFunction =>
  ofText((text, budget) => {
    const made = text === '' ? text : operate(text);
    return made === null ? null : budget.text(made);
  });

const exactly = (parameters: readonly string[], call: LibraryFunction['call']): LibraryFunction => ({
  parameters: parameters.join(', '),
  least: parameters.length,
  most: parameters.length,
  call,
});

const firstThat = (passes: (text: string) => boolean): LibraryFunction => ({
  parameters: `value1, [up to ${MOST_CANDIDATES - 1} further values]`,
  least: 1,
  most: MOST_CANDIDATES,
  call: (given, budget) =>
    given.map((value) => read(value, budget)).find((text) => text !== null && passes(text)) ?? null,
});

/** `asInt` and its kind: a number read from a text, or the default. */
const numberOr = (parse: (text: string) => Value): LibraryFunction =>
  exactly(['input', 'defaultIfNullOrInvalid'], ([input, fallback = null], budget) => {
    const text = read(input, budget);
    return (text === null ? null : parse(text)) ?? fallback;
  });

const matching = (end: 'prefix' | 'suffix'): LibraryFunction =>
  exactly(['input', end], ([input, sought], budget) => {
    const [text, part] = [read(input, budget), read(sought, budget)];
    if (text === null || part === null) return text === part;
    return end === 'prefix' ? text.startsWith(part) : text.endsWith(part);
  });

const position = (direction: 'indexOf' | 'lastIndexOf'): LibraryFunction =>
  exactly(['input', 'searchStr', 'fromIndex'], ([input, sought, from = null], budget) => {
    const [text, part, start] = [textOf(input ?? null), textOf(sought ?? null), intOf(from)];
    if (text === null || part === null || start === null) return whole(-1);
    budget.search(text, part);
    // Both take a negative start for 0 and one beyond the end for the end.
    return whole(direction === 'indexOf' ? text.indexOf(part, start) : text.lastIndexOf(part, start));
  });

/** Negative positions count from the end; '' when the start is not to the left of the end. */
const substring = exactly(['input', 'start', 'end'], ([input, start = null, end = null], budget) => {
  const [text, from, to] = [read(input, budget), intOf(start), intOf(end)];
  return text === null || from === null || to === null ? null : text.slice(from, to);
});

/** Every character of `separators` separates, several in a row separate once; null means white space. */
const split = exactly(['input', 'separators'], ([input, separators = null], budget) => {
  const text = read(input, budget);
  if (text === null) return null;
  const given = textOf(separators);
  const set = new Set(given ?? '');
  const separates = given === null ? isSpace : (character: string) => set.has(character);
  const parts: string[] = [];
  let part = '';
  for (const character of text) {
    if (!separates(character)) part += character;
    else {
      if (part !== '') parts.push(part);
      part = '';
    }
  }
  if (part !== '') parts.push(part);
  budget.spend(parts.length);
  return parts;
});

/** Leaves nulls out; a single value is a list of one. */
const join = exactly(['values', 'separator'], ([values = null, separator = null], budget) => {
  if (values === null) return null;
  const texts = (isList(values) ? values : [values]).flatMap((value) => read(value, budget) ?? []);
  const glue = textOf(separator) ?? '';
  budget.characters(texts.reduce((length, text) => length + text.length, 0) + glue.length * texts.length);
  return texts.join(glue);
});

/** Anything null leaves the input as it is; so does an empty `searchStr`. A negative `max` means all. */
const replace = exactly(
  ['input', 'searchStr', 'replacement', 'max'],
  ([input, sought, replacement, max = null], budget) => {
    const text = textOf(input ?? null);
    const [part, instead, most] = [textOf(sought ?? null), textOf(replacement ?? null), intOf(max)];
    if (text === null || part === null || instead === null || most === null || part === '') return text;
    budget.search(text, part);
    let made = '';
    let from = 0;
    for (let count = 0; count !== most; count += 1) {
      const found = text.indexOf(part, from);
      if (found === -1) break;
      made += text.slice(from, found) + instead;
      from = found + part.length;
      budget.spend(1);
      if (made.length > LIMITS.textLength) budget.characters(made.length);
    }
    return budget.text(made + text.slice(from));
  },
);

/** -1, 0 or 1; null comes first. */
const compare = exactly(['str1', 'str2', 'ignoreCase'], ([one, two, ignoreCase = null], budget) => {
  const fold = (text: string | null): string | null =>
    text !== null && ignoreCase === true ? text.toUpperCase().toLowerCase() : text;
  const [left, right] = [fold(read(one, budget)), fold(read(two, budget))];
  if (left === null || right === null) return whole(left === right ? 0 : left === null ? -1 : 1);
  return whole(left < right ? -1 : left > right ? 1 : 0);
});

const isSpace = (character: string): boolean => /^\s$/u.test(character);
const isBlank = (text: string): boolean => text.trim() === '';

export const STRING: Library = new Map<string, LibraryFunction>([
  ['isNotEmpty', exactly(['input'], ([input], budget) => (read(input, budget) ?? '') !== '')],
  ['isNotBlank', exactly(['input'], ([input], budget) => !isBlank(read(input, budget) ?? ''))],
  ['upperCase', ofText((text, budget) => budget.text(text.toUpperCase()))],
  ['lowerCase', ofText((text, budget) => budget.text(text.toLowerCase()))],
  ['trim', ofText((text) => text.trim())],
  ['substring', substring],
  ['startsWith', matching('prefix')],
  ['endsWith', matching('suffix')],
  ['split', split],
  ['join', join],
  ['indexOf', position('indexOf')],
  ['lastIndexOf', position('lastIndexOf')],
  ['length', exactly(['input'], ([input], budget) => whole((read(input, budget) ?? '').length))],
  ['replace', replace],
  ['compare', compare],
  ['asInt', numberOr((text) => asWhole(text, INT_MAX))],
  ['asLong', numberOr((text) => asWhole(text, LONG_MAX))],
  ['asBigInt', numberOr((text) => asWhole(text))],
  ['asFloat', numberOr((text) => asFloat(text, inFloat))],
  ['asDouble', numberOr((text) => asFloat(text, inDouble))],
  ['asBigDecimal', numberOr(parseDecimal)],
  ['asBase64Encoded', recoding(toBase64)],
  ['asBase64Decoded', recoding(fromBase64)],
  ['asUrlEncoded', recoding(toUrl)],
  ['asUrlDecoded', recoding(fromUrl)],
  [
    'format',
    {
      parameters: 'format, [args…]',
      least: 1,
      most: 64,
      call: ([template, ...given], budget) => {
        const text = read(template, budget);
        return text === null ? null : format(text, given, budget);
      },
    },
  ],
  [
    'uuidAsBase64Guid',
    exactly(['input', 'defaultIfNullOrInvalid'], ([input, fallback = null], budget) => {
      const text = read(input, budget);
      return (text === null ? null : uuidAsBase64Guid(text)) ?? textOf(fallback);
    }),
  ],
  ['firstNonEmpty', firstThat((text) => text !== '')],
  ['firstNonBlank', firstThat((text) => !isBlank(text))],
]);
