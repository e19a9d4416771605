/**
 * The primary refresh token: a nonce, then a request that the device signs with the key of its certificate and that
 * carries the person's assertion. Owns DBL-PRT-01 and -02. The session key, which Entra wraps with the device's
 * transport key, is left out: nothing here would use it.
 */
import { randomBytes, X509Certificate } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { issuerOf } from './access-token.ts';
import type { Issue } from './access-token.ts';
import { resourceOf } from './applications.ts';
import type { DeviceRegistry } from './device-registry.ts';
import { strictBase64 } from './guid.ts';
import { idToken } from './person-token.ts';
import type { PersonIdentity } from './person-claims.ts';
import { acceptAssertion } from './token.ts';
import type { TokenCircumstances } from './token.ts';
import { refuse } from './token-checks.ts';
import type { TokenForm } from './token-form.ts';

/** Windows' authentication broker. */
const BROKER = '38aa3b87-a06d-4817-b275-7a316988d93b';
const NONCE_MS = 5 * 60_000;
/** 14 days, in seconds. */
const LIFETIME = 14 * 86_400;

export interface Nonces {
  issue(now: Date): string;
  /** False for one that is not ours, too old or used. */
  use(nonce: string, now: Date): boolean;
}

export function createNonces(): Nonces {
  const issued = new Map<string, number>();
  return {
    issue(now) {
      for (const [nonce, at] of issued) if (now.getTime() - at > NONCE_MS) issued.delete(nonce);
      const nonce = randomBytes(32).toString('base64url');
      issued.set(nonce, now.getTime());
      return nonce;
    },
    use(nonce, now) {
      const at = issued.get(nonce);
      issued.delete(nonce);
      return at !== undefined && now.getTime() - at <= NONCE_MS;
    },
  };
}

export interface PrtCircumstances extends TokenCircumstances {
  readonly devices: DeviceRegistry;
  readonly nonces: Nonces;
}

/** @param request the parameter `request`: a JWT with the device certificate in `x5c` */
export async function issuePrimaryRefreshToken(
  request: string,
  circumstances: PrtCircumstances,
  issue: Issue,
): Promise<{ readonly answer: object; readonly person: PersonIdentity }> {
  const payload = await verifiedByDevice(request, circumstances);
  const nonce = text(payload, 'request_nonce');
  if (!circumstances.nonces.use(nonce, circumstances.now))
    refuse('DBL-PRT-01', 90023, 'request_nonce is not a fresh nonce of this Entra');
  const judged = acceptAssertion(formOf(payload), circumstances);
  if (judged.kind === 'device') return refuse('DBL-TOK-14', 90020, 'the assertion is a device’s, not a person’s');
  const answer = {
    token_type: 'Bearer',
    refresh_token: randomBytes(64).toString('base64url'),
    refresh_token_expires_in: LIFETIME,
    id_token: await idToken(judged.person, BROKER, issue),
    authority: issuerOf(circumstances.tenant.id),
  };
  return { answer, person: judged.person };
}

async function verifiedByDevice(request: string, { devices, now }: PrtCircumstances): Promise<JWTPayload> {
  const certificate = certificateOf(request);
  const thumbprint = certificate?.fingerprint.replaceAll(':', '');
  const device = thumbprint === undefined ? undefined : devices.byThumbprint(thumbprint);
  if (certificate === undefined || device === undefined)
    return refuse(
      'DBL-PRT-02',
      50155,
      'the certificate is not that of a registered device: it never joined, or was deleted',
    );
  if (!device.accountEnabled) refuse('DBL-PRT-02', 50155, `the device ${device.deviceId} is disabled`);
  try {
    const { payload } = await jwtVerify(request, certificate.publicKey, { algorithms: ['RS256'], currentDate: now });
    return payload;
  } catch (error) {
    return refuse('DBL-PRT-02', 50155, `the device’s signature: ${error instanceof Error ? error.message : ''}`);
  }
}

function certificateOf(request: string): X509Certificate | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(request.split('.')[0] ?? '', 'base64url').toString());
    const x5c: unknown = typeof header === 'object' && header !== null ? Reflect.get(header, 'x5c') : undefined;
    const [first] = Array.isArray(x5c) ? (x5c as unknown[]) : [x5c];
    return typeof first === 'string' ? new X509Certificate(Buffer.from(first, 'base64')) : undefined;
  } catch {
    return undefined;
  }
}

function formOf(payload: JWTPayload): TokenForm {
  const grantName = text(payload, 'grant_type');
  if (grantName !== 'urn:ietf:params:oauth:grant-type:saml1_1-bearer')
    refuse('DBL-TOK-02', 70003, `grant_type ${grantName}`, { name: grantName });
  const resourceName = 'https://graph.windows.net';
  const resource = resourceOf(resourceName);
  const assertion = strictBase64(text(payload, 'assertion'));
  if (assertion === undefined || resource === undefined)
    return refuse('DBL-TOK-03', 700002, 'assertion is not standard, padded base64');
  return { version: 'v1', grant: 'saml1_1', clientId: BROKER, resourceName, resource, assertion };
}

function text(payload: JWTPayload, name: string): string {
  const value = payload[name];
  return typeof value === 'string' && value !== ''
    ? value
    : refuse('DBL-TOK-01', 900144, `${name} is absent`, { name });
}
