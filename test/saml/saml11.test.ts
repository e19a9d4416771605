import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { XmlParseError } from 'libxml2-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SignedXml } from 'xml-crypto';
import type { SigningKey } from '../../src/keys/signing-key.ts';
import { Refusal } from '../../src/refusal.ts';
import type { Claim, Saml11Assertion } from '../../src/saml/assertion.ts';
import { signSaml11Assertion } from '../../src/saml/saml11.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { DEVICE, anyText, assertionWith, isChar, throwAwayKey, xmlText } from './arbitrary-assertion.ts';
import {
  openBench,
  readWithLibxml2,
  samlsign,
  samlsignJudges,
  schemaIsHere,
  schemaJudges,
  xmlsec1,
  xmlsecJudges,
} from './judges.ts';
import type { Bench } from './judges.ts';
import { reEnvelopings, reshapings, tamperings } from './tamperings.ts';

/** How many assertions each outside program judges; it starts slowly. */
const BATCH = 40;

let key: SigningKey;
let otherKey: SigningKey;
let bench: Bench;
let batch: readonly string[];
let device: string;

beforeAll(async () => {
  [key, otherKey] = await Promise.all([throwAwayKey(), throwAwayKey('other')]);
  bench = openBench(key.certificate);
  const samples = fc.sample(assertionWith(xmlText), { numRuns: BATCH - 1, seed: 11 });
  batch = await Promise.all([DEVICE, ...samples].map((assertion) => signSaml11Assertion(assertion, key)));
  device = batch[0] ?? '';
});

afterAll(() => bench.close());

const withoutSignature = (document: string): string => document.replace(/<ds:Signature .*<\/ds:Signature>/s, '');

describe('the form', () => {
  test('is, byte for byte, the one that Entra is known to read', () => {
    const vector = join(import.meta.dirname, '../vectors/saml/device-assertion.unsigned.xml');
    expect(withoutSignature(device)).toBe(readFileSync(vector, 'utf8').trimEnd());
  });

  test('Signature is the last child of the Assertion, and the only one', () => {
    expect(parseXml(Buffer.from(device)).children.map((child) => child.name)).toEqual([
      'saml:Conditions',
      'saml:AttributeStatement',
      'saml:AuthenticationStatement',
      'ds:Signature',
    ]);
  });

  test('MSAL Go: prefix saml is declared on the Assertion element itself', () => {
    expect(device).toMatch(/^<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1\.0:assertion" /);
  });

  test('MSAL4J, passport-wsfed-saml2: no white space around or between elements', () => {
    expect(device).not.toMatch(/>\s+<|^\s|\s$/);
  });

  test('MSAL Python, ADAL Python: cut out of its surroundings it still declares every prefix', () => {
    expect(parseXml(Buffer.from(device)).local).toBe('Assertion');
    expect([...device.matchAll(/xmlns:(\w+)=/g)].map((match) => match[1])).toEqual(['saml', 'ds']);
  });

  test('times have milliseconds and Z', () => {
    for (const name of ['IssueInstant', 'NotBefore', 'NotOnOrAfter', 'AuthenticationInstant']) {
      expect(device).toMatch(new RegExp(` ${name}="\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"`));
    }
  });

  test('the schema forbids OriginalIssuer, so it is not there', () => expect(device).not.toContain('OriginalIssuer'));

  test('without claims there is no AttributeStatement', async () => {
    const document = await signSaml11Assertion({ ...DEVICE, claims: [] }, key);
    expect(document).not.toContain('AttributeStatement');
    expect(readWithLibxml2(document, key.certificate).accepted).toBe(true);
  });

  test('a claim without a value is a defect of the caller', async () => {
    const empty = { ...DEVICE, claims: [{ name: 'x', namespace: 'urn:x', values: [] }] };
    await expect(signSaml11Assertion(empty, key)).rejects.toThrow('at least one');
  });

  test('the same assertion gives the same bytes', async () => {
    expect(await signSaml11Assertion(DEVICE, key)).toBe(device);
  });
});

/** The strings of an assertion with the attribute that a refusal would name. */
function strings({
  issuer,
  audience,
  nameIdentifier,
  claims,
}: Saml11Assertion): readonly (readonly [string, string])[] {
  return [
    ['Issuer', issuer],
    ['Audience', audience],
    ['NameIdentifier', nameIdentifier.value],
    ['NameIdentifier', nameIdentifier.format],
    ...claims.flatMap((claim) =>
      [claim.name, claim.namespace, ...claim.values].map((text) => [claim.name.toWellFormed(), text] as const),
    ),
  ];
}

const carries = (text: string): boolean => Array.from(text).every((character) => isChar(character.codePointAt(0) ?? 0));

/**
 * libxml2-wasm takes one U+FEFF at the beginning of a longer string for a byte order mark when it hands the string out, so
 * those at the beginning are left out on both sides; the signed bytes are compared whole.
 */
const asReadText = (text: string): string => text.replace(/^\uFEFF+/, '');
const asRead = ({ name, namespace, values }: Claim): Claim => ({
  name: asReadText(name),
  namespace: asReadText(namespace),
  values: values.map(asReadText),
});

describe('any string in any attribute', () => {
  test('is signed so that libxml2 canonicalises to our bytes and reads the same strings', async () => {
    await fc.assert(
      fc.asyncProperty(assertionWith(xmlText, xmlText), async (assertion) => {
        const document = await signSaml11Assertion(assertion, key);
        const reading = readWithLibxml2(document, key.certificate);
        expect(reading.accepted).toBe(true);
        expect(reading.signed).toBe(withoutSignature(document));
        const { claims, nameIdentifier, issuer } = assertion;
        expect(reading.attributes.map(asRead)).toEqual(claims.map(asRead));
        const subjects = claims.length === 0 ? 1 : 2;
        expect(reading.nameIdentifiers.map(asReadText)).toEqual(
          Array<string>(subjects).fill(asReadText(nameIdentifier.value)),
        );
        expect(asReadText(reading.issuer)).toBe(asReadText(issuer));
      }),
      { numRuns: 200 },
    );
  });

  test('or is a refusal that names the attribute, and never its value', async () => {
    await fc.assert(
      fc.asyncProperty(assertionWith(anyText, anyText), async (assertion) => {
        const wrong = strings(assertion).filter(([, text]) => !carries(text));
        const outcome = await signSaml11Assertion(assertion, key).catch((error: unknown) => error);
        if (wrong.length === 0) {
          expect(readWithLibxml2(String(outcome), key.certificate).accepted).toBe(true);
          return;
        }
        expect(outcome).toBeInstanceOf(Refusal);
        expect(outcome).toMatchObject({ code: 'attribute-not-xml', facts: { attribute: wrong[0]?.[0] } });
        expect((outcome as Refusal).facts.detail).toMatch(/^U\+[0-9A-F]{4,6} at \d+$/);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['a control character', 'a\u0001b', 'U+0001 at 1'],
    ['NUL', '\0', 'U+0000 at 0'],
    ['a lone high surrogate', 'ab\uD800', 'U+D800 at 2'],
    ['a lone low surrogate', '\uDC00', 'U+DC00 at 0'],
    ['U+FFFE', '\uFFFE', 'U+FFFE at 0'],
  ])('%s is refused by name and place', async (_what, value, detail) => {
    const assertion = { ...DEVICE, claims: [{ name: 'displayName', namespace: 'urn:x', values: ['good', value] }] };
    await expect(signSaml11Assertion(assertion, key)).rejects.toMatchObject({
      code: 'attribute-not-xml',
      facts: { attribute: 'displayName', detail },
    });
  });
});

describe('libxml2 and node:crypto', () => {
  test.each(tamperings)('refuse: %s', (_what, tamper) => {
    expect(readWithLibxml2(tamper(device), key.certificate).accepted).toBe(false);
  });

  test.each(reEnvelopings)('refuse: %s', (_what, change) => {
    expect(readWithLibxml2(change(device, otherKey.certificate), key.certificate).accepted).toBe(false);
  });

  test('refuse what another key signed', async () => {
    expect(readWithLibxml2(await signSaml11Assertion(DEVICE, otherKey), key.certificate).accepted).toBe(false);
  });

  test('refuse any one character put in or exchanged', () => {
    const end = device.indexOf('<ds:SignatureValue>');
    // Text of the Signature element itself is signed by nothing (XMLDSig §4.1) and read by nobody; the schema refuses it.
    const unsigned = device.indexOf('<ds:SignedInfo>');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: end - 1 }),
        fc.boolean(),
        fc.constantFrom('Q', '7'),
        (at, insert, character) => {
          // White space between attributes may change and mean the same.
          fc.pre(insert ? at !== unsigned : !/\s/.test(device.charAt(at)) && device.charAt(at) !== character);
          const changed = device.slice(0, at) + character + device.slice(insert ? at : at + 1);
          let accepted = false;
          try {
            accepted = readWithLibxml2(changed, key.certificate).accepted;
          } catch (error) {
            expect(error).toBeInstanceOf(XmlParseError);
          }
          expect(accepted).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('xml-crypto', () => {
  const accepts = (document: string): boolean => {
    const verifier = new SignedXml({
      publicCert: new X509Certificate(key.certificate).toString(),
      idAttribute: 'AssertionID',
    });
    const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(document)?.[0];
    if (signature === undefined) return false;
    verifier.loadSignature(signature);
    try {
      return verifier.checkSignature(document);
    } catch {
      return false;
    }
  };

  // Its parser takes U+0085 and U+2028 for line ends, which they are in XML 1.1 only.
  const readable = (document: string): boolean => !/[\u0085\u2028]/.test(document);

  test('accepts every assertion of the batch that it can read', () => {
    const judged = batch.filter(readable);
    expect(judged.length).toBeGreaterThan(BATCH / 4);
    expect(judged.filter((document) => !accepts(document))).toEqual([]);
  });

  test.each(tamperings)('refuses: %s', (_what, tamper) => expect(accepts(tamper(device))).toBe(false));
});

describe.skipIf(xmlsec1 === undefined)('xmlsec1', () => {
  test(`accepts ${BATCH} assertions with any strings`, async () => {
    expect(await xmlsecJudges(bench.write(batch), bench)).toMatchObject({ accepted: true });
  });

  test.each(tamperings)('refuses: %s', async (_what, tamper) => {
    expect(await xmlsecJudges(bench.write([tamper(device)]), bench)).toMatchObject({ accepted: false });
  });

  test.each(reEnvelopings)('refuses: %s', async (_what, change) => {
    const document = change(device, otherKey.certificate);
    expect(await xmlsecJudges(bench.write([document]), bench)).toMatchObject({ accepted: false });
  });

  test('refuses what another key signed', async () => {
    const document = await signSaml11Assertion(DEVICE, otherKey);
    expect(await xmlsecJudges(bench.write([document]), bench)).toMatchObject({ accepted: false });
  });
});

describe.skipIf(samlsign === undefined)('OpenSAML samlsign', () => {
  test(`accepts ${BATCH} assertions with any strings`, async () => {
    const verdicts = await Promise.all(bench.write(batch).map((file) => samlsignJudges(file, bench)));
    expect(verdicts.filter((verdict) => !verdict.accepted)).toEqual([]);
  });

  test.each(tamperings)('refuses: %s', async (_what, tamper) => {
    const [file = ''] = bench.write([tamper(device)]);
    expect(await samlsignJudges(file, bench)).toMatchObject({ accepted: false });
  });

  test('refuses what another key signed', async () => {
    const [file = ''] = bench.write([await signSaml11Assertion(DEVICE, otherKey)]);
    expect(await samlsignJudges(file, bench)).toMatchObject({ accepted: false });
  });
});

describe.skipIf(!schemaIsHere)('the SAML 1.1 schema', () => {
  test(`accepts ${BATCH} assertions with any strings`, async () => {
    expect(await schemaJudges(bench.write(batch), bench)).toMatchObject({ accepted: true });
  });

  test.each(reshapings)('refuses: %s', async (_what, reshape) => {
    expect(await schemaJudges(bench.write([reshape(device)]), bench)).toMatchObject({ accepted: false });
  });
});
