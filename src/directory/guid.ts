/**
 * GUIDs between the 16 bytes that AD stores and their text ([MS-DTYP] §2.3.4.2 and §2.3.4.3).
 *
 * The first three fields are little-endian in the bytes and big-endian in the text, so the text is not the bytes in
 * hex. Text comes out in lower case without braces, as PingOne and Entra show it.
 */

/** Index of the byte that stands at each place of the text. Its own inverse. */
const TEXT_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

const GUID_TEXT = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Undefined when the value is not 16 bytes. */
export function guidToText(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 16) return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const [data1, data2, data3] = [view.readUInt32LE(0), view.readUInt16LE(4), view.readUInt16LE(6)];
  return `${digits(data1, 8)}-${digits(data2, 4)}-${digits(data3, 4)}-${view.toString('hex', 8, 10)}-${view.toString('hex', 10)}`;
}

const digits = (value: number, count: number): string => value.toString(16).padStart(count, '0');

/** Undefined when the text is not 8-4-4-4-12 hexadecimal digits; upper case is read too. */
export function guidToBytes(text: string): Uint8Array | undefined {
  if (!GUID_TEXT.test(text)) return undefined;
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  return Uint8Array.from(TEXT_ORDER, (index) => bytes[index] ?? 0);
}
