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
    '',
    'unknown',
    '10.0.0.1, 8.8.8.8',
    '10.0.0',
  ])('%s is not', (address) => expect(isPrivate(address)).toBe(false));

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
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['10.1.2.3:', '10.1.2.3:'],
  ['10.1.2.3:123456', '10.1.2.3:123456'],
  ['unknown', 'unknown'],
  ['', ''],
  [undefined, 'unknown'],
])('plainAddress of %s is %s', (address, plain) => expect(plainAddress(address)).toBe(plain));
