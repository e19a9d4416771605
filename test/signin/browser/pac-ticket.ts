/**
 * A ticket with a PAC ([MS-PAC]): the SID of its client, signed under the service's key as a domain controller signs it.
 *
 * The least that is read of one: KERB_VALIDATION_INFO with a user and a domain and nothing else, and two signatures.
 */
import { randomBytes } from 'node:crypto';
import { SAMPLE_DOMAIN_SID, SAMPLE_REALM, SAMPLE_SERVICE_ACCOUNT } from '../../../src/directory/sample-domain.ts';
import { sidToBytes } from '../../../src/directory/sid.ts';
import * as der from '../../../src/kerberos/der.ts';
import { keyUsage } from '../../../src/kerberos/rfc3961.ts';
import type { EncryptionKey } from '../../../src/kerberos/encryption.ts';
import {
  checksum,
  CONFOUNDER_LENGTH,
  encrypt,
  encryptionKey,
  stringToKey,
  usageKeys,
} from '../../../src/kerberos/encryption.ts';
import {
  gssChecksum,
  writeApReq,
  writeAuthenticator,
  writeEncTicketPart,
  writeTicket,
} from '../../../src/rehearsal/kdc-messages.ts';

const TEN_HOURS_MS = 36_000_000;
const SERVER_SIGNATURE = 6;
const KDC_SIGNATURE = 7;

/** `Authorization` of a client with this relative identifier; a bare AP-REQ (as some GSS-API libraries send it). */
export function ticketWithPac(name: string, relativeId: number, servicePassword: string, now: Date): string {
  const octets = stringToKey(18, servicePassword, SAMPLE_REALM + SAMPLE_SERVICE_ACCOUNT.sAMAccountName);
  const key = requireKey(octets);
  const session = randomBytes(32);
  const client = { nameType: 1, components: [name] };
  const part = writeEncTicketPart({
    flags: 0x00a4_0000,
    sessionKey: { encryptionType: 18, octets: session },
    clientRealm: SAMPLE_REALM,
    clientName: client,
    authTime: now,
    startTime: now,
    endTime: new Date(now.getTime() + TEN_HOURS_MS),
    renewTill: undefined,
    addresses: [],
    authorizationData: [{ type: 1, data: der.sequence(typed(128, signedPac(relativeId, key))) }],
  });
  const sealed = (own: EncryptionKey, usage: number, plain: Uint8Array) =>
    encrypt(usageKeys(own, usage), plain, randomBytes(CONFOUNDER_LENGTH));
  const service = { nameType: 2, components: ['HTTP', 'sso.localhost'] };
  const cipher = sealed(key, keyUsage.ticket, part);
  const ticket = writeTicket(SAMPLE_REALM, service, { encryptionType: 18, kvno: 2, cipher });
  const authenticator = writeAuthenticator({
    clientRealm: SAMPLE_REALM,
    clientName: client,
    checksum: gssChecksum(0x3c),
    clientTime: now,
    clientMicroseconds: randomBytes(2).readUInt16BE(),
    subkey: undefined,
    sequenceNumber: 1,
    authorizationData: [],
  });
  const apReq = writeApReq(0, ticket, {
    encryptionType: 18,
    kvno: undefined,
    cipher: sealed(requireKey(session), keyUsage.apReqAuthenticator, authenticator),
  });
  return `Negotiate ${Buffer.from(apReq).toString('base64')}`;
}

const typed = (type: number, data: Uint8Array): Uint8Array =>
  der.sequence(der.explicit(0, der.integer(type)), der.explicit(1, der.octetString(data)));

function requireKey(octets: Uint8Array): EncryptionKey {
  const key = encryptionKey(18, octets);
  if (key === undefined) throw new Error('no AES 256 key');
  return key;
}

function signedPac(relativeId: number, key: EncryptionKey): Uint8Array {
  const signature = (): Buffer => Buffer.concat([Buffer.of(16, 0, 0, 0), Buffer.alloc(12)]);
  const buffers: readonly (readonly [type: number, body: Buffer])[] = [
    [1, logonInformation(relativeId)],
    [SERVER_SIGNATURE, signature()],
    [KDC_SIGNATURE, signature()],
  ];
  const head = Buffer.alloc(8 + 16 * buffers.length);
  head.writeUInt32LE(buffers.length, 0);
  let offset = head.length;
  let signatureAt = 0;
  for (const [index, [type, body]] of buffers.entries()) {
    head.writeUInt32LE(type, 8 + 16 * index);
    head.writeUInt32LE(body.length, 12 + 16 * index);
    head.writeBigUInt64LE(BigInt(offset), 16 + 16 * index);
    if (type === SERVER_SIGNATURE) signatureAt = offset + 4;
    offset += body.length;
  }
  const pac = Buffer.concat([head, ...buffers.map(([, body]) => body)]);
  pac.set(checksum(key, keyUsage.pacSignature, pac), signatureAt);
  return pac;
}

/** [MS-PAC] §2.5 in NDR: the headers, a structure of 216 bytes with UserId and LogonDomainId, and the domain's SID. */
function logonInformation(relativeId: number): Buffer {
  const domain = Buffer.from(sidToBytes(SAMPLE_DOMAIN_SID) ?? []);
  const info = Buffer.alloc(20 + 216 + 4 + domain.length);
  info.write('01100800cccccccc', 'hex');
  info.writeUInt32LE(relativeId, 20 + 100);
  info.writeUInt32LE(1, 20 + 152);
  info.writeUInt32LE(domain[1] ?? 0, 20 + 216);
  info.set(domain, 20 + 216 + 4);
  return info;
}
