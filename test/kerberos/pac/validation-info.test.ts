/** KERB_VALIDATION_INFO in NDR: all of it, and no count that the octets do not pay for. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PacError } from '../../../src/kerberos/pac/octets.ts';
import { accountSid, groupCount, readValidationInfo } from '../../../src/kerberos/pac/validation-info.ts';
import { validationInfo } from '../pac-writer.ts';
import { fromHex, vector } from '../support.ts';

const DOMAIN = 'S-1-5-21-1004336348-1177238915-682003330';
const RESOURCES = 'S-1-5-21-7-8-9';

const full = validationInfo({
  name: 'nora',
  domainSid: DOMAIN,
  userId: 1110,
  groups: [513, 1200, 1201],
  extraSids: ['S-1-18-1', 'S-1-5-21-1-2-3-519'],
  resourceDomainSid: RESOURCES,
  resourceGroups: [4001],
}).octets;

test('every field that is kept', () => {
  const info = readValidationInfo(full);
  expect(info).toEqual({
    logonTime: new Date('2026-06-01T07:00:00Z'),
    passwordLastSet: new Date('2026-05-01T07:00:00Z'),
    effectiveName: 'nora',
    fullName: '',
    logonServer: 'DC1',
    logonDomainName: 'CORP',
    logonDomainId: DOMAIN,
    userId: 1110,
    primaryGroupId: 513,
    userAccountControl: 0x200,
    groupIds: [513, 1200, 1201].map((relativeId) => ({ relativeId, attributes: 7 })),
    extraSids: ['S-1-18-1', 'S-1-5-21-1-2-3-519'].map((sid) => ({ sid, attributes: 7 })),
    resourceGroupDomainSid: RESOURCES,
    resourceGroupIds: [{ relativeId: 4001, attributes: 7 }],
  });
  expect(accountSid(info)).toBe(`${DOMAIN}-1110`);
  expect(groupCount(info)).toBe(6);
});

test('the example of [MS-PAC] §3, by a Windows domain controller', () => {
  const { validationInfoHex } = vector('ms-pac.json') as { validationInfoHex: string };
  const info = readValidationInfo(fromHex(validationInfoHex));
  const domain = 'S-1-5-21-397955417-626881126-188441444';
  expect(info).toMatchObject({
    logonTime: new Date('2006-04-28T01:42:50.925Z'),
    effectiveName: 'lzhu',
    fullName: 'Liqiang(Larry) Zhu',
    logonServer: 'NTDEV-DC-05',
    logonDomainName: 'NTDEV',
    logonDomainId: domain,
    resourceGroupDomainSid: undefined,
  });
  expect(accountSid(info)).toBe(`${domain}-2914711`);
  expect([info.groupIds.length, info.groupIds.at(-1)]).toEqual([26, { relativeId: 3_018_354, attributes: 7 }]);
  expect(info.extraSids).toHaveLength(13);
  expect(info.extraSids[0]).toEqual({ sid: 'S-1-5-21-773533881-1816936887-355810188-513', attributes: 7 });
  expect(groupCount(info)).toBe(39);
});

test('names of any length keep the fields behind them in their place', () => {
  for (const length of [0, 1, 2, 3, 4, 63]) {
    const name = 'x'.repeat(length);
    const info = readValidationInfo(validationInfo({ name, domainSid: DOMAIN, userId: 9, groups: [513] }).octets);
    expect(info).toMatchObject({ effectiveName: name, logonDomainName: 'CORP', logonDomainId: DOMAIN });
  }
});

test('thousands of groups', () => {
  const groups = Array.from({ length: 5000 }, (_, index) => 1000 + index);
  expect(groupCount(readValidationInfo(validationInfo({ domainSid: DOMAIN, groups }).octets))).toBe(5000);
});

describe('hostile', () => {
  test('every truncation, whether the header says so or not', () => {
    // The last four octets are the padding to a multiple of eight.
    for (let length = 0; length < full.length - 4; length++) {
      const cut = Buffer.from(full.subarray(0, length));
      expect(() => readValidationInfo(cut), `${length}`).toThrow(PacError);
      if (length < 16) continue;
      cut.writeUInt32LE(length - 16, 8);
      expect(() => readValidationInfo(cut), `${length}, honest`).toThrow(PacError);
    }
  });

  test.each([
    ['GroupCount', 20 + 108],
    ['SidCount', 20 + 196],
    ['ResourceGroupCount', 20 + 208],
  ])('a %s of four thousand million costs nothing', (_, offset) => {
    const copy = Buffer.from(full);
    copy.writeUInt32LE(0xffff_ffff, offset);
    expect(() => readValidationInfo(copy)).toThrow(PacError);
    // And said again where the array begins.
    const array = copy.indexOf(Buffer.from('0300000001020000', 'hex'));
    copy.writeUInt32LE(0xffff_ffff, array);
    expect(() => readValidationInfo(copy)).toThrow(PacError);
  });

  test('any change of any word is read or refused', () => {
    fc.assert(
      fc.property(fc.nat(full.length - 4), fc.integer({ min: 0, max: 0xffff_ffff }), (offset, value) => {
        const copy = Buffer.from(full);
        copy.writeUInt32LE(value, offset);
        try {
          readValidationInfo(copy);
        } catch (error) {
          expect(error).toBeInstanceOf(PacError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
