/** The table of endpoints agrees with itself and with the addresses that Entra is told. */
import { expect, test } from 'vitest';
import { applicationUrls } from '../../src/model/urls.ts';
import { ENDPOINTS, bindingsListedBy } from '../../src/wstrust/endpoints.ts';

const appId = '0f7b9d52-6c1e-4d0a-9b56-3f1f1c5a7e21';
const urls = applicationUrls('https://idp.example.test', appId);
const pathOf = (url: string): string => new URL(url).pathname.replace(appId, ':appId');

test('every address that Entra and MEX name is served, once', () => {
  const served = ENDPOINTS.map(({ path }) => path);
  expect(new Set(served).size).toBe(served.length);
  for (const url of [
    urls.activeSignInUri,
    urls.metadataExchangeUri,
    urls.metadataExchange13Uri,
    urls.windowsTransport2005,
    urls.windowsTransport13,
    urls.usernameMixed2005,
    urls.usernameMixed13,
  ]) {
    expect(served).toContain(pathOf(url));
  }
});

test('a binding leads to the endpoint of its own version', () => {
  for (const endpoint of ENDPOINTS) {
    if (endpoint.kind !== 'sts' || endpoint.wsdl === undefined) continue;
    expect(endpoint.wsdl.version).toBe(endpoint.version);
    expect(pathOf(urls[endpoint.wsdl.address])).toBe(endpoint.path);
  }
});

test('mex lists WS-Trust 2005, mex13 both versions, each for both credentials, under the names of AD FS', () => {
  expect(bindingsListedBy('mex').map(({ name }) => name)).toEqual([
    'CustomBinding_IWSTrustFeb2005Async',
    'UserNameWSTrustBinding_IWSTrustFeb2005Async',
  ]);
  expect(bindingsListedBy('mex13').map(({ name }) => name)).toEqual([
    'CustomBinding_IWSTrustFeb2005Async',
    'UserNameWSTrustBinding_IWSTrustFeb2005Async',
    'UserNameWSTrustBinding_IWSTrust13Async',
    'CustomBinding_IWSTrust13Async',
  ]);
});

test('an endpoint takes the credential that its policy asks for, and no other', () => {
  for (const endpoint of ENDPOINTS) {
    if (endpoint.kind !== 'sts' || endpoint.wsdl === undefined) continue;
    expect(endpoint.accepts).toEqual([endpoint.wsdl.policy === 'user-name' ? 'password' : 'kerberos']);
  }
});

test('ActiveSignInUri takes both versions and both credentials, and stands in no MEX', () => {
  const active = ENDPOINTS.find(({ name }) => name === 'active-sign-in');
  expect(active).toMatchObject({ kind: 'sts', version: undefined, accepts: ['kerberos', 'password'] });
  expect(active).not.toHaveProperty('wsdl');
});
