/** GUID text against published pairs, and both ways for any bytes. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guidToBytes, guidToText } from '../../src/directory/guid.ts';

/** Text and the same GUID as AD keeps it, in hex. */
const PAIRS = [
  ['6f9619ff-8b86-d011-b42d-00c04fc964ff', 'ff19966f868b11d0b42d00c04fc964ff'],
  ['00112233-4455-6677-8899-aabbccddeeff', '33221100554477668899aabbccddeeff'],
  ['00000000-0000-0000-0000-000000000000', '00000000000000000000000000000000'],
  ['b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a101', 'aaf0c1b37e5d0b4a9f261c8e44d3a101'],
] as const;

describe('a GUID', () => {
  test.each(PAIRS)('%s is %s in AD', (text, hex) => {
    expect(guidToText(Buffer.from(hex, 'hex'))).toBe(text);
    expect(Buffer.from(guidToBytes(text) ?? []).toString('hex')).toBe(hex);
  });

  test('upper case is read, lower case is written', () => {
    expect(guidToBytes('6F9619FF-8B86-D011-B42D-00C04FC964FF')).toEqual(
      guidToBytes('6f9619ff-8b86-d011-b42d-00c04fc964ff'),
    );
  });

  test('any 16 bytes survive the way to text and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const text = guidToText(bytes) ?? '';
        expect(text).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
        expect(guidToBytes(text)).toEqual(bytes);
      }),
    );
  });

  test.each([0, 15, 17, 32])('%d bytes are none', (length) => {
    expect(guidToText(new Uint8Array(length))).toBeUndefined();
  });

  test.each([
    '',
    '6f9619ff8b86d011b42d00c04fc964ff',
    '{6f9619ff-8b86-d011-b42d-00c04fc964ff}',
    '6f9619ff-8b86-d011-b42d-00c04fc964fg',
    ' 6f9619ff-8b86-d011-b42d-00c04fc964ff',
    '6f9619ff-8b86-d011-b42d-00c04fc964ff\n',
  ])('%j is not one', (text) => {
    expect(guidToBytes(text)).toBeUndefined();
  });
});
