/** What clients send is read as they mean it; whatever else comes is refused by name, and nothing but a refusal is thrown. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Password } from '../../src/directory/password.ts';
import { refusals, Refusal } from '../../src/refusal.ts';
import { parseRequestSecurityToken } from '../../src/wstrust/request-security-token.ts';
import { TRUST_PROTOCOLS } from '../../src/wstrust/trust-version.ts';
import type { TrustVersion } from '../../src/wstrust/trust-version.ts';
import { refusalOf } from '../refusal-of.ts';
import { xmlText } from '../saml/arbitrary-assertion.ts';
import { bytesOf, expectedCode, refusalCode, vector, vectorsOf } from './vectors.ts';

const AUDIENCE = 'urn:federation:MicrosoftOnline';
const STS = 'https://idp.example.test/wsf/sts/0f7b9d52-6c1e-4d0a-9b56-3f1f1c5a7e21';

const other = (version: TrustVersion): TrustVersion => (version === '2005' ? '1.3' : '2005');

/** `[vector, version, password in it, what is particular about this client]` */
const CLIENTS: readonly (readonly [string, TrustVersion, boolean, string])[] = [
  ['adal-node-13-password', '1.3', true, 'messageID, runs of blanks between the elements, milliseconds'],
  ['adal-node-2005-password', '2005', true, 'messageID, runs of blanks between the elements, milliseconds'],
  ['adal-python-13-password', '1.3', true, 'messageID, single quotes, milliseconds'],
  ['adal-python-2005-password', '2005', true, 'messageID, single quotes, milliseconds'],
  ['dsregtool-13', '1.3', false, 'upper-case UUID, double quotes'],
  ['dsregtool-2005', '2005', false, 'Id="RST0", no ReplyTo, RequestType first'],
  ['msal-dotnet-13', '1.3', false, 'XML declaration, newline at the end'],
  ['msal-dotnet-2005', '2005', false, 'XML declaration, newline at the end'],
  ['msal-dotnet-13-password', '1.3', true, 'XML declaration, milliseconds, newline at the end'],
  ['msal-dotnet-2005-password', '2005', true, 'XML declaration, milliseconds, newline at the end'],
  ['msal-go-13-password', '1.3', true, 'messageID, double quotes, milliseconds'],
  ['msal4j-13', '1.3', false, 'messageID, single quotes'],
  ['msal4j-2005', '2005', false, 'messageID, single quotes'],
  ['msal4j-13-password', '1.3', true, 'messageID, single quotes, seconds'],
  ['msal4j-2005-password', '2005', true, 'messageID, single quotes, seconds'],
  ['msal-python-13-password', '1.3', true, 'indented, Security with Timestamp and UsernameToken'],
  ['msal-python-2005-password', '2005', true, 'indented, Security with Timestamp and UsernameToken'],
  [
    'windows-2005-password',
    '2005',
    true,
    'Id="RST0", no ReplyTo, UsernameToken before Timestamp, all prefixes on the root',
  ],
];

describe('the request of each client', () => {
  test('every vector is in the table', () => {
    expect(
      vectorsOf('clients')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(CLIENTS.map(([name]) => name).sort());
  });

  test.each(CLIENTS)('%s: WS-Trust %s, password %s (%s)', (name, version, withPassword) => {
    const bytes = vector('clients', name);
    const path = version === '1.3' ? '13' : '2005';
    const expected = {
      version,
      messageId: expect.stringMatching(/^urn:uuid:[0-9a-fA-F-]{36}$/),
      to: `${STS}/${path}/${withPassword ? 'usernamemixed' : 'windowstransport'}`,
      appliesTo: AUDIENCE,
      ...(withPassword && {
        usernameToken: { username: expect.stringMatching(/^[^@]+@[^@]+$/), password: expect.any(Password) },
        timestamp: { created: expect.any(Date), expires: expect.any(Date) },
      }),
    };
    const read = parseRequestSecurityToken(bytes, version);
    expect(read).toEqual(expected);
    if (withPassword) expect(read.usernameToken?.password.reveal()).toMatch(/^not-a-real &<(?:>'")? password$/);
    // ActiveSignInUri: the request says which version it is.
    expect(parseRequestSecurityToken(bytes, undefined)).toEqual(expected);
    expect(refusalCode(() => parseRequestSecurityToken(bytes, other(version)))).toBe('action-not-supported');
  });

  test('nothing writes a password down by accident', () => {
    const read = parseRequestSecurityToken(vector('clients', 'msal-python-13-password'), '1.3');
    expect(read.usernameToken?.password.reveal()).toMatch(/not-a-real/);
    expect(JSON.stringify(read) + inspect(read, { depth: 9 })).not.toMatch(/not-a-real/);
  });

  test('MSAL Go’s Negotiate request binds a prefix to nothing and is refused as XML, not by a defect', () => {
    const [msalGo] = vectorsOf('refused').filter(({ name }) => name.endsWith('msal-go'));
    expect(msalGo && expectedCode(msalGo)).toBe('request-not-xml');
  });
});

const between = (created: string, expires: string) => ({ created: new Date(created), expires: new Date(expires) });

/** What the vectors of a sign-in with user name and password hold, with differences. */
const signIn = (differences: object = {}, username = 'avery@example.test'): object => ({
  to: `${STS}/13/usernamemixed`,
  usernameToken: { username, password: expect.any(Password) },
  timestamp: between('2026-03-01T08:00:00.000Z', '2026-03-01T08:10:00.000Z'),
  ...differences,
});

describe('what is tolerated', () => {
  const differences: Readonly<Record<string, object>> = {
    'no-message-id': { messageId: undefined },
    'no-to': { to: undefined },
    context: { context: 'urn:context:"7" <' },
    'security-with-timestamp-alone': { timestamp: between('2026-03-01T08:00:00.068Z', '2026-03-01T08:10:00.068Z') },
    'timestamp-of-ticks': signIn({ timestamp: between('2026-03-01T08:00:00.068Z', '2026-03-01T08:10:00.100Z') }),
    'username-token': signIn(),
    'username-token-before-timestamp': signIn(),
    'username-token-nonce-and-created': signIn(),
    'username-token-not-ascii': signIn({}, 'åse@example.test'),
    'username-token-password-text': signIn(),
    'username-token-white-space-around-name': signIn(),
    'username-token-white-space-in-password': signIn(),
    'username-token-without-timestamp': signIn({ timestamp: undefined }),
  };

  /** Byte for byte: nobody trims a password. */
  const passwords: Readonly<Record<string, string>> = {
    'username-token-not-ascii': 'not-a-real pässwörd 𝕏',
    'username-token-white-space-in-password': ' \tnot-a-real  password \r\n',
  };

  test.each(vectorsOf('tolerated'))('$name', ({ name, bytes }) => {
    const read = parseRequestSecurityToken(bytes, '1.3');
    expect({ ...read }).toEqual({
      version: '1.3',
      messageId: 'urn:uuid:6d1d3a52-7d0e-4b5c-9a43-1f0f7d2c4e11',
      to: `${STS}/13/windowstransport`,
      appliesTo: AUDIENCE,
      ...differences[name],
    });
    if (read.usernameToken !== undefined)
      expect(read.usernameToken.password.reveal()).toBe(passwords[name] ?? 'not-a-real password');
  });
});

describe('what is refused', () => {
  const vectors = vectorsOf('refused');

  test.each(vectors)('$name', (defect) => {
    const code = expectedCode(defect);
    expect(Object.keys(refusals)).toContain(code);
    expect(refusalCode(() => parseRequestSecurityToken(defect.bytes, '1.3'))).toBe(code);
  });

  test.each(vectors.filter(({ name }) => /^(?:username|password)/.test(name)))(
    '$name: its refusal tells nothing of the password',
    ({ bytes }) => {
      const { facts, message } = refusalOf(() => parseRequestSecurityToken(bytes, '1.3'));
      expect(JSON.stringify(facts) + message).not.toMatch(/not-a-real|ppp|weYI3/);
    },
  );

  test('every refusal that this folder throws has a vector', () => {
    const sources = ['request-security-token', 'soap', 'security-header'].map((file) =>
      readFileSync(join(import.meta.dirname, `../../src/wstrust/${file}.ts`), 'utf8'),
    );
    const thrown = new Set(
      sources.flatMap((source) => [...source.matchAll(/new Refusal\('([a-z-]+)'/g)].map((match) => match[1])),
    );
    expect([...thrown].filter((code) => !vectors.some((defect) => expectedCode(defect) === code))).toEqual([]);
  });

  test('the facts for the record stay short, whatever was sent', () => {
    const long = 'x'.repeat(100_000);
    for (const [from, to] of [
      ['/RST/Issue', `/RST/${long}`],
      ['RequestSecurityToken ', `${long} `],
      ['xmlns:trust="http', `xmlns:trust="${long}`],
      ['s:mustUnderstand="1"', `s:mustUnderstand="${long}"`],
      ['/addressing/anonymous<', `/${long}<`],
      ['/Bearer<', `/${long}<`],
    ] as const) {
      const text = Buffer.from(vector('clients', 'dsregtool-13')).toString();
      expect(text, `the vector holds ${from}`).toContain(from);
      try {
        parseRequestSecurityToken(bytesOf(text.replaceAll(from, to)), '1.3');
        expect.unreachable(`${from} was not missed`);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        expect(JSON.stringify(error.facts).length, from).toBeLessThan(1_000);
      }
    }
  });
});

describe('a UsernameToken and a Timestamp', () => {
  const good = Buffer.from(vector('tolerated', 'username-token')).toString('utf8');
  const read = (from: string, to: string) => parseRequestSecurityToken(bytesOf(good.replace(from, () => to)), '1.3');
  const escaped = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');

  test('every password of XML characters arrives as it was sent', () => {
    const password = xmlText.filter((text) => text.length > 0 && text.length <= 256);
    fc.assert(
      fc.property(password, (sent) => {
        const { usernameToken } = read('not-a-real password', escaped(sent));
        expect(usernameToken?.password.reveal()).toBe(sent);
      }),
      { numRuns: 200 },
    );
  });

  test('every time in UTC arrives to the millisecond, whatever stands below it', () => {
    const date = fc.date({ min: new Date('2000-01-01'), max: new Date('2026-03-01'), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.stringMatching(/^\d{0,12}$/), (created, below) => {
        const { timestamp } = read('2026-03-01T08:00:00Z', created.toISOString().replace('Z', `${below}Z`));
        expect(timestamp?.created).toEqual(created);
      }),
      { numRuns: 200 },
    );
  });

  test('any text for a time is read as what it says, or refused', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9TZ:.+-]{0,30}$/), (text) => {
        expect(refusalCode(() => read('2026-03-01T08:00:00Z', text))).toBe('timestamp-malformed');
      }),
      { numRuns: 200 },
    );
  });

  test('cut anywhere, is refused', () => {
    for (let length = 0; length < good.lastIndexOf('>'); length++)
      expect(refusalCode(() => parseRequestSecurityToken(bytesOf(good.slice(0, length)), '1.3'))).toBeDefined();
  });
});

describe('every input', () => {
  const good = vectorsOf('clients');

  test.each(good)('$name, cut anywhere, is refused', ({ bytes }) => {
    const end = Buffer.from(bytes).lastIndexOf('>');
    for (let length = 0; length <= end; length++) {
      if (refusalCode(() => parseRequestSecurityToken(bytes.subarray(0, length), undefined)) === undefined) {
        expect.unreachable(`accepted when cut to ${length} of ${bytes.length} bytes`);
      }
    }
  });

  test('with bytes changed, put in or taken out gives a request or a refusal, never a defect', () => {
    const change = fc.record({ at: fc.nat(), remove: fc.nat(12), insert: fc.uint8Array({ maxLength: 12 }) });
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.array(change, { minLength: 1, maxLength: 4 }), ({ bytes }, changes) => {
        const changed = changes.reduce<Uint8Array>((current, { at, remove, insert }) => {
          const start = at % (current.length + 1);
          return Buffer.concat([current.subarray(0, start), insert, current.subarray(start + remove)]);
        }, bytes);
        requireReadable(changed);
      }),
      { numRuns: 300 },
    );
  });

  test('with its pieces shuffled, doubled or dropped gives a request or a refusal, never a defect', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...good).chain(({ bytes }) => {
          const pieces = Buffer.from(bytes).toString().split(/(?=<)/);
          return fc.array(fc.constantFrom(...pieces), { minLength: pieces.length - 4, maxLength: pieces.length + 4 });
        }),
        (pieces) => requireReadable(bytesOf(pieces.join(''))),
      ),
      { numRuns: 100 },
    );
  });

  /** Either a refusal, or a request whose every value is usable. */
  function requireReadable(bytes: Uint8Array): void {
    try {
      const read = parseRequestSecurityToken(bytes, undefined);
      expect(Object.keys(TRUST_PROTOCOLS)).toContain(read.version);
      for (const value of [read.appliesTo, read.messageId ?? 'absent', read.to ?? 'absent']) {
        expect(value).toMatch(/^[^ \t\r\n][^]*$/);
        expect(value.length).toBeLessThanOrEqual(2_048);
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  test('in any order, quoting and spacing that WS-Trust leaves open means the same', () => {
    const space = fc.stringMatching(/^[ \t\r\n]{0,4}$/);
    const shape = fc.record({
      version: fc.constantFrom<TrustVersion>('2005', '1.3'),
      lowerCase: fc.boolean(),
      single: fc.boolean(),
      bearer: fc.boolean(),
      order: fc.tuple(
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
      ),
      prefixes: fc.uniqueArray(
        fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/).filter((prefix) => !prefix.startsWith('xml')),
        { minLength: 4, maxLength: 4 },
      ),
      space,
      messageId: fc.uuid(),
    });
    fc.assert(
      fc.property(shape, ({ version, messageId, ...how }) => {
        const read = parseRequestSecurityToken(bytesOf(write({ version, messageId, ...how })), version);
        expect(read).toEqual({
          version,
          messageId: `urn:uuid:${messageId}`,
          to: STS,
          appliesTo: AUDIENCE,
        });
      }),
      { numRuns: 200 },
    );
  });

  interface Shape {
    readonly version: TrustVersion;
    readonly lowerCase: boolean;
    readonly single: boolean;
    readonly bearer: boolean;
    readonly order: readonly [readonly number[], readonly number[]];
    readonly prefixes: readonly string[];
    readonly space: string;
    readonly messageId: string;
  }

  function write({ version, lowerCase, single, bearer, order, prefixes, space, messageId }: Shape): string {
    const { namespace, requestAction, issueRequestType, bearerKeyType } = TRUST_PROTOCOLS[version];
    const [s = '', a = '', t = '', p = ''] = prefixes;
    const id = lowerCase ? 'messageID' : 'MessageID';
    const headers = [
      `<${a}:Action ${s}:mustUnderstand="1">${space}${requestAction}${space}</${a}:Action>`,
      `<${a}:${id}>urn:uuid:${messageId}</${a}:${id}>`,
      `<${a}:To ${s}:mustUnderstand="true">${STS}</${a}:To>`,
      `<${a}:ReplyTo><${a}:Address>http://www.w3.org/2005/08/addressing/anonymous</${a}:Address></${a}:ReplyTo>`,
    ];
    const fields = [
      `<${p}:AppliesTo xmlns:${p}="http://schemas.xmlsoap.org/ws/2004/09/policy">${space}<${a}:EndpointReference>${space}<${a}:Address>${AUDIENCE}${space}</${a}:Address></${a}:EndpointReference></${p}:AppliesTo>`,
      `<${t}:RequestType>${issueRequestType}</${t}:RequestType>`,
      bearer ? `<${t}:KeyType>${bearerKeyType}</${t}:KeyType>` : '',
    ];
    const text = `<${s}:Envelope xmlns:${s}="http://www.w3.org/2003/05/soap-envelope" xmlns:${a}="http://www.w3.org/2005/08/addressing">${space}<${s}:Header>${order[0].map((i) => headers[i]).join(space)}</${s}:Header>${space}<${s}:Body>${space}<${t}:RequestSecurityToken xmlns:${t}="${namespace}">${order[1].map((i) => fields[i]).join(space)}</${t}:RequestSecurityToken>${space}</${s}:Body>${space}</${s}:Envelope>${space}`;
    return single ? text.replaceAll('"', "'") : text;
  }
});

const corpus = join(import.meta.dirname, '../../../shared/samples/rst-corpus');

describe.skipIf(!existsSync(corpus))('requests built by the libraries themselves', () => {
  const files = existsSync(corpus) ? readdirSync(corpus).filter((file) => !file.includes('NOT-NS-WELLFORMED')) : [];

  test.each(files)('%s', (file) => {
    const version = file.includes('-2005-') ? '2005' : '1.3';
    const read = parseRequestSecurityToken(readFileSync(join(corpus, file)), version);
    expect(read).toMatchObject({ version, appliesTo: AUDIENCE });
    expect(read.usernameToken?.username).toBe(file.includes('userpass') ? 'u@x' : undefined);
    // What each builder was given: some were asked to escape all five characters of XML, some two.
    if (file.includes('userpass')) expect(['p&<', `p&<>'"w`]).toContain(read.usernameToken?.password.reveal());
    const { created, expires } = read.timestamp ?? {};
    if (file.includes('userpass')) expect((expires?.getTime() ?? 0) - (created?.getTime() ?? 0)).toBe(600_000);
    else expect(read.timestamp).toBeUndefined();
  });

  test('MSAL Go’s Negotiate request is not namespace-well-formed', () => {
    const bytes = readFileSync(join(corpus, 'msal-go-13-wia.NOT-NS-WELLFORMED.xml'));
    expect(refusalCode(() => parseRequestSecurityToken(bytes, '1.3'))).toBe('request-not-xml');
  });
});
