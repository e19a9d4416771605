/** The local Entra over real https: what a refused token request and a refused join look like. */
import { describe, expect, test } from 'vitest';
import { claim, deviceAssertion, NOW, NS, sign, signingIdentity, withAttribute } from './assertion-fixture.ts';
import { certificateRequest, joinBody } from './join-fixture.ts';
import type { HttpsReply, Json } from './join-fixture.ts';
import {
  TENANT_ID,
  UUID,
  REQUEST_ID,
  idp,
  csr,
  federation,
  setNow,
  entra,
  call,
  requestToken,
  deviceToken,
  join,
} from './local-entra-fixture.ts';

describe('a refused token request', () => {
  test('answers in Entra’s JSON', async () => {
    const wrong = withAttribute(claim('accounttype', NS.identity2005, 'DJ'));
    const reply = await requestToken(sign(deviceAssertion({ attributes: wrong }), idp));
    expect(reply.status).toBe(400);
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
    const traceId = String(reply.body['trace_id']);
    expect(traceId).toMatch(UUID);
    expect(reply.body).toEqual({
      error: 'invalid_grant',
      error_description:
        `AADSTS51004: The user account {EUII Hidden} does not exist in the ${TENANT_ID} directory. To sign into this application, the account must be added to the directory.` +
        `\r\nTrace ID: ${traceId}\r\nCorrelation ID: ${REQUEST_ID}\r\nTimestamp: 2026-03-02 10:00:00Z`,
      error_codes: [51004],
      timestamp: '2026-03-02 10:00:00Z',
      trace_id: traceId,
      correlation_id: REQUEST_ID,
      error_uri: 'https://login.microsoftonline.com/error?code=51004',
    });
    expect(Object.keys(reply.body)[0]).toBe('error');
    const record = entra.requests().at(-1);
    expect(record).toMatchObject({
      traceId,
      correlationId: REQUEST_ID,
      method: 'POST',
      path: '/common/oauth2/token',
      status: 400,
    });
    expect(record?.refusal).toMatchObject({ check: 'DBL-TOK-16', error: 'AADSTS51004' });
    expect(record?.refusal?.found).toContain('accounttype');
  });

  test('keeps no token and no assertion in the log', async () => {
    const xml = sign(deviceAssertion(), idp);
    const issued = await requestToken(xml);
    const log = JSON.stringify(entra.requests());
    expect(log).not.toContain(String(issued.body['access_token']));
    expect(log).not.toContain(Buffer.from(xml).toString('base64').slice(0, 100));
  });

  test('follows the clock and the settings of the moment', async () => {
    const xml = sign(deviceAssertion(), idp);
    setNow(new Date('2026-03-02T12:00:00Z'));
    const late = await requestToken(xml);
    expect(late.body['error_description']).toContain(
      'Current time: 2026-03-02T12:00:00.000Z, expiry time of assertion 2026-03-02T11:00:00.000Z.',
    );
    setNow(NOW);
    entra.setFederation('contoso.example', { ...federation, issuerUri: 'https://new.example/' });
    expect((await requestToken(xml)).body['error_codes']).toEqual([50107]);
    entra.setFederation('contoso.example', {
      ...federation,
      signingCertificate: (await signingIdentity()).certificate,
    });
    expect((await requestToken(xml)).body['error_codes']).toEqual([5000811]);
    entra.setFederation('contoso.example', undefined);
    expect((await requestToken(xml)).body['error_codes']).toEqual([50107]);
  });

  test('GET, a large body and no content type get a number too', async () => {
    expect((await call('login', '/common/oauth2/token')).body['error_codes']).toEqual([900561]);
    expect((await requestToken('x'.repeat(200_000))).body['error_codes']).toEqual([500132]);
    expect((await call('login', '/common/oauth2/token', { method: 'POST', body: 'a=b' })).body['error_codes']).toEqual([
      900144,
    ]);
    expect((await requestToken('x'.repeat(600_000))).status).toBe(413);
  });

  test('a policy can be set and lifted', async () => {
    entra.setPolicy({ blockDeviceRegistration: true });
    expect((await requestToken(sign(deviceAssertion(), idp))).body).toMatchObject({
      error: 'interaction_required',
      error_codes: [53003],
    });
    entra.setPolicy({ blockDeviceRegistration: false });
    expect((await requestToken(sign(deviceAssertion(), idp))).status).toBe(200);
  });
});

describe('a refused join', () => {
  const details = (reply: HttpsReply): unknown => [reply.status, reply.body['ErrorType'], reply.body['Message']];

  test('DBL-DRS-02: no token, a stranger’s, an expired one, one for another time', async () => {
    const token = await deviceToken();
    const [head = '', payload = '', signature = ''] = token.split('.');
    const other = {
      ...JSON.parse(Buffer.from(payload, 'base64url').toString()),
      primary_sid: 'S-1-5-21-1-2-3-500',
    } as Json;
    const forged = [head, Buffer.from(JSON.stringify(other)).toString('base64url'), signature].join('.');
    const none = [Buffer.from('{"alg":"none"}').toString('base64url'), payload, 'AA'].join('.');
    for (const bad of [undefined, 'x', forged, none])
      expect(await join(bad, joinBody(csr.der))).toMatchObject({
        status: 401,
        body: { ErrorType: 'AuthenticationError' },
      });
    setNow(new Date(NOW.getTime() + 3_600_000));
    expect(details(await join(token, joinBody(csr.der)))).toEqual([
      401,
      'AuthenticationError',
      expect.stringContaining('exp'),
    ]);
  });

  test('DBL-DRS-04 and -05 answer ErrorDetails', async () => {
    const token = await deviceToken();
    const reply = await join(token, joinBody(csr.der, { JoinType: 4 }));
    expect(reply).toMatchObject({
      status: 400,
      body: { ErrorType: 'InvalidRequest', Message: expect.stringContaining('JoinType'), Time: '2026-03-02 10:00:00Z' },
    });
    expect(reply.body['TraceId']).toMatch(UUID);
    const wrong = await certificateRequest({ subject: 'CN=PC1' });
    expect(details(await join(token, joinBody(wrong.der)))).toEqual([
      400,
      'InvalidRequest',
      expect.stringContaining('CN=PC1'),
    ]);
    expect(entra.requests().at(-1)?.refusal?.check).toBe('DBL-DRS-04');
  });
});
