/**
 * A ticket with a PAC ([MS-PAC]): the SID of its client, signed under the service's key as a domain controller signs it.
 */
import { randomBytes } from 'node:crypto';
import { SAMPLE_DOMAIN_SID, SAMPLE_REALM, SAMPLE_SERVICE_ACCOUNT } from '../../../src/directory/sample-domain.ts';
import { keyUsage } from '../../../src/kerberos/rfc3961.ts';
import type { EncryptionKey } from '../../../src/kerberos/encryption.ts';
import { CONFOUNDER_LENGTH, encrypt, encryptionKey, stringToKey, usageKeys } from '../../../src/kerberos/encryption.ts';
import {
  gssChecksum,
  writeApReq,
  writeAuthenticator,
  writeEncTicketPart,
  writeTicket,
} from '../../../src/rehearsal/kdc-messages.ts';
import { clientInfo, ifRelevant, signedPac, startOf, validationInfo } from '../../kerberos/pac-writer.ts';

const TEN_HOURS_MS = 36_000_000;
const SERVER_SIGNATURE = 6;

export interface PacChanges {
  /** Relative identifiers of the account's groups. */
  readonly groups?: readonly number[];
  readonly clientInPac?: string;
  /** As a client adds one of its own. */
  readonly unsigned?: boolean;
}

/** `Authorization` of a client with this relative identifier; a bare AP-REQ (as some GSS-API libraries send it). */
export function ticketWithPac(
  name: string,
  relativeId: number,
  servicePassword: string,
  now: Date,
  { groups = [], clientInPac = name, unsigned = false }: PacChanges = {},
): string {
  const octets = stringToKey(18, servicePassword, SAMPLE_REALM + SAMPLE_SERVICE_ACCOUNT.sAMAccountName);
  const key = requireKey(octets);
  const session = randomBytes(32);
  const client = { nameType: 1, components: [name] };
  const account = validationInfo({ name, domainSid: SAMPLE_DOMAIN_SID, userId: relativeId, groups });
  const pac = signedPac([account, clientInfo(clientInPac, now)], key);
  if (unsigned) pac.fill(0, startOf(pac, SERVER_SIGNATURE) + 4, startOf(pac, SERVER_SIGNATURE) + 16);
  const part = writeEncTicketPart({
    flags: 0x00a4_0000,
    sessionKey: { encryptionType: 18, octets: session },
    clientRealm: SAMPLE_REALM,
    clientName: client,
    authTime: now,
    startTime: now,
    endTime: new Date(now.getTime() + TEN_HOURS_MS),
    renewTill: undefined,
    addresses: [],
    authorizationData: [{ type: 1, data: ifRelevant(pac) }],
  });
  const sealed = (own: EncryptionKey, usage: number, plain: Uint8Array) =>
    encrypt(usageKeys(own, usage), plain, randomBytes(CONFOUNDER_LENGTH));
  const service = { nameType: 2, components: ['HTTP', 'sso.localhost'] };
  const cipher = sealed(key, keyUsage.ticket, part);
  const ticket = writeTicket(SAMPLE_REALM, service, { encryptionType: 18, kvno: 2, cipher });
  const authenticator = writeAuthenticator({
    clientRealm: SAMPLE_REALM,
    clientName: client,
    checksum: gssChecksum(0x3c),
    clientTime: now,
    clientMicroseconds: randomBytes(2).readUInt16BE(),
    subkey: undefined,
    sequenceNumber: 1,
    authorizationData: [],
  });
  const apReq = writeApReq(0, ticket, {
    encryptionType: 18,
    kvno: undefined,
    cipher: sealed(requireKey(session), keyUsage.apReqAuthenticator, authenticator),
  });
  return `Negotiate ${Buffer.from(apReq).toString('base64')}`;
}

function requireKey(octets: Uint8Array): EncryptionKey {
  const key = encryptionKey(18, octets);
  if (key === undefined) throw new Error('no AES 256 key');
  return key;
}
