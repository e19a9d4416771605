/** Codes that people type: read however they are written, of even chance, and kept so that the store alone tells none. */
import * as fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeTypedCode, readTypedCode, typedCodeDigests } from '../../../src/signin/second-factor/typed-code.ts';

const MASTER = Buffer.alloc(32, 7).toString('base64');
const OTHER_MASTER = Buffer.alloc(32, 8).toString('base64');
const code = fc.uint8Array({ minLength: 10, maxLength: 10 }).map((bytes) => makeTypedCode(() => bytes));

describe('made', () => {
  test('of 32 characters, each with the same chance', () => {
    const characters = Array.from({ length: 256 }, (_, byte) => makeTypedCode(() => new Uint8Array(10).fill(byte))[0]);
    const counts = Object.values(Object.groupBy(characters, String)).map((same) => same?.length);
    expect(counts).toEqual(Array(32).fill(8));
  });

  test('in two groups, and read as they are', () => {
    fc.assert(
      fc.property(code, (made) => {
        expect(made).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
        expect(readTypedCode(made)).toBe(made.replace('-', ''));
      }),
    );
  });
});

describe('read', () => {
  test.each([
    ['01ABC-DEFGH', '01ABCDEFGH'],
    ['  oi abc defgh ', '01ABCDEFGH'],
    ['O1ABC–DEFGH', '01ABCDEFGH'],
    ['olabc\u2011defgh\r\n', '01ABCDEFGH'],
    ['0-1-A-B-C-D-E-F-G-H', '01ABCDEFGH'],
  ])('%j', (typed, read) => {
    expect(readTypedCode(typed)).toBe(read);
  });

  test.each([
    '',
    '01ABC-DEFG',
    '01ABC-DEFGHJ',
    '01ABC-DEFGU',
    '01ABC_DEFGH',
    '٠1ABCDEFGH',
    `${' '.repeat(60)}01ABCDEFGH`,
  ])('%j is none', (typed) => {
    expect(readTypedCode(typed)).toBeUndefined();
  });

  test('whatever is typed, what comes out is a code or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (typed) => {
        expect(readTypedCode(typed) ?? '0000000000').toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/);
      }),
    );
  });
});

describe('kept', () => {
  const digest = typedCodeDigests(MASTER, 'recovery code');

  test('one digest for one person and code, however it is typed', () => {
    expect(digest('nora', 'O1abc defgh')).toBe(digest('nora', '01ABC-DEFGH'));
    expect(digest('nora', '01ABC-DEFGH')).toMatch(/^[\w-]{43}$/);
  });

  test('another for every other person, code, purpose and master key', () => {
    fc.assert(
      fc.property(code, code, (one, other) => {
        fc.pre(one !== other);
        const different = [
          digest('nora', one),
          digest('nora', other),
          digest('jonas', one),
          typedCodeDigests(MASTER, 'enrolment code')('nora', one),
          typedCodeDigests(OTHER_MASTER, 'recovery code')('nora', one),
        ];
        expect(new Set(different).size).toBe(different.length);
      }),
    );
  });

  test('what can be no code has a digest that no code has', () => {
    const made = makeTypedCode(randomBytes);
    expect(digest('nora', 'nonsense')).not.toBe(digest('nora', made));
    expect(digest('nora', 'nonsense')).toBe(digest('nora', ''));
  });

  test('not at all under a master key that is none', () => {
    expect(() => typedCodeDigests('short', 'recovery code')).toThrow(
      expect.objectContaining({ code: 'master-key-malformed' }),
    );
  });
});
