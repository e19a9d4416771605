import { expect, test } from 'vitest';
import { nearest } from '../../src/config/nearest.ts';

const KNOWN = ['bindDN', 'bindPassword', 'anchor', 'serversHostAndPort', 'id'];

test.each([
  ['binddn', 'bindDN'],
  ['bindPasword', 'bindPassword'],
  ['achnor', 'anchor'],
  ['serverHostAndPorts', 'serversHostAndPort'],
  ['ids', 'id'],
])('%s: did you mean %s?', (name, meant) => {
  expect(nearest(name, KNOWN)).toBe(meant);
});

test.each(['xyz', 'password', '', 'x'.repeat(10_000)])('nothing is near %s', (name) => {
  expect(nearest(name, KNOWN)).toBeUndefined();
});
