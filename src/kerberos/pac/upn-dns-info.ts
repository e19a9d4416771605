/** UPN_DNS_INFO ([MS-PAC] §2.10): the account's user principal name and domain; when extended its SAM name and SID too. */
import { octetReader, PacError } from './octets.ts';
import type { OctetReader } from './octets.ts';

export interface UpnDnsInfo {
  readonly userPrincipalName: string;
  readonly dnsDomainName: string;
  /** The account has no userPrincipalName; the KDC made up the one above. */
  readonly isConstructed: boolean;
  /** Where the structure is extended. */
  readonly samName: string | undefined;
  readonly sid: string | undefined;
}

/** §2.10, Flags: U and S. */
const flagBits = { constructed: 1, extended: 2 } as const;

/** @throws PacError */
export function readUpnDnsInfo(bytes: Uint8Array): UpnDnsInfo {
  const head = octetReader(bytes, 'UPN_DNS_INFO');
  const userPrincipalName = partOf(head, bytes);
  const dnsDomainName = partOf(head, bytes);
  const flags = head.uint32();
  const isExtended = (flags & flagBits.extended) !== 0;
  const samName = isExtended ? partOf(head, bytes) : undefined;
  const sid = isExtended ? partOf(head, bytes) : undefined;
  return {
    userPrincipalName: text(userPrincipalName),
    dnsDomainName: text(dnsDomainName),
    isConstructed: (flags & flagBits.constructed) !== 0,
    samName: samName && text(samName),
    sid: sid && octetReader(sid, 'UPN_DNS_INFO').sid(),
  };
}

/** Length and offset, the latter from the beginning of the structure. */
function partOf(head: OctetReader, whole: Uint8Array): Uint8Array {
  const [length, offset] = [head.uint16(), head.uint16()];
  if (offset + length > whole.length) throw new PacError('UPN_DNS_INFO is cut short');
  return whole.subarray(offset, offset + length);
}

const text = (octets: Uint8Array): string => octetReader(octets, 'UPN_DNS_INFO').utf16(octets.length);
