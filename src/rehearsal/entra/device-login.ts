/**
 * Where a device proves itself with its certificate in TLS: whether Entra still accepts it, and leaving.
 *
 * A listener of its own: the real hosts ask for the certificate at the usual port, which would make every browser of the
 * rehearsal ask its person for one. Owns DBL-DRS-09. Does not own: the devices (device-registry.ts).
 */
import type { TLSSocket } from 'node:tls';
import type { DeviceRecord } from './device-registry.ts';
import { refuseJoin } from './drs-error.ts';
import type { Answer, Call, Entra, Route } from './routes.ts';

export const DEVICE_ROUTES: readonly Route[] = [
  // In place of device.login.microsoftonline.com; that this address answers so is ours.
  { host: 'login', method: 'GET', url: '/', answer: accepted },
  { host: 'drs', method: 'DELETE', url: '/enrollmentserver/device/:id', answer: leave },
];

function accepted(call: Call, entra: Entra): Answer {
  const device = deviceOf(call, entra);
  if (!device.accountEnabled) refuseJoin('DBL-DRS-09', `The device ${device.deviceId} is disabled.`);
  return { status: 200, body: { deviceId: device.deviceId } };
}

/** A device may leave while it is disabled. */
function leave(call: Call, entra: Entra): Answer {
  const device = deviceOf(call, entra);
  const named = (call.parameters['id'] ?? '').toLowerCase();
  if (named !== device.deviceId)
    refuseJoin('DBL-DRS-09', `The device certificate is that of ${device.deviceId}, not of ${named}.`);
  entra.devices.remove(device.deviceId);
  return { status: 200, body: { AttestationResult: { KeyId: entra.randomUUID() } } };
}

/** TLS has proved that the caller holds the certificate's key; who issued it, the registry knows by the thumbprint. */
function deviceOf({ request }: Call, entra: Entra): DeviceRecord {
  const { fingerprint } = (request.raw.socket as TLSSocket).getPeerCertificate();
  const thumbprint = (fingerprint as string | undefined)?.replaceAll(':', '');
  if (thumbprint === undefined) return refuseJoin('DBL-DRS-09', 'The request has no device certificate.');
  const device = entra.devices.byThumbprint(thumbprint);
  return device ?? refuseJoin('DBL-DRS-09', 'The device certificate is that of no device: it was deleted.');
}
