/**
 * How a joined device asks Entra for a person's primary refresh token: a nonce, then a request signed with the device's
 * key that carries the assertion. Field names are those of published tools ([MS-OAPXBC] has the form of the request).
 */
import { SignJWT } from 'jose';
import { jsonObject, textOf } from './http-client.ts';
import type { HttpClient } from './http-client.ts';
import { JoinFailure } from './join-codes.ts';
import type { Registered } from './registration.ts';

/** Windows' authentication broker. */
const BROKER = '38aa3b87-a06d-4817-b275-7a316988d93b';

export interface PrimaryRefreshToken {
  readonly updatedAt: Date;
  readonly expiresAt: Date;
}

/** @throws JoinFailure STATUS_LOGON_FAILURE with Entra's own words */
export async function requestPrimaryRefreshToken(
  client: HttpClient,
  login: string,
  assertion: string,
  registered: Registered,
  requestId: string,
  now: Date,
): Promise<PrimaryRefreshToken> {
  const url = `${login}/common/oauth2/token`;
  const ask = async (parameters: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'client-request-id': requestId };
    const body = new URLSearchParams(parameters).toString();
    const { status, body: answer } = await client.send({ method: 'POST', url, headers, body }).catch((error: Error) => {
      throw new JoinFailure('auth', 'STATUS_NETWORK_UNREACHABLE', `${url}: ${error.message}`);
    });
    const fields = jsonObject(answer) ?? {};
    if (status === 200) return fields;
    const errorCode = textOf(fields['error']) ?? '';
    const message = textOf(fields['error_description']) ?? '';
    throw new JoinFailure('auth', 'STATUS_LOGON_FAILURE', message, { status, errorCode, message });
  };
  const { Nonce: nonce } = await ask({ grant_type: 'srv_challenge' });
  const request = await new SignJWT({
    client_id: BROKER,
    request_nonce: textOf(nonce) ?? '',
    scope: 'openid aza ugs',
    grant_type: 'urn:ietf:params:oauth:grant-type:saml1_1-bearer',
    assertion: Buffer.from(assertion, 'utf8').toString('base64'),
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', x5c: [registered.certificate.raw.toString('base64')] })
    .sign(registered.privateKey);
  const answer = await ask({
    windows_api_version: '2.0',
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    request,
  });
  const seconds = Number(answer['refresh_token_expires_in']);
  if (textOf(answer['refresh_token']) === undefined || !Number.isFinite(seconds))
    throw new JoinFailure('auth', 'STATUS_LOGON_FAILURE', 'Entra answered 200 without a primary refresh token');
  return { updatedAt: now, expiresAt: new Date(now.getTime() + seconds * 1000) };
}
