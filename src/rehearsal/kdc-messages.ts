/**
 * The messages that a KDC and a client write (RFC 4120 §5, RFC 4121 §4.1.1, RFC 4178): the rehearsal's half of what
 * kerberos/messages.ts reads. They write what they are told, wrong values included.
 *
 * Owns: encoding. Does not own: which values belong together (kdc.ts).
 */
import * as der from '../kerberos/der.ts';
import { kerberosTime } from '../kerberos/kerberos-time.ts';
import type { Checksum, EncryptedData, KeyBlock } from '../kerberos/messages.ts';
import { messageTypes, PROTOCOL_VERSION, writeEncryptedData, writeKeyBlock } from '../kerberos/messages.ts';
import { GSS_CHECKSUM_TYPE } from '../kerberos/rfc4121.ts';

export interface Name {
  readonly nameType: number;
  readonly components: readonly string[];
}

/** Type and data: an address or an element of authorization data. */
export interface TypedData {
  readonly type: number;
  readonly data: Uint8Array;
}

export interface TicketContents {
  readonly flags: number;
  readonly sessionKey: KeyBlock;
  readonly clientRealm: string;
  readonly clientName: Name;
  readonly authTime: Date;
  readonly startTime: Date | undefined;
  readonly endTime: Date;
  readonly renewTill: Date | undefined;
  readonly addresses: readonly TypedData[];
  readonly authorizationData: readonly TypedData[];
}

export interface AuthenticatorContents {
  readonly clientRealm: string;
  readonly clientName: Name;
  readonly checksum: Checksum | undefined;
  readonly clientTime: Date;
  readonly clientMicroseconds: number;
  readonly subkey: KeyBlock | undefined;
  readonly sequenceNumber: number | undefined;
  readonly authorizationData: readonly TypedData[];
}

const optionalTime = (number: number, time: Date | undefined): Uint8Array | undefined =>
  der.explicit(number, time && kerberosTime(time));

const writeName = ({ nameType, components }: Name): Uint8Array =>
  der.sequence(
    der.explicit(0, der.integer(nameType)),
    der.explicit(1, der.sequence(...components.map(der.kerberosString))),
  );

/** A list is OPTIONAL and never empty. */
const writeTypedData = (number: number, list: readonly TypedData[]): Uint8Array | undefined => {
  const elements = list.map(({ type, data }) =>
    der.sequence(der.explicit(0, der.integer(type)), der.explicit(1, der.octetString(data))),
  );
  return elements.length === 0 ? undefined : der.explicit(number, der.sequence(...elements));
};

export function writeTicket(realm: string, serviceName: Name, encPart: EncryptedData): Uint8Array {
  const fields = der.sequence(
    der.explicit(0, der.integer(PROTOCOL_VERSION)),
    der.explicit(1, der.kerberosString(realm)),
    der.explicit(2, writeName(serviceName)),
    der.explicit(3, writeEncryptedData(encPart)),
  );
  return der.element(der.application(1), fields);
}

export function writeEncTicketPart(part: TicketContents): Uint8Array {
  const noTransit = der.sequence(der.explicit(0, der.integer(1)), der.explicit(1, der.octetString(new Uint8Array())));
  const fields = der.sequence(
    der.explicit(0, der.flags(part.flags)),
    der.explicit(1, writeKeyBlock(part.sessionKey)),
    der.explicit(2, der.kerberosString(part.clientRealm)),
    der.explicit(3, writeName(part.clientName)),
    der.explicit(4, noTransit),
    der.explicit(5, kerberosTime(part.authTime)),
    optionalTime(6, part.startTime),
    der.explicit(7, kerberosTime(part.endTime)),
    optionalTime(8, part.renewTill),
    writeTypedData(9, part.addresses),
    writeTypedData(10, part.authorizationData),
  );
  return der.element(der.application(3), fields);
}

export function writeAuthenticator(part: AuthenticatorContents): Uint8Array {
  const { checksum, sequenceNumber } = part;
  const fields = der.sequence(
    der.explicit(0, der.integer(PROTOCOL_VERSION)),
    der.explicit(1, der.kerberosString(part.clientRealm)),
    der.explicit(2, writeName(part.clientName)),
    der.explicit(3, checksum && writeChecksum(checksum)),
    der.explicit(4, der.integer(part.clientMicroseconds)),
    der.explicit(5, kerberosTime(part.clientTime)),
    der.explicit(6, part.subkey && writeKeyBlock(part.subkey)),
    der.explicit(7, sequenceNumber === undefined ? undefined : der.integer(sequenceNumber)),
    writeTypedData(8, part.authorizationData),
  );
  return der.element(der.application(2), fields);
}

const writeChecksum = ({ type, octets }: Checksum): Uint8Array =>
  der.sequence(der.explicit(0, der.integer(type)), der.explicit(1, der.octetString(octets)));

export function writeApReq(options: number, ticket: Uint8Array, authenticator: EncryptedData): Uint8Array {
  const fields = der.sequence(
    der.explicit(0, der.integer(PROTOCOL_VERSION)),
    der.explicit(1, der.integer(messageTypes.apReq)),
    der.explicit(2, der.flags(options)),
    der.explicit(3, ticket),
    der.explicit(4, writeEncryptedData(authenticator)),
  );
  return der.element(der.application(messageTypes.apReq), fields);
}

/** RFC 4121 §4.1.1: no channel bindings (16 zeros), no delegation. */
export function gssChecksum(flags: number): Checksum {
  const octets = Buffer.alloc(24);
  octets.writeUInt32LE(16, 0);
  octets.writeUInt32LE(flags, 20);
  return { type: GSS_CHECKSUM_TYPE, octets };
}

export const writeMechTypeList = (mechTypes: readonly string[]): Uint8Array =>
  der.sequence(...mechTypes.map(der.objectIdentifier));

/** RFC 4178 §4.2.1, without the InitialContextToken around it. */
export function writeNegTokenInit(
  mechTypes: readonly string[],
  mechToken: Uint8Array | undefined,
  mechListMic?: Uint8Array,
): Uint8Array {
  const fields = der.sequence(
    der.explicit(0, writeMechTypeList(mechTypes)),
    der.explicit(2, mechToken && der.octetString(mechToken)),
    der.explicit(3, mechListMic && der.octetString(mechListMic)),
  );
  return der.element(der.context(0), fields);
}
