/**
 * PAC_SIGNATURE_DATA ([MS-PAC] §2.8): the server's signature, made with the service's own key.
 *
 * Not verified are those of the KDC, the ticket and the whole: they are under the key of krbtgt, which only a KDC has.
 */
import type { AesType } from '../encryption-types.ts';
import type { ChecksumKey } from '../encryption.ts';
import { checksumLength, verifyChecksum } from '../encryption.ts';
import { octetReader } from './octets.ts';
import type { PacBuffer } from './pac-type.ts';
import { bufferOf, bufferTypes } from './pac-type.ts';

/** §2.8.1: HMAC_SHA1_96_AES128 and _AES256, by the type of the key; MIT's KDC has those of RFC 8009 §6 beside them. */
const signatureTypes: Readonly<Record<AesType, number>> = { 17: 15, 18: 16, 19: 19, 20: 20 };

/** By type; the KDC's own key may still be one of RC4 (HMAC-MD5, -138). */
const signatureLengths: ReadonlyMap<number, number> = new Map([
  [0xffff_ff76, 16],
  [15, 12],
  [16, 12],
  [19, 16],
  [20, 24],
]);

/** §2.8.2: over the whole PAC, with the signatures of server and KDC themselves set to zero. Throws PacError. */
export function isSignedByServer(pac: Uint8Array, buffers: readonly PacBuffer[], key: ChecksumKey): boolean {
  const server = bufferOf(buffers, bufferTypes.serverSignature);
  const kdc = bufferOf(buffers, bufferTypes.kdcSignature);
  if (server === undefined || kdc === undefined) return false;
  const signature = octetReader(server.octets, 'server signature');
  if (signature.uint32() !== signatureTypes[key.encryptionType]) return false;
  const sum = signature.octets(checksumLength(key.encryptionType));
  const zeroed = Buffer.from(pac);
  for (const { offset, octets } of [server, kdc]) {
    // What follows the signature is the number of a read-only domain controller: it is signed.
    const length = signatureLengths.get(octetReader(octets, 'signature').uint32());
    if (length === undefined || 4 + length > octets.length) return false;
    zeroed.fill(0, offset + 4, offset + 4 + length);
  }
  return verifyChecksum(key, zeroed, sum);
}
