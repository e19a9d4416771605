/**
 * The tenant's devices: those that Entra Connect has synchronised and those that have registered.
 *
 * A hybrid device's id is its computer's objectGUID. Held in memory and gone at the end. Does not own: who may register
 * (device-join.ts).
 */
import { isGuid } from './guid.ts';

/** What Entra Connect exports of a computer. */
export interface SyncedDevice {
  readonly objectGUID: string;
  readonly objectSid: string;
  readonly displayName: string;
  /** userCertificate, DER: the self-signed certificate that the device wrote to its own account, if it has. */
  readonly userCertificate?: Uint8Array;
}

/** The properties of Microsoft Graph's device that a hybrid join sets. */
export interface DeviceRecord {
  readonly deviceId: string;
  readonly displayName: string;
  readonly trustType: 'ServerAd';
  readonly accountEnabled: boolean;
  /** null: pending, synchronised but not registered. */
  readonly registrationDateTime: string | null;
  readonly onPremisesSyncEnabled: true | null;
  readonly onPremisesSecurityIdentifier: string;
  readonly operatingSystem: string | null;
  readonly operatingSystemVersion: string | null;
  /** SHA-1 of the device certificate, hex. */
  readonly certificateThumbprint: string | null;
  /** Which of the two joins registered it; Entra itself does not tell. */
  readonly registeredBy: 'federated' | 'synchronised' | null;
  readonly userCertificate: Uint8Array | undefined;
}

export interface Registration {
  readonly deviceId: string;
  readonly objectSid: string;
  readonly displayName: string;
  readonly operatingSystem: string;
  readonly operatingSystemVersion: string;
  readonly certificateThumbprint: string;
  readonly registeredBy: 'federated' | 'synchronised';
  readonly now: Date;
}

export interface DeviceRegistry {
  find(deviceId: string): DeviceRecord | undefined;
  /** SHA-1 of the device certificate, hex in any case. */
  byThumbprint(thumbprint: string): DeviceRecord | undefined;
  all(): readonly DeviceRecord[];
  /** What a run of Entra Connect does: creates the device, or updates it and leaves its registration alone. */
  sync(device: SyncedDevice): void;
  register(registration: Registration): DeviceRecord;
  /** Throws an Error for a device that is not there. */
  setEnabled(deviceId: string, accountEnabled: boolean): void;
  /** The device leaves, or an administrator deletes it. Entra Connect brings a synchronised one back as pending. */
  remove(deviceId: string): void;
}

export function createDeviceRegistry(synced: readonly SyncedDevice[]): DeviceRegistry {
  const devices = new Map<string, DeviceRecord>();
  const known = (deviceId: string): DeviceRecord => {
    const device = devices.get(deviceId.toLowerCase());
    if (device === undefined) throw new Error(`the tenant has no device ${deviceId}`);
    return device;
  };
  const registry: DeviceRegistry = {
    find: (deviceId) => devices.get(deviceId.toLowerCase()),
    byThumbprint: (thumbprint) =>
      [...devices.values()].find((one) => one.certificateThumbprint?.toUpperCase() === thumbprint.toUpperCase()),
    all: () => [...devices.values()],
    sync: (device) => {
      if (!isGuid(device.objectGUID)) throw new Error(`objectGUID ${device.objectGUID} is not a GUID`);
      const deviceId = device.objectGUID.toLowerCase();
      devices.set(deviceId, { ...PENDING, ...devices.get(deviceId), ...syncedProperties(device), deviceId });
    },
    register: ({ now, objectSid, ...registration }) => {
      const deviceId = registration.deviceId.toLowerCase();
      const record: DeviceRecord = {
        ...PENDING,
        onPremisesSyncEnabled: null,
        userCertificate: undefined,
        ...devices.get(deviceId),
        ...registration,
        deviceId,
        onPremisesSecurityIdentifier: objectSid,
        registrationDateTime: `${now.toISOString().slice(0, 19)}Z`,
      };
      devices.set(deviceId, record);
      return record;
    },
    setEnabled: (deviceId, accountEnabled) => {
      devices.set(deviceId.toLowerCase(), { ...known(deviceId), accountEnabled });
    },
    remove: (deviceId) => {
      devices.delete(known(deviceId).deviceId);
    },
  };
  for (const device of synced) registry.sync(device);
  return registry;
}

const PENDING: Pick<
  DeviceRecord,
  | 'trustType'
  | 'accountEnabled'
  | 'registrationDateTime'
  | 'operatingSystem'
  | 'operatingSystemVersion'
  | 'certificateThumbprint'
  | 'registeredBy'
> = {
  trustType: 'ServerAd',
  accountEnabled: true,
  registrationDateTime: null,
  operatingSystem: null,
  operatingSystemVersion: null,
  certificateThumbprint: null,
  registeredBy: null,
};

function syncedProperties(
  device: SyncedDevice,
): Pick<DeviceRecord, 'displayName' | 'onPremisesSyncEnabled' | 'onPremisesSecurityIdentifier' | 'userCertificate'> {
  return {
    displayName: device.displayName,
    onPremisesSyncEnabled: true,
    onPremisesSecurityIdentifier: device.objectSid,
    userCertificate: device.userCertificate,
  };
}
