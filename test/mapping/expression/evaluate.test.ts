/** The interpreter is total, bounded and sealed: a value or a refusal, in little time, from the user's data alone. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../src/mapping/expression/budget.ts';
import { evaluate } from '../../../src/mapping/expression/evaluate.ts';
import { LIBRARIES } from '../../../src/mapping/expression/libraries.ts';
import { parseExpression } from '../../../src/mapping/expression/parser.ts';
import { LIMITS } from '../../../src/mapping/expression/syntax.ts';
import { Refusal } from '../../../src/refusal.ts';
import { shown, valueOf } from './language.ts';

const HOST_NAMES = [
  ...Object.getOwnPropertyNames(Object.prototype),
  ...Object.getOwnPropertyNames(Map.prototype),
  ...Object.getOwnPropertyNames(Array.prototype),
  ...Object.getOwnPropertyNames(String.prototype),
  'prototype',
  'caller',
  'arguments',
  'process',
  'globalThis',
  'digits',
  'scale',
].filter((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name));

describe('no way to the host', () => {
  test.each([...new Set(HOST_NAMES)])('%s is a name like any other', (name) => {
    const user = { x: 'text', 'name.given': 'John', flag: true };
    for (const target of [
      'user',
      '#root',
      '#this',
      'user.name',
      'user.x',
      "'text'",
      '{1, 2}',
      "{'a': 1}",
      '{1}.^[true]',
      '12',
      'true',
      'user.nothing',
    ]) {
      expect(shown(`${target}.${name}`, user), `${target}.${name}`).toBe('null');
      expect(shown(`${target}['${name}']`, user), `${target}['${name}']`).toBe('null');
    }
  });

  test.each(['constructor', '__proto__', 'hasOwnProperty'])('an attribute may be called %s', (name) => {
    const user = Object.fromEntries([[name, 'value']]);
    expect(shown(`user['${name}']`, user)).toBe("'value'");
    expect(({} as Record<string, unknown>)['value']).toBeUndefined();
  });

  test('nested names cannot reach a prototype either', () => {
    expect(shown('user.__proto__.polluted', { '__proto__.polluted': 'yes' })).toBe("'yes'");
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(shown("{'__proto__': {'polluted': 1}}.x")).toBe('null');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each([...new Set(HOST_NAMES)])('%s is a name like any other within an item', (name) => {
    expect(
      shown(`{'text', 1, true, {2}, {'a': 3}, null}.![${/^(?:user|true|false|null)$/.test(name) ? 'x' : name}]`),
    ).toBe('{null, null, null, null, null, null}');
  });
});

const refusalOf = (expression: string, user: Readonly<Record<string, string>> = {}): Refusal => {
  try {
    valueOf(expression, user);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error(`${expression} was evaluated`);
};

describe('what costs too much is refused', () => {
  const long = 'a'.repeat(LIMITS.textLength);
  test.each([
    ['a concatenation', "user.long + 'b'"],
    ['a replacement that grows', "#string.replace(user.long, 'a', 'bb', -1)"],
    ['capital letters that grow', '#string.upperCase(user.sharp)'],
    ['an encoding that grows', '#string.asBase64Encoded(user.long)'],
    ['a list that is joined', '#string.join({user.long, user.long}, null)'],
    ['a width', "#string.format('%99999d', 1)"],
    ['a width beyond Java’s', "#string.format('%9999999999d', 1)"],
    ['a precision', "#string.format('%.99999f', 1.5)"],
    ['many widths', `#string.format('${'%9999d'.repeat(5)}', 1, 1, 1, 1, 1)`],
    ['a power', '9 ^ 99999999999'],
    ['a tower of powers', '((9 ^ 900) ^ 900) ^ 900'],
    ['a product', '(9 ^ 900) * (9 ^ 900)'],
    ['a sum of digits after the point', '(0.1 ^ 900) * (0.1 ^ 900)'],
    ['a search in the worst case', '#string.indexOf(user.long, user.long, 0)'],
    [
      'selections within selections',
      "#string.split(user.words, ' ').?[#string.split(#root.user.words, ' ').?[#this == 'x'] == {}]",
    ],
    ['projections within projections', "#string.split(user.words, ' ').![#string.split(#root.user.words, ' ').![1]]"],
    ['lists that share their items', `{1}${'.![{#this, #this}]'.repeat(40)} == {1}${'.![{#this, #this}]'.repeat(40)}`],
    [
      'the same lists within a function',
      `#data.equals({1}${'.![{#this, #this}]'.repeat(40)}, {1}${'.![{#this, #this}]'.repeat(40)})`,
    ],
    [
      'many digests',
      `{${Array.from({ length: 12 }, () => "#crypto.hmacHexDigest(user.long + '', 'k', 'HmacSHA512')").join(', ')}}`,
    ],
    ['a regular expression in the worst case', "#regex.matches(user.long, '(a+)+(a+)+(a+)+b')"],
    ['many regular expressions', "#string.split(user.words, ' ').![#regex.replaceAll(user.words, '(a)( )', '$2$1')]"],
    ['groups that are written again and again', `#regex.replaceFirst(user.long, '(.*)', '${'$1'.repeat(200)}')`],
    ['searches that look far ahead, again and again', "#regex.findAllMatches(user.long, 'a(?=a*b)')"],
    ['searches that look far back, again and again', "#regex.findAllMatches(user.long, '(?<=ba*)a')"],
    [
      'many regular expressions that are long',
      "#string.split(user.words, ' ').![#regex.matches(user.a, user.pattern + #this)]",
    ],
    ['many time zones', "#string.split(user.words, ' ').![#datetime.format('2021-01-01Z', 'y', 'CET')]"],
    ['many searches', `{${Array.from({ length: 50 }, () => '#string.split(user.long, null)').join(', ')}}`],
  ])('%s', (_, expression) => {
    const refusal = refusalOf(expression, {
      long,
      sharp: 'ß'.repeat(LIMITS.textLength - 1),
      words: 'a '.repeat(400),
      a: 'x',
      pattern: '(a|b)*'.repeat(150),
    });
    expect(refusal.code).toBe('expression-failed');
    expect(refusal.facts.attribute).toBe('test');
    expect(refusal.facts.detail).toMatch(/more than|too many/);
  });

  test('what is just within the limits is not', () => {
    expect(shown('#string.length(user.long)', { long })).toBe(String(LIMITS.textLength));
    expect(shown("#string.length(user.shorter + 'b')", { shorter: long.slice(1) })).toBe(String(LIMITS.textLength));
    expect(shown('#string.length(9 ^ 1000)')).toBe('955');
  });
});

/** Expressions by construction: every operator, every function with as many arguments as it takes. */
const leaf = fc.oneof(
  fc.constantFrom(
    'user',
    'user.a',
    'user.name',
    'user.name.given',
    'user.none',
    '#root',
    'null',
    'true',
    'false',
    '{}',
    '0',
    '1',
    '-1',
    '2.50',
    '10',
  ),
  fc.string({ maxLength: 8 }).map((text) => `'${text.replaceAll("'", "''").replace(/[\n\r\u0085\u2028\u2029]/g, '')}'`),
  fc.integer().map((value) => String(value)),
  fc.constantFrom(
    "'2021-01-31T23:59:59.123Z'",
    "'2020-02-29+02:00'",
    "'yyyy-MM-dd[ HH:mm]'",
    "'31.01.2021'",
    "'Europe/Berlin'",
    "'HmacSHA256'",
    "'(a|b)*?c'",
    "'([^a])(?=[0-9])'",
    "'(?<=x)(?<n>y){2,}'",
    "'$1-${n}'",
    "'(?<n>a|b)+\\k<n>\\1'",
    "'(?>a*)*+b'",
  ),
  fc.constantFrom(
    '#root.constructor',
    "{'__proto__': {'polluted': true}}",
    "'__proto__'",
    "'constructor'",
    "'process'",
  ),
  fc.constantFrom("'%s %d %5.2f'", "'7754d487-1fc3-4206-9e95-ce012f1586e5'", "'1e300'", "'-7'", "'%41'", "'QUI='"),
);
const functions = [...LIBRARIES].flatMap(([library, members]) =>
  [...members].map(([name, { least, most, check }]) => ({
    name: `#${library}.${name}`,
    counts: [0, 1, 2, 3]
      .map((more) => least + more)
      .filter((count) => count <= most && check?.(Array.from({ length: count }, () => undefined)) === undefined),
    // An argument that is written out may be refused before it is evaluated.
    shape: (argument: string) => (check === undefined ? argument : `{${argument}}[0]`),
  })),
);
const { tree } = fc.letrec<{ tree: string }>((tie) => {
  const part = tie('tree');
  return {
    tree: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      leaf,
      fc
        .tuple(
          part,
          fc.constantFrom('+', '-', '*', '/', '%', '^', '==', '!=', '<', '<=', 'gt', 'and', 'or', '?:'),
          part,
        )
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      fc.tuple(part, part, part).map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`),
      fc.tuple(fc.constantFrom('!', '- ', 'not '), part).map(([sign, operand]) => `${sign}${operand}`),
      fc.array(part, { maxLength: 3 }).map((items) => `{${items.join(', ')}}`),
      fc
        .array(fc.tuple(part, part), { minLength: 1, maxLength: 2 })
        .map((entries) => `{${entries.map(([key, value]) => `(${key}): ${value}`).join(', ')}}`),
      fc
        .tuple(part, fc.constantFrom('.?[', '.^[', '.$[', '.!['), part)
        .map(([target, open, item]) => `(${target})${open}${item}]`),
      fc
        .tuple(part, fc.constantFrom('.?[', '.!['), part)
        .map(([target, open, item]) => `(${target})${open}#this == ${item}]`),
      fc.tuple(part, part).map(([target, index]) => `(${target})[${index}]`),
      fc
        .tuple(part, fc.constantFrom(...HOST_NAMES), fc.boolean())
        .map(([target, name, isQuoted]) => (isQuoted ? `(${target})['${name}']` : `(${target}).${name}`)),
      fc.constantFrom(...functions).chain(({ name, counts, shape }) =>
        fc
          .constantFrom(...counts)
          .chain((count) => fc.array(part, { minLength: count, maxLength: count }))
          .map((given) => `${name}(${given.map(shape).join(', ')})`),
      ),
    ),
  };
});

/** Nothing but what the language has: no function, no date, no object of the host. */
function isOfTheLanguage(value: unknown): boolean {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return Object.getPrototypeOf(value) === Array.prototype && value.every(isOfTheLanguage);
  if (value instanceof Map)
    return [...value].every(([name, held]) => typeof name === 'string' && isOfTheLanguage(held));
  const { digits, scale, ...more } = value as Record<string, unknown>;
  return typeof digits === 'bigint' && typeof scale === 'number' && Object.keys(more).length === 0;
}

/** What an expression could have changed of the host. */
const hostKeys = (): readonly (readonly PropertyKey[])[] =>
  [globalThis, Object.prototype, Array.prototype, Map.prototype, Function.prototype, String.prototype].map((one) =>
    Reflect.ownKeys(one),
  );

test('any expression gives a value or the refusal expression-failed, the same every time, and leaves the host alone', () => {
  const before = hostKeys();
  const attribute = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.boolean());
  fc.assert(
    fc.property(tree, fc.record({ a: attribute, 'name.given': attribute }), (expression, user) => {
      fc.pre(expression.length < LIMITS.sourceLength);
      const run = (): string => {
        try {
          expect(isOfTheLanguage(valueOf(expression, user))).toBe(true);
          return shown(expression, user);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          expect(error.code).toBe('expression-failed');
          return `refused: ${error.facts.detail}`;
        }
      };
      expect(run()).toBe(run());
    }),
    { numRuns: 500 },
  );
  expect(hostKeys()).toEqual(before);
});

test('the dearest expressions end soon', () => {
  const long = 'a'.repeat(LIMITS.textLength);
  const user = { long, almost: `${'a'.repeat(1000)}b`, words: 'a '.repeat(8000), nines: `0.${'9'.repeat(990)}` };
  const forMany = (expression: string): string => `#string.split(user.words, ' ').![${expression}]`;
  const dear = [
    forMany('(9 ^ 1000) % 7'),
    forMany('(9 ^ 1000) == 7.5'),
    forMany("#string.format('%,d', 10 ^ 900)"),
    forMany('#string.asBigDecimal(user.nines, null) < 0.1'),
    forMany("#string.indexOf(user.long, 'ab', 1)"),
    forMany('#data.union({#this}, {#this})'),
    forMany("#crypto.hmacHexDigest(user.almost, 'key', 'HmacSHA512')"),
    forMany("#datetime.parse('2021-07-01 10:00', 'yyyy-MM-dd HH:mm', 'Europe/Berlin')"),
    forMany("#datetime.format('2021-01-01Z', '[yyyy[MM[dd[EEEE[MMMM[SSSSSSSSS]]]]]]')"),
    forMany("#regex.matches(user.almost, '(a|b|[0-9])*')"),
    forMany("#regex.matches('a', '[a-z]' + #this)"),
    "#regex.findAllMatches(user.long, '(?=a)')",
    "#regex.findAllMatches(user.long, '(a*)\\1b')",
    "#regex.matches(user.long, '(?>(a*)*)*+\\1b')",
    "#regex.findAllMatches(user.long, '(?<=(?<=(?<=a*)a*)a*)b')",
    "#regex.replaceAll(user.long, 'a', 'b', 'b', 'c', 'c', 'd')",
    Array.from({ length: 240 }, () => 'user.long').join(' + '),
    Array.from({ length: 60 }, () => '#string.indexOf(user.long,user.almost,0)').join(' + '),
    Array.from({ length: 60 }, () => "#string.compare(user.long,'a',true)").join(' + '),
    Array.from({ length: 90 }, () => '(7 ^ 1000)').join(' - '),
    `#string.format('${'%n'.repeat(900)}')`,
  ];
  for (const expression of dear) {
    const started = performance.now();
    try {
      valueOf(expression, user);
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
    }
    expect(performance.now() - started, `${expression.slice(0, 40)}… took too long`).toBeLessThan(1500);
  }
});

test('a constant in brackets is a value, another bare word a name', () => {
  const user = { null: 'a', true: 'b', plain: 'c' };
  expect([
    shown('user[null]', user),
    shown('user[TRUE]', user),
    shown("user['null']", user),
    shown('user[plain]', user),
  ]).toEqual(['null', 'null', "'a'", "'c'"]);
});

test('one budget is for one evaluation: a tree can be evaluated again and again', () => {
  const { expression } = parseExpression('#string.upperCase(user.a)');
  for (let time = 0; time < 1000; time += 1) {
    const root = new Map([['user', new Map([['a', `user ${time}`]])]]);
    expect(evaluate(expression, { root, budget: new Budget('x'), now: undefined })).toBe(`USER ${time}`);
  }
});
