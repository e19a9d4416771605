/**
 * `#string`: every function that PingOne documents, with its answers to null and to what it cannot read.
 *
 * Arguments turn into texts and whole numbers where they can (5 is '5', '5' is 5); a list or an object where a text
 * is wanted counts as null. Positions count UTF-16 units. White space is Unicode's.
 */
import { exactly, INT_MAX, intOf, LONG_MAX, read } from './arguments.ts';
import type { Budget } from './budget.ts';
import { parseDecimal, whole } from './decimal.ts';
import { fromBase64, fromUrl, toBase64, toUrl, uuidAsBase64Guid } from './encodings.ts';
import { format } from './format.ts';
import { asFloat, asWhole, inDouble, inFloat } from './numbers.ts';
import { LIMITS } from './syntax.ts';
import { isList, textOf, type Library, type LibraryFunction, type Value } from './value.ts';

const MOST_CANDIDATES = 10;

/** A function of one text that gives null for null. */
const ofText = (gives: string, operate: (text: string, budget: Budget) => Value): LibraryFunction =>
  exactly(['input'], gives, ([input], budget) => {
    const text = read(input, budget);
    return text === null ? null : operate(text, budget);
  });

/** As {@link ofText}, with an empty text given back as it is and the result paid for. */
const recoding = (gives: string, operate: (text: string) => string | null): LibraryFunction =>
  ofText(gives, (text, budget) => {
    const made = text === '' ? text : operate(text);
    return made === null ? null : budget.text(made);
  });

const firstThat = (gives: string, passes: (text: string) => boolean): LibraryFunction => ({
  parameters: `value1, [up to ${MOST_CANDIDATES - 1} further values]`,
  gives,
  least: 1,
  most: MOST_CANDIDATES,
  call: (given, budget) =>
    given.map((value) => read(value, budget)).find((text) => text !== null && passes(text)) ?? null,
});

/** `asInt` and its kind: a number read from a text, or the default. */
const numberOr = (kind: string, parse: (text: string) => Value): LibraryFunction =>
  exactly(['input', 'defaultIfNullOrInvalid'], `${kind}, or the default`, ([input, fallback = null], budget) => {
    const text = read(input, budget);
    return (text === null ? null : parse(text)) ?? fallback;
  });

const matching = (end: 'prefix' | 'suffix'): LibraryFunction =>
  exactly(['input', end], 'true or false; case matters; true when both are null', ([input, sought], budget) => {
    const [text, part] = [read(input, budget), read(sought, budget)];
    if (text === null || part === null) return text === part;
    return end === 'prefix' ? text.startsWith(part) : text.endsWith(part);
  });

const position = (direction: 'indexOf' | 'lastIndexOf'): LibraryFunction =>
  exactly(['input', 'searchStr', 'fromIndex'], 'a position from 0, or -1', ([input, sought, from = null], budget) => {
    const [text, part, start] = [textOf(input ?? null), textOf(sought ?? null), intOf(from)];
    if (text === null || part === null || start === null) return whole(-1);
    budget.search(text, part);
    // Both take a negative start for 0 and one beyond the end for the end.
    return whole(direction === 'indexOf' ? text.indexOf(part, start) : text.lastIndexOf(part, start));
  });

/** Negative positions count from the end; '' when the start is not to the left of the end. */
const substring = exactly(
  ['input', 'start', 'end'],
  'from `start` up to before `end`, both from 0; negative ones count from the end',
  ([input, start = null, end = null], budget) => {
    const [text, from, to] = [read(input, budget), intOf(start), intOf(end)];
    return text === null || from === null || to === null ? null : text.slice(from, to);
  },
);

/** Every character of `separators` separates, several in a row separate once; null means white space. */
const split = exactly(
  ['input', 'separators'],
  'a list; every character of `separators` separates, null means white space; no empty parts',
  ([input, separators = null], budget) => {
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
  },
);

/** Leaves nulls out; a single value is a list of one. */
const join = exactly(
  ['values', 'separator'],
  'one text; nulls are left out',
  ([values = null, separator = null], budget) => {
    if (values === null) return null;
    const texts = (isList(values) ? values : [values]).flatMap((value) => read(value, budget) ?? []);
    const glue = textOf(separator) ?? '';
    budget.characters(texts.reduce((length, text) => length + text.length, 0) + glue.length * texts.length);
    return texts.join(glue);
  },
);

/** Anything null leaves the input as it is; so does an empty `searchStr`. A negative `max` means all. */
const replace = exactly(
  ['input', 'searchStr', 'replacement', 'max'],
  'the text with `searchStr` replaced up to `max` times, -1 everywhere; a null leaves the input as it is',
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
const compare = exactly(
  ['str1', 'str2', 'ignoreCase'],
  '-1, 0 or 1; null comes first',
  ([one, two, ignoreCase = null], budget) => {
    const fold = (text: string | null): string | null =>
      text !== null && ignoreCase === true ? text.toUpperCase().toLowerCase() : text;
    const [left, right] = [fold(read(one, budget)), fold(read(two, budget))];
    if (left === null || right === null) return whole(left === right ? 0 : left === null ? -1 : 1);
    return whole(left < right ? -1 : left > right ? 1 : 0);
  },
);

const isSpace = (character: string): boolean => /^\s$/u.test(character);
const isBlank = (text: string): boolean => text.trim() === '';

export const STRING: Library = new Map<string, LibraryFunction>([
  [
    'isNotEmpty',
    exactly(['input'], 'true when there is a character', ([input], budget) => (read(input, budget) ?? '') !== ''),
  ],
  [
    'isNotBlank',
    exactly(
      ['input'],
      'true when there is a character that is no white space',
      ([input], budget) => !isBlank(read(input, budget) ?? ''),
    ),
  ],
  ['upperCase', ofText('the text in capital letters', (text, budget) => budget.text(text.toUpperCase()))],
  ['lowerCase', ofText('the text in small letters', (text, budget) => budget.text(text.toLowerCase()))],
  ['trim', ofText('the text without white space around it', (text) => text.trim())],
  ['substring', substring],
  ['startsWith', matching('prefix')],
  ['endsWith', matching('suffix')],
  ['split', split],
  ['join', join],
  ['indexOf', position('indexOf')],
  ['lastIndexOf', position('lastIndexOf')],
  [
    'length',
    exactly(['input'], 'UTF-16 units; 0 for null', ([input], budget) => whole((read(input, budget) ?? '').length)),
  ],
  ['replace', replace],
  ['compare', compare],
  ['asInt', numberOr('a whole number within Java’s int', (text) => asWhole(text, INT_MAX))],
  ['asLong', numberOr('a whole number within Java’s long', (text) => asWhole(text, LONG_MAX))],
  ['asBigInt', numberOr('a whole number', (text) => asWhole(text))],
  ['asFloat', numberOr('a decimal number within the range of a float', (text) => asFloat(text, inFloat))],
  ['asDouble', numberOr('a decimal number within the range of a double', (text) => asFloat(text, inDouble))],
  ['asBigDecimal', numberOr('a decimal number', parseDecimal)],
  ['asBase64Encoded', recoding('Base64 of the UTF-8', toBase64)],
  ['asBase64Decoded', recoding('the text; null for what is malformed or no UTF-8', fromBase64)],
  ['asUrlEncoded', recoding('`application/x-www-form-urlencoded` of the UTF-8', toUrl)],
  ['asUrlDecoded', recoding('the text; null for what is malformed or no UTF-8', fromUrl)],
  [
    'format',
    {
      parameters: 'format, [args…]',
      gives:
        'as java.util.Formatter with `%s %S %b %B %c %C %d %o %x %X %f %% %n`; null for everything else and for a missing argument',
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
    exactly(
      ['input', 'defaultIfNullOrInvalid'],
      'Base64 of the 16 bytes as AD stores a GUID, which is Entra’s ImmutableID; else the default',
      ([input, fallback = null], budget) => {
        const text = read(input, budget);
        return (text === null ? null : uuidAsBase64Guid(text)) ?? textOf(fallback);
      },
    ),
  ],
  ['firstNonEmpty', firstThat('the first text that holds a character, or null', (text) => text !== '')],
  ['firstNonBlank', firstThat('the first text that is not white space only, or null', (text) => !isBlank(text))],
]);
