/**
 * Octets of a PAC, little-endian, read in their order: never past the end.
 *
 * Owns: the cursor, FILETIME, UTF-16. Does not own: NDR (ndr.ts), any structure.
 */
import { sidToText } from '../../directory/sid.ts';

/** What makes a PAC unreadable; the message says where. */
export class PacError extends Error {
  override readonly name = 'PacError';
}

export interface OctetReader {
  left(): number;
  octets(count: number): Buffer;
  skip(count: number): void;
  uint16(): number;
  uint32(): number;
  /** Undefined for 0 and for "never" (0x7FFFFFFFFFFFFFFF), and beyond what a Date holds. */
  fileTime(): Date | undefined;
  /** `length` in octets, as the PAC gives all of them. */
  utf16(length: number): string;
  /** [MS-DTYP] §2.4.2.2, all that is left. */
  sid(length?: number): string;
}

export function octetReader(bytes: Uint8Array, what: string): OctetReader {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let offset = 0;
  const octets = (count: number): Buffer => {
    if (count > all.length - offset) throw new PacError(`${what} is cut short`);
    offset += count;
    return all.subarray(offset - count, offset);
  };
  const left = (): number => all.length - offset;
  return {
    left,
    octets,
    skip: (count) => void octets(count),
    uint16: () => octets(2).readUInt16LE(),
    uint32: () => octets(4).readUInt32LE(),
    fileTime: () => dateOf(octets(8).readBigUInt64LE()),
    utf16(length) {
      if (length % 2 !== 0) throw new PacError(`${what} has a text of ${length} octets`);
      return octets(length).toString('utf16le');
    },
    sid(length = left()) {
      const text = sidToText(octets(length));
      if (text === undefined) throw new PacError(`${what} has a SID that is none`);
      return text;
    },
  };
}

const MILLISECONDS_1601_TO_1970 = 11_644_473_600_000;
const LAST_DATE = 8_640_000_000_000_000;

/** [MS-DTYP] §2.3.3: 100 nanoseconds since 1601. */
function dateOf(fileTime: bigint): Date | undefined {
  const milliseconds = Number(fileTime / 10_000n) - MILLISECONDS_1601_TO_1970;
  return fileTime === 0n || milliseconds > LAST_DATE || fileTime === NEVER ? undefined : new Date(milliseconds);
}

const NEVER = 0x7fff_ffff_ffff_ffffn;
