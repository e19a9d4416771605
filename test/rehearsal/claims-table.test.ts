/** The table of claims fits the terminal that it is printed on. */
import { describe, expect, test } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import { claimsTable, withSources } from '../../src/rehearsal/claims-table.ts';

const claims = [
  {
    name: 'ImmutableID',
    namespace: 'http://schemas.example/a',
    value: 'AAAA',
    source: '${user.externalId} ← objectGUID',
  },
  { name: 'accounttype', namespace: 'http://schemas.example/bb', value: 'DJ', source: 'DJ' },
  { name: 'odd', namespace: 'urn:x', value: '', source: '' },
];

const WIDE = [
  'Claim        Namespace (for NameIdentifier: format)  Value  Where it came from',
  '-----------  --------------------------------------  -----  -------------------------------',
  'ImmutableID  http://schemas.example/a                AAAA   ${user.externalId} ← objectGUID',
  'accounttype  http://schemas.example/bb               DJ     DJ',
  'odd          urn:x',
];

test('one row a claim where there is room, and where nobody reads along', () => {
  expect(claimsTable(claims)).toEqual(WIDE);
  expect(claimsTable(claims, 91)).toEqual(WIDE);
});

test('the source on a line of its own where there is not', () => {
  expect(claimsTable(claims, 90)).toEqual([
    'Claim        Namespace (for NameIdentifier: format)  Value',
    '-----------  --------------------------------------  -----',
    'ImmutableID  http://schemas.example/a                AAAA',
    '    from ${user.externalId} ← objectGUID',
    'accounttype  http://schemas.example/bb               DJ',
    '    from DJ',
    'odd          urn:x',
  ]);
});

describe('sources', () => {
  const activity = { assertion: { id: '_1', notOnOrAfter: new Date(0), claims } } as unknown as Activity;

  test('come from the record, by name and namespace', () => {
    const accepted = [
      { name: 'accounttype', namespace: 'http://schemas.example/bb', value: 'DJ' },
      { name: 'accounttype', namespace: 'http://schemas.example/other', value: 'DJ' },
    ];
    expect(withSources(accepted, activity).map(({ source }) => source)).toEqual(['DJ', '']);
  });

  test('are empty without a record', () => {
    expect(withSources([{ name: 'a', namespace: 'b', value: 'c' }], undefined)).toEqual([
      { name: 'a', namespace: 'b', value: 'c', source: '' },
    ]);
  });
});
