/**
 * The access token with which a device registers: a JWT signed with the local Entra's key.
 *
 * Owns its claims, signing, the published keys and its verification by the device registration service. Claim names are
 * those of a token that Entra is known to have issued for a device. Does not own: who gets one (token.ts).
 */
import { exportJWK, jwtVerify, SignJWT } from 'jose';
import type { JWK, JWTPayload } from 'jose';
import type { KeyObject } from 'node:crypto';
import { DRS_APP_ID, DRS_RESOURCE } from './applications.ts';
import type { DeviceIdentity } from './token-claims.ts';
import type { TokenForm } from './token-form.ts';

/** Seconds; the service's own are about an hour. */
const LIFETIME = 3599;

export interface TokenKeys {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface TokenResponse {
  readonly token_type: 'Bearer';
  readonly scope: string;
  /** The v1 endpoint writes numbers as text. */
  readonly expires_in: string;
  readonly ext_expires_in: string;
  readonly expires_on: string;
  readonly not_before: string;
  readonly resource: string;
  readonly access_token: string;
}

export interface Issue {
  readonly keys: TokenKeys;
  readonly tenantId: string;
  readonly now: Date;
  /** `uti`: the token's own id. */
  readonly tokenId: string;
}

const AUTHENTICATION_METHODS: Readonly<Record<string, string>> = {
  'urn:federation:authentication:windows': 'wia',
};

const SCOPE = 'policy_management';

export function issuerOf(tenantId: string): string {
  return `https://sts.windows.net/${tenantId}/`;
}

export async function issueDeviceToken(form: TokenForm, device: DeviceIdentity, issue: Issue): Promise<TokenResponse> {
  const from = Math.floor(issue.now.getTime() / 1000);
  const until = from + LIFETIME;
  const claims: JWTPayload = {
    account_type: 'DJ',
    acr: '1',
    amr: device.authenticationMethods.flatMap((method) => AUTHENTICATION_METHODS[method] ?? []),
    appid: form.clientId,
    appidacr: '0',
    idp: device.issuer,
    ...(device.insideCorporateNetwork ? { in_corp: 'true' } : {}),
    on_prem_id: device.objectGuid,
    primary_sid: device.objectSid,
    scp: SCOPE,
    tid: issue.tenantId,
    unique_name: `${device.issuer}#`,
    uti: issue.tokenId,
    ver: '1.0',
  };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: issue.keys.kid })
    .setAudience(form.resourceName)
    .setIssuer(issuerOf(issue.tenantId))
    .setIssuedAt(from)
    .setNotBefore(from)
    .setExpirationTime(until)
    .sign(issue.keys.privateKey);
  return {
    token_type: 'Bearer',
    scope: SCOPE,
    expires_in: String(LIFETIME),
    ext_expires_in: String(LIFETIME),
    expires_on: String(until),
    not_before: String(from),
    resource: form.resourceName,
    access_token: token,
  };
}

/** Claims of a token of this Entra for device registration; throws jose's error for any other. */
export async function verifyDeviceToken(
  token: string,
  keys: TokenKeys,
  tenantId: string,
  now: Date,
): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, keys.publicKey, {
    algorithms: ['RS256'],
    issuer: issuerOf(tenantId),
    audience: [DRS_RESOURCE, DRS_APP_ID],
    currentDate: now,
    requiredClaims: ['exp', 'nbf'],
  });
  return payload;
}

export async function publishedKeys(keys: TokenKeys): Promise<{ readonly keys: readonly JWK[] }> {
  return { keys: [{ ...(await exportJWK(keys.publicKey)), use: 'sig', alg: 'RS256', kid: keys.kid }] };
}
