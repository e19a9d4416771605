/** Another implementation's encodings: what MIT krb5 keeps as the reference of its own encoder. */
import { describe, expect, test } from 'vitest';
import { DerError } from '../../src/kerberos/der.ts';
import {
  readApRep,
  readApReq,
  readAuthenticator,
  readEncApRepPart,
  readEncTicketPart,
  readTicket,
  writeApRep,
  writeEncApRepPart,
} from '../../src/kerberos/messages.ts';
import { nameText, sameName } from '../../src/kerberos/principal-name.ts';
import { writeApReq, writeAuthenticator, writeTicket } from '../../src/rehearsal/kdc-messages.ts';
import { fromHex, toHex, vector } from './support.ts';

const { encodings } = vector('mit-reference-encodings.json') as { encodings: Record<string, string> };

function encoding(name: string): Uint8Array {
  const hex = encodings[name];
  if (hex === undefined) throw new Error(`no vector ${name}`);
  return fromHex(hex);
}

const time = new Date('1994-06-10T06:03:17Z');
const key = { encryptionType: 1, octets: Buffer.from('12345678') };
const encrypted = { encryptionType: 0, kvno: 5, cipher: Buffer.from('krbASN.1 test message') };
const clientName = { components: ['hftsai', 'extra'] };
const name = { nameType: 1, components: clientName.components };
const realm = 'ATHENA.MIT.EDU';
const authorizationData = [1, 1].map((type) => ({ type, data: Buffer.from('foobar') }));

describe("MIT's reference encodings are read", () => {
  test('ticket', () => {
    expect(readTicket(encoding('ticket'))).toEqual({ realm, serviceName: clientName, encPart: encrypted });
  });

  test('AP-REQ', () => {
    expect(readApReq(encoding('ap_req'))).toEqual({
      options: 0xfedcba98,
      ticket: { realm, serviceName: clientName, encPart: encrypted },
      authenticator: encrypted,
    });
  });

  test('authenticator', () => {
    expect(readAuthenticator(encoding('authenticator'))).toEqual({
      clientRealm: realm,
      clientName,
      checksum: { type: 1, octets: Buffer.from('1234') },
      clientMicroseconds: 123456,
      clientTime: time,
      subkey: key,
      sequenceNumber: 17,
      authorizationData: expect.any(Uint8Array) as Uint8Array,
    });
  });

  test('authenticator without its optional members', () => {
    expect(readAuthenticator(encoding('authenticator, optionals empty'))).toEqual({
      clientRealm: realm,
      clientName,
      checksum: undefined,
      clientMicroseconds: 123456,
      clientTime: time,
      subkey: undefined,
      sequenceNumber: undefined,
      authorizationData: undefined,
    });
  });

  test.each([
    ['enc_tkt_part', time, /^3022300fa003020101a1080406666f6f626172/],
    ['enc_tkt_part, optionals NULL', undefined, /^$/],
  ])('%s', (vectorName, startTime, data) => {
    const { authorizationData = new Uint8Array(), ...part } = readEncTicketPart(encoding(vectorName));
    expect(Buffer.from(authorizationData).toString('hex')).toMatch(data);
    expect(part).toEqual({
      flags: 0xfedcba98,
      sessionKey: key,
      clientRealm: realm,
      clientName,
      authTime: time,
      startTime,
      endTime: time,
    });
  });

  test('AP-REP', () => {
    expect(readApRep(encoding('ap_rep'))).toEqual(encrypted);
    expect(readEncApRepPart(encoding('ap_rep_enc_part'))).toEqual({
      clientTime: time,
      clientMicroseconds: 123456,
      subkey: key,
      sequenceNumber: 17,
    });
  });
});

describe('what we write is what MIT writes', () => {
  test('AP-REP', () => {
    expect(toHex(writeApRep(encrypted))).toBe(encodings['ap_rep']);
  });

  test('encrypted part of the AP-REP', () => {
    const part = { clientTime: time, clientMicroseconds: 123456 };
    expect(toHex(writeEncApRepPart({ ...part, subkey: key, sequenceNumber: 17 }))).toBe(encodings['ap_rep_enc_part']);
    expect(toHex(writeEncApRepPart({ ...part, subkey: undefined, sequenceNumber: undefined }))).toBe(
      encodings['ap_rep_enc_part, optionals NULL'],
    );
  });

  test('ticket, AP-REQ and authenticator of the rehearsal', () => {
    const ticket = writeTicket(realm, name, encrypted);
    expect(toHex(ticket)).toBe(encodings['ticket']);
    expect(toHex(writeApReq(0xfedcba98, ticket, encrypted))).toBe(encodings['ap_req']);
    const authenticator = writeAuthenticator({
      clientRealm: realm,
      clientName: name,
      checksum: { type: 1, octets: Buffer.from('1234') },
      clientTime: time,
      clientMicroseconds: 123456,
      subkey: key,
      sequenceNumber: 17,
      authorizationData,
    });
    expect(toHex(authenticator)).toBe(encodings['authenticator']);
  });
});

describe('strictness', () => {
  test('a message of another type is refused', () => {
    expect(() => readApReq(encoding('error'))).toThrow(DerError);
    expect(() => readApReq(encoding('ap_rep'))).toThrow(DerError);
    expect(() => readApRep(encoding('ap_req'))).toThrow(DerError);
  });

  test.each(['ap_req', 'authenticator', 'enc_tkt_part', 'ap_rep_enc_part'])(
    'every part of %s is refused',
    (vectorName) => {
      const whole = encoding(vectorName);
      const read =
        { ap_req: readApReq, authenticator: readAuthenticator, enc_tkt_part: readEncTicketPart }[vectorName] ??
        readEncApRepPart;
      for (let length = 0; length < whole.length; length++) {
        expect(() => read(whole.subarray(0, length)), `first ${length} octets`).toThrow(DerError);
      }
      expect(() => read(Buffer.concat([whole, Buffer.from([0])]))).toThrow(DerError);
    },
  );

  test.each([
    ['version 4', 'a003020105', 'a003020104'],
    ['AP-REP as message type', 'a10302010e', 'a10302010f'],
  ])('an AP-REQ with %s is refused', (_, right, wrong) => {
    expect(() => readApReq(fromHex((encodings['ap_req'] ?? '').replace(right, wrong)))).toThrow(DerError);
  });

  test('a sequence number that an old client wrote as negative is read as UInt32', () => {
    const part = writeEncApRepPart({ clientTime: time, clientMicroseconds: 0, subkey: undefined, sequenceNumber: -2 });
    expect(readEncApRepPart(part).sequenceNumber).toBe(0xfffffffe);
  });

  test('a million microseconds are refused', () => {
    const part = writeEncApRepPart({
      clientTime: time,
      clientMicroseconds: 1_000_000,
      subkey: undefined,
      sequenceNumber: 1,
    });
    expect(() => readEncApRepPart(part)).toThrow(DerError);
  });

  test.each([
    ['without components', []],
    ['with an empty component', ['a', '']],
    ['with nine components', Array.from({ length: 9 }, () => 'a')],
    ['with a component that no account can have', ['HTTP', 'x'.repeat(3_073)]],
    ['longer than any account’s in all', Array.from({ length: 8 }, () => 'x'.repeat(600))],
  ])('a name %s is refused', (_, components) => {
    expect(() => readTicket(writeTicket(realm, { nameType: 1, components }, encrypted))).toThrow(DerError);
  });

  test('an empty realm is refused', () => {
    expect(() => readTicket(writeTicket('', name, encrypted))).toThrow(DerError);
  });
});

test('names are compared by component and case, not by their joined text', () => {
  expect(sameName({ components: ['a', 'b'] }, { components: ['a', 'b'] })).toBe(true);
  expect(sameName({ components: ['a/b'] }, { components: ['a', 'b'] })).toBe(false);
  expect(sameName({ components: ['A'] }, { components: ['a'] })).toBe(false);
  expect(nameText({ components: ['HTTP', 'sso'] })).toBe('HTTP/sso');
});
