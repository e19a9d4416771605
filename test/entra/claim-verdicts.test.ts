/** What Entra says to a claim, by name, namespace and value; compared with the strict local Entra's own table. */
import { describe, expect, test } from 'vitest';
import { claimVerdict, missingVerdict, nameIdentifierVerdict } from '../../src/entra/claim-verdicts.ts';
import type { KnownObject } from '../../src/entra/claim-verdicts.ts';
import { KNOWN_CLAIMS } from '../../src/mapping/known-claims.ts';

const GUID = 'b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a101';
const BASE64 = 'qvDBs35dC0qfJhyORNOhAQ==';
const SID = 'S-1-5-21-1085031214-1563985344-725345543-1601';
const ISSUER = 'https://sso.example.test/applications/a';

const DEVICE: KnownObject = {
  kind: 'device',
  issuer: ISSUER,
  objectGuid: GUID,
  objectSid: SID,
  immutableId: BASE64,
  userPrincipalName: undefined,
};
const PERSON: KnownObject = { ...DEVICE, kind: 'person', userPrincipalName: 'nora@example.test' };

const claim = (name: string, value: string | readonly string[], namespace = KNOWN_CLAIMS[name]?.nameFormat ?? '') => ({
  name,
  namespace,
  values: typeof value === 'string' ? [value] : value,
});

describe('a device’s claim', () => {
  test.each([
    ['accounttype', 'DJ', 'a device'],
    ['onpremobjectguid', BASE64, GUID],
    ['primarysid', SID, 'SID'],
    ['ImmutableID', BASE64, 'not compared'],
    ['issuerid', ISSUER, 'once more'],
  ])('%s %s is taken', (name, value, why) => {
    expect(claimVerdict(claim(name, value), DEVICE)).toEqual({ says: 'takes it', why: expect.stringContaining(why) });
  });

  test.each([
    ['accounttype', 'User', 'AADSTS51004: the value is User'],
    ['onpremobjectguid', GUID, 'AADSTS50008: it is not base64'],
    ['onpremobjectguid', BASE64.replace('==', ''), 'AADSTS50008'],
    ['onpremobjectguid', Buffer.from(GUID).toString('base64'), 'AADSTS50008'],
    ['onpremobjectguid', 'AAAAAAAAAAAAAAAAAAAAAA==', `the objectGUID is ${GUID}`],
    ['primarysid', BASE64, 'AADSTS50008: it is no SID'],
    ['primarysid', `${SID}7`, 'it is not the objectSid'],
    ['issuerid', `${ISSUER}/`, 'AADSTS50107'],
  ])('%s %s is refused', (name, value, why) => {
    expect(claimVerdict(claim(name, value), DEVICE)).toEqual({ says: 'refuses', why: expect.stringContaining(why) });
  });

  test('an objectGUID in the order of its text is told', () => {
    const bytes = Buffer.from(GUID.replaceAll('-', ''), 'hex').toString('base64');
    expect(claimVerdict(claim('onpremobjectguid', bytes), DEVICE).why).toContain('in the order of the text, not of AD');
  });

  test.each(['accounttype', 'onpremobjectguid', 'primarysid'])('%s with two values is refused', (name) => {
    expect(claimVerdict(claim(name, ['a', 'b']), DEVICE).why).toBe('AADSTS50008: it has 2 values');
  });

  test.each([
    ['accounttype', 'http://schemas.xmlsoap.org/claims', 'refuses'],
    ['AccountType', KNOWN_CLAIMS['accounttype']?.nameFormat, 'refuses'],
    ['UPN', 'urn:x', 'passed over'],
    ['issuerid', '', 'passed over'],
    ['department', 'urn:x', 'passed over'],
  ])('%s in %s: %s', (name, namespace, says) => {
    expect(claimVerdict(claim(name, 'DJ', namespace), DEVICE).says).toBe(says);
  });
});

describe('a person’s claim', () => {
  test.each([
    ['ImmutableID', BASE64, 'takes it', 'synchronised with it'],
    ['ImmutableID', 'x', 'refuses', 'AADSTS51004'],
    ['UPN', 'NORA@example.test', 'takes it', 'in Entra'],
    ['UPN', 'nora@other.test', 'refuses', 'in AD it is nora@example.test'],
    ['accounttype', 'DJ', 'refuses', 'takes the person for a device'],
  ])('%s %s: %s', (name, value, says, why) => {
    expect(claimVerdict(claim(name, value), PERSON)).toEqual({ says, why: expect.stringContaining(why) });
  });

  test('an objectGUID may be the anchor of Entra Connect, though it is not the user type’s', () => {
    const object = { ...PERSON, immutableId: 'AAAAAAAAAAAAAAAAAAAAAA==' };
    expect(claimVerdict(claim('ImmutableID', BASE64), object)).toMatchObject({ says: 'takes it' });
  });
});

test('what is missing', () => {
  const all = [claim('accounttype', 'DJ'), claim('onpremobjectguid', BASE64), claim('primarysid', SID)];
  expect(missingVerdict(all, DEVICE)).toBeUndefined();
  expect(missingVerdict(all.slice(1), DEVICE)?.why).toContain('AADSTS51004: accounttype is not there');
  expect(missingVerdict([claim('accounttype', [])], DEVICE)?.why).toContain(
    'accounttype, onpremobjectguid, primarysid',
  );
  expect(missingVerdict([], PERSON)?.why).toBe('AADSTS90020: ImmutableID is not there');
  expect(missingVerdict([claim('ImmutableID', BASE64)], PERSON)).toBeUndefined();
});

test('NameIdentifier', () => {
  const format = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
  expect(nameIdentifierVerdict(BASE64, format, PERSON).why).toContain('a format that Entra knows');
  expect(nameIdentifierVerdict('other', format, PERSON).why).toContain(`not the ImmutableID ${BASE64}`);
  expect(nameIdentifierVerdict(BASE64, `${format}x`, DEVICE)).toMatchObject({ says: 'refuses' });
});
