/** The encodings of `#string`: Base64, form encoding, and UUIDs as Microsoft GUIDs. Null for what is malformed. */

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Base64 of a UUID in the byte order in which AD stores objectGUID and Entra expects it: the first three groups
 * little-endian ([MS-DTYP] §2.3.4.2).
 */
export function uuidAsBase64Guid(text: string): string | null {
  if (!UUID.test(text)) return null;
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes.toString('base64');
}

/** UTF-8, then Base64 (RFC 4648 §4). A lone surrogate has no UTF-8. */
export const toBase64 = (text: string): string | null =>
  text.isWellFormed() ? Buffer.from(text, 'utf8').toString('base64') : null;

/** The standard alphabet; padding may be missing, as Java's decoder allows. What is no UTF-8 is malformed. */
export function fromBase64(text: string): string | null {
  const unpadded = text.replace(/={1,2}$/, '');
  const padded = unpadded.length !== text.length;
  if (!/^[A-Za-z0-9+/]*$/.test(unpadded) || unpadded.length % 4 === 1 || (padded && text.length % 4 !== 0)) return null;
  try {
    return utf8.decode(Buffer.from(unpadded, 'base64'));
  } catch {
    return null;
  }
}

/** application/x-www-form-urlencoded as java.net.URLEncoder writes it: `.`, `-`, `*` and `_` stay, a space is `+`. */
export function toUrl(text: string): string | null {
  if (!text.isWellFormed()) return null;
  return encodeURIComponent(text).replace(/%20|[!'()~]/g, (found) =>
    found === '%20' ? '+' : `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function fromUrl(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
