/** The app's codes are those of RFC 6238. */
import { expect, test } from 'vitest';
import { totpCode } from '../../src/rehearsal/authenticator-app.ts';

/** Appendix B. Its seeds are the digits 1 to 0 again and again, as long as the hash is. */
const SEEDS = {
  SHA1: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  SHA256: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA',
  SHA512: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA',
} as const;

test.each([
  [59, 'SHA1', '94287082'],
  [59, 'SHA256', '46119246'],
  [59, 'SHA512', '90693936'],
  [1_111_111_109, 'SHA1', '07081804'],
  [1_111_111_111, 'SHA256', '67062674'],
  [1_234_567_890, 'SHA512', '93441116'],
  [20_000_000_000, 'SHA1', '65353130'],
] as const)('at %i s with %s: %s', (seconds, algorithm, code) => {
  const uri = `otpauth://totp/Example:nora?secret=${SEEDS[algorithm]}&algorithm=${algorithm}&digits=8&period=30`;
  expect(totpCode(uri, new Date(seconds * 1000))).toBe(code);
});

test('without parameters: SHA-1, six digits, 30 seconds, and the secret in any case', () => {
  const at = new Date(59_000);
  expect(totpCode(`otpauth://totp/nora?secret=${SEEDS.SHA1}`, at)).toBe('287082');
  expect(totpCode(`otpauth://totp/nora?secret=${SEEDS.SHA1.toLowerCase()}`, at)).toBe('287082');
});
