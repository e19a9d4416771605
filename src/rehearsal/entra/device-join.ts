/**
 * The two ways of a hybrid device into the tenant ([MS-DVRJ] 3.1.5): the federated join with a token, and the
 * synchronised join with a signature of the certificate that Entra Connect brought.
 *
 * Owns DBL-DRS-02, -03 and -05 to -08. Does not own: the PKCS#10 and the certificate (device-certificate.ts).
 */
import { constants, verify, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { aadstsText } from './aadsts.ts';
import { verifyDeviceToken } from './access-token.ts';
import type { TokenKeys } from './access-token.ts';
import { readCertificateRequest } from './device-certificate.ts';
import type { DeviceAuthority } from './device-certificate.ts';
import type { DeviceRecord, DeviceRegistry } from './device-registry.ts';
import { refuseJoin } from './drs-error.ts';
import { isDomainSid, isGuid, strictBase64 } from './guid.ts';
import type { Tenant } from './tenant.ts';
import type { JoinThrottle } from './throttle.ts';
import { checkTransportKey } from './transport-key.ts';

const HYBRID_JOIN = 6;

const text = z.string().min(1).max(65536);

const deviceProperties = {
  TransportKey: text,
  TargetDomain: text,
  DeviceType: text,
  OSVersion: text,
  DeviceDisplayName: text,
};

const joinBody = z.object({
  CertificateRequest: z.object({ Type: text, Data: text }),
  JoinType: z.literal(HYBRID_JOIN),
});

/** [MS-DVRJ] 3.1.5.1.1.1 */
const federatedBody = joinBody.extend(deviceProperties);

const synchronisedBody = joinBody.extend({
  ServerAdJoinData: z.object({
    ...deviceProperties,
    TargetDomainId: text,
    SourceDomainController: z.string().optional(),
    ClientIdentity: z.object({ Type: z.literal('sha256signed'), Sid: text, SignedBlob: text }),
  }),
});

type DeviceProperties = z.infer<typeof federatedBody> | z.infer<typeof synchronisedBody>['ServerAdJoinData'];

export interface JoinCircumstances {
  readonly tenant: Tenant;
  readonly keys: TokenKeys;
  readonly authority: DeviceAuthority;
  readonly devices: DeviceRegistry;
  readonly throttle: JoinThrottle;
  readonly now: Date;
  readonly clockSkewMs: number;
  readonly serialNumber: string;
}

/** [MS-DVRJ] 3.1.5.1.1.2 */
export interface JoinResponse {
  readonly Certificate: { readonly Thumbprint: string; readonly RawBody: string };
  readonly User: { readonly Upn: string };
  readonly MembershipChanges: readonly never[];
}

/** `authorization` is the header field; `body` the JSON text. */
export async function joinFederated(
  authorization: string | undefined,
  body: Uint8Array,
  at: JoinCircumstances,
): Promise<JoinResponse> {
  const { deviceId, objectSid } = await deviceOfToken(authorization, at);
  throttle(deviceId, at);
  const join = readBody(federatedBody, body);
  return register({ deviceId, objectSid, registeredBy: 'federated' }, join.CertificateRequest, join, at);
}

/** `objectGuid` is the path's last segment. */
export async function joinSynchronised(
  objectGuid: string,
  body: Uint8Array,
  at: JoinCircumstances,
): Promise<JoinResponse> {
  const join = readBody(synchronisedBody, body);
  const data = join.ServerAdJoinData;
  if (!at.tenant.isNamedBy(data.TargetDomainId)) {
    refuseJoin('DBL-DRS-07', `AADSTS90002: ${aadstsText(90002, { name: data.TargetDomainId })}`);
  }
  const device = at.devices.find(objectGuid);
  if (device?.onPremisesSyncEnabled !== true)
    return refuseJoin('DBL-DRS-07', `The device object by the given id (${objectGuid}) is not found.`);
  throttle(device.deviceId, at);
  checkClientIdentity(data.ClientIdentity, device, at);
  const who = {
    deviceId: device.deviceId,
    objectSid: device.onPremisesSecurityIdentifier,
    registeredBy: 'synchronised',
  } as const;
  return register(who, join.CertificateRequest, data, at);
}

async function deviceOfToken(
  authorization: string | undefined,
  at: JoinCircumstances,
): Promise<{ readonly deviceId: string; readonly objectSid: string }> {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization ?? '')?.[1];
  if (token === undefined) return refuseJoin('DBL-DRS-02', 'The request has no bearer token.');
  const claims = await verifyDeviceToken(token, at.keys, at.tenant.id, at.now).catch((error: unknown) =>
    refuseJoin('DBL-DRS-02', `The bearer token is not valid: ${error instanceof Error ? error.message : 'unknown'}.`),
  );
  const { account_type: accountType, on_prem_id: deviceId, primary_sid: objectSid } = claims;
  if (accountType !== 'DJ') return refuseJoin('DBL-DRS-03', 'The token is not a device token: account_type is not DJ.');
  if (typeof deviceId !== 'string' || !isGuid(deviceId))
    return refuseJoin('DBL-DRS-03', 'The token has no on_prem_id.');
  if (typeof objectSid !== 'string' || !isDomainSid(objectSid))
    return refuseJoin('DBL-DRS-03', 'The token has no primary_sid.');
  return { deviceId, objectSid };
}

function throttle(deviceId: string, at: JoinCircumstances): void {
  const seconds = at.throttle.hold(deviceId, at.now);
  if (seconds > 0)
    refuseJoin('DBL-DRS-06', `Your request is throttled temporarily. Please try after ${seconds} seconds.`);
}

function readBody<Schema extends z.ZodType>(schema: Schema, body: Uint8Array): z.infer<Schema> {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  return refuseJoin('DBL-DRS-05', `The request is not a device join: ${problems.join('; ')}.`);
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return refuseJoin('DBL-DRS-05', 'The body is not JSON in UTF-8.');
  }
}

/** `<objectSid>.<yyyy-MM-dd HH:mm:ssZ>`, signed with RSA PKCS#1 v1.5 and SHA-256 by the key of userCertificate. */
function checkClientIdentity(
  identity: { readonly Sid: string; readonly SignedBlob: string },
  device: DeviceRecord,
  at: JoinCircumstances,
): void {
  const sidFailure = `The verification of the target computer's SID ${device.onPremisesSecurityIdentifier} failed.`;
  const [, sid, time] = /^(S-[0-9-]+)\.(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}Z)$/.exec(identity.Sid) ?? [];
  if (sid !== device.onPremisesSecurityIdentifier || time === undefined)
    refuseJoin('DBL-DRS-07', sidFailure, 'AuthenticationError');
  if (device.userCertificate === undefined) {
    refuseJoin(
      'DBL-DRS-07',
      `The public key user certificate is not found on the device object with id: (${device.deviceId}).`,
    );
  }
  const signature = strictBase64(identity.SignedBlob);
  const key = { key: new X509Certificate(device.userCertificate).publicKey, padding: constants.RSA_PKCS1_PADDING };
  if (signature === undefined || !verify('sha256', Buffer.from(identity.Sid), key, signature)) {
    refuseJoin('DBL-DRS-07', sidFailure, 'AuthenticationError');
  }
  const offMs = Math.abs(at.now.getTime() - Date.parse(time.replace(' ', 'T')));
  // A time that is none, such as the 13th month, is NaN and never within the skew.
  if (!(offMs <= at.clockSkewMs)) refuseJoin('DBL-DRS-08', `The signed time ${time} is not current.`);
}

async function register(
  who: { readonly deviceId: string; readonly objectSid: string; readonly registeredBy: 'federated' | 'synchronised' },
  request: { readonly Type: string; readonly Data: string },
  device: DeviceProperties,
  at: JoinCircumstances,
): Promise<JoinResponse> {
  const certificateRequest = await readCertificateRequest(request.Type, request.Data);
  checkTransportKey(device.TransportKey);
  const certificate = await at.authority.issue(certificateRequest, {
    deviceId: who.deviceId,
    tenantId: at.tenant.id,
    now: at.now,
    serialNumber: at.serialNumber,
  });
  at.devices.register({
    ...who,
    displayName: device.DeviceDisplayName,
    operatingSystem: device.DeviceType,
    operatingSystemVersion: device.OSVersion,
    certificateThumbprint: certificate.thumbprint,
    now: at.now,
  });
  return {
    Certificate: { Thumbprint: certificate.thumbprint, RawBody: certificate.der.toString('base64') },
    User: { Upn: '' },
    MembershipChanges: [],
  };
}
