/** The exchange of the assertion at Entra's token endpoint: the form that is sent, and the code for each answer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HresultName } from '../../src/rehearsal/join-codes.ts';
import { requestAccessToken } from '../../src/rehearsal/token-client.ts';
import { failureOf } from './failure-of.ts';
import { startFakeService } from './fake-service.ts';
import type { FakeAnswer, FakeService } from './fake-service.ts';

const REQUEST_ID = '7b690c51-7ff3-4900-8875-18a409e1053e';
/** Its base64 has + and /, which a form must escape. */
const ASSERTION = '<saml:Assertion>ûï¾ ÿÿÿ ~~~???</saml:Assertion>';

let service: FakeService;
beforeAll(async () => {
  service = await startFakeService();
});
afterAll(() => service.close());

const exchange = (origin = service.origin): Promise<string> =>
  requestAccessToken(service.client, origin, 'urn:ms-drs:enterpriseregistration.windows.net', ASSERTION, REQUEST_ID);
const json = (status: number, body: unknown): FakeAnswer => ({ status, body: JSON.stringify(body) });

test('sends the SAML 1.1 bearer grant as a form, the assertion in standard base64', async () => {
  service.answerWith(json(200, { access_token: 'a token' }));
  expect(await exchange()).toBe('a token');
  expect(service.seen).toMatchObject([
    {
      method: 'POST',
      url: '/common/oauth2/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'client-request-id': REQUEST_ID },
    },
  ]);
  const body = service.seen[0]?.body ?? '';
  const base64 = Buffer.from(ASSERTION).toString('base64');
  expect(base64).toMatch(/\+/);
  expect(base64).toMatch(/\//);
  expect(body).toContain(`assertion=${encodeURIComponent(base64)}&`);
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
    grant_type: 'urn:ietf:params:oauth:grant-type:saml1_1-bearer',
    assertion: base64,
    client_id: 'dd762716-544d-4aeb-a526-687b73838a22',
    resource: 'urn:ms-drs:enterpriseregistration.windows.net',
    scope: 'openid',
  });
});

describe('what the device makes of a refusal', () => {
  const refusal = (error: string): FakeAnswer => json(400, { error, error_description: 'AADSTS1: why' });
  const cases: readonly (readonly [string, FakeAnswer, HresultName])[] = [
    ['invalid_grant', refusal('invalid_grant'), 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT'],
    ['invalid_request', refusal('invalid_request'), 'ERROR_ADAL_SERVER_ERROR_INVALID_REQUEST'],
    ['unsupported_grant_type', refusal('unsupported_grant_type'), 'ERROR_ADAL_SERVER_ERROR_UNSUPPORTED_GRANT_TYPE'],
    ['interaction_required', refusal('interaction_required'), 'ERROR_ADAL_SERVER_ERROR_INTERACTION_REQUIRED'],
    ['an error of another name', refusal('constructor'), 'ERROR_ADAL_OAUTH_RESPONSE_INVALID'],
    ['a page', { status: 502, body: '<html/>' }, 'ERROR_ADAL_OAUTH_RESPONSE_INVALID'],
    ['200 with a page', { status: 200, body: '<html/>' }, 'ERROR_ADAL_OAUTH_RESPONSE_INVALID'],
    ['200 without a token', json(200, { id_token: 'secret' }), 'ERROR_ADAL_OAUTH_RESPONSE_INVALID'],
    ['200 with a token that is no text', json(200, { access_token: 7 }), 'ERROR_ADAL_OAUTH_RESPONSE_INVALID'],
  ];

  test.each(cases)('%s', async (_what, answer, hresult) => {
    service.answerWith(answer);
    const failure = await failureOf(exchange());
    expect(failure).toMatchObject({ phase: 'auth', hresult, server: { status: answer.status } });
    expect(JSON.stringify([failure.message, failure.server])).not.toContain('secret');
  });

  test('the words of Entra are kept for transcript and status block', async () => {
    service.answerWith(refusal('invalid_grant'));
    expect((await failureOf(exchange())).server).toEqual({
      status: 400,
      text: '{"error":"invalid_grant","error_description":"AADSTS1: why"}',
      errorCode: 'invalid_grant',
      message: 'AADSTS1: why',
    });
  });

  test('nobody answers', async () => {
    expect((await failureOf(exchange('https://fake.localhost:1'))).hresult).toBe('ERROR_ADAL_INTERNET_CANNOT_CONNECT');
  });
});
