/**
 * Writes an MIT credential cache (FILE, version 4) with one service ticket, so that MIT's own library can be the client
 * of a ticket that the rehearsal minted, without a KDC to ask.
 */
import type { MintedApReq, MintOptions } from '../../src/rehearsal/kdc-ap-req.ts';

const uint16 = (value: number): Buffer => {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(value);
  return octets;
};

const uint32 = (value: number): Buffer => {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
};

const counted = (octets: Uint8Array): Buffer => Buffer.concat([uint32(octets.length), octets]);

function principal(name: string, realm: string, nameType: number): Buffer {
  const components = name.split('/');
  const texts = [realm, ...components].map((text) => counted(Buffer.from(text)));
  return Buffer.concat([uint32(nameType), uint32(components.length), ...texts]);
}

const TEN_HOURS = 36_000;

export function credentialCache({ client, service, now }: MintOptions, { ticket, sessionKey }: MintedApReq): Buffer {
  const start = Math.floor(now.getTime() / 1000);
  const clientPrincipal = principal(client.name, client.realm, client.nameType ?? 1);
  return Buffer.concat([
    Buffer.from([0x05, 0x04]),
    uint16(0), // no header fields
    clientPrincipal, // whose cache it is
    clientPrincipal,
    principal(service.principal, service.realm, 3),
    uint16(sessionKey.encryptionType),
    counted(sessionKey.octets),
    uint32(start),
    uint32(start),
    uint32(start + TEN_HOURS),
    uint32(start + TEN_HOURS),
    Buffer.from([0]), // not a user-to-user ticket
    uint32(0x00a40000),
    uint32(0), // addresses
    uint32(0), // authorization data
    counted(ticket),
    counted(Buffer.alloc(0)), // second ticket
  ]);
}
