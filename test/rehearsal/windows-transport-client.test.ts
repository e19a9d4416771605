/** The device’s side of windowstransport against services that answer well, badly, or not at all: always an answer or a JoinFailure. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../../src/refusal.ts';
import type { HresultName } from '../../src/rehearsal/join-codes.ts';
import { requestAssertion } from '../../src/rehearsal/windows-transport-client.ts';
import type { ClientTicket } from '../../src/rehearsal/windows-transport-client.ts';
import { faultOfRefusal } from '../../src/wstrust/fault.ts';
import { failureOf } from './failure-of.ts';
import { startFakeService } from './fake-service.ts';
import type { FakeAnswer, FakeService } from './fake-service.ts';

const TRUST13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
const SAML = 'urn:oasis:names:tc:SAML:1.0:assertion';
const TICKET = Buffer.from('a ticket');
const PROOF = Buffer.from('a proof');

let service: FakeService;
beforeAll(async () => {
  service = await startFakeService();
});
afterAll(() => service.close());

interface Answered {
  readonly tokenType?: string;
  readonly requested?: string;
}

const ASSERTION = `<saml:Assertion xmlns:saml="${SAML}" AssertionID="_1"><saml:Advice/>  <!-- as it came --></saml:Assertion>`;

const response = ({ tokenType = SAML, requested = ASSERTION }: Answered = {}): string =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><trust:RequestSecurityTokenResponseCollection xmlns:trust="${TRUST13}"><trust:RequestSecurityTokenResponse><trust:RequestedSecurityToken>${requested}</trust:RequestedSecurityToken><trust:TokenType>${tokenType}</trust:TokenType></trust:RequestSecurityTokenResponse></trust:RequestSecurityTokenResponseCollection></s:Body></s:Envelope>`;

const CHALLENGE: FakeAnswer = { status: 401, headers: { 'www-authenticate': 'Negotiate' } };
const issued = (body: string): FakeAnswer => ({
  status: 200,
  headers: { 'www-authenticate': `Negotiate ${PROOF.toString('base64')}` },
  body,
});
const fault = faultOfRefusal(new Refusal('account-disabled'));

interface Asked {
  readonly ticket?: Partial<ClientTicket>;
  readonly address?: string;
}

function ask({ ticket, address = `${service.origin}/wsf/sts/1/13/windowstransport` }: Asked = {}): Promise<string> {
  return requestAssertion(service.client, {
    address,
    appliesTo: 'urn:federation:MicrosoftOnline',
    messageId: '00000000-0000-4000-8000-000000000001',
    requestId: '7b690c51-7ff3-4900-8875-18a409e1053e',
    ticketFor: () => ({ token: TICKET, verifyResponse: () => undefined, ...ticket }),
  });
}

describe('a service that answers well', () => {
  test('gets the same request twice on one connection, the second time with the ticket for its host', async () => {
    const hosts: string[] = [];
    service.answerWith(CHALLENGE, issued(response()));
    await requestAssertion(service.client, {
      address: `${service.origin}/wsf`,
      appliesTo: 'urn:federation:MicrosoftOnline',
      messageId: '00000000-0000-4000-8000-000000000001',
      requestId: '7b690c51-7ff3-4900-8875-18a409e1053e',
      ticketFor: (host) => {
        hosts.push(host);
        return { token: TICKET, verifyResponse: () => undefined };
      },
    });
    expect(hosts).toEqual(['fake.localhost']);
    const [first, second] = service.seen;
    expect(service.seen).toHaveLength(2);
    expect(first?.headers.authorization).toBeUndefined();
    expect(second?.headers.authorization).toBe(`Negotiate ${TICKET.toString('base64')}`);
    expect(second?.body).toBe(first?.body);
    expect(second?.clientPort).toBe(first?.clientPort);
    expect(second).toMatchObject({
      method: 'POST',
      headers: {
        'content-type': 'application/soap+xml; charset=utf-8',
        'client-request-id': '7b690c51-7ff3-4900-8875-18a409e1053e',
      },
    });
    expect(second?.body).toContain(`<a:Address>urn:federation:MicrosoftOnline</a:Address>`);
    expect(second?.body).toContain(`<trust:KeyType>${TRUST13}/Bearer</trust:KeyType>`);
  });

  test('its assertion is handed on byte for byte', async () => {
    service.answerWith(CHALLENGE, issued(response()));
    expect(await ask()).toBe(ASSERTION);
  });

  test.each([
    ['the default namespace', `<Assertion xmlns="${SAML}"><Conditions/></Assertion>`],
    ['a prefix with a hyphen', `<a-1:Assertion xmlns:a-1="${SAML}"/>`.replace('/>', '></a-1:Assertion>')],
    ['a line break within', `<saml:Assertion xmlns:saml="${SAML}"\n>\n</saml:Assertion>`],
  ])('an assertion with %s', async (_what, assertion) => {
    service.answerWith(CHALLENGE, issued(response({ requested: assertion })));
    expect(await ask()).toBe(assertion);
  });

  test('its proof is checked', async () => {
    const proofs: string[] = [];
    service.answerWith(CHALLENGE, issued(response()));
    await ask({
      ticket: {
        verifyResponse: (token) => {
          proofs.push(Buffer.from(token).toString());
        },
      },
    });
    expect(proofs).toEqual([PROOF.toString()]);
  });

  test('Negotiate may stand among others', async () => {
    service.answerWith(
      { status: 401, headers: { 'www-authenticate': 'Basic realm="x", Negotiate' } },
      issued(response()),
    );
    expect(await ask()).toBe(ASSERTION);
  });
});

describe('a service that answers otherwise', () => {
  const cases: readonly (readonly [string, readonly FakeAnswer[], HresultName, RegExp])[] = [
    ['asks for nothing', [issued(response())], 'ERROR_HTTP_STATUS_DENIED', /^DBL-WST-01: .* answered 200 without/],
    [
      'asks for nothing it names',
      [{ status: 401 }],
      'ERROR_HTTP_STATUS_DENIED',
      /^DBL-WST-01: .* answered 401 without/,
    ],
    [
      'asks for NTLM alone',
      [{ status: 401, headers: { 'www-authenticate': 'NTLM' } }],
      'ERROR_HTTP_STATUS_DENIED',
      /^DBL-WST-01/,
    ],
    [
      'asks for Basic with Negotiate in its realm',
      [{ status: 401, headers: { 'www-authenticate': 'Basic realm="NegotiateX"' } }],
      'ERROR_HTTP_STATUS_DENIED',
      /^DBL-WST-01/,
    ],
    ['refuses the network before the ticket', [{ status: 403, body: fault }], 'ERROR_HTTP_STATUS_FORBIDDEN', /403/],
    ['has no such endpoint', [{ status: 404 }], 'ERROR_HTTP_STATUS_NOT_FOUND', /404/],
    ['is down behind a proxy', [{ status: 503, body: '<html/>' }], 'ERROR_HTTP_STATUS_SERVICE_UNAVAIL', /503/],
    [
      'refuses the ticket',
      [CHALLENGE, { ...CHALLENGE, body: fault }],
      'ERROR_HTTP_STATUS_DENIED',
      /^DBL-WST-02: .*answered 401: .*account-disabled/,
    ],
    ['refuses the ticket without a word', [CHALLENGE, CHALLENGE], 'ERROR_HTTP_STATUS_DENIED', /answered 401/],
    [
      'answers with a fault and 500',
      [CHALLENGE, { status: 500, body: fault }],
      'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED',
      /^DBL-WST-05: .*answered 500: .*account-disabled/,
    ],
    [
      'answers with a fault and 400',
      [CHALLENGE, { status: 400, body: fault }],
      'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED',
      /^DBL-WST-05: .*answered 400: .*account-disabled/,
    ],
    [
      'does not know the audience',
      [CHALLENGE, { status: 500, body: fault.replace(/a:\w+</, 'a:InvalidScope<') }],
      'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED',
      /^DBL-WST-03: .*answered 500/,
    ],
    [
      'fails without a fault',
      [CHALLENGE, { status: 500, body: 'oops' }],
      'ERROR_HTTP_STATUS_SERVER_ERROR',
      /^the federation service answered 500: oops/,
    ],
    ['finds the ticket too large', [CHALLENGE, { status: 413 }], 'ERROR_HTTP_STATUS_REQUEST_TOO_LARGE', /413/],
    ['answers as a teapot', [CHALLENGE, { status: 418 }], 'ERROR_ADAL_UNEXPECTED_RESPONSE', /418/],
    [
      'answers with a page',
      [CHALLENGE, issued('<html><body>Welcome</html>')],
      'ERROR_ADAL_FAILED_TO_PARSE_WSTRUST_RESPONSE',
      /not XML/,
    ],
    ['answers with nothing', [CHALLENGE, issued('')], 'ERROR_ADAL_FAILED_TO_PARSE_WSTRUST_RESPONSE', /not XML/],
    [
      'names the token profile as TokenType',
      [
        CHALLENGE,
        issued(
          response({
            tokenType: 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1',
          }),
        ),
      ],
      'ERROR_ADAL_SERVER_ERROR_SAML_ASSERTION_NOT_FOUND',
      /^DBL-WST-04: TokenType is http:.*SAMLV1\.1/,
    ],
    [
      'puts white space around the TokenType',
      [CHALLENGE, issued(response({ tokenType: ` ${SAML} ` }))],
      'ERROR_ADAL_SERVER_ERROR_SAML_ASSERTION_NOT_FOUND',
      /^DBL-WST-04/,
    ],
    [
      'issues SAML 2.0',
      [CHALLENGE, issued(response({ requested: ASSERTION.replaceAll(SAML, 'urn:oasis:names:tc:SAML:2.0:assertion') }))],
      'ERROR_ADAL_SERVER_ERROR_SAML_ASSERTION_NOT_FOUND',
      /^DBL-WST-04/,
    ],
    [
      'issues nothing',
      [CHALLENGE, issued(response({ requested: '' }))],
      'ERROR_ADAL_SERVER_ERROR_SAML_ASSERTION_NOT_FOUND',
      /^DBL-WST-04/,
    ],
  ];

  test.each(cases)('%s', async (_what, answers, hresult, message) => {
    service.answerWith(...answers);
    const failure = await failureOf(ask());
    expect(failure).toMatchObject({ phase: 'auth', hresult });
    expect(failure.message).toMatch(message);
    expect(service.seen).toHaveLength(answers.length);
  });

  test('the fault’s subcode and text are kept for the status block', async () => {
    service.answerWith(CHALLENGE, { status: 500, body: fault });
    expect((await failureOf(ask())).server).toMatchObject({
      status: 500,
      errorCode: 'FailedAuthentication',
      message: expect.stringContaining('(account-disabled)'),
    });
  });

  test('its proof is wrong: the assertion is not taken', async () => {
    service.answerWith(CHALLENGE, issued(response()));
    const verifyResponse = (): never => {
      throw new Error('the AP-REP is not under the session key');
    };
    const failure = await failureOf(ask({ ticket: { verifyResponse } }));
    expect(failure).toMatchObject({ phase: 'auth', hresult: 'ERROR_HTTP_STATUS_DENIED' });
    expect(failure.message).toMatch(/^DBL-WST-02: .*the AP-REP is not under the session key/);
  });

  test('nobody answers', async () => {
    expect((await failureOf(ask({ address: 'https://fake.localhost:1/' }))).hresult).toBe(
      'ERROR_ADAL_INTERNET_CANNOT_CONNECT',
    );
  });
});
