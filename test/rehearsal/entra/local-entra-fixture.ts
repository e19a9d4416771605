/** A local Entra over real https, for one file of tests: a federated domain, a computer of AD, and what a device sends. */
import { afterAll, beforeEach } from 'vitest';
import { startLocalEntra } from '../../../src/rehearsal/entra/local-entra.ts';
import { deviceAssertion, ISSUER, NOW, OBJECT_GUID, OBJECT_SID, sign, signingIdentity } from './assertion-fixture.ts';
import { certificateRequest, https, tlsFor, userCertificate } from './join-fixture.ts';
import type { HttpsOptions, HttpsReply, Json } from './join-fixture.ts';

export const TENANT_ID = '07ec9af2-7ce5-4ab7-8638-115736bbf990';
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const REQUEST_ID = '7b690c51-7ff3-4900-8875-18a409e1053e';
export const DRS_RESOURCE = 'urn:ms-drs:enterpriseregistration.windows.net';

export const idp = await signingIdentity();
export const tls = await tlsFor('login.localhost', 'enterpriseregistration.localhost');
export const csr = await certificateRequest();
export const synced = {
  objectGUID: '0d2a2c4e-55aa-4bb1-8f1e-7a9f6c5d4e3b',
  objectSid: 'S-1-5-21-126850608-2097551590-1142751551-1301',
};
export const userCert = await userCertificate(synced.objectGUID);

export const federation = {
  displayName: 'Contoso sign-in',
  issuerUri: ISSUER,
  activeSignInUri: 'https://sts.contoso.example/wsf/sts/1',
  metadataExchangeUri: 'https://sts.contoso.example/wsf/mex13/1',
  passiveSignInUri: 'https://sts.contoso.example/wsf/prp/1',
  signingCertificate: idp.certificate,
  preferredAuthenticationProtocol: 'wsFed',
  federatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp',
} as const;

let now = NOW;

/** The local Entra's clock; each test begins at NOW. */
export const setNow = (date: Date): void => {
  now = date;
};

export const entra = await startLocalEntra({
  tls,
  now: () => now,
  tenantId: TENANT_ID,
  tenantName: 'Contoso',
  domains: [
    { name: 'contoso.example', verified: true, federation },
    { name: 'managed.example', verified: true },
    { name: 'unverified.example', verified: false },
  ],
  directoryComputers: [{ name: 'PC1', objectGUID: OBJECT_GUID, objectSid: OBJECT_SID }],
});
afterAll(() => entra.close());
beforeEach(() => {
  now = NOW;
  entra.setFederation('contoso.example', federation);
});

export const call = (base: 'login' | 'drs', path: string, options?: HttpsOptions): Promise<HttpsReply> =>
  https(entra.urls[base] + path, tls.cert, options);

export function requestToken(
  xml: string,
  changes: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<HttpsReply> {
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:saml1_1-bearer',
    assertion: Buffer.from(xml).toString('base64'),
    client_id: 'dd762716-544d-4aeb-a526-687b73838a22',
    resource: DRS_RESOURCE,
    scope: 'openid',
    ...changes,
  };
  return call('login', '/common/oauth2/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'client-request-id': REQUEST_ID, ...headers },
    body: new URLSearchParams(form).toString(),
  });
}

export async function deviceToken(): Promise<string> {
  return String((await requestToken(sign(deviceAssertion(), idp))).body['access_token']);
}

export function join(
  token: string | undefined,
  body: Json,
  path = '/EnrollmentServer/device/?api-version=2.0',
): Promise<HttpsReply> {
  return call('drs', path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'client-request-id': REQUEST_ID,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
}

export function syncJoin(id: string, body: Json): Promise<HttpsReply> {
  return call('drs', `/EnrollmentServer/device/${id}?api-version=2.0`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
