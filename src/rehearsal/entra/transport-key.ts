/**
 * The transport key of a join: a BCRYPT_RSAKEY_BLOB ([bcrypt.h], BCRYPT_RSAPUBLIC_BLOB), little-endian.
 *
 *     Magic 'RSA1' | BitLength | cbPublicExp | cbModulus | cbPrime1 = 0 | cbPrime2 = 0 | exponent | modulus
 *
 * Owns DBL-DRS-05's part of it. Does not own: what Entra uses the key for after the join.
 */
import { refuseJoin } from './drs-error.ts';
import { strictBase64 } from './guid.ts';

const MAGIC = 0x31415352;
const HEADER_BYTES = 24;

export function checkTransportKey(base64: string): void {
  const bytes = strictBase64(base64);
  if (bytes === undefined || bytes.length < HEADER_BYTES)
    return refuseJoin('DBL-DRS-05', 'TransportKey is not base64 of an RSA public key blob.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const field = (index: number): number => view.getUint32(index * 4, true);
  const [magic, bits, exponentBytes, modulusBytes, prime1, prime2] = [
    field(0),
    field(1),
    field(2),
    field(3),
    field(4),
    field(5),
  ];
  if (magic !== MAGIC) refuseJoin('DBL-DRS-05', 'TransportKey does not begin with RSA1.');
  if (prime1 !== 0 || prime2 !== 0) refuseJoin('DBL-DRS-05', 'TransportKey holds primes: it is not a public key.');
  if (bits !== 2048 || modulusBytes !== 256) refuseJoin('DBL-DRS-05', `TransportKey has ${bits} bits, not 2048.`);
  if (exponentBytes === 0 || bytes.length !== HEADER_BYTES + exponentBytes + modulusBytes) {
    refuseJoin('DBL-DRS-05', 'TransportKey is cut short or has a tail.');
  }
}
