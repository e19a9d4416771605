/** The PAC of a ticket: that of a real AD, and none whose signature, shape, place or ticket is wrong. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as der from '../../../src/kerberos/der.ts';
import type { AesType } from '../../../src/kerberos/encryption-types.ts';
import { checksum, checksumKey, checksumLength, encryptionKey, keyLength } from '../../../src/kerberos/encryption.ts';
import type { EncryptionKey } from '../../../src/kerberos/encryption.ts';
import { readTicketPac as readVerified } from '../../../src/kerberos/pac/ticket-pac.ts';
import { accountSid } from '../../../src/kerberos/pac/validation-info.ts';
import { refusalOf } from '../../refusal-of.ts';
import { pacSample, sampleKey } from '../pac-sample.ts';
import type { PacBufferToWrite } from '../pac-writer.ts';
import {
  attributesInfo,
  authorizationData,
  clientInfo,
  headOf,
  requestor,
  signedPac,
  startOf,
  upnDnsInfo,
  validationInfo,
} from '../pac-writer.ts';
import { NOW, seededBytes } from '../support.ts';

const DOMAIN = 'S-1-5-21-1004336348-1177238915-682003330';
const { ticket, key, pac } = pacSample('computer-aes256');
const readTicketPac = (from: Parameters<typeof readVerified>[0], serviceKey: EncryptionKey) =>
  readVerified(from, checksumKey(serviceKey, 17));
const of = (...pacs: readonly Uint8Array[]) => ({ ...ticket, authorizationData: authorizationData(...pacs) });

/** Signs as a KDC that holds the service's key would. */
function signed(changed: Buffer): Buffer {
  const copy = Buffer.from(changed);
  for (const type of [6, 7]) copy.fill(0, startOf(copy, type) + 4, startOf(copy, type) + 16);
  const kdcSignature = changed.subarray(startOf(changed, 7) + 4, startOf(changed, 7) + 16);
  copy.set(checksum(checksumKey(key, 17), copy), startOf(copy, 6) + 4);
  copy.set(kdcSignature, startOf(copy, 7) + 4);
  return copy;
}

describe('of a real ticket', () => {
  test.each([
    ['user-aes256', 'anna.muster', 1102],
    ['computer-aes256', 'DESKTOP-01$', 1104],
  ])('%s: whose it is, said three times', (sample, name, userId) => {
    const real = pacSample(sample);
    const read = readTicketPac(real.ticket, real.key);
    expect(read?.sid).toBe(`${DOMAIN}-${userId}`);
    expect(read?.clientInfo).toEqual({ name, authTime: real.ticket.authTime });
    expect(read?.upnDnsInfo).toMatchObject({ samName: name, sid: read?.sid, dnsDomainName: 'CORP.EXAMPLE.TEST' });
    expect(read?.validationInfo).toMatchObject({ effectiveName: name, userId, logonDomainId: DOMAIN });
    expect(read?.validationInfo && accountSid(read.validationInfo)).toBe(read?.sid);
  });

  test('another key has not signed it', () => {
    for (const other of [sampleKey(17), encryptionKey(18, new Uint8Array(32))]) {
      expect(refusalOf(() => other && readTicketPac(ticket, other)).code).toBe('kerberos-pac-refused');
    }
  });

  test('no changed bit of the PAC goes unnoticed, but for those of the KDC’s own signature', () => {
    const kdc = startOf(pac, 7) + 4;
    fc.assert(
      fc.property(fc.nat(pac.length * 8 - 1), (bit) => {
        const changed = Buffer.from(pac);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const unprotected = bit >> 3 >= kdc && bit >> 3 < kdc + 12;
        if (unprotected) expect(readTicketPac(of(changed), key)?.sid).toBe(`${DOMAIN}-1104`);
        else expect(refusalOf(() => readTicketPac(of(changed), key)).code).toBe('kerberos-pac-refused');
      }),
      { numRuns: 300 },
    );
  });

  test('no truncation is read, signed or not', () => {
    for (let length = 0; length < pac.length; length++) {
      const part = pac.subarray(0, length);
      expect(refusalOf(() => readTicketPac(of(part), key)).code).toBe('kerberos-pac-refused');
    }
    for (const type of [1, 10, 12]) {
      const start = headOf(pac, type) + 4;
      for (let length = 0; length < pac.readUInt32LE(start) - 8; length++) {
        const copy = Buffer.from(pac);
        copy.writeUInt32LE(length, start);
        expect(refusalOf(() => readTicketPac(of(signed(copy)), key)).code, `${type}: ${length}`).toBe(
          'kerberos-pac-refused',
        );
      }
    }
  });

  test('of another ticket it is refused', () => {
    const renamed = { ...ticket, clientName: { components: ['DESKTOP-02$'] } };
    expect(refusalOf(() => readTicketPac(renamed, key))).toMatchObject({
      code: 'kerberos-pac-mismatch',
      facts: { expected: 'DESKTOP-02$ (ticket)', actual: 'DESKTOP-01$ (PAC)' },
    });
    const later = { ...ticket, authTime: new Date(ticket.authTime.getTime() + 1000) };
    expect(refusalOf(() => readTicketPac(later, key)).code).toBe('kerberos-pac-mismatch');
    // As the client spelt it: the case is no difference.
    const inLowerCase = { ...ticket, clientName: { components: ['desktop-01$'] } };
    expect(readTicketPac(inLowerCase, key)?.sid).toBe(`${DOMAIN}-1104`);
  });
});

describe('where it stands', () => {
  test('a ticket without authorization data, or with none of a PAC, has none', () => {
    expect(readTicketPac({ ...ticket, authorizationData: undefined }, key)).toBeUndefined();
    const bare = der.sequence(der.sequence(der.explicit(0, der.integer(128)), der.explicit(1, der.octetString(pac))));
    expect(readTicketPac({ ...ticket, authorizationData: bare }, key)).toBeUndefined();
  });

  test('a client’s own, without the KDC’s signature: passed over beside the KDC’s, refused alone', () => {
    const forged = Buffer.from(pac);
    forged.writeUInt32LE(500, startOf(pac, 1) + 20 + 100);
    expect(readTicketPac(of(forged, pac), key)?.sid).toBe(`${DOMAIN}-1104`);
    expect(readTicketPac(of(Buffer.from('no PAC at all'), pac), key)?.sid).toBe(`${DOMAIN}-1104`);
    expect(refusalOf(() => readTicketPac(of(forged), key)).facts.detail).toContain('server signature');
  });
});

describe.each<AesType>([17, 18, 19, 20])('one that was made up, signed under a key of type %i', (type) => {
  const own = encryptionKey(type, seededBytes()(keyLength(type))) as EncryptionKey;
  const client = { authTime: NOW, clientName: { components: ['nora.keller'] } };
  const buffers = [
    validationInfo({
      name: 'nora.keller',
      domainSid: DOMAIN,
      userId: 1110,
      groups: [513, 1200],
      extraSids: ['S-1-18-1'],
    }),
    clientInfo('nora.keller', NOW),
  ];
  const read = (...more: readonly PacBufferToWrite[]) =>
    readTicketPac({ ...client, authorizationData: authorizationData(signedPac([...buffers, ...more], own)) }, own);

  test('everything in it is read', () => {
    const sid = `${DOMAIN}-1110`;
    const all = read(
      upnDnsInfo('nora@example.test', 'EXAMPLE.TEST', { samName: 'nora.keller', sid }),
      attributesInfo(1),
      requestor(sid),
    );
    expect(all).toMatchObject({
      sid,
      requestor: sid,
      attributesInfo: { wasRequested: true, wasGivenImplicitly: false },
    });
    expect(all?.upnDnsInfo).toEqual({
      userPrincipalName: 'nora@example.test',
      dnsDomainName: 'EXAMPLE.TEST',
      isConstructed: false,
      samName: 'nora.keller',
      sid,
    });
  });

  test('two of its parts name different accounts', () => {
    const other = upnDnsInfo('nora@example.test', 'EXAMPLE.TEST', { samName: 'eve', sid: `${DOMAIN}-500` });
    expect(refusalOf(() => read(other)).code).toBe('kerberos-pac-mismatch');
  });

  test('a part stands there twice', () => {
    expect(refusalOf(() => read(clientInfo('nora.keller', NOW))).facts.detail).toContain('more than once');
  });

  test('every signature is as long as its type', () => {
    expect(checksumLength(type)).toBe({ 17: 12, 18: 12, 19: 16, 20: 24 }[type]);
  });
});

describe('what a KDC may leave out', () => {
  const client = { authTime: NOW, clientName: { components: ['HTTP', 'nora.keller@example.test'] } };
  const read = (...buffers: readonly PacBufferToWrite[]) =>
    readTicketPac({ ...client, authorizationData: authorizationData(signedPac(buffers, key)) }, key);
  const own = clientInfo('HTTP/nora.keller\\@example.test', NOW);

  test('the account: a KDC that is not AD knows no SID', () => {
    expect(read(own)).toMatchObject({ sid: undefined, validationInfo: undefined });
    expect(read(own, validationInfo({ userId: 1110 }))?.sid).toBeUndefined();
  });

  test('the relative identifier: the account is the first of the further SIDs', () => {
    const sids = ['S-1-5-21-1-2-3-1000', 'S-1-18-1'];
    expect(read(own, validationInfo({ domainSid: DOMAIN, extraSids: sids }))?.sid).toBe(sids[0]);
    expect(read(own, validationInfo({ domainSid: DOMAIN }))?.sid).toBeUndefined();
  });

  test('not the client', () => {
    expect(refusalOf(() => read(validationInfo({ userId: 1110 }))).facts.detail).toBe('PAC_CLIENT_INFO is missing.');
  });
});

test('whatever the octets are, they are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (octets, framed) => {
      const data = framed ? authorizationData(octets) : octets;
      if (framed) expect(refusalOf(() => readTicketPac(of(octets), key)).code).toBe('kerberos-pac-refused');
      else expect(readTicketPac({ ...ticket, authorizationData: data }, key)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

/** Of the seven buffers: the test's own signing finds its way by them. */
const HEADS = 120;

test('whatever a KDC signs is read or refused', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: HEADS, max: pac.length - 4 }),
      fc.integer({ min: 0, max: 0xffff_ffff }),
      (offset, value) => {
        const copy = Buffer.from(pac);
        copy.writeUInt32LE(value, offset);
        try {
          const sid = readTicketPac(of(signed(copy)), key)?.sid;
          if (sid !== undefined) expect(sid).toMatch(/^S-1-(?:\d+|0x[0-9A-F]{12})(?:-\d+)+$/);
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^kerberos-pac-/);
        }
      },
    ),
    { numRuns: 500 },
  );
});
