import { describe, expect, test } from 'vitest';
import { DerError } from '../../src/kerberos/der.ts';
import { encryptionKey } from '../../src/kerberos/encryption.ts';
import {
  readFramedToken,
  readGssChecksum,
  readTokenId,
  tokenIds,
  verifyMic,
  writeFramedToken,
  writeMic,
  writeTokenId,
} from '../../src/kerberos/rfc4121.ts';
import { mechanisms } from '../../src/kerberos/spnego.ts';
import { fromHex, seededBytes, toHex } from './support.ts';

describe('the frame of a context token, RFC 2743 §3.1', () => {
  test('survives', () => {
    const framed = writeFramedToken(mechanisms.krb5, writeTokenId(tokenIds.apReq, Buffer.from('message')));
    expect(toHex(framed).startsWith('601406092a864886f7120102020100')).toBe(true);
    const { mechanism, inner } = readFramedToken(framed);
    expect(mechanism).toBe(mechanisms.krb5);
    expect(Buffer.from(readTokenId(inner, tokenIds.apReq)).toString()).toBe('message');
  });

  test('another TOK_ID is refused by number', () => {
    expect(() => readTokenId(fromHex('0300ff'), tokenIds.apReq)).toThrow('TOK_ID is 0x0300 instead of 0x0100');
    expect(() => readTokenId(fromHex('01'), tokenIds.apRep)).toThrow(DerError);
  });

  test.each(['', '60', '6000', '60020600'])('%s is refused', (hex) => {
    expect(() => readFramedToken(fromHex(hex))).toThrow(DerError);
  });
});

describe('the checksum 0x8003, RFC 4121 §4.1.1', () => {
  const bindings = 'ab'.repeat(16);
  const read = (hex: string, type = 0x8003): number | undefined =>
    readGssChecksum({ type, octets: fromHex(hex) })?.flags;

  test.each([
    ['flags', `10000000${bindings}36010000`, 0x136],
    ['extensions behind the flags', `10000000${bindings}3e000000ffffffff`, 0x3e],
    ['a delegated credential', `10000000${bindings}0300000001000200abcd`, 0x03],
    ['a delegated credential and extensions', `10000000${bindings}0300000001000200abcdef`, 0x03],
    ['flags with the highest bit', `10000000${bindings}00000080`, 0x80000000],
  ])('%s', (_, hex, flags) => {
    expect(read(hex)).toBe(flags);
  });

  test.each([
    ['23 octets', `10000000${bindings}360100`],
    ['another length of the bindings', `11000000${bindings}36010000`],
    ['delegation without its length', `10000000${bindings}030000000100`],
    ['delegation of another kind', `10000000${bindings}0300000002000000`],
    ['a delegated credential cut short', `10000000${bindings}0300000001000300abcd`],
    ['nothing', ''],
  ])('%s is none', (_, hex) => {
    expect(read(hex)).toBeUndefined();
  });

  test('another type is none', () => {
    expect(read(`10000000${bindings}36010000`, 16)).toBeUndefined();
  });
});

describe('the MIC token, RFC 4121 §4.2.6.1', () => {
  const key = encryptionKey(18, seededBytes()(32));
  if (key === undefined) throw new Error('no key');
  const message = Buffer.from('a list of mechanisms');

  test('has its header, and a checksum of twelve octets', () => {
    const mic = writeMic(key, 'acceptor', message, 7);
    expect(toHex(mic.subarray(0, 16))).toBe('040401ffffffffff0000000000000007');
    expect(mic.length).toBe(28);
    expect(toHex(writeMic(key, 'initiator', message, 7)).slice(0, 6)).toBe('040400');
  });

  test('verifies for its side and its message only', () => {
    const mic = writeMic(key, 'initiator', message, 7);
    expect(verifyMic(key, 'initiator', message, mic)).toBe(true);
    expect(verifyMic(key, 'acceptor', message, mic)).toBe(false);
    expect(verifyMic(key, 'initiator', Buffer.from('another list'), mic)).toBe(false);
  });

  test('no changed bit and no part of it verifies', () => {
    const mic = writeMic(key, 'initiator', message, 7);
    for (let bit = 0; bit < mic.length * 8; bit++) {
      const changed = Buffer.from(mic);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifyMic(key, 'initiator', message, changed), `bit ${bit}`).toBe(false);
    }
    for (let length = 0; length < mic.length; length++) {
      expect(verifyMic(key, 'initiator', message, mic.subarray(0, length)), `${length} octets`).toBe(false);
    }
  });
});
