import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readKeytab } from '../../src/kerberos/keytab.ts';
import { ServiceKeyError } from '../../src/kerberos/service-key-error.ts';
import { keytabEntry, keytabFile, keytabHole, KEYTAB_VERSION } from './keytab-file.ts';
import { samba, toHex, vectorBytes } from './support.ts';

test('a real keytab, entry by entry', () => {
  const entries = readKeytab(vectorBytes('samba-ad-svc-sso.keytab'));
  expect(entries.map(({ encryptionType, kvno, key }) => ({ encryptionType, kvno, keyHex: toHex(key) }))).toEqual(
    samba.keys,
  );
  expect(new Set(entries.map((entry) => `${entry.principal}@${entry.realm}`))).toEqual(
    new Set(['svc-sso@CORP.EXAMPLE.TEST']),
  );
});

describe('the version of a key', () => {
  const entry = (changes: Parameters<typeof keytabEntry>[0]) =>
    readKeytab(Buffer.concat([KEYTAB_VERSION, keytabEntry(changes)]))[0];
  const kvno = (changes: Parameters<typeof keytabEntry>[0]): number | undefined => entry(changes)?.kvno;

  test('says whether more than the low eight bits are known', () => {
    expect(entry({ shortVersion: 3 })?.kvnoIsShort).toBe(true);
    expect(entry({ shortVersion: 3, longVersion: 0 })?.kvnoIsShort).toBe(true);
    expect(entry({ shortVersion: 3, longVersion: 3 })?.kvnoIsShort).toBe(false);
  });

  test('has 8 bits in old files', () => {
    expect(kvno({ shortVersion: 255 })).toBe(255);
  });

  test('has 32 bits where the entry goes on', () => {
    expect(kvno({ shortVersion: 1, longVersion: 257 })).toBe(257);
    expect(kvno({ shortVersion: 1, longVersion: 0xffffffff })).toBe(0xffffffff);
  });

  test('is the short one where the long one is 0', () => {
    expect(kvno({ shortVersion: 9, longVersion: 0 })).toBe(9);
  });

  test("may be followed by Heimdal's flags", () => {
    expect(kvno({ shortVersion: 1, longVersion: 300, flags: 1 })).toBe(300);
  });
});

test('holes that deleted entries leave are passed over', () => {
  const file = Buffer.concat([KEYTAB_VERSION, keytabHole(40), keytabEntry(), keytabHole(1), keytabEntry()]);
  expect(readKeytab(file)).toHaveLength(2);
});

test('a file without entries has none', () => {
  expect(readKeytab(KEYTAB_VERSION)).toEqual([]);
});

describe('one defect each', () => {
  const entry = keytabEntry();
  const lengthOnly = (length: number): Buffer => {
    const octets = Buffer.alloc(4);
    octets.writeInt32BE(length);
    return octets;
  };
  test.each<[string, Buffer]>([
    ['empty-file', Buffer.alloc(0)],
    ['version-501', Buffer.concat([Buffer.from([5, 1]), entry])],
    ['not-a-keytab', Buffer.from('-----BEGIN CERTIFICATE-----')],
    ['entry-of-length-0', Buffer.concat([KEYTAB_VERSION, lengthOnly(0)])],
    ['entry-longer-than-file', Buffer.concat([KEYTAB_VERSION, lengthOnly(entry.length), entry.subarray(4)])],
    ['hole-longer-than-file', Buffer.concat([KEYTAB_VERSION, lengthOnly(-5), Buffer.alloc(4)])],
    ['hole-of-2-gib', Buffer.concat([KEYTAB_VERSION, lengthOnly(-(2 ** 31))])],
    ['no-components', keytabFile([{ components: [] }])],
    ['nine-components', keytabFile([{ components: Array.from({ length: 9 }, () => 'a') }])],
    ['more-components-announced', keytabFile([{ count: 8 }])],
    ['empty-component', keytabFile([{ components: ['HTTP', ''] }])],
    ['empty-realm', keytabFile([{ realm: '' }])],
    ['realm-with-a-line-feed', keytabFile([{ realm: 'CORP\n' }])],
    ['one-octet-left-over', keytabFile([{ extra: Buffer.alloc(1) }])],
    ['three-octets-left-over', keytabFile([{ longVersion: 3, extra: Buffer.alloc(3) }])],
    ['sixteen-octets-left-over', keytabFile([{ longVersion: 3, flags: 0, extra: Buffer.alloc(8) }])],
    ['larger-than-1-mib', Buffer.concat([KEYTAB_VERSION, keytabHole(1024 * 1024)])],
  ])('%s', (_, file) => {
    expect(() => readKeytab(file)).toThrow(ServiceKeyError);
  });
});

test('every part of a keytab is refused, but for the parts that end with an entry', () => {
  const file = vectorBytes('samba-ad-svc-sso.keytab');
  const whole: number[] = [];
  for (let length = 0; length <= file.length; length++) {
    try {
      readKeytab(file.subarray(0, length));
      whole.push(length);
    } catch (error) {
      expect(error, `first ${length} octets`).toBeInstanceOf(ServiceKeyError);
    }
  }
  expect(whole).toEqual([2, 89, 160, 231]);
});

test('any octets are read or refused, and an error shows no key', () => {
  const file = Buffer.from(vectorBytes('samba-ad-svc-sso.keytab'));
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.uint8Array({ minLength: 1, maxLength: 6 }), (at, octets) => {
      const changed = Buffer.from(file);
      changed.set(octets.subarray(0, file.length - at), at);
      try {
        readKeytab(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(ServiceKeyError);
        for (const { keyHex } of samba.keys) expect(String(error)).not.toContain(keyHex.slice(0, 8));
      }
    }),
    { numRuns: 300 },
  );
});
