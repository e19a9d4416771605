import { describe, expect, test } from 'vitest';
import type { AesType } from '../../src/kerberos/encryption-types.ts';
import type { EncryptionKey } from '../../src/kerberos/encryption.ts';
import {
  checksum,
  checksumKey,
  decrypt,
  encrypt,
  encryptionKey,
  stringToKey,
  usageKeys,
  verifyChecksum,
} from '../../src/kerberos/encryption.ts';
import { fromHex, toHex, vector } from './support.ts';

interface UnderKey {
  readonly encryptionType: AesType;
  readonly keyHex: string;
  readonly usage: number;
}

const rfc = vector('rfc8009.json') as {
  stringToKey: {
    encryptionType: AesType;
    iterations: number;
    password: string;
    saltHex: string;
    keyHex: string;
  }[];
  derive: (UnderKey & { encryptionHex: string; integrityHex: string })[];
  encrypt: (UnderKey & { confounderHex: string; plaintextHex: string; ciphertextHex: string })[];
  checksum: (UnderKey & { textHex: string; checksumHex: string })[];
};

function keyOf({ encryptionType, keyHex }: Pick<UnderKey, 'encryptionType' | 'keyHex'>): EncryptionKey {
  const key = encryptionKey(encryptionType, fromHex(keyHex));
  if (key === undefined) throw new Error(`not a key of type ${encryptionType}`);
  return key;
}

describe('RFC 8009 Appendix A', () => {
  test.each(rfc.stringToKey)('string-to-key, type $encryptionType', (row) => {
    const salt = fromHex(row.saltHex);
    expect(toHex(stringToKey(row.encryptionType, row.password, salt, row.iterations))).toBe(row.keyHex);
    // The rounds of the vector are the default.
    expect(toHex(stringToKey(row.encryptionType, row.password, salt))).toBe(row.keyHex);
  });

  test.each(rfc.derive)('key derivation, type $encryptionType', (row) => {
    const keys = usageKeys(keyOf(row), row.usage);
    expect(keys.encryption.export().toString('hex')).toBe(row.encryptionHex);
    expect(keys.integrity.export().toString('hex')).toBe(row.integrityHex);
  });

  test.each(rfc.encrypt)('encryption, type $encryptionType, of "$plaintextHex"', (row) => {
    const keys = usageKeys(keyOf(row), row.usage);
    const ciphertext = encrypt(keys, fromHex(row.plaintextHex), fromHex(row.confounderHex));
    expect(toHex(ciphertext)).toBe(row.ciphertextHex);
    expect(toHex(decrypt(keys, ciphertext) ?? Buffer.from('nothing'))).toBe(row.plaintextHex);
  });

  test.each(rfc.checksum)('checksum, type $encryptionType', (row) => {
    const [key, text, sum] = [keyOf(row), fromHex(row.textHex), fromHex(row.checksumHex)];
    expect(toHex(checksum(checksumKey(key, row.usage), text))).toBe(row.checksumHex);
    expect(verifyChecksum(checksumKey(key, row.usage), text, sum)).toBe(true);
    expect(verifyChecksum(checksumKey(key, row.usage + 1), text, sum)).toBe(false);
    expect(verifyChecksum(checksumKey(key, row.usage), text, sum.subarray(1))).toBe(false);
  });
});
