/** Writes PACs, right and wrong ones, and signs them as a KDC does that holds the service's key. */
import { sidToBytes } from '../../src/directory/sid.ts';
import * as der from '../../src/kerberos/der.ts';
import type { EncryptionKey } from '../../src/kerberos/encryption.ts';
import { checksum, checksumKey, checksumLength } from '../../src/kerberos/encryption.ts';
import { keyUsage } from '../../src/kerberos/rfc3961.ts';

export interface PacBufferToWrite {
  readonly type: number;
  readonly octets: Uint8Array;
}

const uint16 = (value: number): Buffer => {
  const octets = Buffer.alloc(2);
  octets.writeUInt16LE(value);
  return octets;
};

const uint32 = (value: number): Buffer => {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(value);
  return octets;
};

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

export function fileTime(time: Date | undefined): Buffer {
  const octets = Buffer.alloc(8);
  if (time !== undefined) octets.writeBigUInt64LE((BigInt(time.getTime()) + 11_644_473_600_000n) * 10_000n);
  return octets;
}

export const sidOctets = (sid: string): Buffer => Buffer.from(sidToBytes(sid) ?? []);

const typed = (type: number, data: Uint8Array): Uint8Array =>
  der.sequence(der.explicit(0, der.integer(type)), der.explicit(1, der.octetString(data)));

/** AD-WIN2K-PAC, each in an AD-IF-RELEVANT of its own. */
export const authorizationData = (...pacs: readonly Uint8Array[]): Uint8Array =>
  der.sequence(...pacs.map((pac) => typed(1, ifRelevant(pac))));

export const ifRelevant = (pac: Uint8Array): Uint8Array => der.sequence(typed(128, pac));

const signatureTypes = { 17: 15, 18: 16, 19: 19, 20: 20 } as const;

/** The given buffers, each at a multiple of eight, and the signatures of server and KDC after them. */
export function signedPac(buffers: readonly PacBufferToWrite[], key: EncryptionKey): Buffer {
  const signature = Buffer.concat([
    uint32(signatureTypes[key.encryptionType]),
    Buffer.alloc(checksumLength(key.encryptionType)),
  ]);
  const all = [...buffers, { type: 6, octets: signature }, { type: 7, octets: signature }];
  const head = Buffer.alloc(8 + 16 * all.length);
  head.writeUInt32LE(all.length, 0);
  let offset = head.length;
  for (const [index, { type, octets }] of all.entries()) {
    head.writeUInt32LE(type, 8 + 16 * index);
    head.writeUInt32LE(octets.length, 12 + 16 * index);
    head.writeBigUInt64LE(BigInt(offset), 16 + 16 * index);
    offset += Math.ceil(octets.length / 8) * 8;
  }
  const bodies = all.map(({ octets }) => Buffer.concat([octets, Buffer.alloc((8 - (octets.length % 8)) % 8)]));
  const pac = Buffer.concat([head, ...bodies]);
  pac.set(checksum(checksumKey(key, keyUsage.pacSignature), pac), startOf(pac, 6) + 4);
  return pac;
}

/** Where the entry of a buffer stands among the heads, and where the buffer itself. */
export const headOf = (pac: Buffer, type: number): number =>
  Array.from({ length: pac.readUInt32LE(0) }, (_, index) => 8 + 16 * index).find(
    (at) => pac.readUInt32LE(at) === type,
  ) ?? -1;
export const startOf = (pac: Buffer, type: number): number => Number(pac.readBigUInt64LE(headOf(pac, type) + 8));

// --- the buffers -------------------------------------------------------------------------------------------------

export const clientInfo = (name: string, authTime: Date): PacBufferToWrite => ({
  type: 10,
  octets: Buffer.concat([fileTime(authTime), uint16(utf16(name).length), utf16(name)]),
});

export function upnDnsInfo(upn: string, domain: string, extended?: { samName: string; sid: string }): PacBufferToWrite {
  const parts = [utf16(upn), utf16(domain), ...(extended ? [utf16(extended.samName), sidOctets(extended.sid)] : [])];
  let offset = extended ? 24 : 16;
  const heads = parts.map((part) => {
    const head = Buffer.concat([uint16(part.length), uint16(offset)]);
    offset += part.length;
    return head;
  });
  const flags = uint32(extended ? 2 : 0);
  const padding = Buffer.alloc(4);
  return { type: 12, octets: Buffer.concat([...heads.slice(0, 2), flags, ...heads.slice(2), padding, ...parts]) };
}

export const attributesInfo = (flags: number): PacBufferToWrite => ({
  type: 17,
  octets: Buffer.concat([uint32(2), uint32(flags)]),
});

export const requestor = (sid: string): PacBufferToWrite => ({ type: 18, octets: sidOctets(sid) });

export interface ValidationInfoToWrite {
  readonly name?: string;
  readonly domainSid?: string | undefined;
  readonly userId?: number;
  /** Relative identifiers. */
  readonly groups?: readonly number[];
  readonly extraSids?: readonly string[];
  readonly resourceDomainSid?: string | undefined;
  readonly resourceGroups?: readonly number[];
}

/** [MS-PAC] §2.5 in NDR: the headers, the structure, then what its pointers point to. */
export function validationInfo(given: ValidationInfoToWrite): PacBufferToWrite {
  const {
    name = '',
    domainSid,
    userId = 0,
    groups = [],
    extraSids = [],
    resourceDomainSid,
    resourceGroups = [],
  } = given;
  const head = (text: string): Buffer =>
    Buffer.concat([uint16(text.length * 2), uint16(text.length * 2), uint32(text === '' ? 0 : 0x20_0004)]);
  const pointer = (isThere: boolean): Buffer => uint32(isThere ? 0x20_0008 : 0);
  const structure = [
    fileTime(new Date('2026-06-01T07:00:00Z')),
    Buffer.alloc(16),
    fileTime(new Date('2026-05-01T07:00:00Z')),
    Buffer.alloc(16),
    head(name),
    ...Array.from({ length: 5 }, () => head('')),
    Buffer.alloc(4),
    uint32(userId),
    uint32(513),
    uint32(groups.length),
    pointer(groups.length > 0),
    Buffer.alloc(20),
    head('DC1'),
    head('CORP'),
    pointer(domainSid !== undefined),
    Buffer.alloc(8),
    uint32(0x200),
    Buffer.alloc(28),
    uint32(extraSids.length),
    pointer(extraSids.length > 0),
    pointer(resourceDomainSid !== undefined),
    uint32(resourceGroups.length),
    pointer(resourceGroups.length > 0),
  ];
  const referents = [
    characters(name),
    groupArray(groups),
    characters('DC1'),
    characters('CORP'),
    rpcSid(domainSid),
    sidArray(extraSids),
    rpcSid(resourceDomainSid),
    groupArray(resourceGroups),
  ];
  const object = Buffer.concat([uint32(0x20_0000), ...structure, ...referents]);
  const padded = Buffer.concat([object, Buffer.alloc((8 - (object.length % 8)) % 8)]);
  const headers = Buffer.concat([Buffer.from('01100800cccccccc', 'hex'), uint32(padded.length), uint32(0)]);
  return { type: 1, octets: Buffer.concat([headers, padded]) };
}

function characters(text: string): Buffer {
  if (text === '') return Buffer.alloc(0);
  const counts = [uint32(text.length), uint32(0), uint32(text.length)];
  return Buffer.concat([...counts, utf16(text), Buffer.alloc((text.length % 2) * 2)]);
}

const rpcSid = (sid: string | undefined): Buffer =>
  sid === undefined ? Buffer.alloc(0) : Buffer.concat([uint32(sidOctets(sid)[1] ?? 0), sidOctets(sid)]);

const groupArray = (relativeIds: readonly number[]): Buffer =>
  relativeIds.length === 0
    ? Buffer.alloc(0)
    : Buffer.concat([uint32(relativeIds.length), ...relativeIds.flatMap((id) => [uint32(id), uint32(7)])]);

const sidArray = (sids: readonly string[]): Buffer =>
  sids.length === 0
    ? Buffer.alloc(0)
    : Buffer.concat([uint32(sids.length), ...sids.flatMap(() => [uint32(0x20_000c), uint32(7)]), ...sids.map(rpcSid)]);
