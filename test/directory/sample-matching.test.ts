/** Distinguished names and the comparisons that the conformance suite cannot reach on both sides. */
import { describe, expect, test } from 'vitest';
import type { Filter } from '../../src/directory/filter.ts';
import { sampleEntry } from '../../src/directory/sample-entry.ts';
import { isWithin, matches, normalDn } from '../../src/directory/sample-matching.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

describe('normalDn', () => {
  test.each([
    ['CN=A,DC=B', 'cn=a,dc=b'],
    [' CN = A , DC = B ', 'cn=a,dc=b'],
    ['CN=Keller\\, Nora,DC=b', 'cn=keller\\, nora,dc=b'],
    ['2.5.4.3=x', '2.5.4.3=x'],
    ['CN=,DC=b', 'cn=,dc=b'],
  ])('%j is %j', (dn, normal) => {
    expect(normalDn(dn)).toBe(normal);
  });

  test.each(['', 'nonsense', ',DC=b', 'DC=b,', 'OU=a,,DC=b', '=a', 'CN=a\\'])('%j is none', (dn) => {
    expect(normalDn(dn)).toBeUndefined();
  });
});

test('an escaped comma divides nothing', () => {
  expect(isWithin('CN=a\\,OU=x,DC=b', 'OU=x,DC=b', 'sub')).toBe(false);
  expect(isWithin('CN=a,OU=x,DC=b', 'OU=x,DC=b', 'sub')).toBe(true);
  expect(isWithin('CN=a,OU=xOU=x,DC=b', 'OU=x,DC=b', 'sub')).toBe(false);
});

describe('matches', () => {
  const entry = sampleEntry('CN=PC,DC=corp', {
    cn: 'PC',
    mail: 'Zoë@example.test',
    number: 7,
    objectCategory: 'CN=Person,CN=Schema,DC=corp',
  });

  test.each<[string, Filter, boolean]>([
    [
      'another composition of the same letter',
      { type: 'equal', attribute: 'mail', value: bytes('ZOE\u0308@example.test') },
      true,
    ],
    ['a number written otherwise', { type: 'equal', attribute: 'number', value: bytes('007') }, true],
    ['text that is no number', { type: 'greaterOrEqual', attribute: 'mail', value: bytes('zo') }, true],
    ['dn is no attribute', { type: 'present', attribute: 'dn' }, false],
    ['user stands for person', { type: 'equal', attribute: 'objectCategory', value: bytes('USER') }, true],
    [
      'an unknown rule',
      { type: 'extensible', attribute: 'number', rule: '1.2.3', dnAttributes: false, value: bytes('7') },
      false,
    ],
    ['no rule is equality', { type: 'extensible', attribute: 'cn', dnAttributes: false, value: bytes('pc') }, true],
    [
      'a rule without an attribute',
      { type: 'extensible', rule: '1.2.840.113556.1.4.803', dnAttributes: false, value: bytes('1') },
      false,
    ],
    [
      'no bit in common',
      {
        type: 'extensible',
        attribute: 'number',
        rule: '1.2.840.113556.1.4.804',
        dnAttributes: false,
        value: bytes('8'),
      },
      false,
    ],
    [
      'parts may not overlap',
      { type: 'substrings', attribute: 'cn', initial: bytes('PC'), any: [], final: bytes('C') },
      false,
    ],
    ['parts in their order', { type: 'substrings', attribute: 'mail', any: [bytes('test'), bytes('example')] }, false],
  ])('%s: %j is %s', (_, filter, expected) => {
    expect(matches(entry, filter)).toBe(expected);
  });
});
