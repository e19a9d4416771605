/** Codes of authenticator apps: the vectors of RFC 6238, the tolerance of clocks, and what is no code. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeTotpSecret, matchTotp, totpText, totpUri } from '../../../src/signin/second-factor/totp.ts';

const SECRET = Buffer.from('12345678901234567890');
const at = (seconds: number): Date => new Date(seconds * 1_000);

/** RFC 6238 appendix B, SHA-1: eight digits, of which six are the tail. */
const VECTORS: readonly (readonly [seconds: number, step: number, code: string])[] = [
  [59, 0x1, '94287082'],
  [1_111_111_109, 0x23523ec, '07081804'],
  [1_111_111_111, 0x23523ed, '14050471'],
  [1_234_567_890, 0x273ef07, '89005924'],
  [2_000_000_000, 0x3f940aa, '69279037'],
  [20_000_000_000, 0x27bc86aa, '65353130'],
];

describe('RFC 6238 appendix B', () => {
  test.each(VECTORS)('at %i s: time step %i', (seconds, step, code) => {
    expect(matchTotp(SECRET, code.slice(2), at(seconds))).toBe(step);
  });

  test.each(VECTORS)('at %i s: one step before and after, and no further', (seconds, step, code) => {
    const matched = [-60, -30, 0, 30, 60].map((off) => matchTotp(SECRET, code.slice(2), at(seconds + off)));
    expect(matched).toEqual([undefined, step, step, step, undefined]);
  });
});

test('of two steps with the same code it is the later: else the code would be taken again in it', () => {
  const at153568 = at(153_568 * 30);
  expect(matchTotp(SECRET, '468457', at153568)).toBe(153_569);
  expect(matchTotp(SECRET, '911617', at(910_737 * 30))).toBe(910_738);
});

test('is read as people type it', () => {
  for (const typed of ['287082', ' 287 082 ', '287-082', '287\u00a0082\n'])
    expect(matchTotp(SECRET, typed, at(59))).toBe(1);
});

test('anything else is no code', () => {
  for (const typed of ['', '28708', '2870820', '287082a', '94287082', '٢٨٧٠٨٢', '+87082', '0x4617a'])
    expect(matchTotp(SECRET, typed, at(59))).toBeUndefined();
  // The codes of steps 0, 1 and 2 (RFC 4226 appendix D).
  const right = new Set(['755224', '287082', '359152']);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[0-9]{6}$/)), (typed) => {
      fc.pre(!right.has(typed.replaceAll(/[\s-]/g, '')));
      expect(matchTotp(SECRET, typed, at(59))).toBeUndefined();
    }),
  );
});

test('at the beginning of time there is no step before', () => {
  expect(matchTotp(SECRET, '755224', at(0))).toBe(0);
});

test('a secret has 160 bits and is text that apps read', () => {
  const secret = makeTotpSecret((size) => new Uint8Array(size).fill(0xff));
  expect(secret).toHaveLength(20);
  expect(totpText(secret)).toBe('7'.repeat(32));
  // RFC 4648 §10.
  expect(totpText(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
});

describe('the address in the QR code', () => {
  const uriOf = (issuer: string, account: string): URL => new URL(totpUri({ issuer, account, secret: SECRET }));

  test('names issuer, account and secret', () => {
    const uri = totpUri({ issuer: 'Weiß & Söhne', account: 'nora.keller@corp.example.test', secret: SECRET });
    expect(uri).toBe(
      'otpauth://totp/Wei%C3%9F%20%26%20S%C3%B6hne:nora.keller%40corp.example.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Wei%C3%9F%20%26%20S%C3%B6hne',
    );
  });

  test('has one colon, whatever the names have', () => {
    const uri = uriOf('Example: Sales', 'EXAMPLE:nora');
    expect(decodeURIComponent(uri.pathname)).toBe('/Example  Sales:EXAMPLE nora');
    expect(uri.searchParams.get('issuer')).toBe('Example  Sales');
  });

  test('holds whatever names there are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        (issuer, account) => {
          const uri = uriOf(issuer, account);
          expect(uri.searchParams.get('secret')).toBe(totpText(SECRET));
          expect(uri.searchParams.get('issuer')).toBe(issuer.replaceAll(':', ' '));
          expect(decodeURIComponent(uri.pathname).split(':')).toHaveLength(2);
        },
      ),
    );
  });
});
