/** PACs as a KDC signs them: whatever is in one, it is signed anew, so that what lies behind the signature is reached. */
import { checksum, checksumKey } from '../../../src/kerberos/encryption.ts';
import { keyUsage } from '../../../src/kerberos/rfc3961.ts';
import { readTicketPac } from '../../../src/kerberos/pac/ticket-pac.ts';
import { Refusal } from '../../../src/refusal.ts';
import { pacSample } from '../../kerberos/pac-sample.ts';
import {
  attributesInfo,
  authorizationData,
  clientInfo,
  requestor,
  signedPac,
  upnDnsInfo,
  validationInfo,
} from '../../kerberos/pac-writer.ts';
import { BYTES, replaced } from '../mutate-bytes.ts';
import type { Mutator } from '../mutate-bytes.ts';
import { mustHold } from '../parser.ts';
import type { Parser } from '../parser.ts';

const { ticket, key, pac: sample } = pacSample('computer-aes256');
const signer = checksumKey(key, keyUsage.pacSignature);
const NAME = 'DESKTOP-01$';
const DOMAIN = 'S-1-5-21-1004336348-1177238915-682003330';

const full = (): Buffer =>
  signedPac(
    [
      validationInfo({
        name: NAME,
        domainSid: DOMAIN,
        userId: 1110,
        groups: [513, 515],
        extraSids: ['S-1-18-1'],
        resourceDomainSid: DOMAIN,
        resourceGroups: [2000],
      }),
      clientInfo(NAME, ticket.authTime),
      upnDnsInfo('desktop-01$@corp.example.test', 'CORP.EXAMPLE.TEST', { samName: NAME, sid: `${DOMAIN}-1110` }),
      attributesInfo(1),
      requestor(`${DOMAIN}-1110`),
    ],
    key,
  );

const NUMBERS = [0, 1, 2, 4, 8, 15, 16, 0xff, 0x100, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff];

/** NDR has its counts, lengths and pointers at multiples of four, little-endian. */
const setField: Mutator = (input, random) => {
  const field = Buffer.alloc(4);
  field.writeUInt32LE(random.below(2) === 0 ? random.pick(NUMBERS) : random.below(256));
  return replaced(input, random.below(input.length >> 2) << 2, 4, field);
};

/** The checksum as [MS-PAC] §2.8.2 has it, where the heads still lead to both signatures. */
function signedAnew(input: Buffer): Buffer {
  const places = [6, 7].map((type) => placeOf(input, type));
  const [server, kdc] = places;
  if (server === undefined || kdc === undefined) return input;
  const signed = Buffer.from(input);
  for (const at of [server, kdc]) {
    signed.writeUInt32LE(16, at);
    signed.fill(0, at + 4, at + 16);
  }
  signed.set(checksum(signer, signed), server + 4);
  return signed;
}

function placeOf(input: Buffer, wanted: number): number | undefined {
  for (let head = 8; head + 16 <= input.length && head < 8 + 16 * 16; head += 16) {
    const offset = input.readUInt32LE(head + 8);
    if (input.readUInt32LE(head) === wanted && offset + 16 <= input.length) return offset;
  }
  return undefined;
}

export const PAC: Parser = {
  name: 'pac',
  seeds: () => [full(), sample],
  mutators: [...BYTES, setField, setField, setField, setField],
  refuses: (error) => error instanceof Refusal,
  take(input) {
    const whose = { ...ticket, clientName: { components: [NAME] } };
    for (const one of [whose, ticket]) {
      try {
        const pac = readTicketPac({ ...one, authorizationData: authorizationData(signedAnew(input)) }, signer);
        if (pac?.sid !== undefined)
          mustHold(/^S-1-(?:\d+|0x[0-9A-F]{12})(?:-\d+){1,16}$/.test(pac.sid), 'a SID is one');
        return `read ${pac?.sid === undefined ? '' : 'sid'} ${pac?.requestor === undefined ? '' : 'requestor'}`;
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'kerberos-pac-mismatch' || one === ticket) throw error;
      }
    }
    return 'none';
  },
  longest: 8_192,
  runs: 6_000,
};
