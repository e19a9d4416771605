/** GUIDs and SIDs: the stored byte order, and text that is neither. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guidFromBytes, guidToBytes, isDomainSid, isGuid, strictBase64 } from '../../../src/rehearsal/entra/guid.ts';

describe('a GUID', () => {
  test('has its first three fields little-endian', () => {
    const bytes = Buffer.from('/xmWb4aLEdC0LQDAT8lk/w==', 'base64');
    expect(bytes.toString('hex')).toBe('ff19966f868b11d0b42d00c04fc964ff');
    expect(guidFromBytes(bytes)).toBe('6f9619ff-8b86-d011-b42d-00c04fc964ff');
    expect(Buffer.from(guidToBytes('6F9619FF-8B86-D011-B42D-00C04FC964FF'))).toEqual(bytes);
  });

  test('survives both ways', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(Buffer.from(guidToBytes(guidFromBytes(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('of another length or form is refused', () => {
    expect(() => guidFromBytes(new Uint8Array(15))).toThrow(RangeError);
    expect(() => guidToBytes('{6f9619ff-8b86-d011-b42d-00c04fc964ff}')).toThrow(RangeError);
    expect(isGuid('6f9619ff8b86d011b42d00c04fc964ff')).toBe(false);
  });
});

test.each([
  ['S-1-5-21-126850608-2097551590-1142751551-1260', true],
  ['S-1-5-21-0-4294967295-1-500', true],
  ['S-1-5-21-1-2-3', false],
  ['S-1-5-21-1-2-3-4-5', false],
  ['S-1-5-32-544', false],
  ['s-1-5-21-1-2-3-4', false],
  ['S-1-5-21-01-2-3-4', false],
  ['S-1-5-21-1-2-3-4 ', false],
])('%s as the SID of an account of a domain: %s', (sid, expected) => {
  expect(isDomainSid(sid)).toBe(expected);
});

test.each(['', 'QQ', 'QQ=', 'QR==', 'Q Q=', 'QQ==\n', '-_-_', 'QQ==QQ=='])('%j is not strict base64', (text) => {
  expect(strictBase64(text)).toBeUndefined();
});
