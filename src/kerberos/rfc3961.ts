/**
 * RFC 3961: n-fold and the key derivation of the simplified profile, over any block cipher.
 *
 * Owns: §5.1 and the usage constants of §5.3. Does not own: the cipher itself (aes-cts.ts).
 */

/** Encrypts one block in the base key, with a zero cipher state. */
export type BlockCipher = (block: Uint8Array) => Uint8Array;

/** §5.3: the octet that follows the usage number in a derivation constant. */
export const derivedKey = { checksum: 0x99, encryption: 0xaa, integrity: 0x55 } as const;

/** Key usage numbers: RFC 4120 §7.5.1, RFC 4121 §2, [MS-PAC] §2.8.1. */
export const keyUsage = {
  ticket: 2,
  apReqAuthenticator: 11,
  apRepEncPart: 12,
  pacSignature: 17,
  acceptorSign: 23,
  initiatorSign: 25,
} as const;

/**
 * n-fold (§5.1): `input` is repeated, each copy rotated right by 13 bits more than the one before, until the length
 * is a multiple of `octets`; the pieces of `octets` are added with end-around carry.
 */
export function nFold(input: Uint8Array, octets: number): Uint8Array {
  const total = leastCommonMultiple(input.length, octets);
  const sums = Array.from({ length: octets }, () => 0);
  for (let i = 0; i < total; i++) {
    const copy = Math.floor(i / input.length);
    sums[i % octets] = (sums[i % octets] ?? 0) + rotatedOctet(input, i % input.length, 13 * copy);
  }
  return Uint8Array.from(carryAround(sums));
}

/** Octet `index` of `input` rotated right by `bits`. */
function rotatedOctet(input: Uint8Array, index: number, bits: number): number {
  const size = input.length * 8;
  const from = (((index * 8 - bits) % size) + size) % size;
  const first = input[Math.floor(from / 8)] ?? 0;
  const second = input[(Math.floor(from / 8) + 1) % input.length] ?? 0;
  return (((first << 8) | second) >> (8 - (from % 8))) & 0xff;
}

/** One's-complement addition: carries run to the left, the last one comes back in on the right. */
function carryAround(sums: readonly number[]): number[] {
  const octets = [...sums];
  for (let carry = 0, again = true; again;) {
    for (let i = octets.length - 1; i >= 0; i--) {
      const sum = (octets[i] ?? 0) + carry;
      octets[i] = sum & 0xff;
      carry = sum >> 8;
    }
    again = carry > 0;
  }
  return octets;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

/** DR (§5.1): the constant, folded to a block, encrypted again and again until there are `octets` of output. */
export function deriveRandom(encryptBlock: BlockCipher, folded: Uint8Array, octets: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  let block = folded;
  for (let made = 0; made < octets; made += block.length) {
    block = encryptBlock(block);
    blocks.push(block);
  }
  return Buffer.concat(blocks).subarray(0, octets);
}

const foldedConstants = new Map<number, Uint8Array>();

/** {@link usageConstant} folded to a block. Kept: there are as many as Kerberos has usages. */
export function foldedUsageConstant(usage: number, purpose: number): Uint8Array {
  const number = usage * 256 + purpose;
  const folded = foldedConstants.get(number) ?? nFold(usageConstant(usage, purpose), 16);
  foldedConstants.set(number, folded);
  return folded;
}

/** The derivation constant of a usage: four octets of number, one that says for what. */
export function usageConstant(usage: number, purpose: number): Uint8Array {
  const constant = Buffer.alloc(5);
  constant.writeUInt32BE(usage);
  constant[4] = purpose;
  return constant;
}
