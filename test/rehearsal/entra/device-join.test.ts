/** Each row of device registration's checks refuses its one defect; both joins register (rows -04: device-certificate). */
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import type { JWTPayload } from 'jose';
import { describe, expect, test } from 'vitest';
import { createDeviceAuthority } from '../../../src/rehearsal/entra/device-certificate.ts';
import { joinFederated, joinSynchronised } from '../../../src/rehearsal/entra/device-join.ts';
import type { JoinCircumstances } from '../../../src/rehearsal/entra/device-join.ts';
import { createDeviceRegistry } from '../../../src/rehearsal/entra/device-registry.ts';
import type { SyncedDevice } from '../../../src/rehearsal/entra/device-registry.ts';
import { DRS_CHECKS, DrsRefusal } from '../../../src/rehearsal/entra/drs-error.ts';
import { createTenant } from '../../../src/rehearsal/entra/tenant.ts';
import { createJoinThrottle } from '../../../src/rehearsal/entra/throttle.ts';
import { NOW, OBJECT_GUID, OBJECT_SID } from './assertion-fixture.ts';
import { certificateRequest, joinBody, syncJoinBody, transportKey, userCertificate } from './join-fixture.ts';
import type { Json } from './join-fixture.ts';

const TENANT_ID = '07ec9af2-7ce5-4ab7-8638-115736bbf990';
const RESOURCE = 'urn:ms-drs:enterpriseregistration.windows.net';
const keys = { kid: 'k', ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
const authority = await createDeviceAuthority();
const csr = (await certificateRequest()).der;
const user = await userCertificate(OBJECT_GUID);
const stranger = await userCertificate(OBJECT_GUID);
const tenant = createTenant(
  { tenantId: TENANT_ID, tenantName: 'T', domains: [{ name: 'contoso.example', verified: true }], syncedUsers: [] },
  () => 'id',
);

function circumstances(synced: readonly SyncedDevice[] = []): JoinCircumstances {
  const throttle = createJoinThrottle({ requests: 2, withinMs: 60_000 });
  return {
    tenant,
    keys,
    authority,
    devices: createDeviceRegistry(synced),
    throttle,
    now: NOW,
    clockSkewMs: 300_000,
    serialNumber: '01',
  };
}

const DEVICE: JWTPayload = { account_type: 'DJ', on_prem_id: OBJECT_GUID, primary_sid: OBJECT_SID };

function token(
  claims: JWTPayload = DEVICE,
  audience = RESOURCE,
  issuer = `https://sts.windows.net/${TENANT_ID}/`,
): Promise<string> {
  const from = NOW.getTime() / 1000;
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256' })
    .setAudience(audience)
    .setIssuer(issuer)
    .setNotBefore(from)
    .setExpirationTime(from + 60)
    .sign(keys.privateKey);
}

const bytes = (body: Json): Uint8Array => Buffer.from(JSON.stringify(body));

async function refusal(outcome: Promise<unknown>): Promise<unknown> {
  const error = await outcome.then(() => new Error('the join was accepted')).catch((thrown: unknown) => thrown);
  if (!(error instanceof DrsRefusal)) throw error;
  return [error.check, error.errorType, error.message];
}

describe('the federated join', () => {
  const join = async (body: Uint8Array, claims?: JWTPayload, at = circumstances()): Promise<unknown> =>
    joinFederated(`Bearer ${await token(claims)}`, body, at);
  const text = (needle: string): unknown => expect.stringContaining(needle);

  test('registers', async () => {
    const at = circumstances();
    expect(await join(bytes(joinBody(csr)), DEVICE, at)).toMatchObject({ User: { Upn: '' }, MembershipChanges: [] });
    expect(at.devices.find(OBJECT_GUID.toUpperCase())).toMatchObject({
      registeredBy: 'federated',
      onPremisesSecurityIdentifier: OBJECT_SID,
    });
  });

  test('of a synchronised device keeps it synchronised', async () => {
    const at = circumstances([
      { objectGUID: OBJECT_GUID, objectSid: OBJECT_SID, displayName: 'old', userCertificate: user.der },
    ]);
    await join(bytes(joinBody(csr)), DEVICE, at);
    expect(at.devices.all()).toHaveLength(1);
    expect(at.devices.find(OBJECT_GUID)).toMatchObject({
      displayName: 'PC1',
      onPremisesSyncEnabled: true,
      registrationDateTime: '2026-03-02T10:00:00Z',
    });
    at.devices.sync({ objectGUID: OBJECT_GUID, objectSid: OBJECT_SID, displayName: 'new' });
    expect(at.devices.find(OBJECT_GUID)).toMatchObject({
      displayName: 'new',
      registrationDateTime: '2026-03-02T10:00:00Z',
    });
  });

  test('DBL-DRS-02: a token of another audience or issuer', async () => {
    const body = bytes(joinBody(csr));
    for (const bad of [
      await token(DEVICE, 'https://graph.microsoft.com'),
      await token(DEVICE, RESOURCE, 'https://sts.windows.net/other/'),
    ]) {
      expect(await refusal(joinFederated(`Bearer ${bad}`, body, circumstances()))).toEqual([
        'DBL-DRS-02',
        'AuthenticationError',
        text('not valid'),
      ]);
    }
    expect(await refusal(joinFederated(`Basic ${await token()}`, body, circumstances()))).toEqual([
      'DBL-DRS-02',
      'AuthenticationError',
      text('no bearer'),
    ]);
    expect(
      await joinFederated(
        `Bearer ${await token(DEVICE, '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9')}`,
        body,
        circumstances(),
      ),
    ).toHaveProperty('Certificate');
  });

  test.each([
    ['account_type', { ...DEVICE, account_type: 'User' }],
    ['on_prem_id', { ...DEVICE, on_prem_id: 'UUEMXKriXkOYeql655jERA==' }],
    ['on_prem_id', { account_type: 'DJ', primary_sid: OBJECT_SID }],
    ['primary_sid', { ...DEVICE, primary_sid: 'S-1-5-32-544' }],
  ])('DBL-DRS-03: a token without %s', async (name, claims) => {
    expect(await refusal(join(bytes(joinBody(csr)), claims))).toEqual([
      'DBL-DRS-03',
      'AuthenticationError',
      text(name),
    ]);
  });

  test.each([
    ['a body that is not JSON', Buffer.from('{'), 'JSON'],
    ['a body that is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'UTF-8'],
    ['JSON that is no object', Buffer.from('[]'), 'body'],
    ['another JoinType', bytes(joinBody(csr, { JoinType: 0 })), 'JoinType'],
    ['no OSVersion', bytes(joinBody(csr, { OSVersion: undefined })), 'OSVersion'],
    ['no CertificateRequest', bytes(joinBody(csr, { CertificateRequest: undefined })), 'CertificateRequest'],
    ['an empty TransportKey', bytes(joinBody(csr, { TransportKey: '' })), 'TransportKey'],
    ['a TransportKey that is not base64', bytes(joinBody(csr, { TransportKey: '!' })), 'base64'],
    [
      'a TransportKey of another magic',
      bytes(joinBody(csr, { TransportKey: transportKey({ magic: 'RSA2' }).toString('base64') })),
      'RSA1',
    ],
    [
      'a TransportKey with primes',
      bytes(joinBody(csr, { TransportKey: transportKey({ primeBytes: 128 }).toString('base64') })),
      'primes',
    ],
    [
      'a TransportKey of 1024 bits',
      bytes(joinBody(csr, { TransportKey: transportKey({ bits: 1024 }).toString('base64') })),
      '1024',
    ],
    [
      'a TransportKey with a tail',
      bytes(joinBody(csr, { TransportKey: transportKey({ tail: Buffer.from([0]) }).toString('base64') })),
      'tail',
    ],
    [
      'a TransportKey that is cut short',
      bytes(joinBody(csr, { TransportKey: transportKey().subarray(0, 23).toString('base64') })),
      'blob',
    ],
  ])('DBL-DRS-05: %s', async (_title, body, needle) => {
    const at = circumstances();
    expect(await refusal(join(body, DEVICE, at))).toEqual(['DBL-DRS-05', 'InvalidRequest', text(needle)]);
    expect(at.devices.all()).toEqual([]);
  });

  test('DBL-DRS-06: the third request within the minute is held off', async () => {
    const at = circumstances();
    for (const _ of [1, 2]) await join(bytes(joinBody(csr)), DEVICE, at);
    expect(await refusal(join(bytes(joinBody(csr)), DEVICE, at))).toEqual([
      'DBL-DRS-06',
      'DirectoryError',
      'Your request is throttled temporarily. Please try after 300 seconds.',
    ]);
  });
});

describe('the synchronised join', () => {
  const device: SyncedDevice = {
    objectGUID: OBJECT_GUID,
    objectSid: OBJECT_SID,
    displayName: 'PC1',
    userCertificate: user.der,
  };
  const { userCertificate: _none, ...withoutCertificate } = device;
  const good = { key: user.key, sid: OBJECT_SID, time: '2026-03-02 10:00:00Z', tenantId: TENANT_ID };
  const join = (changes: Partial<typeof good> = {}, at = circumstances([device])): Promise<unknown> =>
    joinSynchronised(OBJECT_GUID, bytes(syncJoinBody(csr, { ...good, ...changes })), at);
  const SID_FAILED = `The verification of the target computer's SID ${OBJECT_SID} failed.`;

  test('registers, within the skew on both sides', async () => {
    for (const time of ['2026-03-02 10:00:00Z', '2026-03-02 09:55:00Z', '2026-03-02 10:05:00Z']) {
      const at = circumstances([device]);
      expect(await join({ time }, at)).toHaveProperty('Certificate');
      expect(at.devices.find(OBJECT_GUID)).toMatchObject({
        registeredBy: 'synchronised',
        registrationDateTime: '2026-03-02T10:00:00Z',
      });
    }
  });

  test('DBL-DRS-07: what is not known, or not proved', async () => {
    const notFound = `The device object by the given id (${OBJECT_GUID}) is not found.`;
    expect(await refusal(join({}, circumstances()))).toEqual(['DBL-DRS-07', 'DirectoryError', notFound]);
    expect(await refusal(join({}, circumstances([withoutCertificate])))).toEqual([
      'DBL-DRS-07',
      'DirectoryError',
      `The public key user certificate is not found on the device object with id: (${OBJECT_GUID}).`,
    ]);
    expect(await refusal(join({ tenantId: 'fabrikam.example' }))).toEqual([
      'DBL-DRS-07',
      'DirectoryError',
      expect.stringContaining("AADSTS90002: Tenant 'fabrikam.example' not found"),
    ]);
    expect(await refusal(join({ key: stranger.key }))).toEqual(['DBL-DRS-07', 'AuthenticationError', SID_FAILED]);
    expect(await refusal(join({ sid: 'S-1-5-21-1-2-3-500' }))).toEqual([
      'DBL-DRS-07',
      'AuthenticationError',
      SID_FAILED,
    ]);
    expect(await refusal(join({ time: 'now' }))).toEqual(['DBL-DRS-07', 'AuthenticationError', SID_FAILED]);
  });

  test.each(['2026-03-02 09:54:59Z', '2026-03-02 10:05:01Z', '2026-13-02 10:00:00Z'])(
    'DBL-DRS-08: the signed time %s',
    async (time) => {
      expect(await refusal(join({ time }))).toEqual([
        'DBL-DRS-08',
        'AuthenticationError',
        `The signed time ${time} is not current.`,
      ]);
    },
  );

  test('is throttled as well', async () => {
    const at = circumstances([device]);
    for (const _ of [1, 2]) await join({}, at);
    expect(await refusal(join({}, at))).toEqual([
      'DBL-DRS-06',
      'DirectoryError',
      expect.stringContaining('300 seconds'),
    ]);
  });
});

test('the table has the rows that are tested here, with discovery, the certificate and the device’s login', () => {
  expect(Object.keys(DRS_CHECKS)).toEqual(
    ['01', '02', '03', '04', '05', '06', '07', '08', '09'].map((number) => `DBL-DRS-${number}`),
  );
});
