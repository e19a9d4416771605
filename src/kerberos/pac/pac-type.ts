/** PACTYPE and PAC_INFO_BUFFER ([MS-PAC] §2.3, §2.4): the list of buffers at the head of a PAC. */
import { octetReader, PacError } from './octets.ts';

/** §2.4, ulType, of the buffers that are read. */
export const bufferTypes = {
  logonInformation: 1,
  serverSignature: 6,
  kdcSignature: 7,
  clientInformation: 10,
  upnDnsInformation: 12,
  attributes: 17,
  requestor: 18,
} as const;

export interface PacBuffer {
  readonly type: number;
  readonly offset: number;
  readonly octets: Uint8Array;
}

/** A dozen types are known. */
const MAX_BUFFERS = 64;

/** @throws PacError */
export function readPacType(pac: Uint8Array): readonly PacBuffer[] {
  const head = octetReader(pac, 'PACTYPE');
  const [count, version] = [head.uint32(), head.uint32()];
  if (version !== 0 || count > MAX_BUFFERS) throw new PacError('PACTYPE is of another version, or too long');
  return Array.from({ length: count }, () => {
    const [type, size, low, high] = [head.uint32(), head.uint32(), head.uint32(), head.uint32()];
    if (high !== 0 || low + size > pac.length) throw new PacError(`buffer ${type} lies beyond the end of the PAC`);
    return { type, offset: low, octets: pac.subarray(low, low + size) };
  });
}

/** A type stands there once: two could be read by one party and signed by another. */
export function bufferOf(buffers: readonly PacBuffer[], type: number): PacBuffer | undefined {
  const [found, ...others] = buffers.filter((buffer) => buffer.type === type);
  if (others.length > 0) throw new PacError(`buffer ${type} stands there more than once`);
  return found;
}
