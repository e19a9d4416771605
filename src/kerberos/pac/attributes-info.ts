/** PAC_ATTRIBUTES_INFO ([MS-PAC] §2.14): whether the client asked for a PAC, or got it unasked. */
import { octetReader, PacError } from './octets.ts';

export interface AttributesInfo {
  readonly wasRequested: boolean;
  readonly wasGivenImplicitly: boolean;
}

const flagBits = { requested: 1, givenImplicitly: 2 } as const;

/** @throws PacError */
export function readAttributesInfo(bytes: Uint8Array): AttributesInfo {
  const reader = octetReader(bytes, 'PAC_ATTRIBUTES_INFO');
  // FlagsLength counts bits.
  if (reader.uint32() < 2) throw new PacError('PAC_ATTRIBUTES_INFO has no flags');
  const flags = reader.uint32();
  return {
    wasRequested: (flags & flagBits.requested) !== 0,
    wasGivenImplicitly: (flags & flagBits.givenImplicitly) !== 0,
  };
}
