/** The libraries as a whole: their functions and vectors, their page in the documentation, and names that are none. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFunction, LIBRARIES } from '../../../src/mapping/expression/libraries.ts';
import { parseExpression } from '../../../src/mapping/expression/parser.ts';
import { LIMITS } from '../../../src/mapping/expression/syntax.ts';
import { parseValue } from '../../../src/mapping/mapping-value.ts';
import { FUNCTION_VECTORS, readVectors, shown } from './language.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/expressions.md'), 'utf8');

/** What PingOne documents. */
const DOCUMENTED = {
  string:
    'isNotEmpty isNotBlank upperCase lowerCase trim substring startsWith endsWith split join indexOf lastIndexOf length replace compare asInt asLong asBigInt asFloat asDouble asBigDecimal asBase64Encoded asBase64Decoded asUrlEncoded asUrlDecoded format uuidAsBase64Guid firstNonEmpty firstNonBlank',
  data: 'indexOf isNotEmpty containsAll containsAny removeAll retainAll union size equals',
  datetime:
    'addDays addMonths addYears addHours addMinutes addSeconds getDayOfMonth getMonth getYear getHour getMinute getSecond now toDateTime toDate toTime format compare daysBetween weeksBetween monthsBetween yearsBetween periodBetween toUnixTimestamp fromUnixTimestamp parse toDateTimeInTimezone',
  regex: 'replaceFirst replaceAll matches findAllMatches',
  crypto: 'hmacHexDigest',
  core: 'ifelse switchExpr',
};

const names = [...LIBRARIES].flatMap(([library, functions]) =>
  [...functions.keys()].map((name) => `${library}.${name}`),
);

test('the libraries hold the documented functions and no others', () => {
  expect([...LIBRARIES].map(([library, functions]) => [library, [...functions.keys()].join(' ')])).toEqual(
    Object.entries(DOCUMENTED),
  );
});

/** Results that PingOne's documentation prints: the expression, and what it gives. */
const PINGONE: readonly (readonly [string, string])[] = [
  ["#string.uuidAsBase64Guid('7754d487-1fc3-4206-9e95-ce012f1586e5', null)", "'h9RUd8MfBkKelc4BLxWG5Q=='"],
  ["#string.uuidAsBase64Guid('invalid', 'default')", "'default'"],
  ["#string.uuidAsBase64Guid('lZkqAJgEv0ueGKboT/JFVg==', 'default')", "'default'"],
  ["#datetime.addYears('2021-01-31T01:01:01Z', 1)", "'2022-01-31T01:01:01.000Z'"],
  ["#datetime.addMonths('2020-12-31T01:01:01.001Z', 2)", "'2021-02-28T01:01:01.001Z'"],
  ["#datetime.addMonths('2021-02-28T01:01:01Z', -1)", "'2021-01-28T01:01:01.000Z'"],
  ["#datetime.addHours('2020-12-31T23:59:59.001Z', 3)", "'2021-01-01T02:59:59.001Z'"],
  ["#datetime.addMinutes('2021-01-31T23:59:59Z', 10)", "'2021-02-01T00:09:59.000Z'"],
  ["#datetime.addSeconds('2021-02-28Z', 1)", "'2021-02-28T00:00:01.000Z'"],
  ["#datetime.getDayOfMonth('2021-01-31T23:59:59Z')", '31'],
  ["#datetime.getMonth('2021-02-28Z')", '2'],
  ["#datetime.getHour('2021-01-31T23:59:59Z')", '23'],
];

test.each(PINGONE)('%s is %s, as PingOne documents', (expression, value) => {
  expect(shown(expression)).toBe(value);
});

test('every function has a file of vectors, and no file is without its function', () => {
  expect(readdirSync(FUNCTION_VECTORS).toSorted()).toEqual(names.map((name) => `${name}.json`).toSorted());
});

describe.each(names)('#%s', (name) => {
  const { user, vectors } = readVectors(name);

  test.each(vectors)('%s is %s', (expression, value) => {
    expect(expression).toContain(`#${name}(`);
    expect(shown(expression, user)).toBe(value);
  });

  test('has a vector for what is right', () => {
    expect(vectors.filter(([, value]) => !['null', '-1'].includes(value))).not.toEqual([]);
  });

  test('refuses another number of arguments before it is evaluated', () => {
    const [library = '', own = ''] = name.split('.');
    const { least, most } = LIBRARIES.get(library)?.get(own) ?? expect.fail('a function');
    for (const count of [least - 1, most + 1].filter((number) => number >= 0 && number < 40)) {
      const given = Array.from({ length: count }, () => 'user.none').join(', ');
      expect(() => parseExpression(`#${name}(${given})`), String(count)).toThrow(name);
    }
  });

  test('has a vector for what is null', () => {
    expect(vectors.filter(([expression]) => /null|user\.none|\(\)/.test(expression))).not.toEqual([]);
  });

  test('gives something for null in every place', () => {
    const [library = '', own = ''] = name.split('.');
    const { least } = LIBRARIES.get(library)?.get(own) ?? expect.fail('a function');
    expect(() => shown(`#${name}(${Array.from({ length: least }, () => 'user.none').join(', ')})`)).not.toThrow();
  });
});

describe('a map in the place of the first argument', () => {
  const { vectors } = readVectors('wrong-kind.json');

  test('is tried with every function that takes one', () => {
    const tried = vectors.map(([expression]) => /^#([\w.]+)\(\{'a': 1\}/.exec(expression)?.[1] ?? '');
    expect(tried.toSorted()).toEqual(names.filter((name) => name !== 'datetime.now').toSorted());
  });

  test.each(vectors)('%s is %s', (expression, value) => {
    expect(shown(expression)).toBe(value);
  });
});

test('the page lists every function with its parameters, and no others', () => {
  const documented = [...page.matchAll(/^\| `(#[a-z]+\.\w+\([^`]*\))` \|/gm)].map((match) => match[1] ?? '');
  const expected = [...LIBRARIES].flatMap(([library, functions]) =>
    [...functions].map(([name, { parameters }]) => `#${library}.${name}(${parameters})`),
  );
  expect(documented).toEqual(expected);
});

test('the page names the limits', () => {
  for (const limit of Object.values(LIMITS)) expect(page).toContain(limit.toLocaleString('en-US'));
});

test('the page’s examples of values can be read', () => {
  const examples = [...page.matchAll(/^\|[^|]+\|[^|]+\| `([^`]+)` \|$/gm)].map((match) => match[1] ?? '');
  expect(examples).toHaveLength(4);
  expect(examples.map((example) => parseValue(example).form)).toEqual(['template', 'bare', 'literal', 'literal']);
});

test('the page’s examples of expressions can be read', () => {
  const prose = page.replace(/<!-- functions: .*<!-- end of functions -->/s, '');
  const examples = [...prose.matchAll(/`((?:#[a-z]+\.\w+\(|\{'|user[.[]|'a'|[0-9] )[^`…]*)`/g)].map(
    (match) => match[1] ?? '',
  );
  expect(examples.length).toBeGreaterThan(10);
  for (const example of examples) expect(() => parseExpression(example), example).not.toThrow();
});

test.each(['constructor', '__proto__', 'toString', ''])('no function is inherited: %j', (name) => {
  expect(typeof findFunction('string', name)).toBe('string');
  expect(typeof findFunction(name, 'trim')).toBe('string');
});

test.each([
  ['strings', 'trim', 'there is no #strings; did you mean #string?'],
  ['sting', 'trim', 'there is no #sting; did you mean #string?'],
  ['String', 'trim', 'there is no #String; did you mean #string?'],
  ['dta', 'size', 'there is no #dta; did you mean #data?'],
  ['java', 'lang', expect.stringMatching(/^there is no #java; there are #string, #data, .*#root, #this$/)],
  ['string', 'uppercase', 'there is no #string.uppercase; it is #string.upperCase'],
  ['string', 'uperCase', 'there is no #string.uperCase; did you mean #string.upperCase?'],
  ['string', 'uuidToBase64Guid', 'there is no #string.uuidToBase64Guid; did you mean #string.uuidAsBase64Guid?'],
  ['string', 'adDays', 'there is no #string.adDays; did you mean #datetime.addDays?'],
  ['string', 'containsAny', 'there is no #string.containsAny; it is #data.containsAny'],
  ['core', 'choose', 'there is no #core.choose; there are ifelse, switchExpr'],
  ['core', 'x'.repeat(5000), expect.stringMatching(/there are ifelse, switchExpr$/)],
])('#%s.%s: what was meant', (library, name, words) => {
  expect(findFunction(library, name)).toEqual(words);
});
