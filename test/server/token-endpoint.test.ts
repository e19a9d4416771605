/**
 * The endpoints for user name and password over real https, each requirement with the client that has it. The flow is
 * one that answers as it is told, so that what HTTP and SOAP make of each answer is seen alone.
 */
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Password } from '../../src/directory/password.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { Refusal } from '../../src/refusal.ts';
import type { RefusalCode } from '../../src/refusal.ts';
import { createHttpServer } from '../../src/server/http-server.ts';
import type { HttpServer } from '../../src/server/http-server.ts';
import { issuingApplications, openGateways } from '../../src/server/issuing.ts';
import { networkMatcher } from '../../src/server/networks.ts';
import { mountRoutes } from '../../src/server/routes.ts';
import type { TokenService } from '../../src/server/token-endpoint.ts';
import type { Outcome, TokenRequest } from '../../src/signin/issue.ts';
import { NotRecordedError } from '../../src/signin/recorded.ts';
import { FAULT_READERS, TOKEN_READERS } from '../wstrust/clients/rstr-readers.ts';
import { bytesOf, vector, vectorsOf } from '../wstrust/vectors.ts';
import { expectChallenge, expectFault } from './answers.ts';
import { openClient, RST13 } from './client.ts';
import type { Client } from './client.ts';
import { APP, HOST, openGround, PATHS } from './mortise.ts';
import type { Ground } from './mortise.ts';

const NOW = new Date('2026-03-01T08:02:00Z');
const SECRET = 'not-a-real &<';

let ground: Ground;
let http: HttpServer;
let client: Client;
const logged: string[] = [];
const asked: TokenRequest[] = [];
let flow: (request: TokenRequest) => Promise<Outcome> | Outcome;
let sourceAllowed = true;
let soapFaultStatus: 400 | 500 = 500;

beforeAll(async () => {
  ground = await openGround();
  const { server, environment } = ground.workspace.configuration;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString('utf8'));
      done();
    },
  });
  const log = pino({ level: 'trace' }, sink);
  const base = `https://${HOST}`;
  const opened = openGateways(environment, base, () => openSampleDirectory([]));
  const issuing = issuingApplications(environment, base, opened);
  const applications = new Map(
    [...issuing].map(([id, one]) => [
      id,
      {
        ...one,
        application: {
          ...one.application,
          get soapFaultStatus() {
            return soapFaultStatus;
          },
        },
      },
    ]),
  );
  ({ http } = createHttpServer(server, log));
  const service: TokenService = {
    applications,
    applicationAt: () => undefined,
    isOwnHost: () => false,
    issue: async (request) => {
      asked.push(request);
      return flow(request);
    },
    sourceAllowed: (address) => sourceAllowed && networkMatcher(['127.0.0.0/8'])(address),
    now: () => NOW,
    log,
  };
  mountRoutes(http, base, () => service);
  await http.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await http.close();
  await ground.close();
});
beforeEach(() => {
  const { port } = http.server.address() as AddressInfo;
  client = openClient({ port, ca: ground.workspace.tls.ca });
  asked.length = 0;
  logged.length = 0;
  flow = issue;
  sourceAllowed = true;
  soapFaultStatus = 500;
});
afterEach(() => client.close());

/** Reads the request as the flow does, and issues. */
const issue = (request: TokenRequest): Outcome => {
  request.read();
  return {
    kind: 'issued',
    activityId: 'a',
    responseToken: undefined,
    token: {
      assertion: '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="_1"/>',
      assertionId: '_1',
      issuedAt: NOW,
      notOnOrAfter: new Date(NOW.getTime() + 3_600_000),
    },
  };
};

/** As the flow does: what reading throws is a refusal's outcome too. */
const refuse =
  (code: RefusalCode, shownAs?: RefusalCode) =>
  (request: TokenRequest): Outcome => {
    const refused = (refusal: Refusal): Outcome => ({
      kind: 'refused',
      activityId: 'a',
      responseToken: undefined,
      refusal,
      ...(shownAs !== undefined && { shownAs }),
    });
    try {
      request.read();
      return refused(new Refusal(code, { actual: 'for-the-record-alone' }));
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  };

const bodies = vectorsOf('clients').filter(({ name }) => name.endsWith('-password'));
const body13 = vector('clients', 'msal-python-13-password');
const ask = (sent: Parameters<Client['ask']>[1] = {}) =>
  client.ask(undefined, { path: PATHS.password13, body: body13, ...sent });

/** Which reader stands for the library that a vector comes from. */
const READER_OF: Readonly<Record<string, string>> = {
  'adal-node': 'adal-node',
  'adal-python': 'ADAL Python',
  'msal-dotnet': 'MSAL.NET',
  'msal-go': 'MSAL Go',
  msal4j: 'MSAL4J',
  'msal-python': 'MSAL Python',
  // Reads both versions in their namespaces, as MSAL.NET does.
  windows: 'MSAL.NET',
};

describe.each(bodies)('$name', ({ name, bytes }) => {
  const version = name.includes('-2005-') ? '2005' : '1.3';
  const reader = READER_OF[name.replace(/-(?:13|2005)-password$/, '')] ?? name;
  const [own, other] =
    version === '2005' ? [PATHS.password2005, PATHS.password13] : [PATHS.password13, PATHS.password2005];

  test.each([own, PATHS.active])('is read and answered in its version at %s', async (path) => {
    const answer = await ask({ path, body: bytes });
    expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'application/soap+xml; charset=utf-8',
      'no-store',
    ]);
    expect(TOKEN_READERS[reader]?.token(answer.text, version)).toMatchObject({ grant: 'saml1_1-bearer' });
    const messageId = /[mM]essageID[^>]*>([^<]*)</.exec(Buffer.from(bytes).toString('utf8'))?.[1];
    expect(answer.text).toContain(`<a:RelatesTo>${messageId}</a:RelatesTo>`);
    const [request] = asked;
    expect(request?.accepts).toEqual(path === own ? ['password'] : ['kerberos', 'password']);
    expect(Buffer.from(request?.body ?? []).equals(bytes)).toBe(true);
    expect(request?.read().usernameToken?.username).toBe('avery@example.test');
    expect(request?.read().usernameToken?.password.reveal()).toContain(SECRET);
    expect(request?.read().timestamp?.expires).toEqual(expect.any(Date));
  });

  test('is refused at the endpoint of the other version', async () => {
    flow = refuse('password-wrong');
    expectFault(await ask({ path: other, body: bytes }), 500, 'action-not-supported');
  });

  test.each([500, 400] as const)(
    'a wrong password is a fault with %d that its client reads, and no challenge',
    async (status) => {
      soapFaultStatus = status;
      flow = refuse('password-wrong');
      const answer = await ask({ path: own, body: bytes });
      expectFault(answer, status, 'password-wrong');
      // A 401 would make the client ask for a ticket, and Retry-After make MSAL Python and MSAL4J refuse everybody for a while.
      expect(answer.headers).not.toHaveProperty('www-authenticate');
      expect(answer.headers).not.toHaveProperty('retry-after');
      const readers = Object.entries(FAULT_READERS).filter(([who]) => who === reader || who.startsWith('Windows'));
      for (const [who, read] of readers) expect(read(answer.text).reason, who).toContain('(password-wrong)');
    },
  );
});

test('every password vector has its reader', () => {
  expect(bodies.length).toBeGreaterThanOrEqual(11);
  for (const { name } of bodies)
    expect(Object.keys(TOKEN_READERS)).toContain(READER_OF[name.replace(/-(?:13|2005)-password$/, '')]);
});

describe('what the caller reads in place of the reason', () => {
  test.each(['account-locked-out', 'password-account-unknown', 'negotiate-required', 'network-not-allowed'] as const)(
    '%s, shown as password-wrong, is no different from it in any byte',
    async (code) => {
      flow = refuse('password-wrong');
      const wrong = await ask();
      flow = refuse(code, 'password-wrong');
      const masked = await ask();
      const seen = ({ status, text, headers }: typeof wrong) => ({ status, text, headers: { ...headers, date: '' } });
      expect(seen(masked)).toEqual(seen(wrong));
    },
  );

  test('the log holds the real one', async () => {
    flow = refuse('account-locked-out', 'password-wrong');
    await ask();
    expect(logged.join('')).toContain('"code":"account-locked-out"');
  });
});

describe('no endpoint for passwords asks for a ticket', () => {
  test.each([
    ['nothing (curl and WinHTTP probe with an empty body)', ''],
    ['no XML', 'garbage'],
    ['a request without UsernameToken', RST13],
  ])('%s: the flow decides, and its refusal is a fault', async (_what, body) => {
    flow = refuse('negotiate-required');
    const answer = await ask({ body });
    expect(answer.status).toBe(500);
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    expect(asked).toHaveLength(1);
  });

  test('a ticket that a client sends all the same is not looked at', async () => {
    const answer = await client.ask('Negotiate YII=', { path: PATHS.password13, body: body13 });
    expect(answer.status).toBe(200);
    expect(asked[0]?.authorization).toBeUndefined();
  });
});

describe('ActiveSignInUri: the request decides', () => {
  const active = (authorization: string | undefined, body: Uint8Array | string) =>
    client.ask(authorization, { path: PATHS.active, body });

  test('neither ticket nor UsernameToken: 401 Negotiate, and nothing to record', async () => {
    expectChallenge(await active(undefined, RST13), 'negotiate-required');
    expect(asked).toEqual([]);
  });

  test('a UsernameToken alone goes to the flow without a ticket', async () => {
    expect((await active(undefined, body13)).status).toBe(200);
    expect(asked[0]).toMatchObject({ authorization: undefined, accepts: ['kerberos', 'password'] });
  });

  test('both go to the flow together, which refuses them', async () => {
    await active('Negotiate YII=', body13);
    expect(asked[0]?.authorization).toBe('Negotiate YII=');
    expect(asked[0]?.read().usernameToken).toBeDefined();
  });
});

describe('windowsTransportNetworks keep Kerberos in, not passwords', () => {
  test.each([
    ['a password at its endpoint', PATHS.password13, undefined, true],
    ['a password at ActiveSignInUri', PATHS.active, undefined, true],
    ['a ticket at ActiveSignInUri, whatever stands beside it', PATHS.active, 'Negotiate YII=', false],
    ['a ticket at windowstransport', PATHS.windows13, 'Negotiate YII=', false],
    ['a password at windowstransport', PATHS.windows13, undefined, false],
  ] as const)('%s from another network', async (_what, path, authorization, allowed) => {
    sourceAllowed = false;
    await client.ask(authorization, { path, body: body13 });
    expect(asked[0]?.sourceAllowed).toBe(allowed);
  });
});

describe('HTTP as clients speak it', () => {
  test.each([
    ['chunked, without Content-Length (MSAL Go)', { chunked: true }],
    ['without SOAPAction (DSRegTool)', {}],
    [
      'the headers of MSAL Python',
      {
        headers: {
          'content-type': 'application/soap+xml; charset=utf-8',
          soapaction: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue',
          accept: '*/*',
        },
      },
    ],
    ['with a query string, which MSAL Go would drop', { path: `${PATHS.password13}?client-request-id=1` }],
    ['with the application’s identifier in upper case', { path: PATHS.password13.replace(APP, APP.toUpperCase()) }],
    ['with the SOAPAction of the other version', { headers: { soapaction: 'urn:x' } }],
    ['Accept: application/json (adal-node)', { headers: { accept: 'application/json, text/plain, */*' } }],
    ['Accept: nothing that we have', { headers: { accept: 'image/png' } }],
    ['Content-Type: text/xml', { headers: { 'content-type': 'text/xml' } }],
  ])('%s', async (_how, sent) => {
    expect((await ask(sent)).status).toBe(200);
  });

  test('the request’s own id is handed on (client-request-id of MSAL.NET and WAM)', async () => {
    await ask({ headers: { 'client-request-id': '3c6a2f0e-0d7b-4c53-8a55-6a2b2d0c9f10' } });
    expect(asked[0]?.requestId).toBe('3c6a2f0e-0d7b-4c53-8a55-6a2b2d0c9f10');
  });

  test('å as one byte under charset=utf-8 (MSAL Python 1.21, ADAL Python 1.2.7): a fault that says so', async () => {
    flow = refuse('password-wrong');
    const sent = Buffer.from(Buffer.from(body13).toString('utf8').replace('not-a-real', 'not-å-real'), 'latin1');
    expect(sent.includes(0xe5)).toBe(true);
    const answer = await ask({ body: sent });
    expectFault(answer, 500, 'request-not-utf8');
    expect((await ask()).localPort, 'the connection is kept').toBe(answer.localPort);
  });

  test('å in UTF-8 arrives as it is', async () => {
    await ask({ body: bytesOf(Buffer.from(body13).toString('utf8').replace('not-a-real', 'not-å-real')) });
    expect(asked[0]?.read().usernameToken?.password.reveal()).toContain('not-å-real');
  });

  test.each(vectorsOf('refused').filter(({ name }) => /^(?:username|password|timestamp)/.test(name)))(
    'refused: $name',
    async ({ bytes }) => {
      flow = refuse('password-wrong');
      const answer = await ask({ body: bytes });
      const code = /^<!-- expect: (\S+)/.exec(Buffer.from(bytes).toString('utf8'))?.[1] as RefusalCode;
      expectFault(answer, 500, code);
      expect(answer.text + logged.join('')).not.toMatch(/not-a-real|for-the-record-alone|weYI3/);
    },
  );
});

describe('no log line holds the password', () => {
  test.each<readonly [string, (request: TokenRequest) => Outcome]>([
    ['a token issued', issue],
    ['a refusal', refuse('password-wrong')],
    [
      'a defect of the flow, with what it had in hand',
      (request) => {
        const refusal = new Refusal('internal-error', { detail: 'TypeError' });
        const { usernameToken } = request.read();
        refusal.cause = Object.assign(new TypeError('defect'), { usernameToken, request });
        return { kind: 'refused', activityId: 'a', responseToken: undefined, refusal };
      },
    ],
    [
      'a record that was not written',
      (request) => {
        throw new NotRecordedError(
          { id: 'a' },
          Object.assign(new Error('disk'), { password: request.read().usernameToken }),
        );
      },
    ],
    [
      'an error that nobody foresaw',
      (request) => {
        throw Object.assign(new Error('unforeseen'), { rst: request.read(), password: new Password(SECRET) });
      },
    ],
  ])('%s', async (_what, answerOf) => {
    flow = answerOf;
    const { text } = await ask();
    expect(logged.length).toBeGreaterThan(0);
    for (const form of [
      'not-a-real',
      SECRET,
      Buffer.from(SECRET).toString('base64'),
      Buffer.from(body13).toString('base64'),
    ])
      expect(logged.join('') + text).not.toContain(form);
    // A body written out as bytes: {"0":60,"1":115,…} or [60,115,…].
    expect(logged.join('')).not.toMatch(/110,111,116,45,97,45|"\d+":110,"\d+":111,"\d+":116/);
  });
});
