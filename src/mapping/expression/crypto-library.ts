/**
 * `#crypto`: keyed digests, for pseudonyms. The key is a part of the expression, so whoever reads the configuration
 * has it; the record shows a mark in its place.
 */
import { createHmac } from 'node:crypto';
import { exactly, read } from './arguments.ts';
import type { Library, Value } from './value.ts';

/** Java's names (Java Security Standard Algorithm Names, “Mac”), and OpenSSL's. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['HmacMD5', 'md5'],
  ['HmacSHA1', 'sha1'],
  ['HmacSHA224', 'sha224'],
  ['HmacSHA256', 'sha256'],
  ['HmacSHA384', 'sha384'],
  ['HmacSHA512', 'sha512'],
]);

const digestOf = (name: Value | undefined): string | undefined =>
  typeof name === 'string' ? ALGORITHMS.get(name) : undefined;

const hmacHexDigest = exactly(
  ['data', 'key', 'algorithm'],
  `the HMAC of the UTF-8 in small hexadecimal digits (RFC 2104); the algorithm is ${[...ALGORITHMS.keys()].map((name) => `\`${name}\``).join(', ')}; null for a null, an empty key or another algorithm`,
  ([data, key, name], budget) => {
    const [text, secret, algorithm] = [read(data, budget), read(key, budget), digestOf(name)];
    // Java has no key without bytes. A lone surrogate has no UTF-8.
    if (text === null || secret === null || secret === '' || algorithm === undefined) return null;
    if (!text.isWellFormed() || !secret.isWellFormed()) return null;
    budget.spend(64);
    try {
      return createHmac(algorithm, secret).update(text).digest('hex');
    } catch {
      // An OpenSSL that is held to FIPS 140 has no MD5.
      return budget.refuse(`The digest ${algorithm} is not available on this machine.`);
    }
  },
  {
    secret: 1,
    check: ([, , name]) =>
      name === undefined || digestOf(name) !== undefined
        ? undefined
        : `the algorithm is one of ${[...ALGORITHMS.keys()].join(', ')}, written as a text`,
  },
);

export const CRYPTO: Library = new Map([['hmacHexDigest', hmacHexDigest]]);
