/**
 * How PKCS#12 files are sealed: the passphrase-based ciphers of RFC 7292 appendix C and of PBES2 (RFC 8018 §6.2), and the MAC.
 *
 * AES files are what OpenSSL 3 and Windows (AES256-SHA256) write; 3DES and RC2 are what Windows (TripleDES-SHA1) and older
 * tools write. Owns: algorithms and key derivation. Does not own: the structure of the file (pkcs12.ts).
 */
import { createDecipheriv, createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { elements, integer, octets, oid } from './ber.ts';
import type { BerNode } from './ber.ts';
import { KeyError } from './key-error.ts';
import { decryptRc2Cbc } from './rc2.ts';

/** A passphrase in the two forms in which it enters: UTF-8 for PBES2, BMPString with its terminator for RFC 7292 §B.1. */
export interface Passphrase {
  readonly utf8: Uint8Array;
  readonly bmp: Uint8Array;
  /** Iterations that the file may still ask for, with whichever form. */
  readonly budget: { left: number };
}

const DIGESTS: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** RFC 8018 §B.1.2. */
const PRFS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';

const PBES2_CIPHERS: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyBytes: 32 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyBytes: 24 },
};

/** RFC 7292 appendix C, without its RC4 rows. */
const PBES1_CIPHERS: Readonly<Record<string, { readonly name: '3des' | 'rc2'; readonly keyBytes: number }>> = {
  '1.2.840.113549.1.12.1.3': { name: '3des', keyBytes: 24 },
  '1.2.840.113549.1.12.1.4': { name: '3des', keyBytes: 16 },
  '1.2.840.113549.1.12.1.5': { name: 'rc2', keyBytes: 16 },
  '1.2.840.113549.1.12.1.6': { name: 'rc2', keyBytes: 5 },
};

/** Of all parts of a file together. OpenSSL takes 2,048, careful people 1,000,000; more would only keep the processor busy. */
const MAX_ITERATIONS = 10_000_000;

/** RFC 7292 §B.3: what the derived bytes are for. */
const FOR_KEY = 1;
const FOR_IV = 2;
const FOR_MAC = 3;

export function passphraseForms(passphrase: string): readonly Passphrase[] {
  const bmp = Buffer.from(`${passphrase}\0`, 'utf16le').swap16();
  const budget = { left: MAX_ITERATIONS };
  const usual = { utf8: Buffer.from(passphrase), bmp, budget };
  // Without a passphrase some writers leave the terminator out.
  return passphrase === '' ? [usual, { utf8: Buffer.alloc(0), bmp: Buffer.alloc(0), budget }] : [usual];
}

/** Checks MacData (RFC 7292 §4) over the content of authSafe. */
export function macMatches(macData: BerNode, content: Uint8Array, passphrase: Passphrase): boolean {
  const [digestInfo, salt, iterations] = elements(macData);
  const [algorithm, expected] = elements(digestInfo);
  const digest = known(DIGESTS, oid(elements(algorithm)[0]));
  const rounds = iterations === undefined ? 1 : iterationCount(iterations, passphrase);
  const size = createHash(digest).digest().length;
  const key = derive(digest, FOR_MAC, passphrase.bmp, octets(salt), rounds, size);
  const actual = createHmac(digest, key).update(content).digest();
  const wanted = octets(expected);
  return wanted.length === actual.length && timingSafeEqual(wanted, actual);
}

/**
 * Decrypts what `algorithm` (AlgorithmIdentifier) sealed.
 *
 * @throws KeyError passphrase-wrong, pkcs12-not-supported, file-not-understood.
 */
export function decryptSealed(algorithm: BerNode | undefined, encrypted: Uint8Array, passphrase: Passphrase): Buffer {
  const [type, parameters] = elements(algorithm);
  const name = oid(type);
  return name === PBES2
    ? decryptPbes2(parameters, encrypted, passphrase)
    : decryptPbes1(name, parameters, encrypted, passphrase);
}

function decryptPbes2(parameters: BerNode | undefined, encrypted: Uint8Array, passphrase: Passphrase): Buffer {
  const [derivation, scheme] = elements(parameters);
  const [derivationType, derivationParameters] = elements(derivation);
  if (oid(derivationType) !== PBKDF2) throw new KeyError('pkcs12-not-supported', oid(derivationType));
  const [salt, iterations, ...rest] = elements(derivationParameters);
  // keyLength INTEGER OPTIONAL, prf AlgorithmIdentifier DEFAULT hmacWithSHA1 (RFC 8018 appendix A.2)
  const prf = rest.find((node) => node.idBlock.tagNumber === 16);
  const digest = prf === undefined ? 'sha1' : known(PRFS, oid(elements(prf)[0]));
  const [cipherType, iv] = elements(scheme);
  const cipher = known(PBES2_CIPHERS, oid(cipherType));
  const key = pbkdf2Sync(
    passphrase.utf8,
    octets(salt),
    iterationCount(iterations, passphrase),
    cipher.keyBytes,
    digest,
  );
  return decrypt(cipher.name, key, octets(iv), encrypted);
}

function decryptPbes1(
  type: string,
  parameters: BerNode | undefined,
  encrypted: Uint8Array,
  passphrase: Passphrase,
): Buffer {
  const { name, keyBytes } = known(PBES1_CIPHERS, type);
  const [saltNode, iterations] = elements(parameters);
  const salt = octets(saltNode);
  const rounds = iterationCount(iterations, passphrase);
  const { bmp } = passphrase;
  const key = derive('sha1', FOR_KEY, bmp, salt, rounds, keyBytes);
  const iv = derive('sha1', FOR_IV, bmp, salt, rounds, 8);
  if (name === '3des')
    return decrypt('des-ede3-cbc', keyBytes === 24 ? key : Buffer.concat([key, key.subarray(0, 8)]), iv, encrypted);
  const plain = decryptRc2Cbc(encrypted, key, iv, keyBytes * 8);
  if (plain === undefined) throw new KeyError('passphrase-wrong');
  return plain;
}

function decrypt(cipher: string, key: Uint8Array, iv: Uint8Array, encrypted: Uint8Array): Buffer {
  try {
    const decipher = createDecipheriv(cipher, key, iv);
    return Buffer.concat([decipher.update(encrypted), decipher.final()]);
  } catch {
    throw new KeyError('passphrase-wrong');
  }
}

/** RFC 7292 §B.2. */
export function derive(
  digest: string,
  purpose: number,
  bmp: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  size: number,
): Buffer {
  const v = digest === 'sha384' || digest === 'sha512' ? 128 : 64;
  const diversifier = Buffer.alloc(v, purpose);
  const input = Buffer.concat([stretch(salt, v), stretch(bmp, v)]);
  const parts: Buffer[] = [];
  for (let made = 0; made < size; made += parts.at(-1)?.length ?? 0) {
    let a = createHash(digest).update(diversifier).update(input).digest();
    for (let round = 1; round < iterations; round++) a = createHash(digest).update(a).digest();
    parts.push(a);
    const b = stretch(a, v).subarray(0, v);
    for (let at = 0; at < input.length; at += v) addPlusOne(input.subarray(at, at + v), b);
  }
  return Buffer.concat(parts).subarray(0, size);
}

/** Repeats bytes up to the next multiple of `v`; nothing stays nothing. */
function stretch(bytes: Uint8Array, v: number): Buffer {
  const length = v * Math.ceil(bytes.length / v);
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, bytes);
}

/** block = (block + b + 1) mod 2^(8 v), in place, most significant byte first. */
function addPlusOne(block: Buffer, b: Uint8Array): void {
  let carry = 1;
  for (let index = block.length - 1; index >= 0; index--) {
    const sum = (block[index] ?? 0) + (b[index] ?? 0) + carry;
    block[index] = sum & 0xff;
    carry = sum >> 8;
  }
}

function iterationCount(node: BerNode | undefined, { budget }: Passphrase): number {
  const count = integer(node);
  budget.left -= count;
  // Written so that NaN is refused too.
  if (!(count >= 1 && budget.left >= 0)) throw new KeyError('pkcs12-not-supported', `${count} iterations`);
  return count;
}

function known<T>(table: Readonly<Record<string, T>>, type: string): T {
  const row = Object.hasOwn(table, type) ? table[type] : undefined;
  if (row === undefined) throw new KeyError('pkcs12-not-supported', `OID ${type}`);
  return row;
}
