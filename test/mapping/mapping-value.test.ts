/** The forms of a mapping's value: API form, bare form, quoted literal, literal. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../src/mapping/expression/budget.ts';
import { ExpressionError } from '../../src/mapping/expression/syntax.ts';
import { evaluateValue, parseValue, propertiesOf } from '../../src/mapping/mapping-value.ts';
import { Refusal } from '../../src/refusal.ts';

const USER = {
  externalId: '7754d487-1fc3-4206-9e95-ce012f1586e5',
  'name.given': 'John',
  'name.family': 'Doe',
  'ms-upn': 'john@corp.example.test',
  device: true,
  empty: '',
};

const valuesOf = (text: string, user: Readonly<Record<string, string | boolean>> = USER): readonly string[] =>
  evaluateValue(parseValue(text), propertiesOf(user), new Budget('row'));

describe('forms and their values', () => {
  test.each([
    ['bare', '#string.uuidAsBase64Guid(user.externalId,null)', ['h9RUd8MfBkKelc4BLxWG5Q==']],
    ['bare', ' #string.trim(" x ") ', ['x']],
    ['bare', "#core.ifelse(user.device, 'DJ', 'User')", ['DJ']],
    ['bare', '#root.user.ms-upn', ['john@corp.example.test']],
    ['bare', "#this['user']['ms-upn']", ['john@corp.example.test']],
    ['bare', "#string.join({'${', user.device}, '')", ['${true']],
    ['template', '${user.ms-upn}', ['john@corp.example.test']],
    ['template', '${#string.uuidAsBase64Guid(user.externalId,null)}', ['h9RUd8MfBkKelc4BLxWG5Q==']],
    ['template', '${user.name.given} ${user.name.family}', ['John Doe']],
    ['template', 'CN=${user.name.given + " " + user.name.family},DC=corp', ['CN=John Doe,DC=corp']],
    ['template', "${'}'}|${{'a', '}'}[1]}|${'${'}", ['}|}|${']],
    ['template', '$${user.device}}', ['$true}']],
    ['template', '"${user.device}"', ['"true"']],
    ['template', '${1 + 1}', ['2']],
    ['literal', '"DJ"', ['DJ']],
    ['literal', "'DJ'", ['DJ']],
    ['literal', 'DJ', ['DJ']],
    ['literal', '"say ""DJ"""', ['say "DJ"']],
    ['literal', '"DJ', ['"DJ']],
    ['literal', 'user.externalId', ['user.externalId']],
    [
      'literal',
      'http://schemas.microsoft.com/claims/multipleauthn',
      ['http://schemas.microsoft.com/claims/multipleauthn'],
    ],
    ['literal', '#1', ['#1']],
    ['literal', '#strings.trim(user.x)', ['#strings.trim(user.x)']],
    ['literal', 'a $5 { price }', ['a $5 { price }']],
    ['literal', ' ', [' ']],
  ] as const)('%s: %s', (form, text, values) => {
    expect(parseValue(text).form).toBe(form);
    expect(valuesOf(text)).toEqual(values);
  });
});

describe('no value', () => {
  test.each([
    '',
    '""',
    "''",
    '${user.none}',
    '${user.empty}',
    '${null}',
    '${{}}',
    '${{null, user.none, ""}}',
    '${user}',
    '${user.name}',
    '${{{1}}}',
    'x ${user.none}',
    '${user.none} x',
    'x ${{1, 2}}',
    '${1 / 0}',
    '${user.none ? 1 : 2}',
  ])('%j', (text) => {
    expect(valuesOf(text)).toEqual([]);
  });

  test('a fallback says that a part may be missing', () => {
    expect(valuesOf("${user.name.given}${user.name.middle ?: ''}!")).toEqual(['John!']);
  });
});

test('a list is several values, without its nulls and empty strings', () => {
  expect(valuesOf("${{user.name.given, user.none, '', 12, true}}")).toEqual(['John', '12', 'true']);
  expect(valuesOf("#string.split('a;b', ';')")).toEqual(['a', 'b']);
});

describe('what is read', () => {
  test.each([
    ['${user.name.given} ${user.name.family} ${user.name.given}', ['name.given', 'name.family']],
    ['#string.uuidAsBase64Guid(user.externalId,null)', ['externalId']],
    ['DJ', []],
    ['user.externalId', []],
  ])('%s', (text, attributes) => {
    expect(parseValue(text).attributes).toEqual(attributes);
  });
});

test('the position of an error counts in the whole value', () => {
  expect(() => parseValue('${user.a} and ${user.b+1}')).toThrow(
    new ExpressionError('`+` needs a space on both sides', 22),
  );
});

test('a text without `$` and `#` that is not quoted means itself', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((text) => !/[$#"']/.test(text)),
      (text) => {
        expect(valuesOf(text)).toEqual([text]);
      },
    ),
  );
});

test('every text can be written as an expression within a template, whatever stands around it', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 }).filter((made) => !/[\n\r\u0085\u2028\u2029]/.test(made));
  const around = fc.string({ maxLength: 10 }).filter((made) => !/[$#]/.test(made));
  fc.assert(
    fc.property(text, text, around, around, (one, two, before, after) => {
      const quoted = (made: string, quote: string): string => quote + made.replaceAll(quote, quote + quote) + quote;
      const value = `${before}\${${quoted(one, "'")}}${after}\${${quoted(two, '"')} + ''}`;
      expect(valuesOf(value).join('')).toBe(before + one + after + two);
    }),
  );
});

test('an attribute comes through as it is, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }), (x) => {
      expect(valuesOf('${user.x}', { x })).toEqual([x]);
      expect(valuesOf('[${user.x}]', { x })).toEqual([`[${x}]`]);
      expect(valuesOf('${{user.x, user.x}}', { x })).toEqual([x, x]);
    }),
  );
});

test('a value beyond the limit is refused even when it is only handed through', () => {
  expect(() => valuesOf('${user.x}', { x: 'a'.repeat(40_000) })).toThrow(Refusal);
});

describe('a user’s attributes as an object', () => {
  test('nested names become objects', () => {
    expect(propertiesOf({ a: '1', 'b.c': '2', 'b.d.e': true })).toEqual(
      new Map<string, unknown>([
        ['a', '1'],
        [
          'b',
          new Map<string, unknown>([
            ['c', '2'],
            ['d', new Map([['e', true]])],
          ]),
        ],
      ]),
    );
  });

  test.each([[{ 'a.b': '1', a: '2' }], [{ a: '2', 'a.b': '1' }]])(
    'an object wins over a plain value of its name: %j',
    (attributes) => {
      expect(propertiesOf(attributes)).toEqual(new Map([['a', new Map([['b', '1']])]]));
    },
  );
});

test.each([
  ["#crypto.hmacHexDigest(user.x, 'pepper', 'HmacSHA256')", "#crypto.hmacHexDigest(user.x, ‹key›, 'HmacSHA256')"],
  [
    "a ${#crypto.hmacHexDigest(user.x, 'pep' + user.y, 'HmacMD5')}, ${#crypto.hmacHexDigest(1,'per','HmacMD5')} z",
    "a ${#crypto.hmacHexDigest(user.x, ‹key›, 'HmacMD5')}, ${#crypto.hmacHexDigest(1,‹key›,'HmacMD5')} z",
  ],
  [
    "#crypto.hmacHexDigest(user.x, #crypto.hmacHexDigest('pepper', 'salt', 'HmacMD5'), 'HmacSHA256')",
    "#crypto.hmacHexDigest(user.x, ‹key›, 'HmacSHA256')",
  ],
  ["#crypto.hmacHexDigest(user.x, user.key, 'HmacSHA256')", "#crypto.hmacHexDigest(user.x, user.key, 'HmacSHA256')"],
])('no key stands in what the record shows of %s', (text, shown) => {
  expect(parseValue(text).text).toBe(shown);
});
