/**
 * Security identifiers between the bytes of objectSid and `S-1-5-…` ([MS-DTYP] §2.4.2.1 and §2.4.2.2).
 *
 *   SID ::= Revision (1 byte, 1) SubAuthorityCount (1 byte, at most 15) IdentifierAuthority (6 bytes, big-endian)
 *           SubAuthority[SubAuthorityCount] (4 bytes each, little-endian)
 */

const HEADER = 8;
const MAX_SUB_AUTHORITIES = 15;
const MAX_UINT32 = 0xffff_ffff;

const SID_TEXT = /^S-1-(?<authority>0x[0-9A-Fa-f]{12}|0|[1-9]\d{0,9})(?<rest>(?:-(?:0|[1-9]\d{0,9})){1,15})$/;

/** Undefined when the bytes are not exactly one SID of revision 1 with 1 to 15 sub-authorities. */
export function sidToText(bytes: Uint8Array): string | undefined {
  const [revision, count = 0] = bytes;
  if (revision !== 1 || count < 1 || count > MAX_SUB_AUTHORITIES || bytes.length !== HEADER + 4 * count) {
    return undefined;
  }
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const authority = view.readUIntBE(2, 6);
  // §2.4.2.1: an authority of 2^32 or more is written in hexadecimal.
  const written =
    authority > MAX_UINT32 ? `0x${authority.toString(16).toUpperCase().padStart(12, '0')}` : `${authority}`;
  let text = `S-1-${written}`;
  for (let index = 0; index < count; index++) text += `-${view.readUInt32LE(HEADER + 4 * index)}`;
  return text;
}

/** Undefined when the text is not the one spelling that {@link sidToText} gives (hexadecimal digits in any case). */
export function sidToBytes(text: string): Uint8Array | undefined {
  const { authority = '', rest = '' } = SID_TEXT.exec(text)?.groups ?? {};
  const subAuthorities = rest.split('-').slice(1).map(Number);
  const number = Number(authority);
  const hexadecimal = authority.startsWith('0x');
  if (subAuthorities.length === 0 || subAuthorities.some((value) => value > MAX_UINT32)) return undefined;
  if (hexadecimal !== number > MAX_UINT32) return undefined;
  const bytes = Buffer.alloc(HEADER + 4 * subAuthorities.length);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt8(subAuthorities.length, 1);
  bytes.writeUIntBE(number, 2, 6);
  subAuthorities.forEach((value, index) => bytes.writeUInt32LE(value, HEADER + 4 * index));
  return Uint8Array.from(bytes);
}
