/** The rehearsal's tickets: what they hold, and that their client believes a server only when it should. */
import { describe, expect, test } from 'vitest';
import type { AcceptOptions } from '../../src/kerberos/accept.ts';
import { acceptSecurityContext } from '../../src/kerberos/accept.ts';
import { parseNegotiateHeader } from '../../src/kerberos/negotiate-header.ts';
import { readFramedToken } from '../../src/kerberos/rfc4121.ts';
import { mechanisms, readNegTokenInit, readNegTokenResp, writeNegTokenResp } from '../../src/kerberos/spnego.ts';
import type { NegotiateOptions } from '../../src/rehearsal/kdc.ts';
import { mintNegotiateToken } from '../../src/rehearsal/kdc.ts';
import { mintApReq } from '../../src/rehearsal/kdc-ap-req.ts';
import { accepting, minting, NOW, REALM, refusalOf, seededBytes } from '../kerberos/support.ts';

const mint = (changes: Partial<NegotiateOptions> = {}) => mintNegotiateToken(minting(changes));
const accept = (token: Uint8Array, changes: Partial<AcceptOptions> = {}) =>
  acceptSecurityContext(token, undefined, accepting(changes));

const initOf = (token: Uint8Array) => readNegTokenInit(readFramedToken(token).inner);

describe('the token', () => {
  test("is Windows' own: four mechanisms, MS-KRB5 first, the AP-REQ under KRB5", () => {
    const init = initOf(mint().token);
    expect(init.mechTypes).toEqual([mechanisms.msKrb5, mechanisms.krb5, mechanisms.negoex, mechanisms.ntlm]);
    expect(readFramedToken(init.mechToken ?? Buffer.alloc(0)).mechanism).toBe(mechanisms.krb5);
  });

  test('carries an NTLM message where NTLM is first, and nothing for NEGOEX', () => {
    const ntlm = initOf(mint({ mechanisms: [mechanisms.ntlm, mechanisms.krb5] }).token);
    expect(Buffer.from(ntlm.mechToken ?? []).toString('latin1', 0, 7)).toBe('NTLMSSP');
    expect(initOf(mint({ mechanisms: [mechanisms.negoex, mechanisms.krb5] }).token).mechToken).toBeUndefined();
  });

  test('is the same for the same randomness, and another for other randomness', () => {
    expect(mint().token).toEqual(mint().token);
    expect(mint().token).not.toEqual(mint({ randomBytes: seededBytes('other') }).token);
  });

  test('two of one moment have different microseconds', () => {
    const times = ['a', 'b', 'c'].map(
      (seed) => mintApReq(minting({ randomBytes: seededBytes(seed) })).clientMicroseconds,
    );
    expect(new Set(times).size).toBe(3);
    for (const time of times) expect(Math.floor(time / 1000)).toBe(NOW.getMilliseconds());
  });

  test('pads to the size of a large PAC, and still fits a header field of 64 KiB', () => {
    const { token } = mint({ authorizationDataBytes: 47_300 });
    expect(token.length).toBeGreaterThan(47_900);
    const header = `Negotiate ${Buffer.from(token).toString('base64')}`;
    expect(header.length).toBeLessThan(65_536);
    expect(accept(parseNegotiateHeader(header)).kind).toBe('accepted');
  });

  test('is valid for ten hours from the KDC’s now', () => {
    const result = accept(mint().token);
    if (result.kind !== 'accepted') throw new Error('expected to be accepted');
    expect(result.client.authTime).toEqual(new Date('2026-06-01T08:00:00Z'));
    expect(result.client.endTime).toEqual(new Date('2026-06-01T18:00:00Z'));
  });
});

describe('the mishaps that it can provoke', () => {
  const ahead = new Date(NOW.getTime() + 3_600_000);
  test.each<[string, Partial<NegotiateOptions>, string]>([
    ['an RC4 ticket', { ticketEncryptionType: 23 }, 'kerberos-encryption-type-refused'],
    ['an RC4 session key', { sessionKeyEtype: 23 }, 'kerberos-encryption-type-refused'],
    ['a clock that is an hour ahead', { clientTime: ahead }, 'kerberos-clock-skew'],
    ['an old ticket', { authTime: new Date(0), endTime: new Date(1000) }, 'kerberos-ticket-expired'],
    ['a ticket for tomorrow', { startTime: new Date(NOW.getTime() + 86_400_000) }, 'kerberos-ticket-not-yet-valid'],
    ['a client of another realm', { client: { name: 'PC$', realm: `OTHER.${REALM}` } }, 'kerberos-realm-unknown'],
    ['a client without a ticket', { mechanisms: [mechanisms.ntlm] }, 'ntlm-refused'],
  ])('%s', (_, changes, code) => {
    expect(refusalOf(() => accept(mint(changes).token)).code).toBe(code);
  });

  test('a key that is none of AES is a mistake of the caller', () => {
    expect(() => mint({ service: { ...minting().service, key: new Uint8Array(16) } })).toThrow(
      '16 octets are no key of',
    );
  });
});

describe('the client', () => {
  test.each([
    ['nothing', undefined],
    ['accept-completed without an AP-REP', writeNegTokenResp({ negState: 0 })],
    ['accept-incomplete', writeNegTokenResp({ negState: 1 })],
    ['something else', Buffer.from('something else')],
  ])('does not believe %s', (_, response) => {
    expect(() => mint().verifyResponse(response)).toThrow();
  });

  test('does not believe an AP-REP with a bit changed', () => {
    const client = mint();
    const result = accept(client.token);
    const { responseToken } = readNegTokenResp(result.responseToken ?? Buffer.alloc(0));
    const apRep = Buffer.from(responseToken ?? []);
    // The ciphertext ends the token: a confounder of 16 octets, 40 of EncAPRepPart, 12 of MAC.
    const clear = apRep.length - 68;
    for (let bit = 0; bit < apRep.length * 8; bit++) {
      const changed = Buffer.from(apRep);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // The frame's mechanism, and the key version that AP-REPs lack, prove nothing: only what is encrypted counts.
      if (changed.subarray(0, clear).equals(apRep.subarray(0, clear))) {
        expect(
          () => client.verifyResponse(writeNegTokenResp({ negState: 0, responseToken: changed })),
          `bit ${bit}`,
        ).toThrow();
      }
    }
    expect(() => client.verifyResponse(result.responseToken)).not.toThrow();
  });

  test('does not go on with a server that chose no Kerberos', () => {
    const response = writeNegTokenResp({ negState: 3, supportedMech: mechanisms.ntlm });
    expect(() => mint().continueWith(response)).toThrow('no Kerberos');
    expect(() => mint().continueWith(Buffer.from('something else'))).toThrow();
  });
});
