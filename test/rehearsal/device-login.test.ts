/** A joined device in Entra: accepted, disabled, deleted, leaving, and coming back. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isAccepted, leaveDevice } from '../../src/rehearsal/device-login.ts';
import { jsonObject } from '../../src/rehearsal/http-client.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { rehearseJoin } from '../../src/rehearsal/rehearse.ts';
import type { JoinedDevice } from '../../src/rehearsal/status-block.ts';
import { openTranscript } from '../../src/rehearsal/transcript.ts';
import { openWorld } from '../../src/rehearsal/world.ts';
import type { World } from '../../src/rehearsal/world.ts';

let world: World;
let joined: JoinedDevice;
let id: string;

async function join(): Promise<JoinedDevice> {
  const result = await rehearseJoin(world, () => undefined);
  if (result.joined === undefined || result.deviceId === undefined) throw new Error('the device did not join');
  id = result.deviceId;
  return result.joined;
}
async function leave(device: JoinedDevice = joined) {
  const lines: string[] = [];
  return {
    ...(await leaveDevice(
      world.device,
      device,
      openTranscript((line) => lines.push(line)),
    )),
    lines,
  };
}
const known = (): readonly string[] => world.entra.devices().map(({ deviceId }) => deviceId);
const lastCheck = (): string | undefined => world.entra.requests().at(-1)?.refusal?.check;

beforeAll(async () => {
  world = await openWorld({ ...SOUND_PLAN, joinsWithinAMinute: 100 }, { fallback: 'disabled', port: 0 });
});
beforeEach(async () => {
  joined = await join();
});
afterAll(async () => world.close());

test('a device that joined is accepted', async () => {
  expect(await isAccepted(world.device, joined)).toBe(true);
});

test('a disabled one is not, until it is enabled again', async () => {
  world.entra.setDeviceEnabled(id, false);
  expect(await isAccepted(world.device, joined)).toBe(false);
  expect(lastCheck()).toBe('DBL-DRS-09');
  world.entra.setDeviceEnabled(id.toUpperCase(), true);
  expect(await isAccepted(world.device, joined)).toBe(true);
});

test('joining again leaves a disabled device disabled', async () => {
  world.entra.setDeviceEnabled(id, false);
  expect(await isAccepted(world.device, await join())).toBe(false);
  world.entra.setDeviceEnabled(id, true);
});

test('one that leaves is gone from the tenant, with a transcript', async () => {
  const { refused, lines, requestId } = await leave();
  expect([refused, known()]).toEqual([undefined, []]);
  expect(lines).toEqual([
    `DsrCmdLeaveHelper::Leave: ClientRequestId: ${requestId}`,
    `Leave request ID: ${requestId}`,
    'Leave HTTP status: 200',
    'DsrCmdLeaveHelper::Leave: completed successfully',
    'DSREGCMD_END_STATUS',
    '             AzureAdJoined : NO',
    '          EnterpriseJoined : NO',
  ]);
  expect(await isAccepted(world.device, joined)).toBe(false);
});

test('it joins again under the same id and another certificate', async () => {
  const before = id;
  await leave();
  const again = await join();
  expect(id).toBe(before);
  expect(again.registered.certificate.fingerprint).not.toBe(joined.registered.certificate.fingerprint);
  expect([await isAccepted(world.device, again), await isAccepted(world.device, joined)]).toEqual([true, false]);
});

test('a disabled device may leave; one that was deleted leaves without Entra', async () => {
  world.entra.setDeviceEnabled(id, false);
  expect((await leave()).refused).toBeUndefined();
  joined = await join();
  world.entra.deleteDevice(id);
  expect((await leave()).refused).toMatch(/no device: it was deleted/);
  expect(() => world.entra.deleteDevice(id)).toThrow(/no device/);
});

test('a synchronised device comes back as pending with the next run of Entra Connect', async () => {
  const { objectGuid, objectSid, displayName } = world.device.computer;
  const sync = (): void => world.entra.syncDevice({ objectGUID: objectGuid, objectSid, displayName });
  await leave();
  sync();
  expect(world.entra.devices()).toMatchObject([
    { deviceId: id, registrationDateTime: null, certificateThumbprint: null },
  ]);
  world.entra.deleteDevice(id);
});

test('nobody leaves for another, nor without a certificate', async () => {
  const url = `${world.device.deviceDrs}/EnrollmentServer/device/${id}?api-version=1.0`;
  const stranger = await world.device.http.send({ method: 'DELETE', url });
  expect([stranger.status, jsonObject(stranger.body)?.['Message']]).toEqual([
    401,
    'The request has no device certificate.',
  ]);
  const { certificate, privateKey } = joined.registered;
  const client = world.device.clientWith({
    cert: certificate.toString(),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  });
  const named = await client.send({ method: 'DELETE', url: url.replace(id, '00000000-0000-4000-8000-000000000000') });
  client.close();
  expect([named.status, known()]).toEqual([401, [id]]);
});

test('the usual hosts know nothing of it', async () => {
  const url = `${world.device.drs}/EnrollmentServer/device/${id}?api-version=1.0`;
  expect((await world.device.http.send({ method: 'DELETE', url })).status).toBe(404);
});
