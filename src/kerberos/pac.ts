/**
 * The account that a ticket was issued to, by its security identifier: the PAC that AD puts into every ticket ([MS-PAC]).
 *
 * A client's name in a ticket is as the client spelt it, and the KDC finds `X$` for the name X: by name alone a computer
 * could pass for a person who is found by X. The SID cannot be chosen.
 * Owns: from authorization data to a SID that the KDC signed. Everything else in the PAC is passed over.
 */
import { sidToText } from '../directory/sid.ts';
import * as der from './der.ts';
import { keyUsage } from './rfc3961.ts';
import type { EncryptionKey } from './encryption.ts';
import { checksumLength, verifyChecksum } from './encryption.ts';

/** RFC 4120 §5.2.6.1; [MS-KILE] §3.4.5.3.1 */
const authorizationDataTypes = { ifRelevant: 1, win2kPac: 128 } as const;

/** [MS-PAC] §2.4, ulType */
const bufferTypes = { logonInformation: 1, serverSignature: 6, kdcSignature: 7 } as const;

/** [MS-PAC] §2.8.1: HMAC_SHA1_96_AES128 and HMAC_SHA1_96_AES256, by the type of the key; MIT's KDC has those of RFC 8009 §6. */
const signatureTypes = { 17: 15, 18: 16, 19: 19, 20: 20 } as const;

const INT32 = [-0x8000_0000, 0x7fff_ffff] as const;
const MAX_ELEMENTS = 64;

/**
 * @param authorizationData of the decrypted ticket, DER
 * @param key of the service, with which the ticket opened: it signed the PAC too
 * @returns `S-1-5-21-…`; undefined without a PAC, or with one that cannot be read or was not signed under the key.
 *   Clients can add authorization data to a ticket by way of the KDC (RFC 4120 §5.4.1), but cannot sign it.
 */
export function accountSidOf(authorizationData: Uint8Array, key: EncryptionKey): string | undefined {
  for (const pac of quietly(() => pacsOf(authorizationData)) ?? []) {
    const sid = quietly(() => (isSigned(pac, key) ? logonSid(pac) : undefined));
    if (sid !== undefined) return sid;
  }
  return undefined;
}

/** What cannot be read tells nothing; anything but a misread is a defect. */
function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof der.DerError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `AuthorizationData ::= SEQUENCE OF SEQUENCE { ad-type [0] Int32, ad-data [1] OCTET STRING }`, in one AD-IF-RELEVANT. */
function pacsOf(authorizationData: Uint8Array): readonly Buffer[] {
  const relevant = dataOf(authorizationData, authorizationDataTypes.ifRelevant);
  const inside = relevant.flatMap((data) => quietly(() => dataOf(data, authorizationDataTypes.win2kPac)) ?? []);
  return inside.map((data) => Buffer.from(data));
}

function dataOf(list: Uint8Array, type: number): readonly Uint8Array[] {
  const what = 'authorization-data';
  return der.readElements(der.readOnly(list, der.tags.sequence, what), what, MAX_ELEMENTS).flatMap(({ encoded }) => {
    const fields = der.readFields(encoded, what, 1);
    const found = der.readInteger(fields.required(0, 'ad-type'), 'ad-type', ...INT32);
    return found === type ? [der.readOctetString(fields.required(1, 'ad-data'), 'ad-data')] : [];
  });
}

/** [MS-PAC] §2.3: `cBuffers, Version, { ulType, cbBufferSize, Offset (8 bytes) }[cBuffers]`, little-endian. */
function bufferOf(pac: Buffer, type: number): Buffer | undefined {
  const count = pac.readUInt32LE(0);
  if (count > MAX_ELEMENTS || pac.readUInt32LE(4) !== 0) throw new RangeError('not a PACTYPE');
  const heads = Array.from({ length: count }, (_, index) => 8 + 16 * index);
  const [head, ...others] = heads.filter((at) => pac.readUInt32LE(at) === type);
  if (head === undefined) return undefined;
  const [size, offset] = [pac.readUInt32LE(head + 4), pac.readBigUInt64LE(head + 8)];
  // §2.4: a type stands there once; two could be read by one party and signed by another.
  if (others.length > 0 || offset + BigInt(size) > BigInt(pac.length)) throw new RangeError('not a PAC_INFO_BUFFER');
  return pac.subarray(Number(offset), Number(offset) + size);
}

/** [MS-PAC] §2.8.2: over the whole PAC, with the signatures of server and KDC themselves set to zero. */
function isSigned(pac: Buffer, key: EncryptionKey): boolean {
  const signature = bufferOf(pac, bufferTypes.serverSignature);
  if (signature?.readUInt32LE(0) !== signatureTypes[key.encryptionType]) return false;
  const end = 4 + checksumLength(key.encryptionType);
  const sum = Buffer.from(signature.subarray(4, end));
  const zeroed = Buffer.from(pac);
  bufferOf(zeroed, bufferTypes.serverSignature)?.fill(0, 4, end);
  const kdcSignature = bufferOf(zeroed, bufferTypes.kdcSignature);
  kdcSignature?.fill(0, 4, 4 + signatureLength(kdcSignature));
  return verifyChecksum(key, keyUsage.pacSignature, zeroed, sum);
}

/** The KDC's own key may be of another type: HMAC-MD5 (-138) has 16 bytes. What follows is the RODC's number. */
const signatureLength = (signature: Buffer): number => signatureLengths.get(signature.readInt32LE(0)) ?? 12;
const signatureLengths = new Map([
  [-138, 16],
  [19, 16],
  [20, 24],
]);

// --- KERB_VALIDATION_INFO ([MS-PAC] §2.5) in NDR ------------------------------------------------------------------

/** [MS-RPCE] §2.2.6: type serialization version 1, little-endian; then the private header and the pointer to the whole. */
const NDR_HEADER = '01100800cccccccc';
const STRUCTURE = 20;
const STRUCTURE_LENGTH = 216;

/** Within the structure: pointers in the order in which what they point to follows it. */
const at = {
  firstStrings: [52, 60, 68, 76, 84, 92],
  userId: 100,
  groupIds: 112,
  laterStrings: [140, 148],
  logonDomainId: 152,
} as const;

function logonSid(pac: Buffer): string | undefined {
  const info = bufferOf(pac, bufferTypes.logonInformation);
  if (info === undefined || info.subarray(0, 8).toString('hex') !== NDR_HEADER) return undefined;
  const field = (offset: number): number => info.readUInt32LE(STRUCTURE + offset);
  let next = STRUCTURE + STRUCTURE_LENGTH;
  for (const pointer of at.firstStrings) if (field(pointer) !== 0) next = afterString(info, next);
  // GROUP_MEMBERSHIP has two 32-bit fields.
  if (field(at.groupIds) !== 0) next += 4 + 8 * info.readUInt32LE(next);
  for (const pointer of at.laterStrings) if (field(pointer) !== 0) next = afterString(info, next);
  if (field(at.logonDomainId) === 0) return undefined;
  const length = 8 + 4 * info.readUInt32LE(next);
  const domain = sidToText(info.subarray(next + 4, next + 4 + length));
  // §2.5: with UserId 0 the account is one of the extra SIDs, of no domain of ours.
  return domain === undefined || field(at.userId) === 0 ? undefined : `${domain}-${field(at.userId)}`;
}

/** A conformant varying string: maximum, offset and actual count, then as many 16-bit characters, aligned to four bytes. */
function afterString(info: Buffer, start: number): number {
  const characters = info.readUInt32LE(start + 8);
  return start + 12 + Math.ceil(characters / 2) * 4;
}
