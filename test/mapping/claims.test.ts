/** From a user to its claims: who gets which, under which namespace, from where, and when there is none. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileApplication, mapSubject, type Attributes, type MappedSubject } from '../../src/mapping/claims.ts';
import type { ApplicationAttribute } from '../../src/model/application.ts';
import { Refusal } from '../../src/refusal.ts';
import { isXmlText } from '../../src/xml/characters.ts';
import { applicationWith, row, ROWS, SOURCE_ANCHOR } from './application.ts';

const GUID = '7754d487-1fc3-4206-9e95-ce012f1586e5';
const ANCHOR = 'h9RUd8MfBkKelc4BLxWG5Q==';
const SID = 'S-1-5-21-1004336348-1177238915-682003330-1104';
const DEVICE = { externalId: GUID, username: GUID, sid: SID, nickname: 'PC-1$', hybridJoinedDevice: true };
const PERSON = { externalId: GUID, username: 'john', 'ms-upn': 'john@corp.example.test' };

const map = (
  kind: 'device' | 'person',
  attributes: Attributes,
  rows: readonly ApplicationAttribute[] = ROWS,
): MappedSubject => compileApplication(applicationWith(rows)).mapSubject(kind, attributes);

function refusalOf(
  kind: 'device' | 'person',
  attributes: Attributes,
  rows: readonly ApplicationAttribute[] = ROWS,
): Refusal {
  try {
    map(kind, attributes, rows);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('the subject was mapped');
}

const brief = (subject: MappedSubject): readonly string[] =>
  subject.claims.map(({ namespace, name, values }) => `${namespace}/${name}=${values.join('|')}`);

describe('the Microsoft 365 application', () => {
  test('a device', () => {
    const sources = { externalId: 'mS-DS-ConsistencyGuid', sid: 'objectSid', nickname: 'sAMAccountName' };
    const source = `${SOURCE_ANCHOR} ← mS-DS-ConsistencyGuid`;
    expect(mapSubject({ application: applicationWith(), kind: 'device', attributes: DEVICE, sources })).toEqual({
      nameIdentifier: { value: ANCHOR, format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', source },
      claims: [
        {
          name: 'ImmutableID',
          namespace: 'http://schemas.microsoft.com/LiveID/Federation/2008/05',
          values: [ANCHOR],
          source,
        },
        { name: 'accounttype', namespace: 'http://schemas.microsoft.com/ws/2012/01', values: ['DJ'], source: '"DJ"' },
        {
          name: 'onpremobjectguid',
          namespace: 'http://schemas.microsoft.com/identity/claims',
          values: [ANCHOR],
          source,
        },
        {
          name: 'primarysid',
          namespace: 'http://schemas.microsoft.com/ws/2008/06/identity/claims',
          values: [SID],
          source: '${user.sid} ← objectSid',
        },
      ],
    });
  });

  test('a person', () => {
    expect(brief(map('person', PERSON))).toEqual([
      `http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID=${ANCHOR}`,
      'http://schemas.xmlsoap.org/claims/UPN=john@corp.example.test',
    ]);
  });

  test('the format of the NameIdentifier is the application’s', () => {
    const application = {
      ...applicationWith(),
      subjectNameIdentifierFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' as const,
    };
    expect(mapSubject({ application, kind: 'person', attributes: PERSON }).nameIdentifier.format).toBe(
      'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
    );
  });

  test('a nameFormat of the row goes before the default', () => {
    const rows = ROWS.map((given) =>
      given.name === 'ImmutableID'
        ? { ...given, nameFormat: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims' }
        : given,
    );
    expect(brief(map('person', PERSON, rows))[0]).toBe(
      `http://schemas.xmlsoap.org/ws/2005/05/identity/claims/ImmutableID=${ANCHOR}`,
    );
  });
});

describe('who gets which row', () => {
  test.each(['accounttype', 'onpremobjectguid', 'primarysid', 'AccountType'])(
    '%s is never issued to a person, whatever the row says',
    (name) => {
      const rows = [...ROWS.filter((given) => given.issuedTo === 'everyone'), row({ name, value: 'DJ' })];
      expect(brief(map('person', PERSON, rows))).toHaveLength(1);
      expect(brief(map('device', DEVICE, rows))).toHaveLength(2);
    },
  );

  test('UPN is never issued to a device', () => {
    const rows = [ROWS[0] ?? expect.fail(), row({ name: 'UPN', value: 'x@y' })];
    expect(brief(map('device', DEVICE, rows))).toEqual([]);
    expect(brief(map('person', PERSON, rows))).toEqual(['http://schemas.xmlsoap.org/claims/UPN=x@y']);
  });

  test('other rows go where they say', () => {
    const claims = (issuedTo: ApplicationAttribute['issuedTo']): readonly ApplicationAttribute[] => [
      ROWS[0] ?? expect.fail(),
      row({ name: 'x', nameFormat: 'urn:x', value: 'v', issuedTo }),
    ];
    expect(
      ['device', 'person', 'everyone']
        .map((to) => claims(to as 'device'))
        .map((rows) => [brief(map('device', DEVICE, rows)).length, brief(map('person', PERSON, rows)).length]),
    ).toEqual([
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
  });

  test('each kind can have a Subject of its own', () => {
    const rows = [
      row({ name: 'Subject', value: '${user.username}', issuedTo: 'person' }),
      row({ name: 'Subject', value: SOURCE_ANCHOR, issuedTo: 'device' }),
    ];
    expect(map('person', PERSON, rows).nameIdentifier.value).toBe('john');
    expect(map('device', DEVICE, rows).nameIdentifier.value).toBe(ANCHOR);
  });
});

describe('a row without a value', () => {
  test('is refused when it is required, naming row and source', () => {
    const { sid: _, ...without } = DEVICE;
    try {
      compileApplication(applicationWith()).mapSubject('device', without, { sid: 'objectSid' });
      expect.fail('the subject was mapped');
    } catch (error) {
      expect(error).toMatchObject({
        code: 'attribute-missing',
        facts: { attribute: 'primarysid', expected: 'a value from ${user.sid} ← objectSid' },
      });
    }
  });

  test.each([undefined, ''])('is left out when it is not required (%j)', (value) => {
    const rows = [...ROWS, row({ name: 'x', nameFormat: 'urn:x', value: '${user.x}', required: false })];
    expect(brief(map('person', value === undefined ? PERSON : { ...PERSON, x: value }, rows))).toHaveLength(2);
    expect(brief(map('person', { ...PERSON, x: 'v' }, rows))[2]).toBe('urn:x/x=v');
  });

  test('an empty string is no value', () => {
    expect(refusalOf('device', { ...DEVICE, sid: '' }).facts.attribute).toBe('primarysid');
  });

  test('an anchor that is no UUID gives no ImmutableID, so the token is refused', () => {
    expect(refusalOf('person', { ...PERSON, externalId: 'not a GUID' })).toMatchObject({
      code: 'attribute-missing',
      facts: { attribute: 'Subject', expected: `a value from ${SOURCE_ANCHOR}` },
    });
  });

  test('Subject is required even when its row is not', () => {
    const rows = [row({ name: 'Subject', value: '${user.none}', required: false })];
    expect(refusalOf('person', PERSON, rows)).toMatchObject({
      code: 'attribute-missing',
      facts: { attribute: 'Subject', expected: 'a value from ${user.none}' },
    });
    expect(refusalOf('person', PERSON, [])).toMatchObject({
      code: 'attribute-missing',
      facts: { attribute: 'Subject' },
    });
  });

  test('a second Subject never becomes a claim', () => {
    const rows = [row({ name: 'Subject', value: 'a' }), row({ name: 'Subject', value: 'b' })];
    expect(map('person', PERSON, rows)).toMatchObject({ nameIdentifier: { value: 'a' }, claims: [] });
  });

  test('Subject is one value', () => {
    const rows = [row({ name: 'Subject', value: '${{1, 2}}' })];
    expect(refusalOf('person', PERSON, rows)).toMatchObject({
      code: 'attribute-missing',
      facts: { attribute: 'Subject', actual: '2 values' },
    });
  });
});

describe('values', () => {
  test('a list is a claim of several values', () => {
    const rows = [...ROWS, row({ name: 'x', nameFormat: 'urn:x', value: "${{'a', 'b'}}" })];
    expect(map('person', PERSON, rows).claims.at(-1)?.values).toEqual(['a', 'b']);
  });

  test.each(['\u0000', '\u0008', '\u001f', '\ufffe', '\uffff', '\ud800', 'a\udc00b'])(
    '%j cannot stand in XML',
    (character) => {
      const refusal = refusalOf('device', { ...DEVICE, sid: `S-1${character}` });
      expect(refusal).toMatchObject({ code: 'attribute-not-xml', facts: { attribute: 'primarysid' } });
      expect(refusal.facts.actual).toMatch(/^U\+[0-9A-F]{4} at \d+$/);
      expect(refusal.facts.detail).toContain('${user.sid}');
    },
  );

  test('any attribute comes out exactly as it went in, or is refused because XML cannot carry it', () => {
    const mapper = compileApplication(applicationWith());
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
        fc.constantFrom('', '\u0001', '\ud800', '\t\r\n', '<&>"\'', ']]>'),
        (text, extra) => {
          const sid = text + extra;
          try {
            const { claims } = mapper.mapSubject('device', { ...DEVICE, sid });
            expect(claims.at(-1)?.values).toEqual([sid]);
            expect(isXmlText(sid)).toBe(true);
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            expect(error.code).toBe('attribute-not-xml');
            expect(isXmlText(sid)).toBe(false);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('what costs too much is refused by the row’s name', () => {
    const rows = [...ROWS, row({ name: 'x', nameFormat: 'urn:x', value: '${9 ^ 99999999}' })];
    expect(refusalOf('person', PERSON, rows)).toMatchObject({ code: 'expression-failed', facts: { attribute: 'x' } });
  });
});

describe('sources', () => {
  test.each([
    ['${user.a} ${user.b}', { a: 'cn', b: 'sn' }, '${user.a} ${user.b} ← cn, sn'],
    ['${user.a} ${user.b}', { a: 'cn', b: 'cn' }, '${user.a} ${user.b} ← cn'],
    ['${user.a}', {}, '${user.a}'],
    ['${user.a ?: user.constructor}', {}, '${user.a ?: user.constructor}'],
    ['DJ', { a: 'cn' }, 'DJ'],
  ])('%s', (value, sources, source) => {
    const rows = [row({ name: 'Subject', value: 'x' }), row({ name: 'c', nameFormat: 'urn:c', value })];
    const mapper = compileApplication(applicationWith(rows));
    expect(mapper.mapSubject('person', { a: '1', b: '2' }, sources).claims[0]?.source).toBe(source);
  });
});

test('a configuration that was not inspected fails when it is compiled, not at a token', () => {
  expect(() => compileApplication(applicationWith([row({ name: 'x', value: 'v' })]))).toThrow(/needs a nameFormat/);
  expect(() => compileApplication(applicationWith([row({ name: 'Subject', value: '${user.a+1}' })]))).toThrow(
    /column 9/,
  );
});

describe('the time of the request', () => {
  const rows = [
    row({ name: 'Subject', value: 'x' }),
    row({ name: 'at', nameFormat: 'urn:c', value: '${#datetime.now()}' }),
  ];
  const mapper = compileApplication(applicationWith(rows));

  test('is what an expression sees', () => {
    const at = new Date('2026-01-31T23:59:59.999Z');
    expect(mapper.mapSubject('person', {}, {}, at).claims[0]?.values).toEqual(['2026-01-31T23:59:59.999Z']);
    const application = applicationWith(rows);
    const { claims } = mapSubject({ application, kind: 'person', attributes: {}, now: at });
    expect(claims[0]?.values).toEqual(['2026-01-31T23:59:59.999Z']);
  });

  test('is not made up where there is none', () => {
    expect(() => mapper.mapSubject('person', {})).toThrow(Refusal);
  });
});

test('no key of a digest stands in a source or a refusal', () => {
  const value = "${#crypto.hmacHexDigest(user.a, 'pepper', 'HmacSHA256')}";
  const rows = [row({ name: 'Subject', value: 'x' }), row({ name: 'c', nameFormat: 'urn:c', value })];
  const mapper = compileApplication(applicationWith(rows));
  expect(mapper.mapSubject('person', { a: '1' }, { a: 'cn' }).claims[0]?.source).toBe(
    "${#crypto.hmacHexDigest(user.a, ‹key›, 'HmacSHA256')} ← cn",
  );
  try {
    mapper.mapSubject('person', {});
    expect.fail('a required claim has no value');
  } catch (error) {
    expect(error).toMatchObject({ code: 'attribute-missing' });
    expect(JSON.stringify(error)).not.toContain('pepper');
    expect((error as Refusal).facts.expected).toContain('‹key›');
  }
});

test('a compiled application maps thousands of subjects in a second', () => {
  const mapper = compileApplication(applicationWith());
  const started = performance.now();
  for (let count = 0; count < 2000; count += 1) mapper.mapSubject('device', DEVICE, { externalId: 'objectGUID' });
  expect(performance.now() - started, '2,000 subjects').toBeLessThan(1000);
});
