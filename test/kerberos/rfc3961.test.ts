import { describe, expect, test } from 'vitest';
import { nFold, usageConstant, derivedKey } from '../../src/kerberos/rfc3961.ts';
import { toHex, vector } from './support.ts';

const { nFold: vectors } = vector('rfc3961.json') as { nFold: { input: string; octets: number; outputHex: string }[] };

describe('n-fold, RFC 3961 Appendix A.1', () => {
  test.each(vectors)('$octets octets of "$input"', ({ input, octets, outputHex }) => {
    expect(toHex(nFold(Buffer.from(input, 'latin1'), octets))).toBe(outputHex);
  });
});

test('a derivation constant is the usage, big-endian, and what the key is for', () => {
  expect(toHex(usageConstant(2, derivedKey.encryption))).toBe('00000002aa');
  expect(toHex(usageConstant(1024, derivedKey.integrity))).toBe('0000040055');
});
