/** The index leaves out nobody whom the filter matches: the search with it and without it finds the same. */
import { expect, test } from 'vitest';
import { parseFilterPattern } from '../../src/directory/filter-pattern.ts';
import { fillFilter } from '../../src/directory/filter.ts';
import { sampleEntry } from '../../src/directory/sample-entry.ts';
import { nameIndex } from '../../src/directory/sample-index.ts';
import { matches } from '../../src/directory/sample-matching.ts';

const forest = [
  sampleEntry('CN=first,DC=corp', { sAMAccountName: 'Zoë', mail: 'zoe@example.test', objectClass: ['top', 'user'] }),
  sampleEntry('CN=second,DC=corp', { sAMAccountName: '007', userPrincipalName: 'ZOE@example.test' }),
  sampleEntry('CN=third,DC=corp', { sAMAccountName: '7', mail: ['other@example.test', 'Zoe@Example.test'] }),
  sampleEntry('CN=fourth,DC=corp', { objectClass: ['top'] }),
];
const candidates = nameIndex(forest);
/** A pattern must hold the identifier somewhere: here it changes nothing. */
const filterOf = (text: string) =>
  fillFilter(parseFilterPattern(`(&${text}(|(cn=*)(!(cn=*))(cn=\${identifier})))`), 'any');

test.each([
  '(sAMAccountName=ZOE\u0308)',
  '(samaccountname=7)',
  '(sAMAccountName=nobody)',
  '(&(objectClass=user)(sAMAccountName=zoë))',
  '(&(sAMAccountName=zoë)(sAMAccountName=7))',
  '(|(sAMAccountName=zoë)(mail=zoe@example.test)(userPrincipalName=zoe@example.test))',
  '(|(mail=zoe@example.test)(objectClass=top))',
  '(!(sAMAccountName=zoë))',
  '(&(!(sAMAccountName=zoë))(mail=*))',
  '(mail=zoe*)',
  '(mail>=a)',
])('%s', (text) => {
  const filter = filterOf(text);
  const isMatch = (entry: (typeof forest)[number]) => matches(entry, filter);
  expect(candidates(filter).filter(isMatch)).toEqual(forest.filter(isMatch));
});

test('a name leads to its entry alone', () => {
  expect(candidates(filterOf('(sAMAccountName=ZOË)'))).toEqual([forest[0]]);
  expect(candidates(filterOf('(|(mail=zoe@example.test)(sAMAccountName=nobody))'))).toEqual([forest[0], forest[2]]);
});
