/**
 * A small KDC for the rehearsal: it mints service tickets under a given key, and the AP-REQ of the client that got one.
 *
 * There is no AS or TGS exchange: what a domain controller would decide, the caller says.
 * Owns: which values stand in ticket and authenticator. Does not own: accounts (the sample directory), Negotiate (kdc.ts).
 */
import { describeEncryptionType, isAesType } from '../kerberos/encryption-types.ts';
import type { Checksum, KeyBlock } from '../kerberos/messages.ts';
import { apOptions } from '../kerberos/messages.ts';
import { keyUsage } from '../kerberos/rfc3961.ts';
import type { EncryptionKey } from '../kerberos/encryption.ts';
import { CONFOUNDER_LENGTH, encrypt, encryptionKey, keyLength, usageKeys } from '../kerberos/encryption.ts';
import { gssFlags } from '../kerberos/rfc4121.ts';
import type { Name, TypedData } from './kdc-messages.ts';
import { gssChecksum, writeApReq, writeAuthenticator, writeEncTicketPart, writeTicket } from './kdc-messages.ts';

type RandomBytes = (size: number) => Uint8Array;

export interface MintOptions {
  /** `nameType`: 1 (NT-PRINCIPAL) when absent. A name with `/` has several components. */
  readonly client: { readonly name: string; readonly realm: string; readonly nameType?: number };
  /** `principal`: `HTTP/host`. `key`: octets of the service's key of type `etype`. */
  readonly service: {
    readonly principal: string;
    readonly realm: string;
    readonly key: Uint8Array;
    readonly etype: number;
    readonly kvno: number | undefined;
  };
  /** The KDC's clock. */
  readonly now: Date;
  readonly randomBytes: RandomBytes;
  /** AES 256 when absent. */
  readonly sessionKeyEtype?: number;
  /** The type of the client's subkey; that of the session key when absent, no subkey when `null`. */
  readonly subkeyEtype?: number | null;
  readonly authTime?: Date;
  /** `null`: the ticket has no start time. */
  readonly startTime?: Date | null;
  /** Ten hours after `now` when absent, as AD issues. */
  readonly endTime?: Date;
  /** The client's clock, in the authenticator; `now` when absent. */
  readonly clientTime?: Date;
  /** True when absent. */
  readonly mutual?: boolean;
  /** Pads the ticket with as many octets of authorization data: a PAC of somebody in many groups. */
  readonly authorizationDataBytes?: number;
  /**
   * Writes this number over a ticket's encryption type. The ciphertext stays what it is: an acceptor must refuse RC4 and
   * DES by number, before it touches the ciphertext.
   */
  readonly ticketEncryptionType?: number;
  // What follows departs from what clients do.
  readonly ticketFlags?: number;
  readonly apOptions?: number;
  readonly gssFlags?: number;
  /** `null`: none. */
  readonly checksum?: Checksum | null;
  /** The client that the authenticator names; that of the ticket when absent. */
  readonly authenticatorClient?: { readonly name: string; readonly realm: string };
  readonly addresses?: readonly TypedData[];
}

/** TicketFlags of a service ticket by AD: renewable, pre-authent, ok-as-delegate. */
const USUAL_TICKET_FLAGS = 0x00a4_0000;
const USUAL_GSS_FLAGS = 0x3c; // replay, sequence, conf, integ
const TEN_HOURS_MS = 36_000_000;

export interface MintedApReq {
  readonly apReq: Uint8Array;
  /** The DER of the ticket alone, and its session key: what a client's credential cache holds. */
  readonly ticket: Uint8Array;
  readonly sessionKey: KeyBlock;
  readonly subkey: KeyBlock | undefined;
  readonly clientTime: Date;
  readonly clientMicroseconds: number;
  readonly sequenceNumber: number;
  /** Whether the client asks for mutual authentication. */
  readonly mutual: boolean;
}

/** A ticket and an AP-REQ for it. */
export function mintApReq(options: MintOptions): MintedApReq {
  const { now, randomBytes, client } = options;
  const sessionKey = randomKey(options.sessionKeyEtype ?? 18, randomBytes);
  const subkeyType = options.subkeyEtype === undefined ? sessionKey.encryptionType : options.subkeyEtype;
  const subkey = subkeyType === null ? undefined : randomKey(subkeyType, randomBytes);
  const clientClock = options.clientTime ?? now;
  const authenticator = {
    clientRealm: (options.authenticatorClient ?? client).realm,
    clientName: nameOf((options.authenticatorClient ?? client).name, client.nameType ?? 1),
    checksum: options.checksum === null ? undefined : (options.checksum ?? gssChecksum(clientGssFlags(options))),
    clientTime: new Date(Math.floor(clientClock.getTime() / 1000) * 1000),
    // The milliseconds of the clock; below them chance, so that two tokens of one millisecond differ.
    clientMicroseconds: clientClock.getMilliseconds() * 1000 + (Buffer.from(randomBytes(2)).readUInt16BE() % 1000),
    subkey,
    sequenceNumber: Buffer.from(randomBytes(4)).readUInt32BE() >>> 2,
    authorizationData: [],
  };
  const ticket = mintTicket(options, sessionKey);
  return {
    ...authenticator,
    mutual: options.mutual ?? true,
    ticket,
    sessionKey,
    apReq: writeApReq(options.apOptions ?? ((options.mutual ?? true) ? apOptions.mutualRequired : 0), ticket, {
      encryptionType: sessionKey.encryptionType,
      kvno: undefined,
      cipher: seal(sessionKey, keyUsage.apReqAuthenticator, writeAuthenticator(authenticator), randomBytes),
    }),
  };
}

const clientGssFlags = ({ gssFlags: given, mutual = true }: MintOptions): number =>
  given ?? USUAL_GSS_FLAGS | (mutual ? gssFlags.mutual : 0);

function mintTicket(options: MintOptions, sessionKey: KeyBlock): Uint8Array {
  const { client, service, now, randomBytes } = options;
  const endTime = options.endTime ?? new Date(now.getTime() + TEN_HOURS_MS);
  const part = writeEncTicketPart({
    flags: options.ticketFlags ?? USUAL_TICKET_FLAGS,
    sessionKey,
    clientRealm: client.realm,
    clientName: nameOf(client.name, client.nameType ?? 1),
    authTime: options.authTime ?? now,
    startTime: options.startTime === null ? undefined : (options.startTime ?? options.authTime ?? now),
    endTime,
    renewTill: endTime,
    addresses: options.addresses ?? [],
    authorizationData: paddingData(options.authorizationDataBytes ?? 0, randomBytes),
  });
  return writeTicket(service.realm, nameOf(service.principal, 2), {
    encryptionType: options.ticketEncryptionType ?? service.etype,
    kvno: service.kvno,
    cipher: seal({ encryptionType: service.etype, octets: service.key }, keyUsage.ticket, part, randomBytes),
  });
}

const nameOf = (name: string, nameType: number): Name => ({ nameType, components: name.split('/') });

/** AD-IF-RELEVANT (1), as AD wraps the PAC. */
const paddingData = (size: number, randomBytes: RandomBytes): TypedData[] =>
  size === 0 ? [] : [{ type: 1, data: randomBytes(size) }];

/** RC4's keys have 16 octets as well; DES' 8. */
function randomKey(encryptionType: number, randomBytes: RandomBytes): KeyBlock {
  const weakLength = encryptionType === 1 || encryptionType === 3 ? 8 : 16;
  return { encryptionType, octets: randomBytes(isAesType(encryptionType) ? keyLength(encryptionType) : weakLength) };
}

/** Under a type that is not AES the ciphertext is filler: it is minted to be refused by number. */
function seal(key: KeyBlock, usage: number, plaintext: Uint8Array, randomBytes: RandomBytes): Uint8Array {
  if (!isAesType(key.encryptionType)) return randomBytes(plaintext.length + 24);
  return encrypt(usageKeys(aesKey(key), usage), plaintext, randomBytes(CONFOUNDER_LENGTH));
}

/** Throws when the octets are no AES key. */
export function aesKey({ encryptionType, octets }: KeyBlock): EncryptionKey {
  const key = isAesType(encryptionType) ? encryptionKey(encryptionType, octets) : undefined;
  if (key === undefined)
    throw new Error(`${octets.length} octets are no key of ${describeEncryptionType(encryptionType)}`);
  return key;
}
