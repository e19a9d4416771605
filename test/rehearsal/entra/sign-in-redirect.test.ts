/** The request to the identity provider, character for character, and what the domain's settings make of it. */
import { expect, test } from 'vitest';
import { signInUrl } from '../../../src/rehearsal/entra/sign-in-redirect.ts';
import type { SignInRequest } from '../../../src/rehearsal/entra/sign-in-requests.ts';
import type { Federation } from '../../../src/rehearsal/entra/domain-registry.ts';
import { REQUEST } from './sign-in-fixture.ts';

const URI = 'https://sts.contoso.example/adfs/ls/';
const MULTIPLE = 'http%3a%2f%2fschemas.microsoft.com%2fclaims%2fmultipleauthn';
const PASSWORD = 'http%3a%2f%2fschemas.microsoft.com%2fws%2f2008%2f06%2fidentity%2fauthenticationmethod%2fpassword';
const BEGIN = `${URI}?login_hint=nora.keller%40contoso.example&`;
const END = `client-request-id=${REQUEST.correlationId}&username=nora.keller%40contoso.example&wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline&wctx=estsredirect%3d2%26estsrequest%3drQIIA_-0`;

function url(request: Partial<SignInRequest>, federation: Partial<Federation> = {}, uri = URI): string {
  const whole: SignInRequest = { ...REQUEST, ...request };
  const settings = { issuerUri: 'urn:i', signingCertificate: '', id: '', certificates: [], ...federation };
  const options = whole.keepSignedIn ? 'LoginOptions=3&' : '';
  return signInUrl(uri, settings, whole, `${options}estsredirect=2&estsrequest=rQIIA_-0`);
}

test('a plain one', () => {
  expect(url({})).toBe(`${BEGIN}${END}`);
});

test('without a user name', () => {
  expect(url({ userName: '' })).toBe(`${URI}?${END.replace(/username=[^&]*/, 'username=')}`);
});

test('with language', () => {
  expect(url({ mkt: 'de-DE', lc: '1031' })).toBe(`${BEGIN}mkt=de-DE&lc=1031&${END}`);
});

test('with "keep me signed in", whose escapes have upper-case digits', () => {
  const kept = END.replace('wctx=', 'wctx=LoginOptions%3D3%26');
  expect(url({ keepSignedIn: true })).toBe(`${BEGIN}${kept}`);
});

test('to an address that has a query', () => {
  expect(url({}, {}, `${URI}?app=1`)).toBe(`${BEGIN.replace('?', '?app=1&')}${END}`);
});

test.each([
  [undefined, `wauth=${PASSWORD}&wfresh=0&`],
  ['translateToFreshPasswordAuthentication', `wauth=${PASSWORD}&wfresh=0&`],
  ['nativeSupport', 'prompt=login&'],
  ['disabled', 'wfresh=0&'],
])('prompt=login where promptLoginBehavior is %s', (promptLoginBehavior, parameters) => {
  const federation = promptLoginBehavior === undefined ? {} : { promptLoginBehavior };
  expect(url({ promptLogin: true }, federation)).toBe(`${BEGIN}${parameters}${END}`);
});

test.each([
  [undefined, `wauth=${MULTIPLE}&mfa_max_age=600&`],
  ['acceptIfMfaDoneByFederatedIdp', `wauth=${MULTIPLE}&mfa_max_age=600&`],
  ['enforceMfaByFederatedIdp', `wauth=${MULTIPLE}&mfa_max_age=600&`],
  ['rejectMfaByFederatedIdp', ''],
])('a second factor where federatedIdpMfaBehavior is %s', (federatedIdpMfaBehavior, parameters) => {
  const federation = federatedIdpMfaBehavior === undefined ? {} : { federatedIdpMfaBehavior };
  expect(url({ secondFactor: true, mfaMaxAge: '600' }, federation)).toBe(`${BEGIN}${parameters}${END}`);
});

test('a second factor at any age; without one, no age', () => {
  expect(url({ secondFactor: true })).toBe(`${BEGIN}wauth=${MULTIPLE}&${END}`);
  expect(url({ mfaMaxAge: '600' })).toBe(`${BEGIN}${END}`);
});

test('a second factor and prompt=login have one wauth', () => {
  expect(url({ secondFactor: true, promptLogin: true })).toBe(`${BEGIN}wauth=${MULTIPLE}&wfresh=0&${END}`);
});
