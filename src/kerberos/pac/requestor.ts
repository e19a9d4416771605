/**
 * PAC_REQUESTOR ([MS-PAC] §2.15): the SID of who asked the KDC for the ticket; with delegation ([MS-SFU]) that is a
 * service and not the client, so it is never compared with the client's.
 */
import { octetReader } from './octets.ts';

/** @throws PacError */
export const readRequestor = (bytes: Uint8Array): string => octetReader(bytes, 'PAC_REQUESTOR').sid();
