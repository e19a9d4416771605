/** PAC_CLIENT_INFO ([MS-PAC] §2.7): the ticket that the PAC was made for, by its client's name and authentication time. */
import { octetReader } from './octets.ts';

export interface ClientInfo {
  /** `authtime` of the ticket (RFC 4120 §5.3). */
  readonly authTime: Date | undefined;
  readonly name: string;
}

/** @throws PacError */
export function readClientInfo(bytes: Uint8Array): ClientInfo {
  const reader = octetReader(bytes, 'PAC_CLIENT_INFO');
  const authTime = reader.fileTime();
  return { authTime, name: reader.utf16(reader.uint16()) };
}
