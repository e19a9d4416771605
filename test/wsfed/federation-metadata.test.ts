/** Strangers verify the metadata, and relying parties find issuer, addresses and every certificate in it. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SigningKey } from '../../src/keys/signing-key.ts';
import { KNOWN_CLAIMS } from '../../src/mapping/known-claims.ts';
import { applicationUrls } from '../../src/model/urls.ts';
import { sessionClaims } from '../../src/signin/session-claims.ts';
import { CLAIM_TYPES } from '../../src/wsfed/claim-types.ts';
import { writeFederationMetadata } from '../../src/wsfed/federation-metadata.ts';
import type { FederationMetadata } from '../../src/wsfed/federation-metadata.ts';
import { refusalFrom } from '../refusal-of.ts';
import { NOW, throwAwayKey, xmlText } from '../saml/arbitrary-assertion.ts';
import { openBench, samlsign, samlsignJudges, xmlsec1 } from '../saml/judges.ts';
import type { Bench } from '../saml/judges.ts';
import { elements, withDocument } from '../wstrust/clients/document.ts';
import { libxml2Reads, schemaIsHere, schemaJudges, xmlCryptoReads, xmlsecJudges } from './metadata-judges.ts';
import { identityModelMetadata } from './relying-parties.ts';

const FED = 'http://docs.oasis-open.org/wsfed/federation/200706';
const URLS = applicationUrls('https://sso.example.test', '0b1c5f4e-7d0e-4b5c-9a43-1f0f7d2c4e11');

let keys: readonly SigningKey[];
let facts: FederationMetadata;
let text: string;
let bench: Bench;

beforeAll(async () => {
  keys = await Promise.all(['now', 'next'].map((name) => throwAwayKey(name)));
  facts = {
    id: '_6d1d3a52-7d0e-4b5c-9a43-1f0f7d2c4e11',
    entityId: URLS.issuerUri,
    passiveSignInUri: URLS.passiveSignInUri,
    metadataExchangeUri: URLS.metadataExchange13Uri,
    activeSignInUris: [URLS.usernameMixed2005, URLS.usernameMixed13],
    organisationName: 'Example & Sons',
    signingKeys: keys,
  };
  text = await writeFederationMetadata(facts);
  bench = openBench(certificateOf(0));
});

afterAll(() => bench.close());

const certificateOf = (index: number): Uint8Array => keys[index]?.certificate ?? new Uint8Array();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** One byte of what was signed, changed. */
const spoilt = (): string => text.replace('/wsf/prp/', '/wsf/prq/');

describe('the signature', () => {
  test('libxml2 verifies it, over the element as it is written but for the prefix of xsi:type', () => {
    const written = text
      .replace(/<ds:Signature .*?<\/ds:Signature>/, '')
      .replace(` xmlns:fed="${FED}" xmlns=`, ' xmlns=');
    expect(libxml2Reads(text, certificateOf(0))).toBe(written);
    expect(libxml2Reads(spoilt(), certificateOf(0))).toBeUndefined();
  });

  test('xml-crypto verifies it, over the same', () => {
    expect(xmlCryptoReads(text, certificateOf(0))).toBe(libxml2Reads(text, certificateOf(0)));
    expect(() => xmlCryptoReads(spoilt(), certificateOf(0))).toThrow();
  });

  test.skipIf(xmlsec1 === undefined)('xmlsec1 verifies it', async () => {
    const verdict = await xmlsecJudges(text, bench);
    expect(verdict.accepted, verdict.words).toBe(true);
    expect((await xmlsecJudges(spoilt(), bench)).accepted).toBe(false);
  });

  test.skipIf(samlsign === undefined)('OpenSAML verifies it', async () => {
    const [good = '', bad = ''] = bench.write([text, spoilt()]);
    const verdict = await samlsignJudges(good, bench);
    expect(verdict.accepted, verdict.words).toBe(true);
    expect((await samlsignJudges(bad, bench)).accepted).toBe(false);
  });

  test('is the first key’s', async () => {
    const turned = await writeFederationMetadata({ ...facts, signingKeys: keys.toReversed() });
    expect(libxml2Reads(turned, certificateOf(1))).toBeDefined();
    expect(libxml2Reads(turned, certificateOf(0))).toBeUndefined();
  });

  test('needs a key', async () => {
    const refusal = await refusalFrom(writeFederationMetadata({ ...facts, signingKeys: [] }));
    expect(refusal.code).toBe('signing-key-unavailable');
  });

  test('holds whatever names and addresses are', async () => {
    // The reader's text decoder drops a byte order mark at the start of a value; within one it stays.
    const any = xmlText.map((whole) => whole.replace(/^\uFEFF+/, ''));
    await fc.assert(
      fc.asyncProperty(any, any, any, async (entityId, address, organisationName) => {
        const signed = await writeFederationMetadata({
          ...facts,
          entityId,
          passiveSignInUri: address,
          activeSignInUris: [address],
          metadataExchangeUri: address,
          organisationName,
        });
        expect(libxml2Reads(signed, certificateOf(0))).toBeDefined();
        withDocument(signed, ({ root }) => {
          expect(root.attr('entityID')?.value).toBe(entityId);
          const names = elements(root, '*[@ServiceDisplayName]').map((role) => role.attr('ServiceDisplayName')?.value);
          expect(names).toEqual([organisationName, organisationName]);
          const addresses = elements(root, '//wsa10:Address').map(({ content }) => content);
          expect(addresses.filter((found) => found !== entityId && found !== address)).toEqual([]);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe.skipIf(!schemaIsHere)('the schema of SAML 2.0 metadata, with the roles of WS-Federation', () => {
  test.each([
    ['in full', {}],
    ['with one key', { signingKeys: 1 }],
    ['without what may be left out', { bare: true }],
  ])(
    'accepts it %s',
    async (_what, { signingKeys, bare }: { readonly signingKeys?: number; readonly bare?: boolean }) => {
      const { organisationName: _name, ...least } = facts;
      const document = await writeFederationMetadata({
        ...(bare === true ? least : facts),
        signingKeys: keys.slice(0, signingKeys ?? keys.length),
      });
      const verdict = await schemaJudges(document, bench);
      expect(verdict.accepted, verdict.words).toBe(true);
    },
  );

  test.each([
    [
      'the signature last',
      (whole: string) => whole.replace(/(<ds:Signature .*?<\/ds:Signature>)(.*)(?=<\/EntityDescriptor>)/, '$2$1'),
    ],
    [
      'a prefix in xsi:type that nobody declares',
      (whole: string) => whole.replace(` xmlns:fed="${FED}" xmlns=`, ' xmlns='),
    ],
    [
      'the endpoints before the claim types',
      (whole: string) =>
        whole.replace(
          /(<fed:ClaimTypesOffered .*<\/fed:ClaimTypesOffered>)(<fed:SecurityTokenServiceEndpoint .*<\/fed:SecurityTokenServiceEndpoint>)/,
          '$2$1',
        ),
    ],
    [
      'a key behind the token types',
      (whole: string) =>
        whole.replace(
          /(<KeyDescriptor .*?<\/KeyDescriptor>)(<fed:TokenTypesOffered .*?<\/fed:TokenTypesOffered>)/,
          '$2$1',
        ),
    ],
  ])('would refuse %s', async (_what, spoil) => {
    const whole = spoil(text);
    expect(whole, 'the document was spoilt').not.toBe(text);
    expect((await schemaJudges(whole, bench)).accepted).toBe(false);
  });
});

describe('what relying parties find', () => {
  test('Microsoft.IdentityModel: the issuer, both addresses, and every certificate in order', () => {
    expect(identityModelMetadata(text)).toEqual({
      issuer: URLS.issuerUri,
      tokenEndpoint: URLS.passiveSignInUri,
      activeTokenEndpoint: URLS.usernameMixed13,
      signingKeys: [base64(certificateOf(0)), base64(certificateOf(1))],
    });
  });

  test('where the prefix of xsi:type is not declared, it would find nothing', () => {
    const without = text.replace(` xmlns:fed="${FED}" xmlns=`, ' xmlns=');
    expect(identityModelMetadata(without)).toMatchObject({ tokenEndpoint: undefined, signingKeys: [] });
  });

  test('the description of each active endpoint is had from MEX', () => {
    withDocument(text, ({ root }) => {
      const references = elements(root, '//*[local-name()="SecurityTokenServiceEndpoint"]/wsa10:EndpointReference');
      const found = references.map((reference) =>
        elements(reference, 'wsa10:Address | wsa10:Metadata//wsa10:Address').map(({ content }) => content),
      );
      expect(found).toEqual(facts.activeSignInUris.map((address) => [address, URLS.metadataExchange13Uri]));
    });
  });

  test('only what is served is offered: SAML 1.1 by the name that Entra uses', () => {
    withDocument(text, ({ root }) => {
      const uris = elements(root, '//*[local-name()="TokenType"]').map((type) => type.attr('Uri')?.value);
      expect(uris).toEqual(['urn:oasis:names:tc:SAML:1.0:assertion']);
    });
    expect(text).not.toContain('SAML:2.0:protocol');
  });

  test('every claim that is known or comes from a session is offered once, with words', () => {
    const session = sessionClaims({
      method: 'kerberos',
      authenticatedAt: NOW,
      secondFactorAt: NOW,
      windowsOrSecondFactorAsked: false,
      insideCorporateNetwork: true,
      staysSignedIn: true,
    });
    const issued = [
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier',
      ...Object.entries(KNOWN_CLAIMS).map(([name, { nameFormat }]) => `${nameFormat}/${name}`),
      ...session.claims.map(({ namespace, name }) => `${namespace}/${name}`),
    ];
    expect(CLAIM_TYPES.map(({ uri }) => uri).sort()).toEqual([...new Set(issued)].sort());
    expect(CLAIM_TYPES.filter(({ displayName, description }) => displayName === description)).toEqual([]);
    withDocument(text, ({ root }) => {
      const offered = elements(root, '//*[local-name()="ClaimType"]').map((type) => type.attr('Uri')?.value);
      expect(offered).toEqual(CLAIM_TYPES.map(({ uri }) => uri));
    });
  });

  test('both roles of AD FS’s document, with its protocols', () => {
    withDocument(text, ({ root }) => {
      const roles = elements(root, '*[local-name()="RoleDescriptor"]');
      const attribute = (name: string, prefix?: string): readonly (string | undefined)[] =>
        roles.map((role) => role.attr(name, prefix)?.value);
      expect(attribute('type', 'xsi')).toEqual(['fed:ApplicationServiceType', 'fed:SecurityTokenServiceType']);
      expect(roles.map((role) => role.namespaceForPrefix('fed'))).toEqual([FED, FED]);
      const protocols =
        'http://docs.oasis-open.org/ws-sx/ws-trust/200512 http://schemas.xmlsoap.org/ws/2005/02/trust http://docs.oasis-open.org/wsfed/federation/200706';
      expect(attribute('protocolSupportEnumeration')).toEqual([protocols, protocols]);
    });
  });

  test('stands in one line, without a declaration or white space between elements', () => {
    expect(text).toMatch(/^<EntityDescriptor /);
    expect(text).not.toMatch(/<!|<\?|>\s+<|\s<\//);
  });
});
