/** Which keys a ticket's version leaves, and in which order they are tried. */
import { describe, expect, test } from 'vitest';
import { keysOfVersion } from '../../src/kerberos/key-version.ts';

const long = (kvno: number) => ({ kvno, kvnoIsShort: false });
const short = (kvno: number) => ({ kvno, kvnoIsShort: true });
const password = { kvno: undefined };

describe('the keys of a version', () => {
  test('all, where the ticket tells none', () => {
    const keys = [long(1), short(2), password];
    expect(keysOfVersion(keys, undefined)).toEqual(keys);
  });

  test('exactly that one first, then what may be it, in the order of the keys', () => {
    const keys = [password, short(3), long(0x1_0003), long(3), long(2)];
    expect(keysOfVersion(keys, 3)).toEqual([long(3), password, short(3), long(0x1_0003)]);
  });

  test('versions with the highest bit set are compared as what they are', () => {
    expect(keysOfVersion([long(0x8000_0001), long(2)], 0x8000_0001)).toEqual([long(0x8000_0001)]);
    expect(keysOfVersion([short(0xff)], 0xffff_ffff)).toEqual([short(0xff)]);
  });
});
