/** HMAC as RFC 2104 defines it, made here of plain digests; vectors of RFC 2202 and 4231 are in test/vectors/expressions. */
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueOf } from './language.ts';

/** RFC 2104 §2: H(K XOR opad, H(K XOR ipad, text)). */
function hmac(algorithm: string, block: number, key: Buffer, text: Buffer): string {
  const digest = (...parts: readonly Buffer[]): Buffer => createHash(algorithm).update(Buffer.concat(parts)).digest();
  const short = key.length > block ? digest(key) : key;
  const pad = (byte: number): Buffer => Buffer.from(Array.from({ length: block }, (_, at) => (short[at] ?? 0) ^ byte));
  return digest(pad(0x5c), digest(pad(0x36), text)).toString('hex');
}

test.each([
  ['HmacMD5', 'md5', 64],
  ['HmacSHA1', 'sha1', 64],
  ['HmacSHA224', 'sha224', 64],
  ['HmacSHA256', 'sha256', 64],
  ['HmacSHA384', 'sha384', 128],
  ['HmacSHA512', 'sha512', 128],
])('%s', (name, algorithm, block) => {
  const text = fc.string({ unit: 'grapheme', maxLength: 200 });
  fc.assert(
    fc.property(text, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), (data, key) => {
      expect(valueOf(`#crypto.hmacHexDigest(user.data, user.key, '${name}')`, { data, key })).toBe(
        hmac(algorithm, block, Buffer.from(key), Buffer.from(data)),
      );
    }),
  );
});

test('what has no UTF-8 has no digest', () => {
  expect(valueOf("#crypto.hmacHexDigest(user.x, 'key', 'HmacSHA256')", { x: '\ud800' })).toBeNull();
  expect(valueOf("#crypto.hmacHexDigest('data', user.x, 'HmacSHA256')", { x: '\ud800' })).toBeNull();
});
