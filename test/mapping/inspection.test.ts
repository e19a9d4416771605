/** What the configuration's validation says about attribute rows. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainSuspicious, inspectAttributes } from '../../src/mapping/inspection.ts';
import type { ApplicationAttribute } from '../../src/model/application.ts';
import { row, ROWS } from './application.ts';

const known = new Set(['externalId', 'ms-upn', 'sid', 'name.given']);

const problems = (...extra: readonly ApplicationAttribute[]): readonly string[] =>
  inspectAttributes([...ROWS, ...extra], known).map(
    (problem) => `${problem.severity} ${problem.row ?? '-'} ${problem.field ?? '-'}: ${problem.message}`,
  );

test('the reference table has no problem', () => {
  expect(problems()).toEqual([]);
});

describe('rows', () => {
  test.each([
    [
      row({ name: 'x', nameFormat: 'urn:x', value: '${user.sid+1}' }),
      'error 6 value: column 11: `+` needs a space on both sides',
    ],
    [
      row({ name: 'x', nameFormat: 'urn:x', value: 'user.sid' }),
      'warning 6 value: this is literal text, the same for every user; to read the attribute, write ${user.sid}',
    ],
    [
      row({ name: 'x', nameFormat: 'urn:x', value: 'a\u0001' }),
      'error 6 value: XML cannot carry the character U+0001 at 1 of this text',
    ],
    [
      row({ name: 'x', nameFormat: 'urn:x', value: '${user.name.give}' }),
      'warning 6 value: no user has an attribute `name.give`: it is neither mapped by a user type nor a custom attribute',
    ],
    [
      row({ name: 'x', value: 'v' }),
      'error 6 nameFormat: Entra knows no claim `x` by itself; give its nameFormat, the claim’s URI without the last part',
    ],
    [
      row({ name: 'authenticationMethod', value: 'v' }),
      'warning 6 name: Entra writes this claim `authenticationmethod`',
    ],
    [
      row({ name: 'authenticationmethod', value: 'v', nameFormat: 'urn:x' }),
      'warning 6 nameFormat: Entra takes `authenticationmethod` with the nameFormat http://schemas.microsoft.com/ws/2008/06/identity/claims only',
    ],
    [row({ name: 'ImmutableID', value: 'v' }), 'error 6 name: `ImmutableID` is row 2 already, for the same users'],
  ])('%j', (given, message) => {
    expect(problems(given)).toEqual([message]);
  });

  test('a device’s claim for everyone is a warning, for people an error', () => {
    const of = (issuedTo: ApplicationAttribute['issuedTo']): readonly string[] =>
      inspectAttributes([ROWS[0] ?? expect.fail(), row({ name: 'primarysid', value: '${user.sid}', issuedTo })]).map(
        ({ severity, field, message }) => `${severity} ${field}: ${message}`,
      );
    expect(of('device')).toEqual([]);
    expect(of('everyone')).toEqual([
      'warning issuedTo: `primarysid` is never issued to anybody but a device; write `issuedTo: device`',
    ]);
    expect(of('person')).toEqual([
      'error issuedTo: `primarysid` is never issued to anybody but a device; write `issuedTo: device`',
    ]);
  });

  test('Subject takes its format from the application', () => {
    expect(inspectAttributes([row({ name: 'Subject', value: 'x', nameFormat: 'urn:x' })])[0]).toMatchObject({
      field: 'nameFormat',
      severity: 'error',
    });
  });

  test('every kind of user needs a Subject', () => {
    expect(inspectAttributes([row({ name: 'Subject', value: 'x', issuedTo: 'device' })])).toEqual([
      {
        row: undefined,
        field: undefined,
        severity: 'error',
        message: 'no row `Subject` is issued to a person; every token needs one',
      },
    ]);
    expect(inspectAttributes([])).toHaveLength(2);
  });

  test('the same name for different kinds of users is no repetition', () => {
    const of = (issuedTo: ApplicationAttribute['issuedTo']): ApplicationAttribute =>
      row({ name: 'Subject', value: 'x', issuedTo });
    expect(inspectAttributes([of('device'), of('person')])).toEqual([]);
    expect(inspectAttributes([of('device'), of('person'), of('everyone')])).toHaveLength(1);
  });
});

describe('values that are probably not meant', () => {
  test.each([
    ['user.externalId', /write \$\{user\.externalId\}/],
    ["user['externalId']", /write \$\{user\['externalId'\]\}/],
    [' user.externalId ', /write \$\{user\.externalId\}/],
    ['#strings.trim(user.x)', /no such library; did you mean #string\?/],
    ['#String.trim(user.x)', /no such library; did you mean #string\?/],
    ['#date.now()', /no such library; did you mean #data\?/],
    ['#java.now()', /no such library; there are #string, #data, #datetime, #regex, #crypto, #core, #root, #this/],
    ['#uuidAsBase64Guid(user.externalId)', /no such library/],
    ['string.trim(user.x)', /begins with #: \$\{#string\.trim\(user\.x\)\}/],
    ["regex.matches(user.x, 'a')", /begins with #: \$\{#regex\.matches/],
    ['datetime.now()', /begins with #: \$\{#datetime\.now\(\)\}/],
    ["'CN=' + user.x", /an expression stands in \$\{…\}/],
    ['"a" ? "b" : "c"', /an expression stands in \$\{…\}/],
    ['"DJ', /quotation mark is a part/],
    ['DJ"', /quotation mark is a part/],
    ["crypto.hmacHexDigest(user.x, 'pepper', 'HmacMD5')", /begins with #: \$\{#…\}$/],
    ["user.x + #crypto.hmacHexDigest(user.x, 'pepper', 'HmacMD5')", /write \$\{…\}$/],
    ['$(user.x)', /an expression stands in \$\{…\}/],
    ['{{user.x}}', /an expression stands in \$\{…\}/],
    ['%{user.x}', /an expression stands in \$\{…\}/],
    ['{user.x}', /an expression stands in \$\{…\}/],
    ['$user.x', /an expression stands in \$\{…\}/],
    ['null', /the text “null”/],
    ['', /YAML takes an unquoted # for a comment/],
    ['  ', /empty/],
    ['DJ ', /white space/],
    ['DJ\n', /white space/],
    ['"${user.x}"', /quotation marks around/],
    ["'${user.x}'", /quotation marks around/],
    ['${user.x}\n', /white space around/],
    [' ${user.x}', /white space around/],
  ])('%j', (text, explanation) => {
    expect(explainSuspicious(text)).toMatch(explanation);
  });

  test.each([
    'DJ',
    '"DJ"',
    "'DJ'",
    '"user.externalId"',
    'user',
    'users.read',
    'true',
    '#1',
    'C#',
    'http://schemas.microsoft.com/claims/multipleauthn',
    '${user.x}',
    '${user.x}@corp.example.test',
    '${user.a} ${user.b}',
    '#string.trim(user.x)',
    "O'Neil & Sons",
    'it costs $5',
    'a + b',
    '{guid}',
  ])('%j is beyond suspicion', (text) => {
    expect(explainSuspicious(text)).toBeUndefined();
  });

  test('an unreadable value is an error, not a suspicion', () => {
    expect(explainSuspicious('${user.x')).toBeUndefined();
  });
});

describe('values that can never be right', () => {
  test.each([
    ['${#string.uperCase(user.x)}', /^column 3: there is no #string\.uperCase; did you mean #string\.upperCase\?$/],
    ['#string.uuidAsBase64GUID(user.x,null)', /^column 1: .*; it is #string\.uuidAsBase64Guid$/],
    ['${#data.addDays(user.x, 1)}', /^column 3: .*; it is #datetime\.addDays$/],
    ['${#dattime.now()}', /^column 3: there is no #dattime; did you mean #datetime\?$/],
    ["${#regex.replaceAll(user.x, '[', '')}", /^column 3: #regex\.replaceAll: a class/],
    ["${user.x matches '(a'}", /^column 10: matches: a `\)` is missing$/],
    ["${#datetime.format(user.x, 'YYYY')}", /^column 3: #datetime\.format: there is no pattern letter `Y`/],
    ["#crypto.hmacHexDigest(user.x, 'pepper', 'md5')", /^column 1: #crypto\.hmacHexDigest: the algorithm is one of/],
  ])('%s', (value, message) => {
    const [problem] = inspectAttributes([row({ name: 'Subject', value })], known);
    expect(problem).toMatchObject({ row: 0, field: 'value', severity: 'error' });
    expect(problem?.message).toMatch(message);
    expect(problem?.message).not.toContain('pepper');
  });

  test('attributes within selections and projections are looked up too', () => {
    const value = "${#string.split(user.nowhere, ',').?[#this == user.missing].![name]}";
    expect(inspectAttributes([row({ name: 'Subject', value })], known).map(({ message }) => message)).toEqual([
      expect.stringContaining('`nowhere`'),
      expect.stringContaining('`missing`'),
    ]);
  });
});

test('any rows can be inspected', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('Subject', 'UPN', 'primarysid', '${user.x}', '${', '#string.trim('),
  );
  const any = fc.record({
    name: text,
    value: text,
    required: fc.boolean(),
    issuedTo: fc.constantFrom('device' as const, 'person' as const, 'everyone' as const),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 5 }), (rows) => {
      for (const problem of inspectAttributes(rows, known)) {
        expect(problem.message.length).toBeGreaterThan(10);
        if (problem.row !== undefined) expect(problem.row).toBeLessThan(rows.length);
      }
    }),
  );
});
