/** The PACs of the real tickets of an AD, and the keys they were signed with. */
import * as der from '../../src/kerberos/der.ts';
import type { EncryptionKey } from '../../src/kerberos/encryption.ts';
import { decrypt, encryptionKey, usageKeys } from '../../src/kerberos/encryption.ts';
import type { EncTicketPart } from '../../src/kerberos/messages.ts';
import { readApReq, readEncTicketPart } from '../../src/kerberos/messages.ts';
import { readFramedToken, readTokenId, tokenIds } from '../../src/kerberos/rfc4121.ts';
import { readNegTokenInit } from '../../src/kerberos/spnego.ts';
import { fromHex, samba } from './support.ts';

export function sampleKey(type: number): EncryptionKey {
  const hex = samba.keys.find((key) => key.encryptionType === type)?.keyHex ?? '';
  const key = type === 17 || type === 18 ? encryptionKey(type, fromHex(hex)) : undefined;
  if (key === undefined) throw new Error(`the sample has no key of type ${type}`);
  return key;
}

export interface PacSample {
  readonly ticket: EncTicketPart;
  readonly key: EncryptionKey;
  readonly pac: Buffer;
}

export function pacSample(name: string): PacSample {
  const token = samba.tokens.find((sample) => sample.name === name);
  const octets = Buffer.from((token?.authorization ?? '').replace(/^Negotiate /, ''), 'base64');
  const { mechToken = new Uint8Array() } = readNegTokenInit(readFramedToken(octets).inner);
  const { encPart } = readApReq(readTokenId(readFramedToken(mechToken).inner, tokenIds.apReq)).ticket;
  const key = sampleKey(encPart.encryptionType);
  const ticket = readEncTicketPart(decrypt(usageKeys(key, 2), encPart.cipher) ?? new Uint8Array());
  return { ticket, key, pac: Buffer.from(firstData(firstData(ticket.authorizationData ?? new Uint8Array()))) };
}

/** The data of the first element of AuthorizationData. */
function firstData(list: Uint8Array): Uint8Array {
  const [first] = der.readElements(der.readOnly(list, der.tags.sequence, 'list'), 'list', 8);
  return der.readOctetString(der.readFields(first?.encoded ?? list, 'element', 1).required(1, 'data'), 'data');
}
