/** The negotiation, leg by leg; the tokens of a real AD at their own time; the proof that we are the server. */
import { describe, expect, test } from 'vitest';
import type { Accepted, AcceptOptions, Continue } from '../../src/kerberos/accept.ts';
import { acceptSecurityContext } from '../../src/kerberos/accept.ts';
import { serviceKeysFromKeytab } from '../../src/kerberos/keys.ts';
import { parseNegotiateHeader } from '../../src/kerberos/negotiate-header.ts';
import { ReplayCache } from '../../src/kerberos/replay.ts';
import { readFramedToken, writeFramedToken, writeTokenId } from '../../src/kerberos/rfc4121.ts';
import { mechanisms, negState, readNegTokenResp, writeNegTokenResp } from '../../src/kerberos/spnego.ts';
import type { NegotiateOptions } from '../../src/rehearsal/kdc.ts';
import { mintNegotiateToken } from '../../src/rehearsal/kdc.ts';
import { writeNegTokenInit } from '../../src/rehearsal/kdc-messages.ts';
import { accepting, minting, NOW, refusalOf, samba, sambaService, seededBytes, vectorBytes } from './support.ts';

const mint = (changes: Partial<NegotiateOptions> = {}) => mintNegotiateToken(minting(changes));

const accept = (token: Uint8Array, changes: Partial<AcceptOptions> = {}) =>
  acceptSecurityContext(token, undefined, accepting(changes));

function accepted(result: Accepted | Continue): Accepted {
  if (result.kind !== 'accepted') throw new Error('expected to be accepted, but there is another leg');
  return result;
}

function continued(result: Accepted | Continue): Continue {
  if (result.kind !== 'continue') throw new Error('expected another leg, but it was accepted');
  return result;
}

const response = ({ responseToken }: { responseToken: Uint8Array | undefined }) =>
  readNegTokenResp(responseToken ?? Buffer.alloc(0));

const kerberosTime = (time: string): Date =>
  new Date(time.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

describe('tokens of a real AD, at their own time', () => {
  const aes = samba.tokens.filter((token) => token.ticketEncryptionType === 18);
  const rc4 = samba.tokens.filter((token) => token.ticketEncryptionType === 23);
  const keytabService = {
    ...sambaService,
    keySource: 'keytab' as const,
    ...serviceKeysFromKeytab(vectorBytes('samba-ad-svc-sso.keytab')),
  };

  test.each(aes)('$name is accepted, with keys from the password', (token) => {
    const options = { services: [sambaService], now: new Date(token.takenAt) };
    const result = accepted(accept(parseNegotiateHeader(token.authorization), options));
    expect(result.client).toEqual({
      realm: samba.realm,
      name: token.client,
      sid: expect.stringMatching(/^S-1-5-21-1004336348-1177238915-682003330-110[24]$/),
      groups: expect.any(Number) as number,
      service: samba.spn,
      ticketEncryptionType: 18,
      kvno: undefined,
      authTime: kerberosTime(token.authTime),
      endTime: kerberosTime(token.endTime),
    });
    expect(result.ticketKvno).toBe(1);
    expect(response(result).supportedMech).toBe(mechanisms.krb5);
    expect(response(result).negState).toBe(negState.acceptCompleted);
  });

  test.each(aes)('$name is accepted, with the keytab', (token) => {
    const options = { services: [keytabService], now: new Date(token.takenAt) };
    expect(accepted(accept(parseNegotiateHeader(token.authorization), options)).client.kvno).toBe(1);
  });

  test.each(rc4)('$name is refused by number, and the account is named', (token) => {
    const options = { services: [sambaService], now: new Date(token.takenAt) };
    const { code, facts } = refusalOf(() => accept(parseNegotiateHeader(token.authorization), options));
    expect(code).toBe('kerberos-encryption-type-refused');
    expect(facts.actual).toBe('ticket: rc4-hmac (23)');
    expect(facts.detail).toContain(samba.account.userPrincipalName);
  });

  test.each(aes)('$name six minutes later is a matter of clocks, and both are told', (token) => {
    const now = new Date(new Date(token.takenAt).getTime() + 6 * 60_000);
    const { code, facts } = refusalOf(() =>
      accept(parseNegotiateHeader(token.authorization), { services: [sambaService], now }),
    );
    expect(code).toBe('kerberos-clock-skew');
    expect(facts.expected).toContain(now.toISOString());
    expect(facts.actual).toContain(kerberosTime(token.ctime).toISOString().slice(0, 19));
  });
});

describe('one leg', () => {
  test("Windows' list, MS-KRB5 first: accepted at once, answered with the first, and mutually", () => {
    const client = mint();
    const result = accepted(accept(client.token));
    expect(result.client.name).toBe('DESKTOP-01$');
    expect(response(result)).toMatchObject({ negState: negState.acceptCompleted, supportedMech: mechanisms.msKrb5 });
    // RFC 4178 Appendix C: no mechListMIC where none is required, for older Windows.
    expect(response(result).mechListMic).toBeUndefined();
    client.verifyResponse(result.responseToken);
  });

  test.each([
    ['KRB5 alone', [mechanisms.krb5]],
    ['KRB5 before NEGOEX and NTLM', [mechanisms.krb5, mechanisms.negoex, mechanisms.ntlm]],
    ['KRB5 before one that nobody knows', [mechanisms.krb5, '1.3.6.1.4.1.99999.1']],
  ])('%s', (_, list) => {
    const client = mint({ mechanisms: list });
    const result = accepted(accept(client.token));
    expect(response(result).supportedMech).toBe(mechanisms.krb5);
    client.verifyResponse(result.responseToken);
  });

  test('without mutual authentication the answer is accept-completed and nothing more', () => {
    const client = mint({ mutual: false });
    const result = accepted(accept(client.token));
    expect(response(result).responseToken).toBeUndefined();
    client.verifyResponse(result.responseToken);
  });

  test.each([
    ['in GSS-API’s frame', 'gss'],
    ['bare', 'bare'],
  ] as const)('a Kerberos token %s, without SPNEGO, is answered in kind', (_, framing) => {
    const client = mint({ framing });
    const result = accepted(accept(client.token));
    expect(result.responseToken?.[0]).toBe(framing === 'gss' ? 0x60 : 0x6f);
    client.verifyResponse(result.responseToken);
    expect(accepted(accept(mint({ framing, mutual: false }).token)).responseToken).toBeUndefined();
  });

  test('a ticket for somebody in many groups: a token of 48,000 octets', () => {
    const { token } = mint({ authorizationDataBytes: 47_000 });
    expect(token.length).toBeGreaterThan(47_400);
    expect(accepted(accept(token)).client.name).toBe('DESKTOP-01$');
  });

  test('the answer of somebody else, or to another request, is no proof', () => {
    const client = mint();
    const other = mint({ randomBytes: seededBytes('other') });
    const answer = accepted(accept(other.token)).responseToken;
    expect(() => client.verifyResponse(answer)).toThrow();
    expect(() => client.verifyResponse(undefined)).toThrow('did not authenticate itself');
  });

  test('each AP-REP is encrypted anew', () => {
    const one = accepted(accept(mint().token, { randomBytes: seededBytes('1') })).responseToken;
    const two = accepted(accept(mint().token, { randomBytes: seededBytes('2') })).responseToken;
    expect(one).not.toEqual(two);
  });
});

describe('two legs: Kerberos is not the first of the list', () => {
  const list = [mechanisms.negoex, mechanisms.ntlm, mechanisms.krb5];

  test('our choice is told with request-mic; then AP-REQ, AP-REP with our MIC, and the MIC of the client', () => {
    const client = mint({ mechanisms: list });
    const options = accepting();
    const first = continued(acceptSecurityContext(client.token, undefined, options));
    expect(response(first)).toEqual({
      negState: negState.requestMic,
      supportedMech: mechanisms.krb5,
      responseToken: undefined,
      mechListMic: undefined,
    });
    const second = continued(acceptSecurityContext(client.continueWith(first.responseToken), first.state, options));
    expect(response(second).negState).toBe(negState.acceptIncomplete);
    expect(response(second).supportedMech).toBeUndefined();
    const last = accepted(acceptSecurityContext(client.continueWith(second.responseToken), second.state, options));
    expect(last.client.name).toBe('DESKTOP-01$');
    client.verifyResponse(last.responseToken);
  });

  test('without mutual authentication the client adds its MIC to the AP-REQ, and the second leg is the last', () => {
    const client = mint({ mechanisms: list, mutual: false });
    const options = accepting();
    const first = continued(acceptSecurityContext(client.token, undefined, options));
    const last = accepted(acceptSecurityContext(client.continueWith(first.responseToken), first.state, options));
    expect(response(last).mechListMic).toBeDefined();
    client.verifyResponse(last.responseToken);
  });

  test('NTLM first, with its message: Kerberos is asked for all the same', () => {
    const client = mint({ mechanisms: [mechanisms.ntlm, mechanisms.msKrb5] });
    expect(response(continued(accept(client.token))).supportedMech).toBe(mechanisms.msKrb5);
  });

  test('Kerberos first without a token: accept-incomplete, and no MIC is required', () => {
    const client = mint({ withoutMechToken: true });
    const options = accepting();
    const first = continued(acceptSecurityContext(client.token, undefined, options));
    expect(response(first).negState).toBe(negState.acceptIncomplete);
    const last = accepted(acceptSecurityContext(client.continueWith(first.responseToken), first.state, options));
    expect(response(last).mechListMic).toBeUndefined();
    client.verifyResponse(last.responseToken);
  });

  test('a context without per-message integrity has no MIC, and none is required', () => {
    const client = mint({ mechanisms: list, gssFlags: 0x02 });
    const options = accepting();
    const first = continued(acceptSecurityContext(client.token, undefined, options));
    const last = accepted(acceptSecurityContext(client.continueWith(first.responseToken), first.state, options));
    expect(response(last).negState).toBe(negState.acceptCompleted);
    client.verifyResponse(last.responseToken);
  });

  test('a list that was changed on the way is found out by the MIC', () => {
    const options = accepting();
    const sent = mint({ mechanisms: [mechanisms.krb5, mechanisms.ntlm] });
    // What the client sent is [krb5, ntlm]; what arrives is another list.
    const arrives = mint({ mechanisms: list });
    const first = continued(acceptSecurityContext(arrives.token, undefined, options));
    const second = continued(acceptSecurityContext(sent.continueWith(first.responseToken), first.state, options));
    expect(() => sent.continueWith(second.responseToken)).toThrow('mechListMIC of the server is wrong');
    const forged = writeNegTokenResp({ negState: negState.acceptCompleted, mechListMic: Buffer.alloc(28, 4) });
    expect(refusalOf(() => acceptSecurityContext(forged, second.state, options)).code).toBe('spnego-mic-mismatch');
  });

  test('a MIC that is missing where it is required', () => {
    const options = accepting();
    const mutual = mint({ mechanisms: list });
    const first = continued(acceptSecurityContext(mutual.token, undefined, options));
    const second = continued(acceptSecurityContext(mutual.continueWith(first.responseToken), first.state, options));
    const silent = writeNegTokenResp({ negState: negState.acceptCompleted });
    expect(refusalOf(() => acceptSecurityContext(silent, second.state, options)).code).toBe('spnego-mic-mismatch');

    const oneWay = mint({ mechanisms: list, mutual: false, randomBytes: seededBytes('one way') });
    const { state } = continued(acceptSecurityContext(oneWay.token, undefined, options));
    const bare = mint({ framing: 'gss', mutual: false, randomBytes: seededBytes('one way') }).token;
    const withoutMic = writeNegTokenResp({ responseToken: bare });
    expect(refusalOf(() => acceptSecurityContext(withoutMic, state, options)).code).toBe('spnego-mic-mismatch');
  });

  test('a second leg without a first', () => {
    const client = mint({ mechanisms: list });
    const { responseToken } = continued(accept(client.token));
    expect(refusalOf(() => accept(client.continueWith(responseToken))).code).toBe('spnego-out-of-turn');
  });

  test('an initial token starts anew, whatever was said before', () => {
    const first = continued(accept(mint({ mechanisms: list }).token));
    const again = mint();
    expect(accepted(acceptSecurityContext(again.token, first.state, accepting())).client.name).toBe('DESKTOP-01$');
  });

  test.each([
    ['rejects', writeNegTokenResp({ negState: negState.reject }), 'negotiate-malformed'],
    ['says nothing', writeNegTokenResp({}), 'negotiate-malformed'],
    ['falls back to NTLM', writeNegTokenResp({ responseToken: Buffer.from('NTLMSSP\0\u0001\0\0\0') }), 'ntlm-refused'],
    ['sends something else', writeNegTokenResp({ responseToken: Buffer.from('something else') }), 'kerberos-malformed'],
  ])('a client that %s in the second leg is refused', (_, token, code) => {
    const { state } = continued(accept(mint({ mechanisms: list }).token));
    expect(refusalOf(() => acceptSecurityContext(token, state, accepting())).code).toBe(code);
  });
});

describe('an early mechListMIC', () => {
  /** RFC 4178 §5 c: allowed where the optimistic token is the client's only one. */
  const withMic = (changes: (mic: Buffer) => void) => {
    const client = mint({ mutual: false, mechanisms: [mechanisms.ntlm, mechanisms.krb5] });
    const first = continued(accept(client.token));
    const { responseToken, mechListMic } = readNegTokenResp(client.continueWith(first.responseToken));
    const mic = Buffer.from(mechListMic ?? []);
    changes(mic);
    return { token: writeNegTokenResp({ responseToken, mechListMic: mic }), state: first.state };
  };

  test('is verified and answered', () => {
    const { token, state } = withMic(() => {});
    expect(response(accepted(acceptSecurityContext(token, state, accepting()))).mechListMic).toBeDefined();
  });

  test('that is wrong is refused, required or not', () => {
    const { token, state } = withMic((mic) => mic.fill(0, 20));
    expect(refusalOf(() => acceptSecurityContext(token, state, accepting())).code).toBe('spnego-mic-mismatch');
    const framed = mint({ framing: 'gss' }).token;
    const init = writeFramedToken(mechanisms.spnego, writeNegTokenInit([mechanisms.krb5], framed, Buffer.alloc(28)));
    expect(refusalOf(() => accept(init)).code).toBe('spnego-mic-mismatch');
  });
});

describe('no Kerberos', () => {
  const framed = (list: readonly string[], token?: Uint8Array): Uint8Array =>
    writeFramedToken(mechanisms.spnego, writeNegTokenInit(list, token));
  const ntlmMessage = Buffer.from('NTLMSSP\0\u0001\0\0\0');

  test.each([
    ['an NTLM message', ntlmMessage, 'ntlm-refused'],
    ['NTLM alone in SPNEGO', framed([mechanisms.ntlm], ntlmMessage), 'ntlm-refused'],
    ['NEGOEX and NTLM', framed([mechanisms.negoex, mechanisms.ntlm]), 'ntlm-refused'],
    [
      'Kerberos in the list, NTLM in the token',
      framed([mechanisms.krb5, mechanisms.ntlm], ntlmMessage),
      'ntlm-refused',
    ],
    ['NEGOEX alone', framed([mechanisms.negoex]), 'spnego-no-kerberos'],
    ['user-to-user Kerberos alone', framed(['1.2.840.113554.1.2.2.3']), 'spnego-no-kerberos'],
    ['a frame of another mechanism', writeFramedToken('1.3.6.1.5.2.5', Buffer.alloc(20)), 'spnego-no-kerberos'],
    ['an empty list', framed([]), 'negotiate-malformed'],
    ['something else', Buffer.from('GET / HTTP/1.1'), 'negotiate-malformed'],
    ['nothing', Buffer.alloc(0), 'negotiate-malformed'],
    ['more than 64 KiB', Buffer.alloc(65_537, 0x60), 'negotiate-malformed'],
    [
      'an AP-REP in the frame',
      writeFramedToken(mechanisms.krb5, writeTokenId(0x0200, Buffer.alloc(9))),
      'kerberos-malformed',
    ],
    [
      'a KRB-ERROR in the frame',
      writeFramedToken(mechanisms.krb5, writeTokenId(0x0300, Buffer.alloc(9))),
      'kerberos-malformed',
    ],
    [
      'a frame of another mechanism in SPNEGO',
      framed([mechanisms.krb5], writeFramedToken('1.3.6.1.5.2.5', Buffer.alloc(9))),
      'kerberos-malformed',
    ],
    ['no gateway with Kerberos', mint().token, 'kerberos-not-configured'],
  ])('%s', (what, token, code) => {
    const services = what === 'no gateway with Kerberos' ? [] : accepting().services;
    expect(refusalOf(() => accept(token, { services })).code).toBe(code);
  });
});

test('a token is taken once, in whatever frame it comes back', () => {
  const replay = new ReplayCache();
  const spnego = mint().token;
  expect(accepted(accept(spnego, { replay })).client.name).toBe('DESKTOP-01$');
  expect(refusalOf(() => accept(spnego, { replay })).code).toBe('kerberos-replay');
  expect(refusalOf(() => accept(mint({ framing: 'gss' }).token, { replay })).code).toBe('kerberos-replay');
  expect(refusalOf(() => accept(mint({ framing: 'bare' }).token, { replay })).code).toBe('kerberos-replay');
});

test('five minutes of skew are the default', () => {
  expect(accepted(accept(mint({ clientTime: new Date(NOW.getTime() + 299_000) }).token)).client.name).toBe(
    'DESKTOP-01$',
  );
  expect(refusalOf(() => accept(mint({ clientTime: new Date(NOW.getTime() + 301_000) }).token)).code).toBe(
    'kerberos-clock-skew',
  );
  expect(readFramedToken(mint().token).mechanism).toBe(mechanisms.spnego);
});
