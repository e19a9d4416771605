/** SIDs against well-known ones, both ways, and what is no SID. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sidToBytes, sidToText } from '../../src/directory/sid.ts';

const PAIRS = [
  ['S-1-0-0', '010100000000000000000000'],
  ['S-1-5-18', '010100000000000512000000'],
  ['S-1-5-32-544', '01020000000000052000000020020000'],
  ['S-1-5-21-1004336348-1177238915-682003330-1107', '010500000000000515000000dcf4dc3b833d2b46828ba62853040000'],
  ['S-1-5-21-4294967295-0-1-515', '010500000000000515000000ffffffff000000000100000003020000'],
  // [MS-DTYP] §2.4.2.1: an authority beyond 32 bits is hexadecimal.
  ['S-1-0x0123456789AB-1', '01010123456789ab01000000'],
] as const;

describe('a SID', () => {
  test.each(PAIRS)('%s is %s in AD', (text, hex) => {
    expect(sidToText(Buffer.from(hex, 'hex'))).toBe(text);
    expect(Buffer.from(sidToBytes(text) ?? []).toString('hex')).toBe(hex);
  });

  test('any SID survives the way to text and back', () => {
    const sid = fc
      .tuple(
        fc.uint8Array({ minLength: 6, maxLength: 6 }),
        fc.array(fc.uint8Array({ minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 15 }),
      )
      .map(([authority, subAuthorities]) =>
        Uint8Array.from([1, subAuthorities.length, ...authority, ...subAuthorities.flatMap((value) => [...value])]),
      );
    fc.assert(
      fc.property(sid, (bytes) => {
        expect(sidToBytes(sidToText(bytes) ?? '')).toEqual(bytes);
      }),
    );
  });

  test('every truncation and every surplus is refused', () => {
    const whole = Buffer.from(PAIRS[3][1], 'hex');
    for (let length = 0; length < whole.length; length++)
      expect(sidToText(whole.subarray(0, length)), `${length} bytes`).toBeUndefined();
    expect(sidToText(Buffer.concat([whole, Buffer.alloc(1)]))).toBeUndefined();
    expect(sidToText(Buffer.concat([whole, Buffer.alloc(4)]))).toBeUndefined();
  });

  test.each(['02010000000000051200 0000', '0000000000000005', '0110000000000005' + '00000000'.repeat(16)])(
    '%s is none: revision or count',
    (hex) => {
      expect(sidToText(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toBeUndefined();
    },
  );

  test.each([
    '',
    'S-1',
    'S-1-5',
    'S-2-5-18',
    's-1-5-18',
    'S-1-5-',
    'S-1-5-018',
    'S-1-05-18',
    'S-1-5-4294967296',
    'S-1-5-18 ',
    'S-1-5--18',
    'S-1-0x5-18',
    'S-1-0x000000000005-18',
    'S-1-4294967296-1',
    `S-1-5${'-1'.repeat(16)}`,
  ])('%j is not one', (text) => {
    expect(sidToBytes(text)).toBeUndefined();
  });
});
