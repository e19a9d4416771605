/** Each row of the token endpoint's checks refuses its one defect, with its code; a good assertion passes. */
import { describe, expect, test } from 'vitest';
import { TOKEN_CHECKS } from '../../../src/rehearsal/entra/token-checks.ts';
import {
  ASSERTION_ID,
  claim,
  deviceAssertion,
  ISSUER,
  NS,
  OBJECT_GUID,
  OBJECT_GUID_BASE64,
  OBJECT_SID,
  sign,
  withAttribute,
  withoutAttribute,
} from './assertion-fixture.ts';
import { FORM_DEFECTS } from './defects/form.ts';
import { ASSERTION_DEFECTS } from './defects/assertion.ts';
import { SIGNATURE_DEFECTS } from './defects/signature.ts';
import { CONDITIONS_DEFECTS } from './defects/conditions.ts';
import { PERSON_DEFECTS } from './defects/person.ts';
import { DEVICE_DEFECTS } from './defects/device.ts';
import {
  TENANT_ID,
  idp,
  next,
  stranger,
  OTHER_COMPUTER,
  PERSON,
  signed,
  edited,
  personOf,
  accept,
  deviceOf,
  refusalOf,
  unsigned,
  without,
  changed,
} from './token-fixture.ts';
import type { Case } from './token-fixture.ts';

const DEFECTS = [
  ...FORM_DEFECTS,
  ...ASSERTION_DEFECTS,
  ...SIGNATURE_DEFECTS,
  ...CONDITIONS_DEFECTS,
  ...PERSON_DEFECTS,
  ...DEVICE_DEFECTS,
];

describe('a request without defect', () => {
  test('gives the device that the assertion names', () => {
    const { form } = accept({});
    const device = deviceOf({});
    expect(device).toMatchObject({
      objectGuid: OBJECT_GUID,
      objectSid: OBJECT_SID,
      issuer: ISSUER,
      insideCorporateNetwork: false,
    });
    expect(form.resourceName).toBe('urn:ms-drs:enterpriseregistration.windows.net');
    expect(device.accepted).toEqual({
      issuer: ISSUER,
      assertionId: ASSERTION_ID,
      nameIdentifier: { value: OBJECT_GUID_BASE64, format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
      claims: [
        { name: 'ImmutableID', namespace: NS.liveId, value: OBJECT_GUID_BASE64 },
        { name: 'accounttype', namespace: NS.accounttype, value: 'DJ' },
        { name: 'onpremobjectguid', namespace: NS.onpremobjectguid, value: OBJECT_GUID_BASE64 },
        { name: 'primarysid', namespace: NS.primarysid, value: OBJECT_SID },
      ],
      ignored: [],
    });
  });

  const ACCEPTED: readonly (readonly [string, Case])[] = [
    ['by the tenant’s id', { authority: TENANT_ID }],
    ['by a verified domain', { authority: 'Contoso.Example' }],
    ['with the charset named', { contentType: 'Application/x-www-form-urlencoded; Charset=UTF-8' }],
    [
      'with the other client and resource',
      { form: { client_id: '1b730954-1685-4b74-9bfd-dac224a7b894', resource: '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9' } },
    ],
    ['without scope', { form: { scope: undefined } }],
    ['signed by the next certificate', { xml: () => sign(unsigned(), next) }],
    ['without KeyInfo', { xml: () => sign(unsigned(), idp, { keyInfoCertificate: null }) }],
    [
      'signed by the next certificate without KeyInfo',
      { xml: () => sign(unsigned(), next, { keyInfoCertificate: null }) },
    ],
    ['with white space between elements', { xml: () => edited((xml) => xml.replaceAll('><', '>\n\t<')) }],
    [
      'with an emailAddress NameIdentifier',
      { xml: changed('nameid-format:unspecified', 'nameid-format:emailAddress') },
    ],
    ['with no Format', { xml: without(/ Format="[^"]*"/g) }],
    [
      'with ImmutableID in the other namespace',
      { xml: () => signed({ attributes: withAttribute(claim('ImmutableID', NS.identity2005, OBJECT_GUID_BASE64)) }) },
    ],
    ['without ImmutableID', { xml: () => signed({ attributes: withoutAttribute('ImmutableID') }) }],
    [
      'with the registered issuer as issuerid',
      { xml: () => signed({ attributes: withAttribute(claim('issuerid', NS.primarysid, ISSUER)) }) },
    ],
    [
      'with DoNotCacheCondition',
      { xml: changed('</saml:Conditions>', '<saml:DoNotCacheCondition/></saml:Conditions>') },
    ],
    ['just within the skew, early', { now: new Date('2026-03-02T09:55:00.000Z') }],
    ['just within the skew, late', { now: new Date('2026-03-02T11:04:59.999Z') }],
  ];
  test.each(ACCEPTED)('is accepted %s', (_title, each) => {
    expect(deviceOf(each).objectGuid).toBe(OBJECT_GUID);
  });

  test.each(['v1', 'v2'] as const)('gives the person whose ImmutableID it holds, at %s', (version) => {
    const attributes = [
      claim('ImmutableID', NS.identity2005, PERSON.onPremisesImmutableId),
      claim('UPN', NS.xmlsoapClaims, PERSON.userPrincipalName.toUpperCase()),
    ];
    const xml = (): string => signed({ attributes });
    const form = version === 'v1' ? {} : { assertion: Buffer.from(xml()).toString('base64url'), resource: undefined };
    const accepted = accept({ version, xml, form });
    expect(accepted).toMatchObject({ kind: 'person', person: { user: PERSON, issuer: ISSUER } });
  });

  test('keeps what Entra does not read apart', () => {
    const attributes = withAttribute(
      claim('UPN', NS.xmlsoapClaims, 'PC1$@contoso.example'),
      claim('colour', 'urn:x', 'green'),
    );
    const { accepted } = deviceOf({ xml: () => signed({ attributes }) });
    expect(accepted.claims.map((each) => each.name)).toContain('UPN');
    expect(accepted.ignored).toEqual([{ name: 'colour', namespace: 'urn:x', value: 'green' }]);
  });
});

describe('a request with one defect', () => {
  test.each(DEFECTS)('%s answers AADSTS%i for %s', (check, code, _title, each) => {
    const refusal = refusalOf(each);
    expect({ check: refusal.check, code: refusal.code, found: refusal.found }).toMatchObject({ check, code });
    expect(refusal.found).not.toBe('');
  });

  test('every row and every code of the table has a defect', () => {
    const tested = new Set(DEFECTS.map(([check, code]) => `${check} ${code}`));
    const rows = Object.entries(TOKEN_CHECKS).flatMap(([check, row]) => row.codes.map((code) => `${check} ${code}`));
    // Settings without a usable certificate are refused when they are set, so this code needs the signature's own test.
    // The primary refresh token's have a test of their own.
    const own = rows.filter((row) => !row.startsWith('DBL-PRT-'));
    expect(own.filter((row) => !tested.has(row))).toEqual(['DBL-TOK-08 50003']);
  });

  test.each([
    ['a sub-domain of the issuer’s domain', { upn: 'ada@eu.contoso.example' }],
    [
      'another domain, where the policy is off',
      { upn: 'ada@other.example', policy: { validatingRootDomains: 'none' } },
    ],
  ] as const)('a person of %s is no defect', (_title, each) => {
    const resource = 'https://graph.microsoft.com';
    const judged = accept({ xml: () => personOf(PERSON.onPremisesImmutableId), form: { resource }, ...each });
    expect(judged.kind === 'person' && judged.person.user.userPrincipalName).toBe(each.upn);
  });

  test('the first check in the order answers when there are two', () => {
    const both = {
      xml: () =>
        sign(
          deviceAssertion({ issuer: 'https://other.example/', attributes: withoutAttribute('accounttype') }),
          stranger,
        ),
    };
    expect(refusalOf(both).code).toBe(50107);
    expect(refusalOf({ ...both, form: { grant_type: 'password' } }).code).toBe(70003);
  });

  test('the finding names what stands where', () => {
    const wrong = signed({ attributes: withAttribute(claim('accounttype', NS.identity2005, 'DJ')) });
    expect(refusalOf({ xml: () => wrong }).found).toBe(
      `accounttype stands as accounttype in ${NS.identity2005}, not as accounttype in ${NS.accounttype}`,
    );
    const swapped = signed({ attributes: withAttribute(claim('primarysid', NS.primarysid, OTHER_COMPUTER.objectSid)) });
    expect(refusalOf({ xml: () => swapped }).found).toContain('PC2');
  });
});
