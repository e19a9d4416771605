/** Keys of passkeys: those that were asked for can be used; others are found out when they are set up. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { requireUsableKey } from '../../../src/signin/second-factor/credential-key.ts';
import { cbor } from './authenticator.ts';
import type { CborValue } from './authenticator.ts';

const bytes = (text = ''): Buffer => Buffer.from(text, 'base64url');
const cose = (...entries: readonly (readonly [number, CborValue])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(cbor(new Map(entries)));

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const rsa = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' });
const rsa2048 = rsa(2048);
const rsa1024 = rsa(1024);

describe('can be used', () => {
  test.each([
    ['ES256', cose([1, 2], [3, -7], [-1, 1], [-2, bytes(p256.x)], [-3, bytes(p256.y)])],
    ['EdDSA', cose([1, 1], [3, -8], [-1, 6], [-2, bytes(ed25519.x)])],
    ['RS256', cose([1, 3], [3, -257], [-1, bytes(rsa2048.n)], [-2, bytes(rsa2048.e)])],
  ])('%s', (_, key) => {
    expect(() => requireUsableKey(key)).not.toThrow();
  });
});

describe('cannot be used', () => {
  test.each([
    ['a point that is not on the curve', cose([1, 2], [3, -7], [-1, 1], [-2, bytes(p256.x)], [-3, bytes(p256.x)])],
    ['half a point', cose([1, 2], [3, -7], [-1, 1], [-2, bytes(p256.x)])],
    ['a point cut off', cose([1, 2], [3, -7], [-1, 1], [-2, bytes(p256.x)], [-3, bytes(p256.y).subarray(0, 20)])],
    ['a coordinate that is text', cose([1, 2], [3, -7], [-1, 1], [-2, p256.x ?? ''], [-3, bytes(p256.y)])],
    ['ES256 with P-384', cose([1, 2], [3, -7], [-1, 2], [-2, bytes(p384.x)], [-3, bytes(p384.y)])],
    ['ES384', cose([1, 2], [3, -35], [-1, 2], [-2, bytes(p384.x)], [-3, bytes(p384.y)])],
    ['Ed25519 too short', cose([1, 1], [3, -8], [-1, 6], [-2, bytes(ed25519.x).subarray(1)])],
    ['RSA of 1024 bits', cose([1, 3], [3, -257], [-1, bytes(rsa1024.n)], [-2, bytes(rsa1024.e)])],
    ['RSA of 8192 bits', cose([1, 3], [3, -257], [-1, Buffer.alloc(1024, 0xff)], [-2, bytes(rsa2048.e)])],
    ['RS1', cose([1, 3], [3, -65535], [-1, bytes(rsa2048.n)], [-2, bytes(rsa2048.e)])],
    ['a symmetric key', cose([1, 4], [-1, Buffer.alloc(32)])],
    ['nothing', cose()],
  ])('%s', (_, key) => {
    expect(() => requireUsableKey(key)).toThrow(Error);
  });
});
