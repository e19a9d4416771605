import { describe, expect, test } from 'vitest';
import { decryptBlock, decryptRc2Cbc, expandKey } from '../../src/keys/rc2.ts';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** RFC 2268 §5: key, effective bits, plaintext, ciphertext. */
const VECTORS = [
  ['0000000000000000', 63, '0000000000000000', 'ebb773f993278eff'],
  ['ffffffffffffffff', 64, 'ffffffffffffffff', '278b27e42e2f0d49'],
  ['3000000000000000', 64, '1000000000000001', '30649edf9be7d2c2'],
  ['88', 64, '0000000000000000', '61a8a244adacccf0'],
  ['88bca90e90875a', 64, '0000000000000000', '6ccf4308974c267f'],
  ['88bca90e90875a7f0f79c384627bafb2', 64, '0000000000000000', '1a807d272bbe5db1'],
  ['88bca90e90875a7f0f79c384627bafb2', 128, '0000000000000000', '2269552ab0f85ca6'],
  ['88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e', 129, '0000000000000000', '5b78d3a43dfff1f1'],
] as const;

describe('RC2 (RFC 2268)', () => {
  test.each(VECTORS)('§5: key %s with %i bits', (key, bits, plain, encrypted) => {
    expect(Buffer.from(decryptBlock(hex(encrypted), expandKey(hex(key), bits))).toString('hex')).toBe(plain);
  });

  test('a length that is no number of blocks is no plaintext', () => {
    expect(decryptRc2Cbc(new Uint8Array(0), hex('0102030405'), new Uint8Array(8), 40)).toBeUndefined();
    expect(decryptRc2Cbc(new Uint8Array(9), hex('0102030405'), new Uint8Array(8), 40)).toBeUndefined();
  });
});
