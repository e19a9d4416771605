/** The `DSREGCMD_END_STATUS` block. Names, order and alignment as in real logs; the block of a failed join is reconstructed. */
import { HRESULTS } from './join-codes.ts';
import type { JoinFailure } from './join-codes.ts';
import type { DiscoveryDocument } from './discovery.ts';
import type { Registered } from './registration.ts';

/** `2025-07-10 16:52:13.000 UTC`: in whole seconds, the zeros are real. */
export const timeOf = (date: Date): string => `${date.toISOString().slice(0, 19).replace('T', ' ')}.000 UTC`;

export type Line = readonly [name: string, value: string];

/** Values begin at one column; names are right-aligned before it. A field without a value ends at its colon. */
export const fieldLines = (lines: readonly Line[]): readonly string[] =>
  lines.map(([name, value]) => `${name.padStart(26)} : ${value}`.trimEnd());

const print = (lines: readonly Line[]): readonly string[] => ['DSREGCMD_END_STATUS', ...fieldLines(lines)];

export interface JoinedDevice {
  readonly registered: Registered;
  readonly tenantId: string;
  readonly keyContainerId: string;
  readonly discovery: DiscoveryDocument;
}

export function joinedStatus(joined: JoinedDevice): readonly string[] {
  return print([
    ['AzureAdJoined', 'YES'],
    ['EnterpriseJoined', 'NO'],
    ...deviceDetails(joined),
    ...tenantDetails(joined),
  ]);
}

/** @param accepted by Entra, which Windows asks; right after a join the device's own signature tells */
export function deviceDetails(
  { registered, keyContainerId }: JoinedDevice,
  accepted = registered.keySignTest,
): readonly Line[] {
  const { certificate } = registered;
  const from = timeOf(new Date(certificate.validFrom));
  return [
    ['DeviceId', deviceIdOf(registered)],
    ['Thumbprint', certificate.fingerprint.replaceAll(':', '')],
    ['DeviceCertificateValidity', `[ ${from} -- ${timeOf(new Date(certificate.validTo))} ]`],
    ['KeyContainerId', keyContainerId],
    ['KeyProvider', 'Microsoft Software Key Storage Provider'],
    ['TpmProtected', 'NO'],
    ['DeviceAuthStatus', accepted ? 'SUCCESS' : 'FAILED. Device is either disabled or deleted'],
  ];
}

export function tenantDetails({ tenantId, discovery }: JoinedDevice): readonly Line[] {
  return [
    ['TenantName', ''],
    ['TenantId', tenantId],
    ['AuthCodeUrl', discovery.authCodeUrl],
    ['AccessTokenUrl', discovery.accessTokenUrl],
    ['MdmUrl', ''],
    ['MdmTouUrl', ''],
    ['MdmComplianceUrl', ''],
    ['SettingsUrl', ''],
    ...discovery.services,
  ];
}

/** The device id is the subject of the device certificate. */
export const deviceIdOf = (registered: Registered): string =>
  /CN=([0-9a-f-]{36})/i.exec(registered.certificate.subject)?.[1] ?? '';

/** @param registrationType undefined before the realm has decided it */
export function failedStatus(
  failure: JoinFailure,
  registrationType: 'fed' | 'sync' | undefined,
  now: Date,
  requestId: string,
): readonly string[] {
  return print([
    ['AzureAdJoined', 'NO'],
    ['EnterpriseJoined', 'NO'],
    ['Previous Registration', timeOf(now)],
    ['Registration Type', registrationType ?? ''],
    ['Error Phase', failure.phase],
    ['Client ErrorCode', HRESULTS[failure.hresult]],
    ['Server ErrorCode', failure.server.errorCode ?? ''],
    ['Server Message', (failure.server.message ?? '').replaceAll('\r\n', ' ')],
    ['Https Status', failure.server.status === undefined ? '' : String(failure.server.status)],
    ['Request Id', requestId],
  ]);
}
