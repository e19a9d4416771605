/** A domain by its NetBIOS name: what is no name asks nothing, and what is not one answer is none. */
import { expect, test } from 'vitest';
import type { Directory } from '../../src/directory/directory.ts';
import { domainByNetbiosName } from '../../src/directory/domains.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { sampleEntry } from '../../src/directory/sample-entry.ts';
import type { Entry } from '../../src/directory/entry.ts';

const CONFIGURATION = 'CN=Configuration,DC=example,DC=test';
const root = sampleEntry('', { objectClass: 'top', configurationNamingContext: CONFIGURATION });
const crossRef = (cn: string, nETBIOSName: string, nCName: string | undefined): Entry =>
  sampleEntry(`CN=${cn},CN=Partitions,${CONFIGURATION}`, {
    objectClass: ['top', 'crossRef'],
    nETBIOSName,
    nCName,
  });
const find = async (name: string, ...entries: readonly Entry[]) =>
  domainByNetbiosName(openSampleDirectory(entries), name);

test('one of several domains is found', async () => {
  const forest = [root, crossRef('A', 'EXAMPLE', 'DC=example,DC=test'), crossRef('B', 'CHILD', 'DC=child,DC=example')];
  expect(await find('child', ...forest)).toEqual({ netbiosName: 'CHILD', baseDn: 'DC=child,DC=example' });
  expect(await find('other', ...forest)).toBeUndefined();
});

test('two of one name, or one without its partition, are none', async () => {
  const one = crossRef('A', 'EXAMPLE', 'DC=a');
  expect(await find('EXAMPLE', root, one, crossRef('B', 'EXAMPLE', 'DC=b'))).toBeUndefined();
  expect(await find('EXAMPLE', root, crossRef('A', 'EXAMPLE', undefined))).toBeUndefined();
});

test('a rootDSE that cannot be read gives none', async () => {
  expect(await find('EXAMPLE', crossRef('A', 'EXAMPLE', 'DC=a'))).toBeUndefined();
});

test.each(['', 'A'.repeat(16), 'A*', 'A/B', 'A:B', 'A"B', 'A<B', 'A|B', 'A\0'])('%j asks nothing', async (name) => {
  const directory: Directory = {
    ...openSampleDirectory([]),
    search: () => Promise.reject(new Error('it was asked')),
  };
  expect(await domainByNetbiosName(directory, name)).toBeUndefined();
});
