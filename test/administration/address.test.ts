/** Where orders are taken: one place for one store, however it is named, and none where a socket cannot be. */
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { administrationAddress } from '../../src/administration/address.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mortise-address-')));
afterAll(() => rmSync(folder, { recursive: true }));

test('one store has one address, by whatever path it is named', () => {
  const store = join(folder, 'mortise.sqlite');
  writeFileSync(store, '');
  symlinkSync(store, join(folder, 'link'));
  expect(administrationAddress(store)).toBe(`${store}.sock`);
  expect(administrationAddress(join(folder, 'link'))).toBe(`${store}.sock`);
  expect(administrationAddress(`${folder}/../${folder.split('/').at(-1)}/mortise.sqlite`)).toBe(`${store}.sock`);
});

describe('the longest path', () => {
  const ofBytes = (bytes: number): string => `/${'ü'.repeat((bytes - 6) / 2)}`.padEnd(bytes - 5 - (bytes - 6) / 2, 'x');

  test.each([
    ['linux', 107],
    ['darwin', 103],
    ['freebsd', 103],
  ])('%s: %i bytes with its ending', (platform, most) => {
    const fits = `/${'x'.repeat(most - 6)}`;
    expect(administrationAddress(fits, platform)).toBe(`${fits}.sock`);
    expect(administrationAddress(`${fits}x`, platform)).toBeUndefined();
  });

  test('counts bytes, not letters', () => {
    expect(Buffer.byteLength(`${ofBytes(106)}.sock`)).toBe(106);
    expect(administrationAddress(ofBytes(106), 'linux')).toBeDefined();
    expect(administrationAddress(`/${'ü'.repeat(52)}`, 'linux')).toBeUndefined();
  });
});

test('Windows: a pipe whose name is the same in other letters, and another for another store', () => {
  const one = administrationAddress('/data/Mortise.sqlite', 'win32');
  expect(one).toMatch(/^\\\\\.\\pipe\\mortise-[0-9a-f]{32}$/);
  expect(administrationAddress('/DATA/mortise.SQLITE', 'win32')).toBe(one);
  expect(administrationAddress('/data/other.sqlite', 'win32')).not.toBe(one);
  expect(administrationAddress(`/${'x'.repeat(300)}`, 'win32')).toHaveLength(one?.length ?? 0);
});
