/** `#string`, by its laws; single cases are in test/vectors/expressions/string.*.json. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { shown, valueOf } from './language.ts';

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const text = fc.string({ maxLength: 30 }).filter((made) => !/[\n\r\u0085\u2028\u2029]/.test(made));

test('substring is slice, and indexOf finds what startsWith confirms', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: -40, max: 40 }), fc.integer({ min: -40, max: 40 }), (input, start, end) => {
      expect(valueOf(`#string.substring(${quote(input)}, ${start}, ${end})`)).toBe(input.slice(start, end));
      const part = input.slice(2, 4);
      const at = Number(shown(`#string.indexOf(${quote(input)}, ${quote(part)}, ${start})`));
      if (at !== -1)
        expect(valueOf(`#string.startsWith(#string.substring(user.x, ${at}, 99), ${quote(part)})`, { x: input })).toBe(
          true,
        );
    }),
  );
});

test('encoding and decoding give the text back, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 50 }), (x) => {
      expect(valueOf('#string.asBase64Decoded(#string.asBase64Encoded(user.x))', { x })).toBe(x);
      expect(valueOf('#string.asUrlDecoded(#string.asUrlEncoded(user.x))', { x })).toBe(x);
    }),
  );
});

test('form encoding is that of URLSearchParams, but for the characters that Java leaves alone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 50 }), (x) => {
      expect(valueOf('#string.asUrlEncoded(user.x)', { x })).toBe(new URLSearchParams([['', x]]).toString().slice(1));
    }),
  );
});

test('a text without UTF-8 (a lone surrogate) has no encoding', () => {
  expect(valueOf('#string.asBase64Encoded(user.x)', { x: 'a\ud800' })).toBeNull();
  expect(valueOf('#string.asUrlEncoded(user.x)', { x: 'a\ud800' })).toBeNull();
});

test('a GUID in Base64 has the byte order of AD: the first three groups little-endian', () => {
  fc.assert(
    fc.property(fc.uuid(), (x) => {
      const bytes = Buffer.from(x.replaceAll('-', ''), 'hex');
      bytes.subarray(0, 4).reverse();
      bytes.subarray(4, 6).reverse();
      bytes.subarray(6, 8).reverse();
      expect(valueOf('#string.uuidAsBase64Guid(user.x, null)', { x })).toBe(bytes.toString('base64'));
      expect(valueOf('#string.uuidAsBase64Guid(user.x, null)', { x: x.toUpperCase() })).toBe(bytes.toString('base64'));
    }),
  );
});

test('splitting at one character and joining with it gives the text back, once nothing is empty', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 8 }), (parts) => {
      const x = parts.join(';');
      expect(valueOf("#string.split(user.x, ';')", { x })).toEqual(parts);
      expect(valueOf("#string.join(#string.split(user.x, ';'), ';')", { x })).toBe(x);
    }),
  );
});
