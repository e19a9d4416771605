/** Every client takes out of our RSTR the assertion that was put in; and the readers notice each deviation they are known for. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SigningKey } from '../../src/keys/signing-key.ts';
import { signSaml11Assertion } from '../../src/saml/saml11.ts';
import {
  writeBareTokenResponse,
  writeRequestSecurityTokenResponse,
} from '../../src/wstrust/request-security-token-response.ts';
import type { IssuedTokenResponse } from '../../src/wstrust/request-security-token-response.ts';
import { DEVICE, NOW, assertionWith, throwAwayKey, xmlText } from '../saml/arbitrary-assertion.ts';
import { NAMESPACES, canonical, element, elements, withDocument } from './clients/document.ts';
import type { Version } from './clients/document.ts';
import { TOKEN_READERS } from './clients/rstr-readers.ts';

const VERSIONS = ['1.3', '2005'] as const;
const MESSAGE_ID = 'urn:uuid:6d1d3a52-7d0e-4b5c-9a43-1f0f7d2c4e11';

let key: SigningKey;
let assertion: string;

beforeAll(async () => {
  key = await throwAwayKey('rstr');
  assertion = await signSaml11Assertion(DEVICE, key);
});

function respond(version: Version, changes: Partial<IssuedTokenResponse> = {}): string {
  return writeRequestSecurityTokenResponse({
    version,
    relatesTo: MESSAGE_ID,
    appliesTo: DEVICE.audience,
    assertion,
    assertionId: DEVICE.id,
    created: NOW,
    expires: DEVICE.notOnOrAfter,
    ...changes,
  });
}

const cases = Object.entries(TOKEN_READERS).flatMap(([client, { versions }]) =>
  versions.map((version) => [client, version] as const),
);

describe('the token that each client takes out', () => {
  test.each(cases)('%s, WS-Trust %s: the signed assertion, as SAML 1.1', (client, version) => {
    const reader = TOKEN_READERS[client];
    const found = reader?.token(respond(version), version);
    expect(found?.grant).toBe('saml1_1-bearer');
    if (reader?.raw === true) expect(found?.token).toBe(assertion);
    // On its own: no prefix of the assertion may be declared outside of it.
    expect(canonical(found?.token ?? '')).toBe(assertion);
  });

  test('whatever its claims hold, every client takes it out unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(assertionWith(xmlText), fc.constantFrom(...VERSIONS), async (arbitrary, version) => {
        const signed = await signSaml11Assertion(arbitrary, key);
        const text = respond(version, { assertion: signed, assertionId: arbitrary.id });
        for (const [client, { versions, raw, token }] of Object.entries(TOKEN_READERS)) {
          if (!versions.includes(version)) continue;
          const found = token(text, version);
          expect(raw ? found.token : canonical(found.token), client).toBe(signed);
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** `[what is wrong, how it is made, who no longer gets the SAML 1.1 assertion]`: each rule that our answer obeys, broken once. */
const LEXICAL: readonly (readonly [string, Version, (text: string) => string, readonly string[]])[] = [
  [
    'white space beside the assertion',
    '1.3',
    (text) => text.replace('<saml:Assertion', '\n<saml:Assertion').replace('</saml:Assertion>', '</saml:Assertion>\n'),
    ['MSAL Python', 'ADAL Python', 'MSAL Go', 'MSAL4J'],
  ],
  [
    'no collection in 1.3',
    '1.3',
    (text) =>
      text
        .replaceAll(/<\/?trust:RequestSecurityTokenResponseCollection(?: xmlns[^>]*)?>/g, '')

        .replace(
          '<trust:RequestSecurityTokenResponse',
          `<trust:RequestSecurityTokenResponse xmlns:trust="${NAMESPACES.wst}"`,
        ),
    ['MSAL Go', 'MSAL.NET', 'MSAL4J', 'adal-node'],
  ],
  [
    'a collection in 2005',
    '2005',
    (text) =>
      text
        .replace('<s:Body>', `<s:Body><t:RequestSecurityTokenResponseCollection xmlns:t="${NAMESPACES.t}">`)
        .replace('</s:Body>', '</t:RequestSecurityTokenResponseCollection></s:Body>'),
    ['MSAL.NET', 'MSAL4J', 'adal-node'],
  ],
  [
    'the other name of the token type',
    '1.3',
    (text) =>
      text.replace(
        /(<trust:TokenType>).*?</,
        '$1http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1<',
      ),
    ['MSAL.NET', 'MSAL4J', 'adal-node'],
  ],
  [
    'white space in the token type',
    '1.3',
    (text) => text.replace(/(<trust:TokenType>)/, '$1 '),
    ['MSAL Python', 'ADAL Python', 'MSAL.NET', 'MSAL4J', 'adal-node'],
  ],
  [
    'no token type',
    '1.3',
    (text) => text.replace(/<trust:TokenType>.*<\/trust:TokenType>/, ''),
    ['MSAL Python', 'ADAL Python', 'MSAL.NET', 'MSAL4J', 'adal-node'],
  ],
  [
    'a hyphen in the prefix',
    '1.3',
    (text) => text.replaceAll('trust:', 'ws-trust:').replaceAll('xmlns:trust', 'xmlns:ws-trust'),
    ['MSAL Python', 'ADAL Python'],
  ],
  [
    'xmlns:saml declared outside',
    '1.3',
    (text) =>
      text
        .replace(`<saml:Assertion xmlns:saml="${NAMESPACES.saml}"`, '<saml:Assertion')
        .replace('<s:Envelope', `<s:Envelope xmlns:saml="${NAMESPACES.saml}"`),
    ['MSAL Python', 'ADAL Python', 'MSAL Go', 'MSAL.NET', 'MSAL4J', 'adal-node'],
  ],
];

describe('the readers are as picky as the clients', () => {
  test.each(LEXICAL)('%s (WS-Trust %s)', (_what, version, spoil, whoMisses) => {
    const spoilt = spoil(respond(version));
    expect(spoilt, 'the answer was spoilt').not.toBe(respond(version));
    const able = Object.entries(TOKEN_READERS).filter(([, { versions }]) => versions.includes(version));
    const missing = able.filter(([, { token, raw }]) => {
      try {
        const found = token(spoilt, version);
        return found.grant !== 'saml1_1-bearer' || (raw ? found.token : canonical(found.token)) !== assertion;
      } catch {
        return true;
      }
    });
    expect(missing.map(([client]) => client)).toEqual(
      able.map(([client]) => client).filter((client) => whoMisses.includes(client)),
    );
  });
});

describe.each(VERSIONS)('the answer of WS-Trust %s', (version) => {
  const prefix = version === '1.3' ? 'trust' : 't';
  const namespace = version === '1.3' ? NAMESPACES.wst : NAMESPACES.t;

  test('stands in one line, the assertion byte for byte between its tags', () => {
    const text = respond(version);
    expect(text).toContain(`<${prefix}:RequestedSecurityToken>${assertion}</${prefix}:RequestedSecurityToken>`);
    expect(text.replace(assertion, '')).not.toMatch(/<!|<\?|>\s+<|\s<\//);
  });

  test('is ordered and filled as AD FS orders and fills it', () => {
    withDocument(respond(version), ({ root }) => {
      const path =
        version === '1.3'
          ? 's:Body/wst:RequestSecurityTokenResponseCollection/wst:RequestSecurityTokenResponse'
          : 's:Body/t:RequestSecurityTokenResponse';
      const response = element(root, path);
      expect(elements(response ?? root, '*').map(({ name }) => name)).toEqual([
        'Lifetime',
        'AppliesTo',
        'RequestedSecurityToken',
        'RequestedAttachedReference',
        'RequestedUnattachedReference',
        'TokenType',
        'RequestType',
        'KeyType',
      ]);
      const text = (local: string): string | undefined =>
        element(response ?? root, `*[local-name()="${local}"]`)?.content;
      expect(text('TokenType')).toBe('urn:oasis:names:tc:SAML:1.0:assertion');
      expect(text('RequestType')).toBe(`${namespace}/Issue`);
      expect(text('KeyType')).toBe(
        version === '1.3' ? `${namespace}/Bearer` : 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey',
      );
      expect(text('AppliesTo')).toBe('urn:federation:MicrosoftOnline');
      expect(text('RequestedAttachedReference')).toBe(DEVICE.id);
      expect(text('RequestedUnattachedReference')).toBe(DEVICE.id);
      expect(text('Lifetime')).toBe(`${NOW.toISOString()}${DEVICE.notOnOrAfter.toISOString()}`);
    });
  });

  test('its header has the version’s action, the request’s id, and a timestamp of five minutes that nobody must understand', () => {
    withDocument(respond(version), ({ root }) => {
      const action = version === '1.3' ? `${NAMESPACES.wst}/RSTRC/IssueFinal` : `${NAMESPACES.t}/RSTR/Issue`;
      expect(element(root, 's:Header/wsa10:Action')?.content).toBe(action);
      expect(element(root, 's:Header/wsa10:RelatesTo')?.content).toBe(MESSAGE_ID);
      expect(element(root, 's:Header//wsu:Timestamp')?.content).toBe(
        '2026-03-04T05:06:07.089Z2026-03-04T05:11:07.089Z',
      );
      expect(elements(root, 's:Header/*[@s:mustUnderstand]').map(({ name }) => name)).toEqual(['Action']);
    });
  });

  test('carries the Context of the request and escapes what the request brought', () => {
    const nasty = `a"b'c<d>&amp;\t\n\r]]>é`;
    withDocument(respond(version, { relatesTo: nasty, context: nasty, appliesTo: nasty }), ({ root }) => {
      expect(element(root, '//*[local-name()="RequestSecurityTokenResponse"]')?.attr('Context')?.value).toBe(nasty);
      expect(element(root, 's:Header/wsa10:RelatesTo')?.content).toBe(nasty);
      expect(element(root, '//wsp:AppliesTo')?.content).toBe(nasty);
    });
  });

  test('relates to nothing when the request had no id', () => {
    const { relatesTo: _, ...without } = {
      relatesTo: undefined,
      version,
      appliesTo: 'urn:x',
      assertion,
      assertionId: DEVICE.id,
      created: NOW,
      expires: NOW,
    };
    expect(writeRequestSecurityTokenResponse(without)).not.toMatch(/RelatesTo|Context=/);
  });
});

describe.each(VERSIONS)('the bare answer of WS-Trust %s', (version) => {
  test('says what the enveloped one says, without its references to the token', () => {
    const bare = writeBareTokenResponse({
      version,
      appliesTo: DEVICE.audience,
      assertion,
      created: NOW,
      expires: DEVICE.notOnOrAfter,
    });
    const parts = (text: string): readonly string[] =>
      withDocument(text, ({ root }) =>
        elements(root, '//*[local-name()="RequestSecurityTokenResponse"]/*').map(
          ({ namespaceUri, name, content }) => `{${namespaceUri}}${name} ${content}`,
        ),
      );
    expect(parts(bare)).toEqual(parts(respond(version)).filter((part) => !part.includes('tachedReference')));
    expect(parts(bare)).toHaveLength(6);
  });
});

const samples = join(import.meta.dirname, '../../../shared/samples/adal-node/wstrust');

describe.skipIf(!existsSync(samples))('the readers take the token of real AD FS answers', () => {
  test.each([
    ['RSTR.xml', '1.3'],
    ['RSTR2005.xml', '2005'],
  ] as const)('%s', (file, version) => {
    const text = readFileSync(join(samples, file), 'utf8').replace(/^\uFEFF/, '');
    for (const [client, { versions, token }] of Object.entries(TOKEN_READERS)) {
      if (versions.includes(version))
        expect(token(text, version), client).toMatchObject({
          grant: 'saml1_1-bearer',
          token: expect.stringContaining('AssertionID='),
        });
    }
  });
});
