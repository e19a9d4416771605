import { createSecretKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { AesType } from '../../src/kerberos/encryption-types.ts';
import { decryptCts, encryptCts } from '../../src/kerberos/aes-cts.ts';
import { derivedKey } from '../../src/kerberos/rfc3961.ts';
import {
  checksum,
  checksumKey,
  decrypt,
  encryptionKey,
  stringToKey,
  usageKeys,
  verifyChecksum,
} from '../../src/kerberos/encryption.ts';
import { fromHex, samba, toHex, vector } from './support.ts';

const rfc = vector('rfc3962.json') as {
  stringToKey: { iterations: number; password: string; saltHex: string; aes128: string; aes256: string }[];
  cipherTextStealing: { keyHex: string; input: string; outputHex: string }[];
};

const mit = vector('mit-crypto.json') as {
  derive: { encryptionType: AesType; keyHex: string; constantHex: string; outputHex: string }[];
  decrypt: { encryptionType: AesType; plaintext: string; usage: number; keyHex: string; ciphertextHex: string }[];
  checksum: { encryptionType: AesType; plaintext: string; usage: number; keyHex: string; checksumHex: string }[];
};

function keyOf(type: AesType, octets: Uint8Array) {
  const key = encryptionKey(type, octets);
  if (key === undefined) throw new Error(`not a key of type ${type}`);
  return key;
}

describe('RFC 3962 Appendix B', () => {
  test.each(rfc.stringToKey)('string-to-key, $iterations rounds of "$password"', (row) => {
    const salt = fromHex(row.saltHex);
    expect(toHex(stringToKey(17, row.password, salt, row.iterations))).toBe(row.aes128);
    expect(toHex(stringToKey(18, row.password, salt, row.iterations))).toBe(row.aes256);
  });

  test.each(rfc.cipherTextStealing)('CBC with ciphertext stealing of "$input"', ({ keyHex, input, outputHex }) => {
    const key = createSecretKey(fromHex(keyHex));
    expect(toHex(encryptCts(key, Buffer.from(input)))).toBe(outputHex);
    expect(Buffer.from(decryptCts(key, fromHex(outputHex))).toString()).toBe(input);
  });
});

describe('vectors of MIT krb5', () => {
  // Kc is made for each checksum and not kept: the vectors of checksums, below, hold it.
  const kept = mit.derive.filter(({ constantHex }) => !constantHex.endsWith(derivedKey.checksum.toString(16)));
  test.each(kept)('key derivation, type $encryptionType, constant $constantHex', (row) => {
    const keys = usageKeys(keyOf(row.encryptionType, fromHex(row.keyHex)), 2);
    const isKe = row.constantHex.endsWith(derivedKey.encryption.toString(16));
    expect((isKe ? keys.encryption : keys.integrity).export().toString('hex')).toBe(row.outputHex);
  });

  test.each(mit.decrypt)('decryption, type $encryptionType, "$plaintext"', (row) => {
    const keys = usageKeys(keyOf(row.encryptionType, fromHex(row.keyHex)), row.usage);
    const plaintext = decrypt(keys, fromHex(row.ciphertextHex));
    expect(plaintext && Buffer.from(plaintext).toString()).toBe(row.plaintext);
  });

  test.each(mit.checksum)('checksum, type $encryptionType, "$plaintext"', (row) => {
    const key = keyOf(row.encryptionType, fromHex(row.keyHex));
    expect(toHex(checksum(checksumKey(key, row.usage), Buffer.from(row.plaintext)))).toBe(row.checksumHex);
    expect(verifyChecksum(checksumKey(key, row.usage), Buffer.from(row.plaintext), fromHex(row.checksumHex))).toBe(
      true,
    );
    expect(verifyChecksum(checksumKey(key, row.usage + 1), Buffer.from(row.plaintext), fromHex(row.checksumHex))).toBe(
      false,
    );
    expect(
      verifyChecksum(checksumKey(key, row.usage), Buffer.from(row.plaintext), fromHex(row.checksumHex).subarray(1)),
    ).toBe(false);
  });
});

test('the keys that a real AD derived from the password', () => {
  const keyHex = (type: number) => samba.keys.find((key) => key.encryptionType === type)?.keyHex;
  expect(toHex(stringToKey(18, samba.account.password, samba.account.salt))).toBe(keyHex(18));
  expect(toHex(stringToKey(17, samba.account.password, samba.account.salt))).toBe(keyHex(17));
});
