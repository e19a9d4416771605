/**
 * The Kerberos messages that an application server reads and writes (RFC 4120 §5, Appendix A), as data.
 *
 * Readers are strict: see der.ts. Integers keep the ranges of the module, except where clients are known to differ.
 * Owns: AP-REQ, Ticket, EncTicketPart, Authenticator, AP-REP, EncAPRepPart. Does not own: whether a value is acceptable.
 */
import * as der from './der.ts';
import { kerberosTime, readKerberosTime } from './kerberos-time.ts';
import { readPrincipalName } from './principal-name.ts';
import type { PrincipalName } from './principal-name.ts';

export interface EncryptedData {
  readonly encryptionType: number;
  readonly kvno: number | undefined;
  readonly cipher: Uint8Array;
}

export interface Ticket {
  readonly realm: string;
  readonly serviceName: PrincipalName;
  readonly encPart: EncryptedData;
}

export interface ApReq {
  /** Bit 0 is the highest: see {@link apOptions}. */
  readonly options: number;
  readonly ticket: Ticket;
  readonly authenticator: EncryptedData;
}

/** A key as it travels: its type may be one that is not accepted. */
export interface KeyBlock {
  readonly encryptionType: number;
  readonly octets: Uint8Array;
}

export interface EncTicketPart {
  readonly flags: number;
  readonly sessionKey: KeyBlock;
  readonly clientRealm: string;
  readonly clientName: PrincipalName;
  readonly authTime: Date;
  readonly startTime: Date | undefined;
  readonly endTime: Date;
  /** DER; a list of typed data. */
  readonly authorizationData: Uint8Array | undefined;
}

export interface Checksum {
  readonly type: number;
  readonly octets: Uint8Array;
}

export interface Authenticator {
  readonly clientRealm: string;
  readonly clientName: PrincipalName;
  readonly checksum: Checksum | undefined;
  /** Microseconds of {@link clientTime}, which has whole seconds. */
  readonly clientMicroseconds: number;
  readonly clientTime: Date;
  readonly subkey: KeyBlock | undefined;
  readonly sequenceNumber: number | undefined;
  readonly authorizationData: Uint8Array | undefined;
}

export interface EncApRepPart {
  readonly clientTime: Date;
  readonly clientMicroseconds: number;
  readonly subkey: KeyBlock | undefined;
  readonly sequenceNumber: number | undefined;
}

export const PROTOCOL_VERSION = 5;
export const messageTypes = { apReq: 14, apRep: 15 } as const;
const applicationTags = {
  ticket: der.application(1),
  authenticator: der.application(2),
  encTicketPart: der.application(3),
  apReq: der.application(14),
  apRep: der.application(15),
  encApRepPart: der.application(27),
} as const;

/** APOptions (RFC 4120 §5.5.1). */
export const apOptions = { useSessionKey: 0x40000000, mutualRequired: 0x20000000 } as const;
/** TicketFlags (RFC 4120 §5.3): of them an application server looks at INVALID only. */
export const ticketFlags = { invalid: 0x01000000 } as const;

const UINT32_MAX = 0xffffffff;
const MAX_ELEMENTS = 64;

// --- reading -----------------------------------------------------------------------------------------------------

/**
 * `AP-REQ ::= [APPLICATION 14] SEQUENCE { pvno [0] INTEGER (5), msg-type [1] INTEGER (14), ap-options [2] APOptions,
 * ticket [3] Ticket, authenticator [4] EncryptedData }`
 */
export function readApReq(bytes: Uint8Array): ApReq {
  const fields = der.readFields(der.readOnly(bytes, applicationTags.apReq, 'AP-REQ'), 'AP-REQ', 4);
  readVersion(fields.required(0, 'pvno'), 'pvno of the AP-REQ');
  readMessageType(fields.required(1, 'msg-type'), messageTypes.apReq);
  return {
    options: der.readFlags(fields.required(2, 'ap-options'), 'ap-options'),
    ticket: readTicket(fields.required(3, 'ticket')),
    authenticator: readEncryptedData(fields.required(4, 'authenticator'), 'authenticator'),
  };
}

/** `Ticket ::= [APPLICATION 1] SEQUENCE { tkt-vno [0], realm [1] Realm, sname [2] PrincipalName, enc-part [3] EncryptedData }` */
export function readTicket(bytes: Uint8Array): Ticket {
  const fields = der.readFields(der.readOnly(bytes, applicationTags.ticket, 'ticket'), 'ticket', 3);
  readVersion(fields.required(0, 'tkt-vno'), 'tkt-vno');
  return {
    realm: readRealm(fields.required(1, 'realm'), 'realm of the ticket'),
    serviceName: readPrincipalName(fields.required(2, 'sname'), 'sname'),
    encPart: readEncryptedData(fields.required(3, 'enc-part'), 'enc-part of the ticket'),
  };
}

/**
 * `EncTicketPart ::= [APPLICATION 3] SEQUENCE { flags [0], key [1], crealm [2], cname [3], transited [4], authtime [5],
 * starttime [6] OPTIONAL, endtime [7], renew-till [8] OPTIONAL, caddr [9] OPTIONAL, authorization-data [10] OPTIONAL }`
 */
export function readEncTicketPart(bytes: Uint8Array): EncTicketPart {
  const what = 'encrypted part of the ticket';
  const fields = der.readFields(der.readOnly(bytes, applicationTags.encTicketPart, what), what, 10);
  der.readFields(fields.required(4, 'transited'), 'transited', 1);
  readOptional(fields.optional(8), 'renew-till', readKerberosTime);
  readOptional(fields.optional(9), 'caddr', readList);
  return {
    flags: der.readFlags(fields.required(0, 'flags'), 'flags of the ticket'),
    sessionKey: readKeyBlock(fields.required(1, 'key'), 'session key'),
    clientRealm: readRealm(fields.required(2, 'crealm'), 'crealm of the ticket'),
    clientName: readPrincipalName(fields.required(3, 'cname'), 'cname of the ticket'),
    authTime: readKerberosTime(fields.required(5, 'authtime'), 'authtime'),
    startTime: readOptional(fields.optional(6), 'starttime', readKerberosTime),
    endTime: readKerberosTime(fields.required(7, 'endtime'), 'endtime'),
    authorizationData: readOptional(fields.optional(10), 'authorization-data', readList),
  };
}

/**
 * `Authenticator ::= [APPLICATION 2] SEQUENCE { authenticator-vno [0], crealm [1], cname [2], cksum [3] OPTIONAL, cusec [4],
 * ctime [5], subkey [6] OPTIONAL, seq-number [7] OPTIONAL, authorization-data [8] OPTIONAL }`
 */
export function readAuthenticator(bytes: Uint8Array): Authenticator {
  const what = 'authenticator';
  const fields = der.readFields(der.readOnly(bytes, applicationTags.authenticator, what), what, 8);
  readVersion(fields.required(0, 'authenticator-vno'), 'authenticator-vno');
  return {
    clientRealm: readRealm(fields.required(1, 'crealm'), 'crealm of the authenticator'),
    clientName: readPrincipalName(fields.required(2, 'cname'), 'cname of the authenticator'),
    checksum: readOptional(fields.optional(3), 'cksum', readChecksum),
    clientMicroseconds: readMicroseconds(fields.required(4, 'cusec'), 'cusec'),
    clientTime: readKerberosTime(fields.required(5, 'ctime'), 'ctime'),
    subkey: readOptional(fields.optional(6), 'subkey', readKeyBlock),
    sequenceNumber: readOptional(fields.optional(7), 'seq-number', readSequenceNumber),
    authorizationData: readOptional(fields.optional(8), 'authorization-data of the authenticator', readList),
  };
}

/** `AP-REP ::= [APPLICATION 15] SEQUENCE { pvno [0], msg-type [1] INTEGER (15), enc-part [2] EncryptedData }` */
export function readApRep(bytes: Uint8Array): EncryptedData {
  const fields = der.readFields(der.readOnly(bytes, applicationTags.apRep, 'AP-REP'), 'AP-REP', 2);
  readVersion(fields.required(0, 'pvno'), 'pvno of the AP-REP');
  readMessageType(fields.required(1, 'msg-type'), messageTypes.apRep);
  return readEncryptedData(fields.required(2, 'enc-part'), 'enc-part of the AP-REP');
}

/** `EncAPRepPart ::= [APPLICATION 27] SEQUENCE { ctime [0], cusec [1], subkey [2] OPTIONAL, seq-number [3] OPTIONAL }` */
export function readEncApRepPart(bytes: Uint8Array): EncApRepPart {
  const what = 'encrypted part of the AP-REP';
  const fields = der.readFields(der.readOnly(bytes, applicationTags.encApRepPart, what), what, 3);
  return {
    clientTime: readKerberosTime(fields.required(0, 'ctime'), 'ctime'),
    clientMicroseconds: readMicroseconds(fields.required(1, 'cusec'), 'cusec'),
    subkey: readOptional(fields.optional(2), 'subkey', readKeyBlock),
    sequenceNumber: readOptional(fields.optional(3), 'seq-number', readSequenceNumber),
  };
}

function readOptional<T>(
  bytes: Uint8Array | undefined,
  what: string,
  read: (bytes: Uint8Array, what: string) => T,
): T | undefined {
  return bytes === undefined ? undefined : read(bytes, what);
}

const readVersion = (bytes: Uint8Array, what: string): number =>
  der.readInteger(bytes, what, PROTOCOL_VERSION, PROTOCOL_VERSION);

const readMessageType = (bytes: Uint8Array, type: number): number => der.readInteger(bytes, 'msg-type', type, type);

const readMicroseconds = (bytes: Uint8Array, what: string): number => der.readInteger(bytes, what, 0, 999_999);

/** UInt32; older clients write numbers above 2^31 as negative ones (RFC 4120 §5.5.1 note on seq-number). */
const readSequenceNumber = (bytes: Uint8Array, what: string): number =>
  der.readInteger(bytes, what, der.INT32[0], UINT32_MAX) >>> 0;

function readRealm(bytes: Uint8Array, what: string): string {
  const realm = der.readKerberosString(bytes, what);
  if (realm === '') throw new der.DerError(`${what} is empty`);
  return realm;
}

/** `EncryptedData ::= SEQUENCE { etype [0] Int32, kvno [1] UInt32 OPTIONAL, cipher [2] OCTET STRING }` */
function readEncryptedData(bytes: Uint8Array, what: string): EncryptedData {
  const fields = der.readFields(bytes, what, 2);
  return {
    encryptionType: der.readInteger(fields.required(0, 'etype'), `etype of ${what}`, ...der.INT32),
    kvno: readOptional(fields.optional(1), `kvno of ${what}`, readSequenceNumber),
    cipher: der.readOctetString(fields.required(2, 'cipher'), `cipher of ${what}`),
  };
}

/** `EncryptionKey ::= SEQUENCE { keytype [0] Int32, keyvalue [1] OCTET STRING }` */
function readKeyBlock(bytes: Uint8Array, what: string): KeyBlock {
  const fields = der.readFields(bytes, what, 1);
  return {
    encryptionType: der.readInteger(fields.required(0, 'keytype'), `keytype of ${what}`, ...der.INT32),
    octets: der.readOctetString(fields.required(1, 'keyvalue'), `keyvalue of ${what}`),
  };
}

/** `Checksum ::= SEQUENCE { cksumtype [0] Int32, checksum [1] OCTET STRING }` */
function readChecksum(bytes: Uint8Array, what: string): Checksum {
  const fields = der.readFields(bytes, what, 1);
  return {
    type: der.readInteger(fields.required(0, 'cksumtype'), `type of ${what}`, ...der.INT32),
    octets: der.readOctetString(fields.required(1, 'checksum'), what),
  };
}

/** Addresses and authorization data are not read here: well-formed is enough. */
function readList(bytes: Uint8Array, what: string): Uint8Array {
  const list = der.readOnly(bytes, der.tags.sequence, what);
  for (const element of der.readElements(list, what, MAX_ELEMENTS)) der.readFields(element.encoded, what, 1);
  return bytes;
}

// --- writing -----------------------------------------------------------------------------------------------------

export function writeApRep(encPart: EncryptedData): Uint8Array {
  const fields = der.sequence(
    der.explicit(0, der.integer(PROTOCOL_VERSION)),
    der.explicit(1, der.integer(messageTypes.apRep)),
    der.explicit(2, writeEncryptedData(encPart)),
  );
  return der.element(applicationTags.apRep, fields);
}

export function writeEncApRepPart(part: EncApRepPart): Uint8Array {
  const fields = der.sequence(
    der.explicit(0, kerberosTime(part.clientTime)),
    der.explicit(1, der.integer(part.clientMicroseconds)),
    der.explicit(2, part.subkey && writeKeyBlock(part.subkey)),
    der.explicit(3, part.sequenceNumber === undefined ? undefined : der.integer(part.sequenceNumber)),
  );
  return der.element(applicationTags.encApRepPart, fields);
}

export function writeEncryptedData({ encryptionType, kvno, cipher }: EncryptedData): Uint8Array {
  return der.sequence(
    der.explicit(0, der.integer(encryptionType)),
    der.explicit(1, kvno === undefined ? undefined : der.integer(kvno)),
    der.explicit(2, der.octetString(cipher)),
  );
}

export function writeKeyBlock({ encryptionType, octets }: KeyBlock): Uint8Array {
  return der.sequence(der.explicit(0, der.integer(encryptionType)), der.explicit(1, der.octetString(octets)));
}
