/**
 * The account that a ticket was issued to: the PAC that AD puts into every ticket ([MS-PAC]), verified.
 *
 * A client's name in a ticket is as the client spelt it, and the KDC finds `X$` for the name X: by name alone a computer
 * could pass for a person who is found by X. The SID cannot be chosen.
 * Owns: from authorization data to a PAC that the KDC signed for this ticket, and its refusals. Does not own: the buffers.
 */
import { Refusal } from '../../refusal.ts';
import { authorizationDataTypes, relevantData } from '../authorization-data.ts';
import type { ChecksumKey } from '../encryption.ts';
import type { EncTicketPart } from '../messages.ts';
import { nameText } from '../principal-name.ts';
import type { AttributesInfo } from './attributes-info.ts';
import { readAttributesInfo } from './attributes-info.ts';
import type { ClientInfo } from './client-info.ts';
import { readClientInfo } from './client-info.ts';
import { PacError } from './octets.ts';
import type { PacBuffer } from './pac-type.ts';
import { bufferOf, bufferTypes, readPacType } from './pac-type.ts';
import { readRequestor } from './requestor.ts';
import { isSignedByServer } from './signature-data.ts';
import type { UpnDnsInfo } from './upn-dns-info.ts';
import { readUpnDnsInfo } from './upn-dns-info.ts';
import type { ValidationInfo } from './validation-info.ts';
import { accountSid, readValidationInfo } from './validation-info.ts';

export interface TicketPac {
  /** objectSid of the account; undefined when the PAC names none, as that of a KDC that is not AD. */
  readonly sid: string | undefined;
  readonly validationInfo: ValidationInfo | undefined;
  readonly clientInfo: ClientInfo;
  readonly upnDnsInfo: UpnDnsInfo | undefined;
  readonly attributesInfo: AttributesInfo | undefined;
  readonly requestor: string | undefined;
}

/**
 * Undefined when the ticket has no PAC.
 *
 * @param key of the service, for usage 17 ([MS-PAC] §2.8.1): the one with which the ticket opened signed the PAC too
 * @throws Refusal kerberos-pac-refused, kerberos-pac-mismatch
 */
export function readTicketPac(
  ticket: Pick<EncTicketPart, 'authorizationData' | 'authTime' | 'clientName'>,
  key: ChecksumKey,
): TicketPac | undefined {
  const pacs = relevantData(ticket.authorizationData, authorizationDataTypes.win2kPac);
  if (pacs.length === 0) return undefined;
  const buffers = signedBuffers(pacs, key);
  const pac = orRefuse(() => readBuffers(buffers));
  requireThisTicket(pac.clientInfo, ticket);
  requireOneSid(pac);
  return pac;
}

function orRefuse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof PacError) throw new Refusal('kerberos-pac-refused', { detail: `${error.message}.` });
    throw error;
  }
}

// --- which PAC ---------------------------------------------------------------------------------------------------

/**
 * Clients can add authorization data to a ticket by way of the KDC (RFC 4120 §5.4.1), but cannot sign it: one without the
 * KDC's signature is passed over beside one that has it, and refused alone.
 */
function signedBuffers(pacs: readonly Uint8Array[], key: ChecksumKey): readonly PacBuffer[] {
  let unreadable: PacError | undefined;
  for (const pac of pacs) {
    try {
      const buffers = readPacType(pac);
      if (isSignedByServer(pac, buffers, key)) return buffers;
    } catch (error) {
      if (!(error instanceof PacError)) throw error;
      unreadable = error;
    }
  }
  const detail = unreadable?.message ?? 'its server signature is not one of the key that opened the ticket';
  throw new Refusal('kerberos-pac-refused', { detail: `${detail}.` });
}

// --- what is in it -----------------------------------------------------------------------------------------------

function readBuffers(buffers: readonly PacBuffer[]): TicketPac {
  const read = <T>(type: number, reader: (octets: Uint8Array) => T): T | undefined => {
    const buffer = bufferOf(buffers, type);
    return buffer && reader(buffer.octets);
  };
  const validationInfo = read(bufferTypes.logonInformation, readValidationInfo);
  const clientInfo = read(bufferTypes.clientInformation, readClientInfo);
  if (clientInfo === undefined) throw new PacError('PAC_CLIENT_INFO is missing');
  const upnDnsInfo = read(bufferTypes.upnDnsInformation, readUpnDnsInfo);
  return {
    sid: (validationInfo && accountSid(validationInfo)) ?? upnDnsInfo?.sid,
    validationInfo,
    clientInfo,
    upnDnsInfo,
    attributesInfo: read(bufferTypes.attributes, readAttributesInfo),
    requestor: read(bufferTypes.requestor, readRequestor),
  };
}

/** [MS-PAC] §2.7: a PAC belongs to the ticket whose client and authentication time it names. */
function requireThisTicket(
  { name, authTime }: ClientInfo,
  ticket: Pick<EncTicketPart, 'authTime' | 'clientName'>,
): void {
  const mine = nameText(ticket.clientName);
  if (comparable(name) !== comparable(mine)) {
    throw new Refusal('kerberos-pac-mismatch', { expected: `${mine} (ticket)`, actual: `${name} (PAC)` });
  }
  const seconds = (time: Date | undefined): number => Math.floor((time?.getTime() ?? 0) / 1000);
  if (seconds(authTime) === seconds(ticket.authTime)) return;
  throw new Refusal('kerberos-pac-mismatch', {
    expected: `authenticated ${ticket.authTime.toISOString()} (ticket)`,
    actual: `authenticated ${authTime?.toISOString() ?? 'never'} (PAC)`,
  });
}

/** Some KDCs write an `@` within a name as `\@`, the way principal names are printed. */
const comparable = (name: string): string => name.replace(/\\(?=[@/\\])/g, '').toLowerCase();

function requireOneSid({ sid, upnDnsInfo }: TicketPac): void {
  if (upnDnsInfo?.sid === undefined || upnDnsInfo.sid === sid) return;
  throw new Refusal('kerberos-pac-mismatch', {
    expected: `${sid} (KERB_VALIDATION_INFO)`,
    actual: `${upnDnsInfo.sid} (UPN_DNS_INFO)`,
  });
}
