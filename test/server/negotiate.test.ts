/** HTTP Negotiate (RFC 4559) over real https: two legs on one connection, replay, what is refused, what may be how large. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SAMPLE_REALM } from '../../src/directory/sample-domain.ts';
import { mechanisms } from '../../src/kerberos/spnego.ts';
import { expectChallenge, expectFault } from './answers.ts';
import { negotiate, negotiateWith, openClient, openSocket, responseTokenOf, RST13 } from './client.ts';
import { HOST, PATHS } from './mortise.ts';
import { serving } from './serving.ts';

const at = serving();

describe('a negotiation of two legs', () => {
  /** Kerberos is not the first mechanism, so the optimistic token is of no use (RFC 4178 §4.2). */
  const lists = [
    ['NEGOEX first', [mechanisms.negoex, mechanisms.krb5, mechanisms.ntlm]],
    ['NTLM first', [mechanisms.ntlm, mechanisms.msKrb5, mechanisms.krb5]],
  ] as const;

  test.each(lists)('%s: 401 with supportedMech, then on the same connection what it leads to', async (_name, list) => {
    const ticket = at.ground.mint({ mechanisms: list });
    let answer = await at.client.ask(negotiate(ticket));
    const connection = answer.localPort;
    expect([answer.status, answer.text]).toEqual([401, '']);
    expect(await at.records(), 'nothing is decided yet').toEqual([]);
    let legs = 1;
    while (answer.status === 401 && legs < 4) {
      answer = await at.client.ask(negotiateWith(ticket.continueWith(responseTokenOf(answer) ?? Buffer.alloc(0))));
      expect(answer.localPort).toBe(connection);
      legs += 1;
    }
    expect(answer.status, answer.text).toBe(200);
    expect(() => ticket.verifyResponse(responseTokenOf(answer))).not.toThrow();
    const all = await at.records();
    expect(all.map(({ outcome }) => outcome)).toEqual(['issued']);
  });

  test('without a mechanism token in the first leg', async () => {
    const ticket = at.ground.mint({ withoutMechToken: true });
    const first = await at.client.ask(negotiate(ticket));
    expect(first.status).toBe(401);
    const second = await at.client.ask(negotiateWith(ticket.continueWith(responseTokenOf(first) ?? Buffer.alloc(0))));
    expect(second.status, second.text).toBe(200);
  });

  test('the second leg on another connection is refused', async () => {
    const ticket = at.ground.mint({ mechanisms: [mechanisms.negoex, mechanisms.krb5] });
    const first = await at.client.ask(negotiate(ticket));
    const next = negotiateWith(ticket.continueWith(responseTokenOf(first) ?? Buffer.alloc(0)));
    const other = openClient(at.mortise);
    expectChallenge(await other.ask(next), 'spnego-out-of-turn');
    other.close();
  });

  test('a second leg without a first is refused, and so is one at another endpoint', async () => {
    const ticket = at.ground.mint({ mechanisms: [mechanisms.negoex, mechanisms.krb5] });
    const first = await at.client.ask(negotiate(ticket));
    const next = negotiateWith(ticket.continueWith(responseTokenOf(first) ?? Buffer.alloc(0)));
    expectChallenge(await at.client.ask(next, { path: PATHS.active }), 'spnego-out-of-turn');
    const fresh = openClient(at.mortise);
    expectChallenge(await fresh.ask(next), 'spnego-out-of-turn');
    fresh.close();
  });

  test('what was begun is forgotten when the client begins anew', async () => {
    const begun = at.ground.mint({ mechanisms: [mechanisms.negoex, mechanisms.krb5] });
    const first = await at.client.ask(negotiate(begun));
    expect((await at.client.ask(negotiate(at.ground.mint()))).status).toBe(200);
    const next = negotiateWith(begun.continueWith(responseTokenOf(first) ?? Buffer.alloc(0)));
    expectChallenge(await at.client.ask(next), 'spnego-out-of-turn');
  });
});

describe('other framings', () => {
  test.each(['gss', 'bare'] as const)('a Kerberos token without SPNEGO (%s)', async (framing) => {
    const ticket = at.ground.mint({ framing });
    const answer = await at.client.ask(negotiate(ticket));
    expect(answer.status, answer.text).toBe(200);
    expect(() => ticket.verifyResponse(responseTokenOf(answer))).not.toThrow();
  });

  test('the scheme in any case (RFC 9110 §11.1)', async () => {
    const authorization = negotiate(at.ground.mint()).replace('Negotiate', 'nEGOTIATE');
    expect((await at.client.ask(authorization)).status).toBe(200);
  });
});

describe('a replay', () => {
  test('the same Authorization twice: the first is issued, the second refused and recorded', async () => {
    const authorization = negotiate(at.ground.mint());
    expect((await at.client.ask(authorization)).status).toBe(200);
    expectChallenge(await at.client.ask(authorization), 'kerberos-replay');
    expect((await at.records()).map(({ outcome, refusal }) => refusal?.code ?? outcome)).toEqual([
      'issued',
      'kerberos-replay',
    ]);
  });

  test('twenty copies at once, on as many connections and at all endpoints: exactly one is issued', async () => {
    const authorization = negotiate(at.ground.mint());
    const clients = Array.from({ length: 20 }, () => openClient(at.mortise));
    await Promise.all(clients.map((one) => one.send({ path: '/health' })));
    const answers = await Promise.all(
      clients.map((one, index) => one.ask(authorization, { path: index % 2 === 0 ? PATHS.windows13 : PATHS.active })),
    );
    for (const one of clients) one.close();
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) expectChallenge(answer, 'kerberos-replay');
    const outcomes = (await at.records()).map(({ outcome, refusal }) => refusal?.code ?? outcome).sort();
    expect(outcomes).toEqual(['issued', ...Array.from({ length: 19 }, () => 'kerberos-replay')]);
  });

  test('another ticket with an authenticator of its own is none', async () => {
    expect((await at.client.ask(negotiate(at.ground.mint()))).status).toBe(200);
    expect((await at.client.ask(negotiate(at.ground.mint()))).status).toBe(200);
  });
});

describe('a ticket that is not accepted: 401 with the bare word Negotiate, and the fault as body', () => {
  const service = (changes: object) => {
    const key = randomBytes(32);
    return { principal: `HTTP/${HOST}`, realm: SAMPLE_REALM, key, etype: 18, kvno: 2, ...changes };
  };
  const hours = (count: number): Date => new Date(Date.now() + count * 3_600_000);

  test.each([
    ['RC4', 'kerberos-encryption-type-refused', () => at.ground.mint({ ticketEncryptionType: 23 })],
    ['DES', 'kerberos-encryption-type-refused', () => at.ground.mint({ ticketEncryptionType: 3 })],
    ['under another key', 'kerberos-key-mismatch', () => at.ground.mint({ service: service({}) })],
    [
      'for another service',
      'kerberos-wrong-spn',
      () => at.ground.mint({ service: service({ principal: 'HTTP/other' }) }),
    ],
    ['of another realm', 'kerberos-realm-unknown', () => at.ground.mint({ service: service({ realm: 'OTHER.TEST' }) })],
    ['expired', 'kerberos-ticket-expired', () => at.ground.mint({ authTime: hours(-11), endTime: hours(-1) })],
    ['not yet valid', 'kerberos-ticket-not-yet-valid', () => at.ground.mint({ startTime: hours(1) })],
    ['with another clock', 'kerberos-clock-skew', () => at.ground.mint({ clientTime: hours(-1) })],
    [
      'of another client',
      'kerberos-client-mismatch',
      () => at.ground.mint({ authenticatorClient: { name: 'X$', realm: SAMPLE_REALM } }),
    ],
    ['NTLM alone in SPNEGO', 'ntlm-refused', () => at.ground.mint({ mechanisms: [mechanisms.ntlm] })],
    ['NEGOEX alone', 'spnego-no-kerberos', () => at.ground.mint({ mechanisms: [mechanisms.negoex] })],
  ] as const)('%s: %s', async (_what, code, ticket) => {
    const answer = await at.client.ask(negotiate(ticket()));
    expectChallenge(answer, code);
    const [record, ...more] = await at.records();
    expect(more).toEqual([]);
    expect(record).toMatchObject({ outcome: 'refused', refusal: { code } });
  });

  test.each([
    [
      'NTLM (Type 1) under Negotiate',
      'ntlm-refused',
      `Negotiate ${Buffer.from('NTLMSSP\0\u0001\0\0\0').toString('base64')}`,
    ],
    ['the scheme NTLM', 'ntlm-refused', 'NTLM TlRMTVNTUAABAAAA'],
    ['the scheme Basic', 'negotiate-malformed', `Basic ${Buffer.from('user:s3cr3t-of-basic').toString('base64')}`],
    ['the scheme Bearer', 'negotiate-malformed', 'Bearer s3cr3t-bearer-token'],
    ['no token', 'negotiate-malformed', 'Negotiate'],
    ['no base64', 'negotiate-malformed', 'Negotiate s3cr3t*no*base64'],
    ['base64 of garbage', 'negotiate-malformed', 'Negotiate Z2FyYmFnZQ=='],
    ['garbage', 'negotiate-malformed', 's3cr3t-garbage'],
    ['nothing', 'negotiate-required', ''],
  ] as const)('Authorization is %s: %s, recorded without it', async (_what, code, authorization) => {
    expectChallenge(await at.client.ask(authorization), code);
    const [record] = await at.records();
    expect(record?.refusal?.code).toBe(code);
    const said = JSON.stringify([record, at.mortise.logged]);
    expect(said).not.toContain('s3cr3t');
    const token = authorization.split(' ')[1];
    if (token !== undefined && token.length > 4) expect(said).not.toContain(token);
  });

  test('two Authorization headers are not added up (RFC 9110 §11.6.2: one)', async () => {
    const socket = await openSocket(at.mortise);
    const own = negotiate(at.ground.mint());
    socket.write(
      `POST ${PATHS.windows13} HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: Basic eDp5\r\nAuthorization: ${own}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString('utf8')).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe('size', () => {
  test('a Windows token of 48,000 bytes passes', async () => {
    // A PAC of somebody in about a thousand groups; ticket and frame add their own.
    const ticket = at.ground.mint({ authorizationDataBytes: 47_320 });
    expect(ticket.token.length).toBeGreaterThanOrEqual(48_000);
    const answer = await at.client.ask(negotiate(ticket));
    expect(answer.status, answer.text).toBe(200);
    expect(() => ticket.verifyResponse(responseTokenOf(answer))).not.toThrow();
  });

  test('a field of 64 KiB is read, one of more is refused with 431, and neither ends the server', async () => {
    const field = (value: number) => ({ 'x-padding': 'a'.repeat(value - 'x-padding'.length) });
    expect((await at.client.send({ path: '/health', headers: field(65_536) })).status).toBe(200);
    const over = await at.client.send({ path: '/health', headers: field(65_537) });
    expect(over.status).toBe(431);
    expect(over.text).toContain('x-padding');
    expect(over.headers.connection).toBe('close');
    expect((await at.client.send({ path: '/health' })).status).toBe(200);
  });

  test('all fields together may have 96 KiB', async () => {
    const fields = (sum: number) => ({ 'x-one': 'a'.repeat(48_000), 'x-two': 'b'.repeat(sum - 48_000) });
    expect((await at.client.send({ path: '/health', headers: fields(97_000) })).status).toBe(200);
    expect((await at.client.send({ path: '/health', headers: fields(99_000) })).status).toBe(431);
    expect((await at.client.send({ path: '/health' })).status).toBe(200);
  });

  test.each([
    ['with Content-Length', false],
    ['chunked', true],
  ])('a body over 256 KiB is refused with 413 and a fault, %s', async (_name, chunked) => {
    const most = Buffer.alloc(262_144, ' ');
    RST13.forEach((byte, index) => most.writeUInt8(byte, index));
    expect((await at.client.ask(negotiate(at.ground.mint()), { body: most, chunked })).status).toBe(200);
    const over = Buffer.concat([most, Buffer.from(' ')]);
    expectFault(await at.client.ask(negotiate(at.ground.mint()), { body: over, chunked }), 413, 'request-too-large');
  });
});
