/**
 * The decision on an AP-REQ: RFC 4120 §3.2.3, every check in its order.
 *
 * Owns: which check fails with which refusal, and the facts that go with it. Does not own: GSS-API and SPNEGO around
 * the message (accept.ts), opening the ticket (ticket.ts).
 */
import { Refusal } from '../refusal.ts';
import type { AcceptedClient } from './accepted.ts';
import { isAwareOfBindings, requireChannelBindings } from './channel-bindings.ts';
import { describeEncryptionType, isAesType } from './encryption-types.ts';
import type { KerberosService } from './keys.ts';
import type { ApReq, Authenticator, EncTicketPart, Ticket } from './messages.ts';
import { apOptions, readApReq, readAuthenticator, ticketFlags } from './messages.ts';
import { readTicketPac } from './pac/ticket-pac.ts';
import { groupCount } from './pac/validation-info.ts';
import { nameText, sameName } from './principal-name.ts';
import { readOrRefuse } from './read-or-refuse.ts';
import type { ReplayCache } from './replay.ts';
import { keyUsage } from './rfc3961.ts';
import type { EncryptionKey } from './encryption.ts';
import { decrypt, usageKeys } from './encryption.ts';
import type { GssChecksum } from './rfc4121.ts';
import { GSS_CHECKSUM_TYPE, gssFlags, readGssChecksum } from './rfc4121.ts';
import type { OpenedTicket } from './ticket.ts';
import { acceptKey, openTicket, servicesOf, unknownRealm, weakClientKey } from './ticket.ts';

export interface ApReqOptions {
  readonly services: readonly KerberosService[];
  readonly replay: ReplayCache;
  readonly now: Date;
  /** RFC 4120 §1.6: five minutes are usual, and what AD allows. */
  readonly maxSkewMs: number;
  /** Hashes of the certificates that TLS presents to clients, each by every hash that they may use (RFC 5929 §4.1). */
  readonly tlsServerEndPoints?: readonly Uint8Array[];
}

export interface VerifiedApReq {
  readonly client: AcceptedClient;
  readonly service: KerberosService;
  /** The ticket's own key version: nothing protects it, so it is for the record only. */
  readonly ticketKvno: number | undefined;
  readonly sessionKey: EncryptionKey;
  /** RFC 4121 §2: the initiator's subkey, else the session key. We assert no subkey of our own. */
  readonly contextKey: EncryptionKey;
  readonly clientTime: Date;
  readonly clientMicroseconds: number;
  readonly mutualRequired: boolean;
  /** Whether the context has per-message integrity, which a mechListMIC needs. */
  readonly integrity: boolean;
}

/** Verifies the AP-REQ and remembers its authenticator. Throws {@link Refusal} only. */
export function verifyApReq(bytes: Uint8Array, options: ApReqOptions): VerifiedApReq {
  const apReq = readOrRefuse('kerberos-malformed', () => readApReq(bytes));
  refuseUserToUser(apReq);
  const matches = servicesOf(apReq.ticket, options.services);
  const opened = openTicket(apReq.ticket, matches, options.now);
  const sessionKey = acceptKey(opened.part.sessionKey, 'session key', opened);
  const authenticator = openAuthenticator(apReq, opened, sessionKey);
  refuseOtherClient(opened.part, authenticator);
  const service = serviceOfClient(opened, options.services);
  // Addresses in a ticket (caddr) are not compared: AD writes none, and behind NAT and proxies the address says nothing.
  refuseSkew(authenticator, options);
  refuseReplay(apReq, authenticator, options);
  refuseOutsideLifetime(opened.part, options);
  // TRANSITED-POLICY-CHECKED is ignored, as [MS-KILE] asks of servers in AD: the KDC of our realm vouches for the client.
  const { flags, bindings } = gssChecksumOf(authenticator);
  const sent = { bindings, isAware: isAwareOfBindings(authenticator.authorizationData) };
  requireChannelBindings(opened.service.channelBindings ?? 'off', sent, options.tlsServerEndPoints ?? []);
  return {
    client: acceptedClient(apReq.ticket, opened),
    service,
    ticketKvno: apReq.ticket.encPart.kvno,
    sessionKey,
    contextKey: authenticator.subkey ? acceptKey(authenticator.subkey, 'subkey', opened) : sessionKey,
    clientTime: authenticator.clientTime,
    clientMicroseconds: authenticator.clientMicroseconds,
    // The option in the AP-REQ is not protected, the flag in the authenticator is: either asks for an answer.
    mutualRequired: (apReq.options & apOptions.mutualRequired) !== 0 || (flags & gssFlags.mutual) !== 0,
    integrity: (flags & gssFlags.integ) !== 0,
  };
}

/** USE-SESSION-KEY: the ticket would be under the session key of a ticket of ours, and a service account has none here. */
function refuseUserToUser({ options }: ApReq): void {
  if ((options & apOptions.useSessionKey) === 0) return;
  throw new Refusal('kerberos-malformed', {
    attribute: 'ap-options',
    detail: 'User-to-user authentication is not offered.',
  });
}

// --- the authenticator -------------------------------------------------------------------------------------------

function openAuthenticator({ authenticator }: ApReq, opened: OpenedTicket, sessionKey: EncryptionKey): Authenticator {
  const { encryptionType, cipher } = authenticator;
  if (!isAesType(encryptionType)) throw weakClientKey('authenticator', encryptionType, opened);
  const plaintext =
    encryptionType === sessionKey.encryptionType
      ? decrypt(usageKeys(sessionKey, keyUsage.apReqAuthenticator), cipher)
      : undefined;
  if (plaintext === undefined) {
    throw new Refusal('kerberos-authenticator-modified', {
      expected: `${describeEncryptionType(sessionKey.encryptionType)}, under the ticket's session key`,
      actual: describeEncryptionType(encryptionType),
    });
  }
  return readOrRefuse('kerberos-malformed', () => readAuthenticator(plaintext));
}

function refuseOtherClient(ticket: EncTicketPart, authenticator: Authenticator): void {
  const same =
    ticket.clientRealm === authenticator.clientRealm && sameName(ticket.clientName, authenticator.clientName);
  if (same) return;
  throw new Refusal('kerberos-client-mismatch', {
    expected: `${nameText(ticket.clientName)}@${ticket.clientRealm} (ticket)`,
    actual: `${nameText(authenticator.clientName)}@${authenticator.clientRealm} (authenticator)`,
  });
}

/**
 * The gateway of the client's realm: the one whose key opened the ticket or, within a tree of domains, that of the
 * client's domain. A forest is AD's border of trust: whoever holds one forest's keys must not speak for another's clients.
 */
function serviceOfClient({ part, service }: OpenedTicket, services: readonly KerberosService[]): KerberosService {
  const own = [service, ...services].find(({ realm }) => realm === part.clientRealm);
  if (own === undefined) throw unknownRealm(part.clientRealm, services, 'realm of the client');
  if (isOneTree(own.realm, service.realm)) return own;
  throw new Refusal('kerberos-realm-unknown', {
    expected: `${service.realm}, or a domain above or below it`,
    actual: own.realm,
    attribute: 'realm of the client',
    detail: `The key of ${service.account} opened the ticket; its KDC does not vouch for clients of ${own.realm}.`,
  });
}

/** Parent and child domains are named so and trust each other within a forest. */
const isOneTree = (a: string, b: string): boolean => `.${a}`.endsWith(`.${b}`) || `.${b}`.endsWith(`.${a}`);

/** The clocks may differ by the allowed skew and no more. */
function refuseSkew({ clientTime, clientMicroseconds }: Authenticator, { now, maxSkewMs }: ApReqOptions): void {
  const client = clientTime.getTime() + clientMicroseconds / 1000;
  const difference = client - now.getTime();
  if (Math.abs(difference) <= maxSkewMs) return;
  const seconds = Math.round(Math.abs(difference) / 1000);
  throw new Refusal('kerberos-clock-skew', {
    expected: `${now.toISOString()} (clock here), at most ${maxSkewMs / 1000} s apart`,
    actual: `${new Date(client).toISOString()} (clock of the client)`,
    detail: `The client's clock is ${seconds} s ${difference > 0 ? 'ahead' : 'behind'}.`,
  });
}

function refuseReplay(apReq: ApReq, authenticator: Authenticator, options: ApReqOptions): void {
  const { clientTime, clientMicroseconds, clientRealm } = authenticator;
  const clientName = nameText(authenticator.clientName);
  // It stays acceptable until the skew is used up, and is remembered as long; one millisecond for the microseconds.
  const expires = new Date(clientTime.getTime() + Math.ceil(clientMicroseconds / 1000) + options.maxSkewMs);
  const result = options.replay.checkAndRemember(
    { clientRealm, clientName, clientTime, clientMicroseconds, ciphertext: apReq.authenticator.cipher },
    expires,
    options.now,
  );
  const detail = `${clientName}@${clientRealm}, ${clientTime.toISOString()} and ${clientMicroseconds} µs`;
  if (result === 'replay') throw new Refusal('kerberos-replay', { detail });
  if (result === 'full') throw new Refusal('kerberos-replay-cache-full', { detail });
}

/** RFC 4120 §3.2.3: without a start time the ticket is valid from the initial authentication on. */
function refuseOutsideLifetime(ticket: EncTicketPart, { now, maxSkewMs }: ApReqOptions): void {
  const start = ticket.startTime ?? ticket.authTime;
  const here = `${now.toISOString()} (clock here), at most ${maxSkewMs / 1000} s apart`;
  if (start.getTime() - now.getTime() > maxSkewMs) {
    throw new Refusal('kerberos-ticket-not-yet-valid', {
      expected: here,
      actual: `${start.toISOString()} (start time)`,
    });
  }
  if ((ticket.flags & ticketFlags.invalid) !== 0) {
    throw new Refusal('kerberos-ticket-not-yet-valid', {
      detail: 'The ticket is flagged INVALID: it was not validated.',
    });
  }
  if (now.getTime() - ticket.endTime.getTime() > maxSkewMs) {
    throw new Refusal('kerberos-ticket-expired', {
      expected: here,
      actual: `${ticket.endTime.toISOString()} (end time)`,
    });
  }
}

/** RFC 4121 §4.1.1: the checksum 0x8003 is what makes this AP-REQ one of GSS-API, framed or not. */
function gssChecksumOf({ checksum }: Authenticator): GssChecksum {
  const read = checksum && readGssChecksum(checksum);
  if (read === undefined) {
    const hex = (type: number): string => (type < 0 ? String(type) : `0x${type.toString(16)}`);
    throw new Refusal('kerberos-checksum-refused', {
      expected: `type ${hex(GSS_CHECKSUM_TYPE)}, at least 24 octets`,
      actual: checksum ? `type ${hex(checksum.type)}, ${checksum.octets.length} octets` : 'no checksum',
    });
  }
  if ((read.flags & gssFlags.dceStyle) === 0) return read;
  throw new Refusal('kerberos-malformed', { detail: 'The client asks for DCE style, which HTTP does not use.' });
}

function acceptedClient(ticket: Ticket, { part, key, spn }: OpenedTicket): AcceptedClient {
  const pac = readTicketPac(part, key.pacKey);
  return {
    realm: part.clientRealm,
    name: nameText(part.clientName),
    sid: pac?.sid,
    groups: pac?.validationInfo && groupCount(pac.validationInfo),
    service: spn,
    ticketEncryptionType: ticket.encPart.encryptionType,
    kvno: key.kvno,
    formerKey: key.former?.generation,
    authTime: part.authTime,
    endTime: part.endTime,
  };
}
