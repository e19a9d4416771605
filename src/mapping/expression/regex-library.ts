/**
 * `#regex`: java.util.regex's patterns, in bounded time (regex-match.ts). A pattern that is written out and wrong is an
 * error of the configuration; one that comes from data and is wrong gives null.
 */
import { exactly, read } from './arguments.ts';
import type { Budget } from './budget.ts';
import { findMatch, findMatches, type Match } from './regex-match.ts';
import { compileRegex, type Regex } from './regex-program.ts';
import { parseReplacement, type Replacement } from './regex-replacement.ts';
import { LIMITS } from './syntax.ts';
import type { Library, LibraryFunction, Value } from './value.ts';

const MOST_PAIRS = 10;

/** Most patterns are written out in a mapping and used for every token. */
const compiled = new Map<string, Regex | string>();
const MOST_COMPILED = 128;

/** The program of a pattern, or null. */
function regexOf(pattern: string, budget: Budget, whole = false): Regex | null {
  budget.spend(1 + (Math.min(pattern.length, 2048) >> 2));
  const key = `${String(whole)} ${pattern}`;
  const regex = compiled.get(key) ?? compileRegex(pattern, whole);
  if (!compiled.has(key) && pattern.length < 2048) {
    if (compiled.size === MOST_COMPILED) compiled.clear();
    compiled.set(key, regex);
  }
  return typeof regex === 'string' ? null : regex;
}

/** Texts that are written out, in the places of patterns and of what comes instead. */
const checkPairs: LibraryFunction['check'] = ([, ...pairs]) => {
  if (pairs.length > 1 && pairs.length % 2 === 1) return 'every pattern has its replacement';
  for (let index = 0; index < pairs.length; index += 2) {
    const [pattern, instead] = pairs.slice(index, index + 2);
    const regex = typeof pattern === 'string' ? compileRegex(pattern) : undefined;
    if (typeof regex === 'string') return regex;
    const replacement =
      typeof instead === 'string' && regex !== undefined ? parseReplacement(instead, regex) : undefined;
    if (typeof replacement === 'string') return replacement;
  }
  return undefined;
};

/** A pair with a null leaves the text as it is; null for a pattern or a replacement that is wrong. */
function replaced(
  text: string,
  [pattern, instead]: readonly (Value | undefined)[],
  budget: Budget,
  find: (regex: Regex) => readonly Match[],
): string | null {
  const [sought, given] = [read(pattern, budget), read(instead, budget)];
  if (sought === null || given === null) return text;
  const regex = regexOf(sought, budget);
  const replacement = regex === null ? '' : parseReplacement(given, regex);
  if (regex === null || typeof replacement === 'string') return null;
  return substitute(text, find(regex), replacement, budget);
}

function substitute(text: string, matches: readonly Match[], replacement: Replacement, budget: Budget): string {
  let made = '';
  let position = 0;
  for (const { start, end, groups } of matches) {
    const parts = replacement.map((part) => (typeof part === 'number' ? (groups[part] ?? '') : part));
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    budget.spend(1 + parts.length + (length >> 4));
    if (made.length + length > LIMITS.textLength) budget.characters(made.length + length);
    made += text.slice(position, start) + parts.join('');
    position = end;
  }
  return budget.text(made + text.slice(position));
}

const replaceFirst = exactly(
  ['input', 'regex', 'replacement'],
  'the text with the first match replaced; `$1` and `${name}` are groups, `\\$` is a dollar sign; a null leaves it as it is',
  ([input, ...pair], budget) => {
    const text = read(input, budget);
    if (text === null) return null;
    return replaced(text, pair, budget, (regex) => {
      const match = findMatch(regex, text, 0, budget);
      return match === null ? [] : [match];
    });
  },
  { check: checkPairs },
);

const replaceAll: LibraryFunction = {
  parameters: `input, regex1, replacement1, [up to ${MOST_PAIRS - 1} further pairs]`,
  gives: 'the text with every match replaced, pair after pair, as `replaceFirst`',
  least: 3,
  most: 1 + 2 * MOST_PAIRS,
  check: checkPairs,
  call: ([input, ...pairs], budget) => {
    let text = read(input, budget);
    for (let index = 0; text !== null && index < pairs.length; index += 2) {
      const before = text;
      text = replaced(before, pairs.slice(index, index + 2), budget, (regex) => findMatches(regex, before, budget));
    }
    return text;
  },
};

const matches = exactly(
  ['input', 'regex'],
  'true when the whole text matches; false for a null',
  ([input, pattern], budget) => {
    const [text, sought] = [read(input, budget), read(pattern, budget)];
    const regex = text === null || sought === null ? null : regexOf(sought, budget, true);
    return text !== null && regex !== null && findMatch(regex, text, 0, budget, true) !== null;
  },
  { check: checkPairs },
);

const findAllMatches = exactly(
  ['input', 'regex'],
  'a list of the parts of the text that match',
  ([input, pattern], budget) => {
    const [text, sought] = [read(input, budget), read(pattern, budget)];
    const regex = sought === null ? null : regexOf(sought, budget);
    if (text === null || regex === null) return null;
    return findMatches(regex, text, budget).map(({ start, end }) => budget.text(text.slice(start, end)));
  },
  { check: checkPairs },
);

export const REGEX: Library = new Map([
  ['replaceFirst', replaceFirst],
  ['replaceAll', replaceAll],
  ['matches', matches],
  ['findAllMatches', findAllMatches],
]);

/** The operator `matches`. */
export const MATCHES: LibraryFunction = matches;
