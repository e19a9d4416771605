/** The local Entra over real https: a device's whole way in, by federation and by synchronisation. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  claim,
  deviceAssertion,
  NOW,
  ISSUER,
  NS,
  OBJECT_GUID,
  OBJECT_GUID_BASE64,
  OBJECT_SID,
  sign,
  withAttribute,
} from './assertion-fixture.ts';
import { joinBody, syncJoinBody } from './join-fixture.ts';
import type { Json } from './join-fixture.ts';
import {
  TENANT_ID,
  REQUEST_ID,
  DRS_RESOURCE,
  idp,
  csr,
  synced,
  userCert,
  entra,
  call,
  requestToken,
  deviceToken,
  join,
  syncJoin,
} from './local-entra-fixture.ts';

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
      currentDate: NOW,
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
