import { describe, expect, test } from 'vitest';
import { PRIVATE_NETWORKS } from '../../src/model/server.ts';
import { networkMatcher, plainAddress } from '../../src/server/networks.ts';

describe('networkMatcher', () => {
  const isPrivate = networkMatcher(PRIVATE_NETWORKS);

  test.each([
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.254',
    '192.168.1.1',
    '127.0.0.1',
    '::1',
    'fd00::1',
    'fe80::1%eth0',
    '::ffff:10.1.2.3',
    '::FFFF:192.168.0.1',
    '::ffff:a01:203',
    '0:0:0:0:0:ffff:10.1.2.3',
    '[::ffff:10.1.2.3]:5544',
    'FD00:0:0::1',
  ])('%s is in the private ranges', (address) => expect(isPrivate(address)).toBe(true));

  test.each([
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '8.8.8.8',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
    // Not mapped (RFC 4291 §2.5.5.1), and of another network altogether.
    '::10.1.2.3',
    '64:ff9b::10.1.2.3',
    '',
    'unknown',
    '10.0.0.1, 8.8.8.8',
    '10.0.0',
  ])('%s is not', (address) => expect(isPrivate(address)).toBe(false));

  test('a network in IPv6’s form holds the IPv4 addresses that it maps', () => {
    const matches = networkMatcher(['::ffff:10.0.0.0/104', '::ffff:203.0.113.7']);
    const inside = ['10.1.2.3', '::ffff:10.1.2.3', '203.0.113.7', '::ffff:203.0.113.7'];
    expect(inside.map(matches)).toEqual(inside.map(() => true));
    expect(['11.0.0.1', '::10.1.2.3', '203.0.113.8'].map(matches)).toEqual([false, false, false]);
  });

  test('single addresses match themselves alone', () => {
    const matches = networkMatcher(['203.0.113.7', '2001:db8::7']);
    expect([matches('203.0.113.7'), matches('203.0.113.8'), matches('2001:db8::7'), matches('2001:db8::8')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['10.1.2.3:5544', '10.1.2.3'],
  ['[2001:db8::1]:5544', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[::ffff:10.1.2.3]:5544', '10.1.2.3'],
  ['2001:db8::1', '2001:db8::1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
  ['[2001:DB8::1]:5544', '2001:db8::1'],
  ['::FFFF:A01:203', '10.1.2.3'],
  ['0:0:0:0:0:ffff:10.1.2.3', '10.1.2.3'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['FE80:0::1%eth0', 'fe80::1%eth0'],
  ['2001:db8::1::2', '2001:db8::1::2'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['10.1.2.3:', '10.1.2.3:'],
  ['10.1.2.3:123456', '10.1.2.3:123456'],
  ['unknown', 'unknown'],
  ['', ''],
  [undefined, 'unknown'],
  [`fe80::1%${'a'.repeat(60_000)}`, 'unknown'],
  ['a'.repeat(101), 'unknown'],
])('plainAddress of %s is %s', (address, plain) => expect(plainAddress(address)).toBe(plain));
