import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as der from '../../src/kerberos/der.ts';
import { kerberosTime, readKerberosTime } from '../../src/kerberos/kerberos-time.ts';
import { fromHex, toHex } from './support.ts';

const DerError = der.DerError;

describe('elements', () => {
  test.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['a tag of two octets', '3f8100'],
    ['an indefinite length', '30800000'],
    ['a length of four octets', '3084000000020500'],
    ['a long form that fits the short one', '04810161'],
    ['a long form with a leading zero', `04820080${'00'.repeat(128)}`],
    ['a length cut short', '308201'],
    ['contents cut short', '04036162'],
    ['an octet too many', '040161ff'],
  ])('%s is refused', (_, hex) => {
    expect(() => der.readOnly(fromHex(hex), Number.parseInt(hex.slice(0, 2) || '0', 16), 'value')).toThrow(DerError);
  });

  test('another tag is refused by name', () => {
    expect(() => der.readOnly(fromHex('0400'), der.tags.sequence, 'ticket')).toThrow(
      'ticket has tag 0x04 instead of 0x30',
    );
  });

  test('lengths around the borders of their forms survive', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 100_000]) {
      const written = der.octetString(new Uint8Array(length));
      expect(der.readOctetString(written, 'value').length).toBe(length);
    }
  });

  test('a list ends at its limit', () => {
    const five = Buffer.concat(Array.from({ length: 5 }, () => fromHex('0500')));
    expect(der.readElements(five, 'list', 5)).toHaveLength(5);
    expect(() => der.readElements(five, 'list', 4)).toThrow('more than 4 elements');
  });
});

describe('tagged members', () => {
  const read = (hex: string, extensible = false): der.Fields => der.readFields(fromHex(hex), 'type', 2, extensible);

  test.each([
    ['twice', '3008a0020500a0020500', 'member [0] twice'],
    ['out of order', '3008a1020500a0020500', 'member [0] twice or out of order'],
    ['unknown', '3004a3020500', 'unknown member [3]'],
    ['not tagged', '30020500', 'not tagged'],
    ['primitive', '300480020500', 'not tagged'],
  ])('%s is refused', (_, hex, message) => {
    expect(() => read(hex)).toThrow(message);
  });

  test('an unknown one is passed over where the type is extensible', () => {
    expect(read('3004a3020500', true).optional(0)).toBeUndefined();
  });

  test('one that is missing is named', () => {
    expect(() => read('3000').required(1, 'realm')).toThrow('type has no realm');
  });
});

describe('integers', () => {
  const read = (hex: string): number => der.readInteger(fromHex(hex), 'number', -(2 ** 31), 2 ** 32 - 1);

  test.each([
    ['020100', 0],
    ['02017f', 127],
    ['02020080', 128],
    ['0201ff', -1],
    ['020180', -128],
    ['0202ff7f', -129],
    ['02047fffffff', 2 ** 31 - 1],
    ['020500ffffffff', 2 ** 32 - 1],
    ['020480000000', -(2 ** 31)],
  ])('%s is %i, both ways', (hex, value) => {
    expect(read(hex)).toBe(value);
    expect(toHex(der.integer(value))).toBe(hex);
  });

  test.each([
    ['empty', '0200'],
    ['a leading zero', '0202007f'],
    ['a leading ff', '0202ff80'],
    ['above the range', '02050100000000'],
    ['below the range', '0205ff7fffffff'],
    ['of many octets', '020701000000000000'],
  ])('%s is refused', (_, hex) => {
    expect(() => read(hex)).toThrow(DerError);
  });

  test('any value survives', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }), (value) => {
        expect(der.readInteger(der.integer(value), 'number', -(2 ** 31), 2 ** 32 - 1)).toBe(value);
      }),
    );
  });
});

describe('times', () => {
  test('one in UTC survives, without its milliseconds', () => {
    const written = kerberosTime(new Date('2026-06-01T08:00:00.999Z'));
    expect(Buffer.from(written.subarray(2)).toString()).toBe('20260601080000Z');
    expect(readKerberosTime(written, 'time').toISOString()).toBe('2026-06-01T08:00:00.000Z');
  });

  test.each([
    '20260601080000',
    '20260601080000.5Z',
    '202606010800Z',
    '20260601080000+0200',
    '20260230080000Z',
    '20260601246060Z',
    '2026060108000aZ',
  ])('%s is refused', (text) => {
    expect(() => readKerberosTime(der.element(der.tags.generalizedTime, Buffer.from(text)), 'time')).toThrow(DerError);
  });
});

describe('strings', () => {
  const written = (hex: string): Uint8Array => der.element(der.tags.generalString, fromHex(hex));

  test('UTF-8 survives, as AD writes it', () => {
    expect(der.readKerberosString(der.kerberosString('zoë.müller'), 'name')).toBe('zoë.müller');
  });

  test.each(['\u00a0', '\u00bf', 'Ä', 'Ћ'])('%j is none of C1', (text) => {
    expect(der.readKerberosString(der.kerberosString(text), 'name')).toBe(text);
  });

  test('a byte order mark stays', () => {
    expect(der.readKerberosString(written('efbbbf61'), 'name')).toBe('\ufeffa');
  });

  test.each([
    ['NUL', '6100'],
    ['a line feed', '610a'],
    ['DEL', '7f'],
    ['what a terminal takes for ESC [', 'c29b'],
    ['half a character', 'c3'],
    ['an overlong form', 'c0af'],
  ])('%s is refused', (_, hex) => {
    expect(() => der.readKerberosString(written(hex), 'name')).toThrow(DerError);
  });
});

describe('flags', () => {
  test('bit 0 is the highest', () => {
    expect(der.readFlags(fromHex('03050020000000'), 'flags')).toBe(0x20000000);
    expect(toHex(der.flags(0x80000001))).toBe('03050080000001');
  });

  test.each([
    ['24 bits', '030400000000'],
    ['unused bits', '03050400000000'],
    ['nothing', '0300'],
    ['80 bits', `030b00${'00'.repeat(10)}`],
  ])('%s is refused', (_, hex) => {
    expect(() => der.readFlags(fromHex(hex), 'flags')).toThrow(DerError);
  });
});

describe('object identifiers', () => {
  test.each([
    ['1.2.840.113554.1.2.2', '06092a864886f712010202'],
    ['1.2.840.48018.1.2.2', '06092a864882f712010202'],
    ['1.3.6.1.5.5.2', '06062b0601050502'],
    ['1.3.6.1.4.1.311.2.2.10', '060a2b06010401823702020a'],
  ])('%s both ways', (dotted, hex) => {
    expect(der.readObjectIdentifier(fromHex(hex), 'mechanism')).toBe(dotted);
    expect(toHex(der.objectIdentifier(dotted))).toBe(hex);
  });

  test('the first two arcs are told apart', () => {
    expect(der.readObjectIdentifier(fromHex('060127'), 'mechanism')).toBe('0.39');
    expect(der.readObjectIdentifier(fromHex('06028837'), 'mechanism')).toBe('2.999');
  });

  test.each([
    ['empty', '0600'],
    ['a padded arc', '06032a8001'],
    ['cut within an arc', '06022a86'],
    ['an arc above 32 bits', '06062affffffff7f'],
    ['too long', `0621${'2a'.repeat(33)}`],
  ])('%s is refused', (_, hex) => {
    expect(() => der.readObjectIdentifier(fromHex(hex), 'mechanism')).toThrow(DerError);
  });
});

test('any octets are read or refused with a DerError, nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const reads = [
        () => der.readFields(bytes, 'x', 4),
        () => der.readInteger(bytes, 'x', 0, 5),
        () => der.readFlags(bytes, 'x'),
        () => der.readKerberosString(bytes, 'x'),
        () => readKerberosTime(bytes, 'x'),
        () => der.readObjectIdentifier(bytes, 'x'),
        () => der.readElements(bytes, 'x', 8),
      ];
      for (const read of reads) {
        try {
          read();
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }
    }),
    { numRuns: 300 },
  );
});
