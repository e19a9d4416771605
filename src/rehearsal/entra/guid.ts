/**
 * GUIDs and SIDs as Entra reads them from a claim.
 *
 * Active Directory keeps a GUID as 16 bytes whose first three fields are little-endian ([MS-DTYP] 2.3.4.2), which is
 * also how the device certificate carries it. Does not own: where the values come from.
 */

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `S-1-5-21-` and four numbers: an account of a domain ([MS-DTYP] 2.4.2.1, 2.4.2.4). */
const DOMAIN_SID = /^S-1-5-21(?:-(?:0|[1-9][0-9]{0,9})){4}$/;

/** Where byte n of the stored form comes from in the text form. */
const STORED_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

export function isGuid(text: string): boolean {
  return GUID.test(text);
}

export function isDomainSid(text: string): boolean {
  return DOMAIN_SID.test(text);
}

/** Lower-case text of 16 stored bytes; throws a RangeError for any other length. */
export function guidFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new RangeError(`a GUID has 16 bytes, not ${bytes.length}`);
  const hex = Buffer.from(STORED_ORDER.map((index) => bytes[index] ?? 0)).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The 16 stored bytes of a GUID's text; throws a RangeError for text that is none. */
export function guidToBytes(text: string): Uint8Array {
  if (!isGuid(text)) throw new RangeError('not the text of a GUID');
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  return Uint8Array.from(STORED_ORDER, (index) => bytes[index] ?? 0);
}

/** Bytes of canonical, padded, standard base64 (RFC 4648 §4), or undefined: no white space, no base64url. */
export function strictBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
