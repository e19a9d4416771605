/** The SID in a ticket's PAC: of real tickets of an AD, and of none whose signature, shape or place is wrong. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as der from '../../src/kerberos/der.ts';
import { readApReq, readEncTicketPart } from '../../src/kerberos/messages.ts';
import { accountSidOf } from '../../src/kerberos/pac.ts';
import type { EncryptionKey } from '../../src/kerberos/encryption.ts';
import { checksum, decrypt, encryptionKey, usageKeys } from '../../src/kerberos/encryption.ts';
import { readFramedToken, readTokenId, tokenIds } from '../../src/kerberos/rfc4121.ts';
import { readNegTokenInit } from '../../src/kerberos/spnego.ts';
import { fromHex, samba } from './support.ts';

function keyOf(type: number): EncryptionKey {
  const hex = samba.keys.find((key) => key.encryptionType === type)?.keyHex ?? '';
  const key = type === 17 || type === 18 ? encryptionKey(type, fromHex(hex)) : undefined;
  if (key === undefined) throw new Error(`the sample has no key of type ${type}`);
  return key;
}

/** What the real ticket carries, and the key it opens with. */
function sampleOf(name: string): { readonly data: Buffer; readonly key: EncryptionKey } {
  const token = samba.tokens.find((sample) => sample.name === name);
  const octets = Buffer.from((token?.authorization ?? '').replace(/^Negotiate /, ''), 'base64');
  const { mechToken = new Uint8Array() } = readNegTokenInit(readFramedToken(octets).inner);
  const { ticket } = readApReq(readTokenId(readFramedToken(mechToken).inner, tokenIds.apReq));
  const key = keyOf(ticket.encPart.encryptionType);
  const part = readEncTicketPart(decrypt(usageKeys(key, 2), ticket.encPart.cipher) ?? new Uint8Array());
  return { data: Buffer.from(part.authorizationData ?? []), key };
}

const typed = (type: number, data: Uint8Array): Uint8Array =>
  der.sequence(der.explicit(0, der.integer(type)), der.explicit(1, der.octetString(data)));
const asRelevant = (...pacs: readonly Uint8Array[]): Uint8Array =>
  der.sequence(...pacs.map((pac) => typed(1, der.sequence(typed(128, pac)))));

/** The PAC within. */
function pacOf(data: Buffer): Buffer {
  const [relevant] = der.readElements(der.readOnly(data, 0x30, 'list'), 'list', 8);
  const inner = der.readOctetString(der.readFields(relevant?.encoded ?? data, 'x', 1).required(1, 'x'), 'x');
  const [pac] = der.readElements(der.readOnly(inner, 0x30, 'list'), 'list', 8);
  return Buffer.from(der.readOctetString(der.readFields(pac?.encoded ?? data, 'x', 1).required(1, 'x'), 'x'));
}

/** Where a buffer's entry stands among the heads. */
const headOf = (pac: Buffer, type: number): number =>
  Array.from({ length: pac.readUInt32LE(0) }, (_, index) => 8 + 16 * index).find(
    (at) => pac.readUInt32LE(at) === type,
  ) ?? -1;
const startOf = (pac: Buffer, type: number): number => Number(pac.readBigUInt64LE(headOf(pac, type) + 8));

/** Signs as a KDC that holds the service's key would. */
function signed(changed: Buffer, key: EncryptionKey): Buffer {
  const pac = Buffer.from(changed);
  for (const type of [6, 7]) pac.fill(0, startOf(pac, type) + 4, startOf(pac, type) + 16);
  const kdcSignature = changed.subarray(startOf(changed, 7) + 4, startOf(changed, 7) + 16);
  const sum = checksum(key, 17, pac);
  pac.set(sum, startOf(pac, 6) + 4);
  pac.set(kdcSignature, startOf(pac, 7) + 4);
  return pac;
}

const LOGON_INFORMATION = 1;
/** Of UserId within the buffer: the headers of NDR, then six times, six strings and two counts. */
const USER_ID = 20 + 100;

describe('of a real ticket', () => {
  test.each([
    ['user-aes256', 'S-1-5-21-1004336348-1177238915-682003330-1102'],
    ['computer-aes256', 'S-1-5-21-1004336348-1177238915-682003330-1104'],
  ])('%s: %s', (name, sid) => {
    const { data, key } = sampleOf(name);
    expect(accountSidOf(data, key)).toBe(sid);
  });

  test('another key has not signed it', () => {
    const { data } = sampleOf('user-aes256');
    expect(accountSidOf(data, keyOf(17))).toBeUndefined();
    const other = encryptionKey(18, new Uint8Array(32));
    expect(other && accountSidOf(data, other)).toBeUndefined();
  });

  test('no changed bit of the PAC goes unnoticed, but for those of the KDC’s own signature', () => {
    const { data, key } = sampleOf('computer-aes256');
    const sid = accountSidOf(data, key);
    const pac = pacOf(data);
    const kdc = startOf(pac, 7) + 4;
    fc.assert(
      fc.property(fc.nat(pac.length * 8 - 1), (bit) => {
        const changed = Buffer.from(pac);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const unprotected = bit >> 3 >= kdc && bit >> 3 < kdc + 12;
        expect(accountSidOf(asRelevant(changed), key)).toBe(unprotected ? sid : undefined);
      }),
      { numRuns: 300 },
    );
  });

  test('no truncation is read', () => {
    const { data, key } = sampleOf('computer-aes256');
    for (let length = 0; length < data.length; length++)
      expect(accountSidOf(data.subarray(0, length), key)).toBeUndefined();
  });
});

describe('of a PAC that was made up', () => {
  const { data, key } = sampleOf('computer-aes256');
  const pac = pacOf(data);

  test('the test’s own signature is like the KDC’s', () => {
    expect(signed(pac, key).equals(pac)).toBe(true);
  });

  test('a client’s own, before the KDC’s, is passed over', () => {
    const forged = Buffer.from(pac);
    forged.writeUInt32LE(500, startOf(pac, LOGON_INFORMATION) + USER_ID);
    expect(accountSidOf(asRelevant(forged), key)).toBeUndefined();
    expect(accountSidOf(asRelevant(forged, pac), key)).toBe(accountSidOf(data, key));
    // Signed, it is what it says.
    expect(accountSidOf(asRelevant(signed(forged, key)), key)).toMatch(/-500$/);
  });

  test.each([
    ['without a user of the domain', (copy: Buffer) => copy.writeUInt32LE(0, startOf(copy, 1) + USER_ID)],
    ['without a domain', (copy: Buffer) => copy.writeUInt32LE(0, startOf(copy, 1) + 20 + 152)],
    ['in another transfer syntax', (copy: Buffer) => copy.writeUInt8(0, startOf(copy, 1) + 1)],
    ['with logon information that is cut short', (copy: Buffer) => copy.writeUInt32LE(300, headOf(copy, 1) + 4)],
    ['without logon information', (copy: Buffer) => copy.writeUInt32LE(99, headOf(copy, 1))],
    ['with two logon informations', (copy: Buffer) => copy.writeUInt32LE(1, headOf(copy, 12))],
    ['of another version', (copy: Buffer) => copy.writeUInt32LE(1, 4)],
    ['with a buffer beyond its end', (copy: Buffer) => copy.writeUInt32LE(0x7fff_ffff, headOf(copy, 1) + 4)],
  ])('signed, but %s', (_, change) => {
    const copy = Buffer.from(pac);
    change(copy);
    expect(accountSidOf(asRelevant(signed(copy, key)), key)).toBeUndefined();
  });

  test('outside of AD-IF-RELEVANT it is no PAC', () => {
    expect(accountSidOf(der.sequence(typed(128, pac)), key)).toBeUndefined();
  });

  test('whatever the octets are, nothing is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (octets, framed) => {
        expect(accountSidOf(framed ? asRelevant(octets) : octets, key)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.nat(439), fc.integer({ min: 0, max: 0xffff_ffff }), (offset, value) => {
        const copy = Buffer.from(pac);
        copy.writeUInt32LE(value, startOf(copy, LOGON_INFORMATION) + Math.min(offset, 436));
        const sid = accountSidOf(asRelevant(signed(copy, key)), key);
        if (sid !== undefined) expect(sid).toMatch(/^S-1-(?:\d+|0x[0-9A-F]{12})(?:-\d+)+$/);
      }),
      { numRuns: 300 },
    );
  });
});
