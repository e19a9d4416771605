/** windowstransport over real https, each requirement with the client that has it. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { SAMPLE_COMPUTERS, SAMPLE_REALM } from '../../src/directory/sample-domain.ts';
import { readWithLibxml2 } from '../saml/judges.ts';
import { counterpart } from '../counterparts.ts';
import { withDocument } from '../wstrust/clients/document.ts';
import { FAULT_READERS, TOKEN_READERS } from '../wstrust/clients/rstr-readers.ts';
import { bytesOf, vector, vectorsOf } from '../wstrust/vectors.ts';
import { expectChallenge, expectFault } from './answers.ts';
import { negotiate, openClient, responseTokenOf, RST13, RST2005 } from './client.ts';
import { APP, PATHS } from './mortise.ts';
import { serving } from './serving.ts';

const at = serving();

/** The signed assertion of an answer, as its client takes it out. */
function assertionOf(text: string, version: '1.3' | '2005', reader = 'MSAL.NET'): string {
  const found = TOKEN_READERS[reader]?.token(text, version);
  expect(found?.grant).toBe('saml1_1-bearer');
  return found?.token ?? '';
}

describe('a request without a ticket is asked for one: 401, the bare word Negotiate, a fault as body', () => {
  test.each([
    ['Windows, with its request', RST13, { soapaction: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue' }],
    ['curl --anyauth and WinHTTP, with an empty body', '', {}],
    ['a POST without body and length', undefined, {}],
    ['DSRegTool, without SOAPAction', vector('clients', 'dsregtool-13'), {}],
    ['a body that is no XML: it is not read yet', 'garbage', {}],
    ['a body that is not UTF-8: it is not read yet', Buffer.from([0xff, 0xfe]), {}],
  ])('%s', async (_client, body, headers) => {
    const answer = await at.client.ask(undefined, { headers, ...(body !== undefined && { body }) });
    expectChallenge(answer, 'negotiate-required');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(await at.records(), 'a question is no outcome').toEqual([]);
    expect(at.mortise.logged.at(-1), 'the log tells of a client that stops here').toMatchObject({
      msg: 'asked for a Kerberos ticket',
      sourceAddress: '127.0.0.1',
    });
  });

  test('chunked, without Content-Length (MSAL Go)', async () => {
    expectChallenge(await at.client.ask(undefined, { chunked: true }), 'negotiate-required');
  });

  test.each([PATHS.active, PATHS.windows2005, PATHS.windows13])('at %s', async (path) => {
    expectChallenge(await at.client.ask(undefined, { path }), 'negotiate-required');
  });
});

describe('a ticket that is accepted gets an assertion', () => {
  test('200, signed by the application’s key, and the server proves itself (RFC 4559 §5)', async () => {
    const ticket = at.ground.mint();
    const answer = await at.client.ask(negotiate(ticket));
    expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'application/soap+xml; charset=utf-8',
      'no-store',
    ]);
    expect(() => ticket.verifyResponse(responseTokenOf(answer))).not.toThrow();
    expect(() => at.ground.mint().verifyResponse(responseTokenOf(answer)), 'another ticket’s proof').toThrow();

    const [key] = await at.ground.store.signingKeys.list();
    const assertion = assertionOf(answer.text, '1.3', 'MSAL Python');
    const reading = readWithLibxml2(assertion, key?.certificate ?? Buffer.alloc(0));
    expect(reading.accepted).toBe(true);
    expect(reading.attributes.map(({ name }) => name)).toContain('primarysid');
  });

  test('without mutual authentication there is no token in the answer, and it is still issued', async () => {
    const answer = await at.client.ask(negotiate(at.ground.mint({ mutual: false })));
    expect(answer.status).toBe(200);
  });

  // Each vector is what one client library sends; usernamemixed ones are left to the next test.
  const windows = vectorsOf('clients').filter(({ name }) => !name.endsWith('-password'));

  test('the vectors hold both versions of three clients', () => {
    expect(windows.map(({ name }) => name)).toEqual([
      'dsregtool-13',
      'dsregtool-2005',
      'msal-dotnet-13',
      'msal-dotnet-2005',
      'msal4j-13',
      'msal4j-2005',
    ]);
  });

  describe.each(windows)('$name', ({ name, bytes }) => {
    const version = name.endsWith('-2005') ? '2005' : '1.3';
    const [own, other] =
      version === '2005' ? [PATHS.windows2005, PATHS.windows13] : [PATHS.windows13, PATHS.windows2005];
    const reader = name.startsWith('msal4j') ? 'MSAL4J' : 'MSAL.NET';
    const messageId = /<\w+:[mM]essageID[^>]*>([^<]*)</.exec(Buffer.from(bytes).toString('utf8'))?.[1];

    test.each([own, PATHS.active])('is answered in its version at %s', async (path) => {
      const answer = await at.client.ask(negotiate(at.ground.mint()), { path, body: bytes });
      expect(answer.status, answer.text).toBe(200);
      expect(assertionOf(answer.text, version, reader)).toMatch(/^<saml:Assertion /);
      if (messageId !== undefined) expect(answer.text).toContain(`<a:RelatesTo>${messageId}</a:RelatesTo>`);
      const [record] = await at.records();
      expect(record?.requestId).toBe(messageId);
    });

    test(`is refused at ${other}, in the fault that its client reads`, async () => {
      const answer = await at.client.ask(negotiate(at.ground.mint()), { path: other, body: bytes });
      expectFault(answer, 500, 'action-not-supported');
      for (const read of ['MSAL.NET', 'MSAL4J', 'Windows (event 1088)']) {
        expect(FAULT_READERS[read]?.(answer.text).reason, read).toContain('(action-not-supported)');
      }
    });
  });

  test.each([
    ['no Content-Type', undefined],
    ['text/xml (SOAP 1.1 habits)', 'text/xml'],
    ['text/plain', 'text/plain'],
    ['application/json', 'application/json'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['multipart', 'multipart/related'],
    ['no media type at all', 'garbage'],
    ['an action parameter (SOAP 1.2)', 'application/soap+xml; charset=utf-8; action="urn:x"'],
    ['another charset than the body', 'application/soap+xml; charset=iso-8859-1'],
  ])('the body decides, not its label: %s', async (_label, type) => {
    const answer = await at.client.send({
      method: 'POST',
      path: PATHS.windows13,
      body: RST13,
      headers: { authorization: negotiate(at.ground.mint()), ...(type !== undefined && { 'content-type': type }) },
    });
    expect(answer.status, answer.text).toBe(200);
  });

  test('chunked (MSAL Go), and without SOAPAction (DSRegTool)', async () => {
    expect((await at.client.ask(negotiate(at.ground.mint()), { chunked: true })).status).toBe(200);
  });

  test('DSRegTool finds the four names that it looks for, and not the word of a refusal', async () => {
    const { text } = await at.client.ask(negotiate(at.ground.mint()), { body: vector('clients', 'dsregtool-13') });
    for (const name of ['primarysid', 'accounttype', 'ImmutableID', 'onpremobjectguid']) expect(text).toContain(name);
    expect(text).not.toContain('FailedAuthentication');
  });

  test('a SOAPAction that says something else is passed over: wsa:Action decides', async () => {
    const headers = { soapaction: '"http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue"' };
    expect((await at.client.ask(negotiate(at.ground.mint()), { headers })).status).toBe(200);
  });

  test('with a query string and an identifier in upper case', async () => {
    const path = `/wsf/sts/${APP.toUpperCase()}/13/windowstransport?client-request-id=1`;
    expect((await at.client.ask(negotiate(at.ground.mint()), { path })).status).toBe(200);
  });

  test('on one connection after its 401, as Windows asks', async () => {
    const first = await at.client.ask(undefined);
    const second = await at.client.ask(negotiate(at.ground.mint()));
    expect([first.status, second.status]).toEqual([401, 200]);
    expect(second.localPort, 'the connection is kept').toBe(first.localPort);
  });

  test('the answer carries what the request named: RelatesTo and Context', async () => {
    const body = vector('tolerated', 'context');
    const answer = await at.client.ask(negotiate(at.ground.mint()), { body });
    const context = /Context="([^"]*)"/.exec(Buffer.from(body).toString('utf8'))?.[1];
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(`Context="${context}"`);
  });

  const withoutPassword = vectorsOf('tolerated').filter(({ bytes }) => !Buffer.from(bytes).includes('UsernameToken'));

  test.each(withoutPassword)('tolerated: $name', async ({ bytes }) => {
    const path = Buffer.from(bytes).toString('utf8').includes('/2005/02/trust/RST/Issue')
      ? PATHS.windows2005
      : PATHS.windows13;
    const answer = await at.client.ask(negotiate(at.ground.mint()), { path, body: bytes });
    expect(answer.status, answer.text).toBe(200);
  });
});

describe('a password has no place here', () => {
  const password = vectorsOf('clients').filter(({ name }) => name.endsWith('-password'));

  test.each(
    password.flatMap(({ name, bytes }) => [PATHS.windows13, PATHS.windows2005].map((path) => ({ name, path, bytes }))),
  )('$name at $path: a fault and no 401, which would make the client ask for a ticket', async ({ path, bytes }) => {
    const answer = await at.client.ask(undefined, { path, body: bytes });
    const version = Buffer.from(bytes).toString('utf8').includes('/2005/02/trust/RST') ? 'windows2005' : 'windows13';
    const matches = path === PATHS[version];
    expectFault(answer, 500, matches ? 'username-token-not-here' : 'action-not-supported');
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    const [record, ...more] = await at.records();
    expect(more).toEqual([]);
    expect(record?.refusal?.code).toBe(matches ? 'username-token-not-here' : 'action-not-supported');
  });

  test('beside an accepted ticket it is refused too: whose would the token be?', async () => {
    const body = vector('clients', 'msal-python-13-password');
    const answer = await at.client.ask(negotiate(at.ground.mint()), { path: PATHS.active, body });
    expectFault(answer, 500, 'username-token-not-here');
  });

  test('is in no record and no log line', async () => {
    const body = vector('clients', 'msal-python-13-password');
    const secret = /<wsse:Password[^>]*>([^<]+)</.exec(Buffer.from(body).toString('utf8'))?.[1] ?? '';
    expect(secret.length).toBeGreaterThan(3);
    await at.client.ask(undefined, { path: PATHS.windows13, body });
    expect(JSON.stringify(await at.records())).not.toContain(secret);
    expect(JSON.stringify(at.mortise.logged)).not.toContain(secret);
  });
});

describe('an accepted ticket whose caller or request is refused: a SOAP fault', () => {
  const disabled = () => at.ground.mint({ client: { name: SAMPLE_COMPUTERS.disabled, realm: SAMPLE_REALM } });

  test('500 as AD FS; the server has proved itself all the same, and nobody is told to wait', async () => {
    const ticket = disabled();
    const answer = await at.client.ask(negotiate(ticket));
    expectFault(answer, 500, 'account-disabled');
    expect(() => ticket.verifyResponse(responseTokenOf(answer))).not.toThrow();
    // MSAL Python and MSAL4J throttle on it.
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(answer.text, 'the answer’s thread').toContain('<a:RelatesTo>');
  });

  test('400 where the application says so (MSAL.NET and MSAL4J send a 500 twice)', async () => {
    const other = await at.ground.start({ application: { soapFaultStatus: 400 } });
    const mine = openClient(other);
    expectFault(await mine.ask(negotiate(disabled())), 400, 'account-disabled');
    expectChallenge(await mine.ask('Negotiate YII='), 'negotiate-malformed');
    mine.close();
    await other.close();
  });

  test.each([
    ['an unknown computer', 'NOBODY-99$', 'directory-entry-missing'],
    ['a computer without the anchor', SAMPLE_COMPUTERS.withoutAnchor, 'anchor-missing'],
    ['a group managed service account', 'gmsa-web$', 'not-a-device'],
  ] as const)('%s', async (_who, name, code) => {
    const answer = await at.client.ask(negotiate(at.ground.mint({ client: { name, realm: SAMPLE_REALM } })));
    expectFault(answer, 500, code);
    expect(answer.text).not.toContain(name);
  });

  test.each([
    ['nothing', '', 'request-not-xml'],
    ['no XML', 'garbage', 'request-not-xml'],
    [
      'ISO-8859-1 under charset=utf-8 (MSAL Python 1.21)',
      Buffer.concat([RST13, Buffer.from([0xe5])]),
      'request-not-utf8',
    ],
    ['a DOCTYPE', Buffer.concat([bytesOf('<!DOCTYPE x [<!ENTITY y "z">]>'), RST13]), 'request-has-doctype'],
    ['another audience', swap(RST13, 'urn:federation:MicrosoftOnline', 'urn:federation:other'), 'applies-to-unknown'],
  ] as const)('a body of %s', async (_what, body, code) => {
    const answer = await at.client.ask(negotiate(at.ground.mint()), { body });
    expectFault(answer, 500, code);
    const [record] = await at.records();
    expect(record).toMatchObject({ outcome: 'refused', refusal: { code }, principal: `DESKTOP-01$@${SAMPLE_REALM}` });
  });

  test('a fault of a 2005 request stands in the namespace of 2005', async () => {
    const answer = await at.client.ask(negotiate(disabled()), { path: PATHS.windows2005, body: RST2005 });
    withDocument(answer.text, () => undefined);
    expect(answer.text).toContain('xmlns:a="http://schemas.xmlsoap.org/ws/2005/02/trust"');
  });
});

const curl = counterpart('curl');

test.skipIf(curl === undefined)(
  'curl --anyauth without a ticket: its empty probe and its request are both asked',
  async () => {
    const ca = join(at.ground.workspace.configurationFile, '..', 'ca-for-curl.pem');
    writeFileSync(ca, at.mortise.ca);
    const { stdout } = await promisify(execFile)(curl ?? '', [
      '--silent',
      '--anyauth',
      '--user',
      ':',
      '--cacert',
      ca,
      '--resolve',
      `sso.localhost:${at.mortise.port}:127.0.0.1`,
      '--data-binary',
      Buffer.from(RST13).toString('utf8'),
      '--output',
      '/dev/null',
      '--write-out',
      '%{http_code}',
      `https://sso.localhost:${at.mortise.port}${PATHS.windows13}`,
    ]);
    expect(stdout).toBe('401');
  },
);

function swap(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = Buffer.from(bytes).toString('utf8');
  expect(text).toContain(from);
  return bytesOf(text.replace(from, to));
}
