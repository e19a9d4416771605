/**
 * NDR as the PAC uses it: one structure in type serialization version 1 ([MS-RPCE] §2.2.6), little-endian.
 *
 * What a pointer points to follows the structure, in the order of the pointers (C706 §14.3.12.3). Every count is held
 * against the octets that are there, so nothing is made that the sender did not pay for.
 * Owns: headers, pointers, RPC_UNICODE_STRING, RPC_SID, arrays. Does not own: the structure (validation-info.ts).
 */
import type { OctetReader } from './octets.ts';
import { octetReader, PacError } from './octets.ts';

/** The head of an RPC_UNICODE_STRING ([MS-DTYP] §2.3.10): lengths in octets, and whether its characters follow. */
export interface StringHead {
  readonly length: number;
  readonly isThere: boolean;
}

export interface NdrReader extends Omit<OctetReader, 'left' | 'octets'> {
  /** Whether what it points to follows later: 0 is the null pointer. */
  pointer(): boolean;
  stringHead(): StringHead;
  /** The characters of a head: a conformant varying string. */
  characters(head: StringHead): string;
  /** RPC_SID ([MS-DTYP] §2.4.2.3): the count of sub-authorities, then the SID. */
  rpcSid(): string;
  /** A conformant array of `count` elements, of `size` octets each; empty when the pointer was null. */
  array<T>(isThere: boolean, count: number, size: number, readElement: () => T): readonly T[];
}

/** Version 1, little-endian, header of eight octets, filler. */
const COMMON_HEADER = '01100800cccccccc';

export function ndrReader(bytes: Uint8Array, what: string): NdrReader {
  const outside = octetReader(bytes, what);
  if (outside.octets(8).toString('hex') !== COMMON_HEADER) throw new PacError(`${what} is not NDR, version 1`);
  const objectLength = outside.uint32();
  outside.skip(4);
  const body = outside.octets(objectLength);
  const inside = octetReader(body, what);
  if (inside.uint32() === 0) throw new PacError(`${what} is a null pointer`);
  const counted = (count: number): void => {
    const said = inside.uint32();
    if (said !== count) throw new PacError(`${what} says ${count} elements, then ${said}`);
  };
  return {
    ...inside,
    pointer: () => inside.uint32() !== 0,
    stringHead() {
      const length = inside.uint16();
      inside.skip(2);
      return { length, isThere: inside.uint32() !== 0 };
    },
    characters({ length, isThere }) {
      if (!isThere && length > 0) throw new PacError(`${what} lacks ${length} octets of a text`);
      if (!isThere) return '';
      const [maximum, offset, actual] = [inside.uint32(), inside.uint32(), inside.uint32()];
      if (offset !== 0 || actual > maximum || actual * 2 !== length)
        throw new PacError(`${what} has a text of ${length} octets, then of ${actual} characters`);
      const text = inside.utf16(length);
      // The next count stands at a multiple of four; the last text may end the structure.
      if (length % 4 !== 0) inside.skip(Math.min(2, inside.left()));
      return text;
    },
    rpcSid() {
      const subAuthorities = inside.uint32();
      if (subAuthorities > 15) throw new PacError(`${what} has a SID of ${subAuthorities} parts`);
      return inside.sid(8 + 4 * subAuthorities);
    },
    array(isThere, count, size, readElement) {
      if (!isThere && count > 0) throw new PacError(`${what} lacks ${count} elements`);
      if (!isThere) return [];
      counted(count);
      if (count * size > inside.left()) throw new PacError(`${what} is cut short`);
      return Array.from({ length: count }, readElement);
    },
  };
}
