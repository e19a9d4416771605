/** The device's request for an access token: the assertion in a SAML 1.1 bearer grant. */
import type { HttpClient } from './http-client.ts';
import { JoinFailure } from './join-codes.ts';
import type { HresultName } from './join-codes.ts';

/** Device Registration Client, as AADInternals knows it; Microsoft does not document it. */
const DEVICE_REGISTRATION_CLIENT = 'dd762716-544d-4aeb-a526-687b73838a22';

const OAUTH_ERRORS: Readonly<Record<string, HresultName>> = {
  invalid_grant: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
  invalid_request: 'ERROR_ADAL_SERVER_ERROR_INVALID_REQUEST',
  unsupported_grant_type: 'ERROR_ADAL_SERVER_ERROR_UNSUPPORTED_GRANT_TYPE',
  interaction_required: 'ERROR_ADAL_SERVER_ERROR_INTERACTION_REQUIRED',
};

export async function requestAccessToken(
  client: HttpClient,
  login: string,
  resource: string,
  assertion: string,
  requestId: string,
): Promise<string> {
  const url = `${login}/common/oauth2/token`;
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:saml1_1-bearer',
    // Standard base64 for SAML 1.1; URLSearchParams writes + as %2B.
    assertion: Buffer.from(assertion, 'utf8').toString('base64'),
    client_id: DEVICE_REGISTRATION_CLIENT,
    resource,
    scope: 'openid',
  }).toString();
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
    'client-request-id': requestId,
  };
  const response = await client.send({ method: 'POST', url, headers, body }).catch((error: Error) => {
    throw new JoinFailure('auth', 'ERROR_ADAL_INTERNET_CANNOT_CONNECT', `${url}: ${error.message}`);
  });
  const text = response.body.toString('utf8');
  const answer = JSON.parse(text) as { access_token?: string; error?: string; error_description?: string };
  if (response.status !== 200) {
    const server = {
      status: response.status,
      text,
      errorCode: answer.error ?? '',
      message: answer.error_description ?? '',
    };
    throw new JoinFailure(
      'auth',
      OAUTH_ERRORS[answer.error ?? ''] ?? 'ERROR_ADAL_OAUTH_RESPONSE_INVALID',
      answer.error_description ?? text,
      server,
    );
  }
  if (answer.access_token === undefined)
    throw new JoinFailure('auth', 'ERROR_ADAL_OAUTH_RESPONSE_INVALID', 'no access_token in the answer');
  return answer.access_token;
}
