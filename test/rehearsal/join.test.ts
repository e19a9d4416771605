/** The whole join over real HTTP, line for line as two real logs; what counts as joined; and what else the device insists on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { exitStatus } from '../../src/commands/rehearse.ts';
import { DRS_CHECKS, DrsRefusal, errorDetails } from '../../src/rehearsal/entra/drs-error.ts';
import type { HttpClient } from '../../src/rehearsal/http-client.ts';
import { normalise } from './normalise.ts';
import { ELSE_WELL, everythingSaid, rehearsed, statusOf } from './rehearsed.ts';
import type { Rehearsed } from './rehearsed.ts';

const realLog = (name: string): readonly string[] =>
  readFileSync(join(import.meta.dirname, '../vectors/rehearsal', `${name}.txt`), 'utf8')
    .trimEnd()
    .split('\n');

const normalised = (transcript: readonly string[]): readonly string[] => normalise(transcript.join('\n')).split('\n');

describe('a federated join', () => {
  let run: Rehearsed;
  beforeAll(async () => {
    run = await rehearsed({});
  });

  test('reads as the real log, line for line', () => {
    expect(normalised(run.transcript)).toEqual(realLog('join-succeeded'));
  });

  test('ends with status 0, and needs no synchronised device', () => {
    expect(run.result).toMatchObject({ domain: 'federated', joinedBy: 'federation', failure: undefined });
    expect(exitStatus({ join: run.result, ...ELSE_WELL })).toBe(0);
    expect(run.knownBefore).toBe(0);
    expect(run.registeredDevices).toEqual([run.objectGuid]);
  });

  test('shows the device id that Entra registered: the objectGUID', () => {
    expect(statusOf(run, 'DeviceId')).toBe(run.objectGuid);
    expect(run.result.deviceId).toBe(run.objectGuid);
  });

  test('shows a device certificate that began half an hour ago and lives ten years, as the real one', () => {
    const [from, to] = [
      ...(statusOf(run, 'DeviceCertificateValidity') ?? '').matchAll(/\d{4}-[\d-]+ [\d:.]+ UTC/g),
    ].map(([time]) => new Date(time.replace(' UTC', 'Z').replace(' ', 'T')));
    const issued = new Date((from?.getTime() ?? Number.NaN) + 30 * 60_000);
    expect(to?.getUTCFullYear()).toBe(issued.getUTCFullYear() + 10);
    expect(to?.toISOString().slice(5)).toBe(issued.toISOString().slice(5));
  });

  test('checks that the service proves to hold the key of the ticket', () => {
    expect(run.proofs).toBe(1);
  });

  test('prints every claim with its namespace, value and source', () => {
    const text = run.outcome.join('\n');
    expect(text).toContain('Claims that Entra accepted:');
    const rows = run.outcome.map((line) => line.split(/ {2,}/));
    const guid = 'qvDBs35dC0qfJhyORNOhAQ==';
    const fromAnchor = '${#string.uuidAsBase64Guid(user.externalId,null)} ← mS-DS-ConsistencyGuid';
    expect(rows).toContainEqual(['Claim', 'Namespace (for NameIdentifier: format)', 'Value', 'Where it came from']);
    for (const row of [
      ['ImmutableID', 'http://schemas.microsoft.com/LiveID/Federation/2008/05', guid, fromAnchor],
      ['accounttype', 'http://schemas.microsoft.com/ws/2012/01', 'DJ', 'DJ'],
      ['onpremobjectguid', 'http://schemas.microsoft.com/identity/claims', guid, fromAnchor],
      [
        'primarysid',
        'http://schemas.microsoft.com/ws/2008/06/identity/claims',
        'S-1-5-21-1085031214-1563985344-725345543-1601',
        '${user.objectSid} ← objectSid',
      ],
    ])
      expect(rows).toContainEqual(row);
    expect(rows.find(([name]) => name === 'NameIdentifier')?.slice(2)).toEqual([guid, fromAnchor]);
  });

  test('says that it is joined by federation', () => {
    expect(run.outcome).toContain(`The device ${run.objectGuid} is hybrid joined by federation.`);
  });

  test('is one record: issued, with the claims and the request id of the transcript', () => {
    expect(run.activities).toHaveLength(1);
    expect(run.activities[0]).toMatchObject({
      outcome: 'issued',
      endpoint: 'windowstransport-13',
      requestId: run.result.requestId,
      principal: 'DESKTOP-01$@CORP.EXAMPLE.TEST',
    });
    expect(run.transcript.join('\n')).toContain(`ClientRequestId: ${run.result.requestId}`);
  });

  test('no secret stands in transcript, outcome, record or log', () => {
    expect(run.secrets).toHaveLength(6);
    for (const secret of run.secrets) {
      expect(secret.length).toBeGreaterThan(30);
      expect(everythingSaid(run)).not.toContain(secret);
    }
  });
});

describe.each(['wrong-name-format', 'missing-attribute'] as const)('%s, with fallback', (mishap) => {
  test('to a synchronised device: the real log, line for line; the join succeeds, and still counts as failed', async () => {
    const run = await rehearsed({ mishap, fallback: 'synchronised' });
    expect(normalised(run.transcript)).toEqual(realLog('join-by-fallback'));
    expect(run.result).toMatchObject({ joinedBy: 'synchronisation', deviceId: run.objectGuid });
    expect(run.result.failure?.hresult).toBe('ERROR_ADAL_SERVER_ERROR_INVALID_GRANT');
    expect(exitStatus({ join: run.result, ...ELSE_WELL })).toBe(1);
    expect(run.outcome.join('\n')).toMatch(/joined, but NOT by federation.*hides the fault.*FallbackToSyncJoin/s);
    expect(run.registeredDevices).toEqual([run.objectGuid]);
  });

  test('to a device that is not synchronised: 0x801c03f2', async () => {
    const run = await rehearsed({ mishap, fallback: 'not-synchronised' });
    const real = realLog('join-by-fallback');
    const fellBack = real.findIndex((line) => line.endsWith('Try synchronized join.')) + 1;
    const lines = normalised(run.transcript);
    expect(lines.slice(0, fellBack)).toEqual(real.slice(0, fellBack));
    expect(lines.slice(fellBack, lines.indexOf('DSREGCMD_END_STATUS'))).toEqual([
      'Join request ID: <guid 4>',
      'Join response time: <time>',
      'Join HTTP status: 400',
      'Join error code: DirectoryError',
      'Join message: The device object by the given id (<guid 5>) is not found.',
      'DsrDeviceAutoJoin failed 0x801c03f2.',
    ]);
    expect(statusOf(run, 'AzureAdJoined')).toBe('NO');
    expect(statusOf(run, 'Registration Type')).toBe('sync');
    expect(statusOf(run, 'Error Phase')).toBe('join');
    expect(statusOf(run, 'Client ErrorCode')).toBe('0x801c03f2');
    expect(exitStatus({ join: run.result, ...ELSE_WELL })).toBe(1);
    expect(run.registeredDevices).toEqual([]);
    expect(run.outcome).toContain('Fallback     0x801c03f2 DSREG_E_DIRECTORY_FAILURE');
  });
});

test('a sound federated join does not fall back, whether or not the device is synchronised', async () => {
  for (const fallback of ['synchronised', 'not-synchronised'] as const) {
    const run = await rehearsed({ fallback });
    expect(normalised(run.transcript)).toEqual(realLog('join-succeeded'));
    expect(exitStatus({ join: run.result, ...ELSE_WELL })).toBe(0);
  }
});

describe('a managed domain', () => {
  test('is joined by synchronisation at once: Mortise is never asked, and it does not count', async () => {
    const run = await rehearsed({ mishap: 'domain-still-managed', fallback: 'synchronised' });
    const text = run.transcript.join('\n');
    expect(text).toContain('TenantType = Managed;');
    expect(text).not.toMatch(/GetComputerTokenForADRS|Federated ADRS|AdalLog/);
    expect(statusOf(run, 'AzureAdJoined')).toBe('YES');
    expect(run.activities).toEqual([]);
    expect(run.result).toMatchObject({ domain: 'managed', joinedBy: 'synchronisation', failure: undefined });
    expect(exitStatus({ join: run.result, ...ELSE_WELL })).toBe(1);
    expect(run.outcome.join('\n')).toMatch(/NOT by federation: the domain is managed in Entra/);
  });

  test('does not depend on FallbackToSyncJoin', async () => {
    const run = await rehearsed({ mishap: 'domain-still-managed', fallback: 'disabled' });
    expect(run.transcript).toContain('DsrDeviceAutoJoin failed 0x801c03f2.');
    expect(statusOf(run, 'Registration Type')).toBe('sync');
  });
});

test('a refusal of the device registration service ends the federated join without a fallback', async () => {
  const run = await rehearsed({
    fallback: 'synchronised',
    // Ten joins a minute are allowed; the local Entra answers the eleventh as Entra does.
    prepare: (world) => {
      const { http } = world.device;
      const send: HttpClient['send'] = async (request) => {
        const times = request.method === 'POST' && request.url.includes('/EnrollmentServer/device/') ? 10 : 0;
        for (let count = 0; count < times; count++) await http.send(request);
        return http.send(request);
      };
      return { ...world, device: { ...world.device, http: { ...http, send } } };
    },
  });
  expect(run.transcript).toContain('Join error code: DirectoryError');
  expect(run.transcript).toContain('Join HTTP status: 400');
  expect(run.transcript).toContain('DsrCmdJoinHelper::Join: Federated ADRS join failed with error 0x801c03f2.');
  expect(statusOf(run, 'Registration Type')).toBe('fed');
  expect(run.outcome).toContain('Claims that Entra read:');
  expect(exitStatus({ join: run.result, ...ELSE_WELL })).toBe(1);
});

test('a token without the device’s claims, which the local Entra does not make, would end the join with 0x801c0002', async () => {
  const refusal = new DrsRefusal('DBL-DRS-03', 'The token has no on_prem_id.', DRS_CHECKS['DBL-DRS-03'].errorType);
  const run = await rehearsed({
    prepare: (world) => {
      const { http } = world.device;
      const stamp = { traceId: world.device.randomUUID(), correlationId: world.device.randomUUID(), now: new Date() };
      const body = Buffer.from(JSON.stringify(errorDetails(refusal, stamp)));
      const send: HttpClient['send'] = async (request) =>
        request.url.includes('/EnrollmentServer/device/')
          ? { status: refusal.status, headers: { date: 'Mon, 02 Mar 2026 10:00:00 GMT' }, body }
          : http.send(request);
      return { ...world, device: { ...world.device, http: { ...http, send } } };
    },
  });
  expect(run.transcript).toContain('Join error code: AuthenticationError');
  expect(run.transcript).toContain('Join message: The token has no on_prem_id.');
  expect(run.transcript).toContain('DsrDeviceAutoJoin failed 0x801c0002.');
  expect([statusOf(run, 'Error Phase'), statusOf(run, 'Client ErrorCode')]).toEqual(['join', '0x801c0002']);
});
