/** The device's request for an access token: the assertion in a SAML 1.1 bearer grant. */
import { jsonObject, textOf } from './http-client.ts';
import type { HttpClient, HttpResponse } from './http-client.ts';
import { JoinFailure } from './join-codes.ts';
import type { HresultName } from './join-codes.ts';

/** Device Registration Client, as AADInternals knows it; Microsoft does not document it. */
const DEVICE_REGISTRATION_CLIENT = 'dd762716-544d-4aeb-a526-687b73838a22';

const OAUTH_ERRORS: ReadonlyMap<string, HresultName> = new Map([
  ['invalid_grant', 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT'],
  ['invalid_request', 'ERROR_ADAL_SERVER_ERROR_INVALID_REQUEST'],
  ['unauthorized_client', 'ERROR_ADAL_SERVER_ERROR_UNAUTHORIZED_CLIENT'],
  ['unsupported_grant_type', 'ERROR_ADAL_SERVER_ERROR_UNSUPPORTED_GRANT_TYPE'],
  ['invalid_resource', 'ERROR_ADAL_SERVER_ERROR_INVALID_RESOURCE'],
  ['interaction_required', 'ERROR_ADAL_SERVER_ERROR_INTERACTION_REQUIRED'],
]);

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
  const answer = jsonObject(response.body) ?? {};
  const accessToken = textOf(answer['access_token']);
  if (response.status === 200 && accessToken !== undefined) return accessToken;
  throw refusedByEntra(response, answer);
}

function refusedByEntra({ status, body }: HttpResponse, answer: Readonly<Record<string, unknown>>): JoinFailure {
  const errorCode = textOf(answer['error']) ?? '';
  const message = textOf(answer['error_description']) ?? '';
  // What is no OAuth error may hold a token: it is not shown.
  const text = errorCode === '' ? '' : body.toString('utf8');
  return new JoinFailure(
    'auth',
    OAUTH_ERRORS.get(errorCode) ?? 'ERROR_ADAL_OAUTH_RESPONSE_INVALID',
    message === '' ? `the token endpoint answered ${status} without an access token or an OAuth error` : message,
    { status, text, errorCode, message },
  );
}
