/** What the device sends to the registration service, read by other code than wrote it; and what it makes of the answers. */
import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HresultName } from '../../src/rehearsal/join-codes.ts';
import { registerBySync, registerByToken } from '../../src/rehearsal/registration.ts';
import { makeUserCertificate } from '../../src/rehearsal/user-certificate.ts';
import { failureOf } from './failure-of.ts';
import { startFakeService } from './fake-service.ts';
import type { FakeAnswer, FakeService } from './fake-service.ts';

const GUID = 'b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a101';
const REQUEST_ID = '7b690c51-7ff3-4900-8875-18a409e1053e';
const TENANT = '07ec9af2-7ce5-4ab7-8638-115736bbf990';
const NOW = new Date('2026-06-01T08:00:00.250Z');
const computer = {
  sAMAccountName: 'DESKTOP-01$',
  displayName: 'DESKTOP-01',
  domain: 'corp.example.test',
  domainController: 'DC1.corp.example.test',
  objectGuid: GUID,
  objectSid: 'S-1-5-21-1085031214-1563985344-725345543-1601',
};

let service: FakeService;
let certificate: string;
beforeAll(async () => {
  service = await startFakeService();
  certificate = Buffer.from((await makeUserCertificate(GUID, NOW)).certificate).toString('base64');
});
afterAll(() => service.close());

const joined = (): FakeAnswer => ({
  status: 200,
  headers: { date: 'Mon, 01 Jun 2026 08:00:00 GMT' },
  body: JSON.stringify({ Certificate: { Thumbprint: 'x', RawBody: certificate } }),
});
const endpoint = (): string => `${service.origin}/EnrollmentServer/device/`;
const byToken = (): ReturnType<typeof registerByToken> =>
  registerByToken(service.client, endpoint(), 'an access token', computer, REQUEST_ID);

const sent = (): Record<string, unknown> => JSON.parse(service.seen[0]?.body ?? '') as Record<string, unknown>;

async function expectDeviceKeys(request: unknown, transportKey: unknown): Promise<void> {
  const { Type, Data } = request as { readonly Type: string; readonly Data: string };
  expect(Type).toBe('pkcs10');
  const csr = new Pkcs10CertificateRequest(Buffer.from(Data, 'base64'));
  expect(csr.subject).toBe('CN=7E980AD9-B86D-4306-9425-9AC066FB014A');
  expect(await csr.verify()).toBe(true);
  expect(csr.signatureAlgorithm).toMatchObject({ name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' } });
  const key = createPublicKey({ key: Buffer.from(csr.publicKey.rawData), format: 'der', type: 'spki' });
  expect(key.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048, publicExponent: 65537n });

  const blob = Buffer.from(String(transportKey), 'base64');
  expect(blob.toString('latin1', 0, 4)).toBe('RSA1');
  // Bit length, exponent, modulus, two primes.
  expect([4, 8, 12, 16, 20].map((at) => blob.readUInt32LE(at))).toEqual([2048, 3, 256, 0, 0]);
  expect(blob.length).toBe(24 + 3 + 256);
  expect(blob.toString('hex', 24, 27)).toBe('010001');
  const modulus = blob.subarray(27);
  expect(modulus[0]).toBeGreaterThanOrEqual(0x80);
  expect(modulus.toString('base64url')).not.toBe(key.export({ format: 'jwk' }).n);
}

describe('by token', () => {
  test('POST with the bearer token, a PKCS#10 over a new key, and a transport key of its own', async () => {
    service.answerWith(joined());
    const registered = await byToken();
    expect(service.seen).toMatchObject([
      {
        method: 'POST',
        url: '/EnrollmentServer/device/?api-version=2.0',
        headers: { authorization: 'Bearer an access token', 'client-request-id': REQUEST_ID },
      },
    ]);
    const body = sent();
    expect(body).toMatchObject({
      TargetDomain: 'corp.example.test',
      DeviceDisplayName: 'DESKTOP-01',
      JoinType: 6,
      Attributes: { ReuseDevice: 'true' },
    });
    await expectDeviceKeys(body['CertificateRequest'], body['TransportKey']);
    expect(registered).toMatchObject({
      requestId: REQUEST_ID,
      responseTime: 'Mon, 01 Jun 2026 08:00:00 GMT',
      status: 200,
    });
    expect(registered.certificate).toBeInstanceOf(X509Certificate);
  });

  test('KeySignTest fails for a certificate over another key than the device’s', async () => {
    service.answerWith(joined());
    expect((await byToken()).keySignTest).toBe(false);
  });

  test('every join has keys of its own', async () => {
    const bodies = [];
    for (let count = 0; count < 2; count++) {
      service.answerWith(joined());
      await byToken();
      bodies.push(sent());
    }
    expect(bodies[0]?.['TransportKey']).not.toBe(bodies[1]?.['TransportKey']);
    expect(bodies[0]?.['CertificateRequest']).not.toEqual(bodies[1]?.['CertificateRequest']);
  });
});

test('by synchronisation: PUT without a token, SID and time signed with the key of userCertificate', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  service.answerWith(joined());
  const join = { tenantId: TENANT, userCertificateKey: privateKey, now: NOW };
  await registerBySync(service.client, endpoint(), computer, join, REQUEST_ID);
  const [request] = service.seen;
  expect(request).toMatchObject({ method: 'PUT', url: `/EnrollmentServer/device/${GUID}?api-version=2.0` });
  expect(request?.headers.authorization).toBeUndefined();
  const { CertificateRequest, ServerAdJoinData, JoinType } = sent() as {
    CertificateRequest: unknown;
    JoinType: number;
    ServerAdJoinData: {
      TransportKey: string;
      TargetDomainId: string;
      SourceDomainController: string;
      ClientIdentity: { Type: string; Sid: string; SignedBlob: string };
    };
  };
  const { ClientIdentity, TransportKey, TargetDomainId, SourceDomainController } = ServerAdJoinData;
  expect({ JoinType, TargetDomainId, SourceDomainController }).toEqual({
    JoinType: 6,
    TargetDomainId: TENANT,
    SourceDomainController: 'DC1.corp.example.test',
  });
  await expectDeviceKeys(CertificateRequest, TransportKey);
  expect(ClientIdentity.Type).toBe('sha256signed');
  expect(ClientIdentity.Sid).toBe(`${computer.objectSid}.2026-06-01 08:00:00Z`);
  const signature = Buffer.from(ClientIdentity.SignedBlob, 'base64');
  expect(verify('sha256', Buffer.from(ClientIdentity.Sid), publicKey, signature)).toBe(true);
});

describe('what the device makes of a refusal', () => {
  const json = (status: number, body: unknown): FakeAnswer => ({ status, body: JSON.stringify(body) });
  const cases: readonly (readonly [string, FakeAnswer, HresultName, object])[] = [
    [
      'DirectoryError',
      json(400, { ErrorType: 'DirectoryError', Message: 'not found' }),
      'DSREG_E_DIRECTORY_FAILURE',
      { status: 400, errorCode: 'DirectoryError', message: 'not found' },
    ],
    [
      'AuthenticationError',
      json(400, { ErrorType: 'AuthenticationError', Message: 'SID' }),
      'DSREG_E_DEVICE_AUTHENTICATION_ERROR',
      { status: 400, errorCode: 'AuthenticationError', message: 'SID' },
    ],
    ['401 without a body', { status: 401 }, 'DSREG_E_DEVICE_AUTHENTICATION_ERROR', { errorCode: 'HTTP 401' }],
    ['a page', { status: 502, body: '<html/>' }, 'DSREG_E_DEVICE_AUTHENTICATION_ERROR', { errorCode: 'HTTP 502' }],
    ['200 with a page', { status: 200, body: '<html/>' }, 'DSREG_E_DEVICE_AUTHENTICATION_ERROR', { status: 200 }],
    [
      '200 without a certificate',
      json(200, { Certificate: {} }),
      'DSREG_E_DEVICE_AUTHENTICATION_ERROR',
      { status: 200 },
    ],
    [
      '200 with something else as certificate',
      json(200, { Certificate: { RawBody: 'AAAA' } }),
      'DSREG_E_DEVICE_AUTHENTICATION_ERROR',
      { status: 200 },
    ],
    ['200 with null', json(200, { Certificate: null }), 'DSREG_E_DEVICE_AUTHENTICATION_ERROR', { status: 200 }],
  ];

  test.each(cases)('%s', async (_what, answer, hresult, server) => {
    service.answerWith(answer);
    expect(await failureOf(byToken())).toMatchObject({ phase: 'join', hresult, server });
  });

  test('nobody answers', async () => {
    const nowhere = 'https://fake.localhost:1/EnrollmentServer/device/';
    const failure = await failureOf(registerByToken(service.client, nowhere, 'token', computer, REQUEST_ID));
    expect(failure).toMatchObject({ phase: 'join', hresult: 'WININET_E_CANNOT_CONNECT', server: {} });
  });
});
