/** Relying parties take out of `wresult` the assertion that was put in; and the readers notice what they are known to miss. */
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SigningKey } from '../../src/keys/signing-key.ts';
import { signSaml11Assertion } from '../../src/saml/saml11.ts';
import { writeSignInResponse } from '../../src/wsfed/sign-in-response.ts';
import { DEVICE, NOW, assertionWith, throwAwayKey, xmlText } from '../saml/arbitrary-assertion.ts';
import { openBench, readWithLibxml2, xmlsec1, xmlsecJudges } from '../saml/judges.ts';
import { canonical, element, elements, withDocument } from '../wstrust/clients/document.ts';
import { identityModelAssertion, identityModelToken, passportProfile } from './relying-parties.ts';
import type { PassportTrust } from './relying-parties.ts';

const VERSIONS = ['1.2', '1.3'] as const;
const NAMESPACES = {
  '1.2': 'http://schemas.xmlsoap.org/ws/2005/02/trust',
  '1.3': 'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
} as const;

const PERSON = {
  ...DEVICE,
  nameIdentifier: { ...DEVICE.nameIdentifier, value: 'kK9vEjRWeJASNFZ4kKvN7w==' },
  claims: [
    { name: 'UPN', namespace: 'http://schemas.xmlsoap.org/claims', values: ['nora.keller@example.test'] },
    {
      name: 'ImmutableID',
      namespace: 'http://schemas.microsoft.com/LiveID/Federation/2008/05',
      values: ['kK9vEjRWeJASNFZ4kKvN7w=='],
    },
    {
      name: 'authnmethodsreferences',
      namespace: 'http://schemas.microsoft.com/claims',
      values: [
        'http://schemas.microsoft.com/claims/multipleauthn',
        'http://schemas.microsoft.com/claims/wiaormultiauthn',
      ],
    },
  ],
};

let key: SigningKey;
let trust: PassportTrust;
let assertion: string;

beforeAll(async () => {
  key = await throwAwayKey('wresult');
  trust = { realm: PERSON.audience, thumbprint: createHash('sha1').update(key.certificate).digest('hex') };
  assertion = await signSaml11Assertion(PERSON, key);
});

const respond = (wsTrustVersion: '1.2' | '1.3', token = assertion, appliesTo = PERSON.audience): string =>
  writeSignInResponse({ wsTrustVersion, appliesTo, assertion: token, created: NOW, expires: PERSON.notOnOrAfter });

const posted = (wresult: string): Promise<Readonly<Record<string, unknown>>> =>
  passportProfile({ wa: 'wsignin1.0', wresult, wctx: 'estsredirect=2' }, trust);

describe.each(VERSIONS)('wresult of WS-Trust %s', (version) => {
  const prefix = version === '1.3' ? 'trust' : 't';

  test('passport-wsfed-saml2 finds the person in it', async () => {
    expect(await posted(respond(version))).toEqual({
      issuer: PERSON.issuer,
      sessionIndex: undefined,
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier': 'kK9vEjRWeJASNFZ4kKvN7w==',
      'http://schemas.xmlsoap.org/claims/UPN': 'nora.keller@example.test',
      'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID': 'kK9vEjRWeJASNFZ4kKvN7w==',
      'http://schemas.microsoft.com/claims/authnmethodsreferences': [
        'http://schemas.microsoft.com/claims/multipleauthn',
        'http://schemas.microsoft.com/claims/wiaormultiauthn',
      ],
    });
  });

  test('Microsoft.IdentityModel finds the assertion in it, and the person in that', () => {
    const token = identityModelToken(respond(version));
    expect(canonical(token)).toBe(assertion);
    expect(identityModelAssertion(token)).toEqual({
      issuer: PERSON.issuer,
      nameIdentifier: 'kK9vEjRWeJASNFZ4kKvN7w==',
      authenticationMethod: PERSON.authenticationMethod,
      authenticationInstant: NOW.toISOString(),
      claims: PERSON.claims.flatMap(({ name, namespace, values }) =>
        values.map((value) => ({ type: `${namespace}/${name}`, value })),
      ),
    });
    expect(readWithLibxml2(token, key.certificate).accepted).toBe(true);
  });

  test('stands in one line, the assertion byte for byte between its tags, with no envelope around', () => {
    const text = respond(version);
    expect(text).toContain(`<${prefix}:RequestedSecurityToken>${assertion}</${prefix}:RequestedSecurityToken>`);
    expect(text.replace(assertion, '')).not.toMatch(/<!|<\?|>\s+<|\s<\/|Envelope|SecurityTokenReference|Fault/);
  });

  test('is ordered and filled as AD FS orders and fills it', () => {
    withDocument(respond(version), ({ root }) => {
      expect(root.namespaceUri).toBe(NAMESPACES[version]);
      expect(root.name).toBe(`RequestSecurityTokenResponse${version === '1.3' ? 'Collection' : ''}`);
      const [response = root, ...others] = version === '1.3' ? elements(root, '*') : [root];
      expect(others).toEqual([]);
      expect(response.name).toBe('RequestSecurityTokenResponse');
      expect(elements(response, '*').map(({ name }) => name)).toEqual([
        'Lifetime',
        'AppliesTo',
        'RequestedSecurityToken',
        'TokenType',
        'RequestType',
        'KeyType',
      ]);
      const text = (local: string): string | undefined => element(response, `*[local-name()="${local}"]`)?.content;
      expect(text('TokenType')).toBe('urn:oasis:names:tc:SAML:1.0:assertion');
      expect(text('RequestType')).toBe(`${NAMESPACES[version]}/Issue`);
      expect(text('KeyType')).toBe(
        version === '1.3' ? `${NAMESPACES['1.3']}/Bearer` : 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey',
      );
      expect(element(response, 'wsp:AppliesTo/wsa10:EndpointReference/wsa10:Address')?.content).toBe(PERSON.audience);
      expect(element(response, '*/wsu:Created')?.content).toBe(NOW.toISOString());
      expect(element(response, '*/wsu:Expires')?.content).toBe(PERSON.notOnOrAfter.toISOString());
    });
  });

  test('escapes the realm that the request brought', () => {
    const nasty = `a"b'c<d>&amp;]]>é`;
    withDocument(respond(version, assertion, nasty), ({ root }) => {
      expect(element(root, '//wsp:AppliesTo')?.content).toBe(nasty);
    });
  });

  test('whatever the claims hold, it is taken out unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(assertionWith(xmlText), async (arbitrary) => {
        const signed = await signSaml11Assertion(arbitrary, key);
        expect(canonical(identityModelToken(respond(version, signed)))).toBe(signed);
      }),
      { numRuns: 60 },
    );
  });

  test('whatever the claims hold, carriage returns excepted, passport-wsfed-saml2 accepts the signature', async () => {
    // It writes the assertion anew before it verifies, and does not escape them.
    const text = xmlText.map((any) => any.replaceAll('\r', ''));
    await fc.assert(
      fc.asyncProperty(assertionWith(text), async (arbitrary) => {
        const signed = await signSaml11Assertion({ ...arbitrary, audience: PERSON.audience }, key);
        await expect(posted(respond(version, signed))).resolves.toMatchObject({ issuer: expect.any(String) });
      }),
      { numRuns: 60 },
    );
  });
});

describe.skipIf(xmlsec1 === undefined)('xmlsec1', () => {
  test.each(VERSIONS)('accepts the assertion where it stands, in wresult of WS-Trust %s', async (version) => {
    const bench = openBench(key.certificate);
    try {
      const verdict = await xmlsecJudges(bench.write([respond(version)]), bench);
      expect(verdict.accepted, verdict.words).toBe(true);
      const spoilt = respond(version).replace('nora.keller@', 'fabian.wolf@');
      expect((await xmlsecJudges(bench.write([spoilt]), bench)).accepted).toBe(false);
    } finally {
      bench.close();
    }
  });
});

describe('the readers are as picky as the relying parties', () => {
  const spoilt = async (
    spoil: (text: string) => string,
    version: '1.2' | '1.3' = '1.2',
  ): Promise<readonly string[]> => {
    const text = spoil(respond(version));
    expect(text, 'the answer was spoilt').not.toBe(respond(version));
    const misses: string[] = [];
    await posted(text).catch(() => misses.push('passport-wsfed-saml2'));
    try {
      if (!readWithLibxml2(identityModelToken(text), key.certificate).accepted) misses.push('Microsoft.IdentityModel');
      identityModelAssertion(identityModelToken(text));
    } catch {
      misses.push('Microsoft.IdentityModel');
    }
    return [...new Set(misses)];
  };
  const BOTH = ['passport-wsfed-saml2', 'Microsoft.IdentityModel'];

  test.each([
    [
      'white space before the assertion',
      (text: string) => text.replace('<saml:Assertion', '\n<saml:Assertion'),
      ['passport-wsfed-saml2'],
    ],
    ['a value changed', (text: string) => text.replace('nora.keller@', 'fabian.wolf@'), BOTH],
    [
      'a collection in 2005',
      (text: string) =>
        `<t:RequestSecurityTokenResponseCollection xmlns:t="${NAMESPACES['1.2']}">${text}</t:RequestSecurityTokenResponseCollection>`,
      ['Microsoft.IdentityModel'],
    ],
    ['another namespace', (text: string) => text.replaceAll(NAMESPACES['1.2'], 'urn:x'), BOTH],
    ['no signature', (text: string) => text.replace(/<ds:Signature .*<\/ds:Signature>/, ''), BOTH],
    [
      'a SOAP envelope',
      (text: string) =>
        `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>${text}</s:Body></s:Envelope>`,
      ['Microsoft.IdentityModel'],
    ],
    [
      'two tokens',
      (text: string) => text.replace(/(<t:RequestedSecurityToken>.*<\/t:RequestedSecurityToken>)/, '$1$1'),
      ['Microsoft.IdentityModel'],
    ],
  ] as const)('%s', async (_what, spoil, whoMisses) => {
    expect(await spoilt(spoil)).toEqual(whoMisses);
  });
});
