/** The local Entra over real https: a device's whole way in, both joins, discovery, and what each refusal looks like. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startLocalEntra } from '../../../src/rehearsal/entra/local-entra.ts';
import type { LocalEntra } from '../../../src/rehearsal/entra/local-entra.ts';
import {
  claim,
  deviceAssertion,
  ISSUER,
  NOW,
  NS,
  OBJECT_GUID,
  OBJECT_GUID_BASE64,
  OBJECT_SID,
  sign,
  signingIdentity,
  withAttribute,
} from './assertion-fixture.ts';
import { certificateRequest, https, joinBody, syncJoinBody, tlsFor, userCertificate } from './join-fixture.ts';
import type { HttpsOptions, HttpsReply, Json } from './join-fixture.ts';

const TENANT_ID = '07ec9af2-7ce5-4ab7-8638-115736bbf990';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const REQUEST_ID = '7b690c51-7ff3-4900-8875-18a409e1053e';
const DRS_RESOURCE = 'urn:ms-drs:enterpriseregistration.windows.net';

const idp = await signingIdentity();
const tls = await tlsFor('login.localhost', 'enterpriseregistration.localhost');
const csr = await certificateRequest();
const synced = {
  objectGUID: '0d2a2c4e-55aa-4bb1-8f1e-7a9f6c5d4e3b',
  objectSid: 'S-1-5-21-126850608-2097551590-1142751551-1301',
};
const userCert = await userCertificate(synced.objectGUID);

const federation = {
  displayName: 'Contoso sign-in',
  issuerUri: ISSUER,
  activeSignInUri: 'https://sts.contoso.example/wsf/sts/1',
  metadataExchangeUri: 'https://sts.contoso.example/wsf/mex13/1',
  passiveSignInUri: 'https://sts.contoso.example/wsf/prp/1',
  signingCertificate: idp.certificate,
  preferredAuthenticationProtocol: 'wsFed',
  federatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp',
} as const;

let entra: LocalEntra;
let now = NOW;

beforeAll(async () => {
  entra = await startLocalEntra({
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
});
afterAll(() => entra.close());
beforeEach(() => {
  now = NOW;
  entra.setFederation('contoso.example', federation);
});

const call = (base: 'login' | 'drs', path: string, options?: HttpsOptions): Promise<HttpsReply> =>
  https(entra.urls[base] + path, tls.cert, options);

function requestToken(
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

async function deviceToken(): Promise<string> {
  return String((await requestToken(sign(deviceAssertion(), idp))).body['access_token']);
}

function join(
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

function syncJoin(id: string, body: Json): Promise<HttpsReply> {
  return call('drs', `/EnrollmentServer/device/${id}?api-version=2.0`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('the federated join', () => {
  test('leads from an assertion to a token, a device certificate and a device', async () => {
    const issued = await requestToken(
      sign(
        deviceAssertion({ attributes: withAttribute(claim('insidecorporatenetwork', NS.accounttype, 'true')) }),
        idp,
      ),
    );
    expect(issued).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', resource: DRS_RESOURCE, expires_in: '3599' },
    });
    const jwks = (await call('login', `/${TENANT_ID}/discovery/keys`)).body as unknown as JSONWebKeySet;
    const { payload, protectedHeader } = await jwtVerify(String(issued.body['access_token']), createLocalJWKSet(jwks), {
      currentDate: now,
    });
    expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    expect(payload).toMatchObject({
      aud: DRS_RESOURCE,
      iss: `https://sts.windows.net/${TENANT_ID}/`,
      account_type: 'DJ',
      acr: '1',
      amr: ['wia'],
      appid: 'dd762716-544d-4aeb-a526-687b73838a22',
      appidacr: '0',
      idp: ISSUER,
      in_corp: 'true',
      on_prem_id: OBJECT_GUID,
      primary_sid: OBJECT_SID,
      scp: 'policy_management',
      tid: TENANT_ID,
      unique_name: `${ISSUER}#`,
      ver: '1.0',
    });

    const joined = await join(String(issued.body['access_token']), joinBody(csr.der));
    expect(joined.status).toBe(200);
    expect(joined.headers).toMatchObject({ 'client-request-id': REQUEST_ID, date: 'Mon, 02 Mar 2026 10:00:00 GMT' });
    const { Thumbprint, RawBody } = joined.body['Certificate'] as { Thumbprint: string; RawBody: string };
    const certificate = new X509Certificate(Buffer.from(RawBody, 'base64'));
    expect(certificate.fingerprint.replaceAll(':', '')).toBe(Thumbprint);
    expect(certificate.subject).toBe(`CN=${OBJECT_GUID}`);
    expect(certificate.publicKey.equals(createPublicKey(csr.publicKey.export({ format: 'pem', type: 'spki' })))).toBe(
      true,
    );
    expect(entra.registeredDevices()).toMatchObject([
      {
        deviceId: OBJECT_GUID,
        displayName: 'PC1',
        trustType: 'ServerAd',
        registrationDateTime: '2026-03-02T10:00:00Z',
        onPremisesSyncEnabled: null,
        onPremisesSecurityIdentifier: OBJECT_SID,
        operatingSystemVersion: '10.0.22631.3007',
        certificateThumbprint: Thumbprint,
        registeredBy: 'federated',
      },
    ]);
  });

  test('keeps the accepted claims by the request’s id', async () => {
    await requestToken(sign(deviceAssertion(), idp));
    expect(entra.lastAcceptedClaims(REQUEST_ID.toUpperCase())).toEqual(entra.lastAcceptedClaims());
    expect(entra.lastAcceptedClaims()).toMatchObject({ issuer: ISSUER, nameIdentifier: { value: OBJECT_GUID_BASE64 } });
    expect(entra.lastAcceptedClaims('00000000-0000-0000-0000-000000000000')).toBeUndefined();
  });

  test('takes the path in any case, with and without the final slash, in both versions', async () => {
    const token = await deviceToken();
    for (const path of ['/enrollmentserver/DEVICE?api-version=1.0', '/EnrollmentServer/device/?api-version=1.0']) {
      expect(await join(token, joinBody(csr.der), path)).toMatchObject({ status: 200 });
    }
  });
});

describe('a refused token request', () => {
  test('answers in Entra’s JSON', async () => {
    const wrong = withAttribute(claim('accounttype', NS.identity2005, 'DJ'));
    const reply = await requestToken(sign(deviceAssertion({ attributes: wrong }), idp));
    expect(reply.status).toBe(400);
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
    const traceId = String(reply.body['trace_id']);
    expect(traceId).toMatch(UUID);
    expect(reply.body).toEqual({
      error: 'invalid_grant',
      error_description:
        `AADSTS51004: The user account {EUII Hidden} does not exist in the ${TENANT_ID} directory. To sign into this application, the account must be added to the directory.` +
        `\r\nTrace ID: ${traceId}\r\nCorrelation ID: ${REQUEST_ID}\r\nTimestamp: 2026-03-02 10:00:00Z`,
      error_codes: [51004],
      timestamp: '2026-03-02 10:00:00Z',
      trace_id: traceId,
      correlation_id: REQUEST_ID,
      error_uri: 'https://login.microsoftonline.com/error?code=51004',
    });
    expect(Object.keys(reply.body)[0]).toBe('error');
    const record = entra.requests().at(-1);
    expect(record).toMatchObject({
      traceId,
      correlationId: REQUEST_ID,
      method: 'POST',
      path: '/common/oauth2/token',
      status: 400,
    });
    expect(record?.refusal).toMatchObject({ check: 'DBL-TOK-16', error: 'AADSTS51004' });
    expect(record?.refusal?.found).toContain('accounttype');
  });

  test('keeps no token and no assertion in the log', async () => {
    const xml = sign(deviceAssertion(), idp);
    const issued = await requestToken(xml);
    const log = JSON.stringify(entra.requests());
    expect(log).not.toContain(String(issued.body['access_token']));
    expect(log).not.toContain(Buffer.from(xml).toString('base64').slice(0, 100));
  });

  test('follows the clock and the settings of the moment', async () => {
    const xml = sign(deviceAssertion(), idp);
    now = new Date('2026-03-02T12:00:00Z');
    const late = await requestToken(xml);
    expect(late.body['error_description']).toContain(
      'Current time: 2026-03-02T12:00:00.000Z, expiry time of assertion 2026-03-02T11:00:00.000Z.',
    );
    now = NOW;
    entra.setFederation('contoso.example', { ...federation, issuerUri: 'https://new.example/' });
    expect((await requestToken(xml)).body['error_codes']).toEqual([50107]);
    entra.setFederation('contoso.example', {
      ...federation,
      signingCertificate: (await signingIdentity()).certificate,
    });
    expect((await requestToken(xml)).body['error_codes']).toEqual([5000811]);
    entra.setFederation('contoso.example', undefined);
    expect((await requestToken(xml)).body['error_codes']).toEqual([50107]);
  });

  test('GET, a large body and no content type get a number too', async () => {
    expect((await call('login', '/common/oauth2/token')).body['error_codes']).toEqual([900561]);
    expect((await requestToken('x'.repeat(200_000))).body['error_codes']).toEqual([500132]);
    expect((await call('login', '/common/oauth2/token', { method: 'POST', body: 'a=b' })).body['error_codes']).toEqual([
      900144,
    ]);
    expect((await requestToken('x'.repeat(600_000))).status).toBe(413);
  });

  test('a policy can be set and lifted', async () => {
    entra.setPolicy({ blockDeviceRegistration: true });
    expect((await requestToken(sign(deviceAssertion(), idp))).body).toMatchObject({
      error: 'interaction_required',
      error_codes: [53003],
    });
    entra.setPolicy({ blockDeviceRegistration: false });
    expect((await requestToken(sign(deviceAssertion(), idp))).status).toBe(200);
  });
});

describe('a refused join', () => {
  const details = (reply: HttpsReply): unknown => [reply.status, reply.body['ErrorType'], reply.body['Message']];

  test('DBL-DRS-02: no token, a stranger’s, an expired one, one for another time', async () => {
    const token = await deviceToken();
    const [head = '', payload = '', signature = ''] = token.split('.');
    const other = {
      ...JSON.parse(Buffer.from(payload, 'base64url').toString()),
      primary_sid: 'S-1-5-21-1-2-3-500',
    } as Json;
    const forged = [head, Buffer.from(JSON.stringify(other)).toString('base64url'), signature].join('.');
    const none = [Buffer.from('{"alg":"none"}').toString('base64url'), payload, 'AA'].join('.');
    for (const bad of [undefined, 'x', forged, none])
      expect(await join(bad, joinBody(csr.der))).toMatchObject({
        status: 401,
        body: { ErrorType: 'AuthenticationError' },
      });
    now = new Date(NOW.getTime() + 3_600_000);
    expect(details(await join(token, joinBody(csr.der)))).toEqual([
      401,
      'AuthenticationError',
      expect.stringContaining('exp'),
    ]);
  });

  test('DBL-DRS-04 and -05 answer ErrorDetails', async () => {
    const token = await deviceToken();
    const reply = await join(token, joinBody(csr.der, { JoinType: 4 }));
    expect(reply).toMatchObject({
      status: 400,
      body: { ErrorType: 'InvalidRequest', Message: expect.stringContaining('JoinType'), Time: '2026-03-02 10:00:00Z' },
    });
    expect(reply.body['TraceId']).toMatch(UUID);
    const wrong = await certificateRequest({ subject: 'CN=PC1' });
    expect(details(await join(token, joinBody(wrong.der)))).toEqual([
      400,
      'InvalidRequest',
      expect.stringContaining('CN=PC1'),
    ]);
    expect(entra.requests().at(-1)?.refusal?.check).toBe('DBL-DRS-04');
  });
});

describe('the synchronised join', () => {
  const body = (changes: Partial<Parameters<typeof syncJoinBody>[1]> = {}): Json =>
    syncJoinBody(csr.der, {
      key: userCert.key,
      sid: synced.objectSid,
      time: '2026-03-02 10:00:00Z',
      tenantId: TENANT_ID,
      ...changes,
    });

  test('DBL-DRS-07: a device that is not synchronised is not found', async () => {
    expect(await syncJoin(synced.objectGUID, body())).toMatchObject({
      status: 400,
      body: {
        ErrorType: 'DirectoryError',
        Message: `The device object by the given id (${synced.objectGUID}) is not found.`,
      },
    });
  });

  test('DBL-DRS-07: a device that joined by federation and was never synchronised is not found either', async () => {
    await join(await deviceToken(), joinBody(csr.der));
    expect((await syncJoin(OBJECT_GUID, body())).body['Message']).toBe(
      `The device object by the given id (${OBJECT_GUID}) is not found.`,
    );
  });

  test('succeeds once Entra Connect has brought device and certificate', async () => {
    entra.syncDevice({ ...synced, displayName: 'PC2' });
    expect((await syncJoin(synced.objectGUID, body())).body['Message']).toContain(
      'The public key user certificate is not found',
    );
    entra.syncDevice({ ...synced, displayName: 'PC2', userCertificate: userCert.der });
    expect(entra.devices().find((device) => device.deviceId === synced.objectGUID)).toMatchObject({
      registrationDateTime: null,
      onPremisesSyncEnabled: true,
    });
    const joined = await syncJoin(synced.objectGUID.toUpperCase(), body());
    expect(joined.status).toBe(200);
    const raw = (joined.body['Certificate'] as { RawBody: string }).RawBody;
    expect(new X509Certificate(Buffer.from(raw, 'base64')).subject).toBe(`CN=${synced.objectGUID}`);
    expect(entra.registeredDevices().find((device) => device.deviceId === synced.objectGUID)).toMatchObject({
      registeredBy: 'synchronised',
      onPremisesSyncEnabled: true,
    });
    expect(joined.body['User']).toEqual({ Upn: '' });
  });
});

describe('discovery', () => {
  test('DBL-RLM: the realm of a federated, a managed and an unknown domain, in any spelling of the path', async () => {
    const realm = {
      ver: '1.0',
      account_type: 'Federated',
      domain_name: 'contoso.example',
      federation_protocol: 'WSTrust',
      federation_metadata_url: federation.metadataExchangeUri,
      federation_active_auth_url: federation.activeSignInUri,
      cloud_instance_name: 'microsoftonline.com',
      cloud_audience_urn: 'urn:federation:MicrosoftOnline',
    };
    for (const path of [
      '/common/userrealm/user@contoso.example?api-version=1.0',
      '/common/UserRealm/user%40contoso.example?api-version=1.0',
      '/common/UserRealm/?user=contoso.example&api-version=1.0',
      '/common/userrealm?user=a@Contoso.Example&API-Version=1.0',
    ]) {
      expect((await call('login', path)).body).toEqual(realm);
    }
    expect((await call('login', '/common/userrealm/managed.example?api-version=1.0')).body).toMatchObject({
      account_type: 'Managed',
    });
    expect((await call('login', '/common/userrealm/unverified.example?api-version=1.0')).body).toMatchObject({
      account_type: 'Unknown',
    });
  });

  test('DBL-DRS-01: Discover and contract, by tenant id and domain; 400 for another', async () => {
    for (const path of [
      `/${TENANT_ID}/Discover?api-version=1.7`,
      '/contoso.example/discover?api-version=1.9',
      '/Contoso.Example/EnrollmentServer/Contract?api-version=1.3',
    ]) {
      expect(await call('drs', path)).toMatchObject({
        status: 200,
        body: {
          DeviceJoinService: {
            JoinEndpoint: `${entra.urls.drs}/EnrollmentServer/device/`,
            JoinResourceId: DRS_RESOURCE,
          },
          AuthenticationService: { OAuth2: { TokenEndpoint: `${entra.urls.login}/${TENANT_ID}/oauth2/token` } },
        },
      });
    }
    expect(await call('drs', '/fabrikam.example/Discover?api-version=1.7')).toMatchObject({
      status: 400,
      body: {
        ErrorType: 'DirectoryError',
        Message: expect.stringContaining("AADSTS90002: Tenant 'fabrikam.example' not found."),
      },
    });
  });

  test('the OpenID configuration names the tenant; another tenant is AADSTS90002', async () => {
    expect((await call('login', '/contoso.example/.well-known/openid-configuration')).body).toMatchObject({
      issuer: `https://sts.windows.net/${TENANT_ID}/`,
      jwks_uri: `${entra.urls.login}/${TENANT_ID}/discovery/keys`,
    });
    expect(await call('login', '/fabrikam.example/.well-known/openid-configuration')).toMatchObject({
      status: 400,
      body: { error_codes: [90002] },
    });
  });

  test('the federation settings are readable as in Microsoft Graph', async () => {
    const reply = await https(`${entra.urls.graph}/v1.0/domains/contoso.example/federationConfiguration`, tls.cert);
    expect(reply).toMatchObject({
      status: 200,
      body: {
        value: [
          { '@odata.type': '#microsoft.graph.internalDomainFederation', ...federation, nextSigningCertificate: null },
        ],
      },
    });
    expect(
      await https(`${entra.urls.graph}/v1.0/domains/managed.example/federationConfiguration`, tls.cert),
    ).toMatchObject({ status: 404, body: { error: { code: 'Request_ResourceNotFound' } } });
  });

  test('each host serves its own addresses only; others are not found', async () => {
    expect((await call('drs', '/common/userrealm/contoso.example?api-version=1.0')).status).toBe(404);
    expect((await call('login', `/${TENANT_ID}/Discover?api-version=1.7`)).status).toBe(404);
    expect((await call('login', '/common/oauth2/nothing')).status).toBe(404);
    expect((await call('drs', '/login.srf?wa=wsignoutcleanup1.0')).status).toBe(404);
  });
});
