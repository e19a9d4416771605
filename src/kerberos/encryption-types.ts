/**
 * Kerberos encryption types by number, as the IANA registry names them, and which of them Mortise takes.
 *
 * Owns: the numbers, their names and their bit in AD's msDS-SupportedEncryptionTypes ([MS-KILE] 2.2.7).
 * Does not own: the cryptography (encryption.ts).
 */

/** The encryption types that are accepted: AES in ciphertext stealing mode, of RFC 3962 (17, 18) and RFC 8009 (19, 20). */
export type AesType = 17 | 18 | 19 | 20;

export interface EncryptionTypeRow {
  readonly number: number;
  readonly name: string;
  /** Bit of msDS-SupportedEncryptionTypes, where there is one. */
  readonly supportedEncryptionTypesBit?: number;
  readonly accepted: boolean;
}

export const encryptionTypes: readonly EncryptionTypeRow[] = [
  { number: 1, name: 'des-cbc-crc', supportedEncryptionTypesBit: 0x1, accepted: false },
  { number: 2, name: 'des-cbc-md4', accepted: false },
  { number: 3, name: 'des-cbc-md5', supportedEncryptionTypesBit: 0x2, accepted: false },
  { number: 5, name: 'des3-cbc-md5', accepted: false },
  { number: 7, name: 'des3-cbc-sha1', accepted: false },
  { number: 16, name: 'des3-cbc-sha1-kd', accepted: false },
  { number: 17, name: 'aes128-cts-hmac-sha1-96', supportedEncryptionTypesBit: 0x8, accepted: true },
  { number: 18, name: 'aes256-cts-hmac-sha1-96', supportedEncryptionTypesBit: 0x10, accepted: true },
  { number: 19, name: 'aes128-cts-hmac-sha256-128', accepted: true },
  { number: 20, name: 'aes256-cts-hmac-sha384-192', accepted: true },
  { number: 23, name: 'rc4-hmac', supportedEncryptionTypesBit: 0x4, accepted: false },
  { number: 24, name: 'rc4-hmac-exp', accepted: false },
  { number: 25, name: 'camellia128-cts-cmac', accepted: false },
  { number: 26, name: 'camellia256-cts-cmac', accepted: false },
];

export const isAesType = (number: number): number is AesType => number >= 17 && number <= 20;
export const isRfc8009 = (type: AesType): boolean => type === 19 || type === 20;

/** `rc4-hmac (23)`; a number that the registry does not hold stands alone. */
export function describeEncryptionType(number: number): string {
  const row = encryptionTypes.find((candidate) => candidate.number === number);
  return row === undefined ? `encryption type ${number}` : `${row.name} (${number})`;
}

/** `aes128-cts-hmac-sha1-96 (17), … or aes256-cts-hmac-sha384-192 (20)`. */
export const acceptedEncryptionTypes: string = new Intl.ListFormat('en', { type: 'disjunction' }).format(
  encryptionTypes.filter((row) => row.accepted).map((row) => describeEncryptionType(row.number)),
);
