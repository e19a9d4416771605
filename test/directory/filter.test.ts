/** No identifier changes the shape of a filter, and the text of a filter reads back as the same filter. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillFilter, filterText, mapValues } from '../../src/directory/filter.ts';
import type { Filter } from '../../src/directory/filter.ts';
import { parseFilterPattern } from '../../src/directory/filter-pattern.ts';

const PATTERN =
  '(&(objectClass=computer)(|(sAMAccountName=${identifier})(cn=a${identifier}*)(!(mail=${identifier}))(x:1.2.3:=${identifier})))';

const shapeOf = (filter: Filter): unknown => mapValues(filter, () => 'value');

describe('fillFilter', () => {
  test.each([
    '*',
    ')(objectClass=*',
    '*)(|(cn=*',
    '\\',
    '\\2a',
    '\0',
    '${identifier}',
    '',
    '(',
    'ü',
    '\u202e',
    "' OR 1=1 --",
  ])('%j stays a value', (identifier) => {
    const filter = fillFilter(parseFilterPattern('(sAMAccountName=${identifier})'), identifier);
    expect(filter).toEqual({
      type: 'equal',
      attribute: 'sAMAccountName',
      value: Uint8Array.from(Buffer.from(identifier)),
    });
  });

  test('any identifier gives the shape that the pattern has', () => {
    const pattern = parseFilterPattern(PATTERN);
    const shape = shapeOf(fillFilter(pattern, 'x'));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (identifier) => {
        expect(shapeOf(fillFilter(pattern, identifier))).toEqual(shape);
      }),
    );
  });
});

describe('filterText', () => {
  test('reads back as the same filter, whatever the identifier', () => {
    const pattern = parseFilterPattern(PATTERN);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (identifier) => {
        const filter = fillFilter(pattern, identifier);
        const read = fillFilter(parseFilterPattern(`(&(z=\${identifier})${filterText(filter)})`), 'z');
        expect(read).toEqual({
          type: 'and',
          filters: [{ type: 'equal', attribute: 'z', value: Uint8Array.from(Buffer.from('z')) }, filter],
        });
      }),
    );
  });

  test('is printable ASCII', () => {
    expect(filterText(fillFilter(parseFilterPattern('(cn=${identifier})'), 'Zoë (*)\\\n'))).toBe(
      '(cn=Zo\\c3\\ab \\28\\2a\\29\\5c\\0a)',
    );
  });
});
