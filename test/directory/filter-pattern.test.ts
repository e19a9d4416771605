/** Reading RFC 4515 strictly: the defaults of PingOne, the RFC's own examples, and every usual mistake with its place. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillFilter, filterText } from '../../src/directory/filter.ts';
import type { Filter } from '../../src/directory/filter.ts';
import { FilterSyntaxError, parseFilterPattern } from '../../src/directory/filter-pattern.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

function syntaxErrorOf(pattern: string): FilterSyntaxError {
  try {
    parseFilterPattern(pattern);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return error;
    throw error;
  }
  throw new Error(`${pattern} was accepted`);
}

/** The filter alone, of text without a placeholder. */
function parse(text: string): Filter {
  const filter = fillFilter(parseFilterPattern(`(&(x=\${identifier})${text})`), 'x');
  if (filter.type !== 'and' || filter.filters[1] === undefined) throw new Error(`${text} is not one filter`);
  return filter.filters[1];
}

describe('what is read', () => {
  test('the default filter of devices', () => {
    const pattern = parseFilterPattern('(&(objectClass=computer)(sAMAccountName=${identifier}))');
    expect(pattern).toEqual({
      type: 'and',
      filters: [
        { type: 'equal', attribute: 'objectClass', value: [bytes('computer')] },
        { type: 'equal', attribute: 'sAMAccountName', value: ['identifier'] },
      ],
    });
  });

  test('the default filter of people finds a name in three places', () => {
    const text =
      '(&(objectClass=user)(objectCategory=person)(|(sAMAccountName=${identifier})(mail=${identifier})(userPrincipalName=${identifier})))';
    expect(filterText(fillFilter(parseFilterPattern(text), 'nora.keller'))).toBe(
      text.replaceAll('${identifier}', 'nora.keller'),
    );
  });

  test('text around the identifier', () => {
    expect(parseFilterPattern('(servicePrincipalName=HOST/${identifier}.corp)')).toEqual({
      type: 'equal',
      attribute: 'servicePrincipalName',
      value: [bytes('HOST/'), 'identifier', bytes('.corp')],
    });
  });

  test.each<[string, Filter]>([
    ['(cn=Babs Jensen)', { type: 'equal', attribute: 'cn', value: bytes('Babs Jensen') }],
    ['(!(cn=Tim Howes))', { type: 'not', filter: { type: 'equal', attribute: 'cn', value: bytes('Tim Howes') } }],
    [
      '(o=univ*of*mich*)',
      { type: 'substrings', attribute: 'o', initial: bytes('univ'), any: [bytes('of'), bytes('mich')] },
    ],
    ['(seeAlso=)', { type: 'equal', attribute: 'seeAlso', value: bytes('') }],
    [
      '(cn:caseExactMatch:=Fred)',
      { type: 'extensible', attribute: 'cn', rule: 'caseExactMatch', dnAttributes: false, value: bytes('Fred') },
    ],
    ['(cn:=Betty)', { type: 'extensible', attribute: 'cn', dnAttributes: false, value: bytes('Betty') }],
    [
      '(sn:dn:2.4.6.8.10:=Barney)',
      { type: 'extensible', attribute: 'sn', rule: '2.4.6.8.10', dnAttributes: true, value: bytes('Barney') },
    ],
    ['(o:dn:=Ace)', { type: 'extensible', attribute: 'o', dnAttributes: true, value: bytes('Ace') }],
    ['(:1.2.3:=Wilma)', { type: 'extensible', rule: '1.2.3', dnAttributes: false, value: bytes('Wilma') }],
    ['(:DN:2.4.6.8.10:=Dino)', { type: 'extensible', rule: '2.4.6.8.10', dnAttributes: true, value: bytes('Dino') }],
    [
      '(o=Parens R Us \\28for all your needs\\29)',
      { type: 'equal', attribute: 'o', value: bytes('Parens R Us (for all your needs)') },
    ],
    ['(cn=*\\2A*)', { type: 'substrings', attribute: 'cn', any: [bytes('*')] }],
    ['(filename=C:\\5cMyFile)', { type: 'equal', attribute: 'filename', value: bytes('C:\\MyFile') }],
    ['(bin=\\00\\ff\\00\\04)', { type: 'equal', attribute: 'bin', value: Uint8Array.from([0, 255, 0, 4]) }],
    ['(sn=Lu\\c4\\8di\\c4\\87)', { type: 'equal', attribute: 'sn', value: bytes('Lučić') }],
    [
      '(1.3.6.1.4.1.1466.0=\\04\\02\\48\\69)',
      { type: 'equal', attribute: '1.3.6.1.4.1.1466.0', value: Uint8Array.from([4, 2, 0x48, 0x69]) },
    ],
    ['(mail=*)', { type: 'present', attribute: 'mail' }],
    ['(mail=*@example.test)', { type: 'substrings', attribute: 'mail', any: [], final: bytes('@example.test') }],
    ['(uac>=2)', { type: 'greaterOrEqual', attribute: 'uac', value: bytes('2') }],
    ['(uac<=2)', { type: 'lessOrEqual', attribute: 'uac', value: bytes('2') }],
    ['(cn~=Meier)', { type: 'approx', attribute: 'cn', value: bytes('Meier') }],
    ['(userCertificate;binary=\\30)', { type: 'equal', attribute: 'userCertificate;binary', value: bytes('0') }],
    [
      '(!(userAccountControl:1.2.840.113556.1.4.803:=2))',
      {
        type: 'not',
        filter: {
          type: 'extensible',
          attribute: 'userAccountControl',
          rule: '1.2.840.113556.1.4.803',
          dnAttributes: false,
          value: bytes('2'),
        },
      },
    ],
    ['(cn=Zoë 𝄞)', { type: 'equal', attribute: 'cn', value: bytes('Zoë 𝄞') }],
    ['(price=$5)', { type: 'equal', attribute: 'price', value: bytes('$5') }],
  ])('%s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });
});

describe('what is refused, with its place', () => {
  test.each([
    ['', 1, 'begins with ('],
    ['sAMAccountName=${identifier}', 1, 'begins with ('],
    ['(sAMAccountName=${identifier}', 30, 'not closed'],
    ['(sAMAccountName=${identifier}))', 31, 'nothing may follow'],
    ['(a=${identifier})(b=c)', 18, 'nothing may follow'],
    [' (a=${identifier})', 1, 'no space'],
    ['(& (a=${identifier}))', 3, 'no space'],
    ['(&(a=${identifier})\n(b=c))', 20, 'no space'],
    ['(&)', 3, 'begins with ('],
    ['(|)', 3, 'begins with ('],
    ['(!)', 3, 'begins with ('],
    ['()', 2, 'attribute name'],
    ['(=x)', 2, 'attribute name'],
    ['(a b=${identifier})', 2, 'attribute name'],
    ['(a =${identifier})', 2, 'attribute name'],
    ['(1.=x)', 2, 'attribute name'],
    ['(:=x)', 2, 'attribute name or a matching rule'],
    ['(:dn:=x)', 2, 'attribute name or a matching rule'],
    ['(a>x)', 2, 'attribute name'],
    ['(a=b(c)', 5, 'write \\28'],
    ['(a=\\zz)', 4, 'two hexadecimal digits'],
    ['(a=\\2)', 4, 'two hexadecimal digits'],
    ['(a=\\)', 4, 'two hexadecimal digits'],
    ['(a=b**c)', 8, 'side by side'],
    ['(a>=b*)', 6, 'after = only'],
    ['(a:=b*)', 6, 'after = only'],
    ['(a=\0)', 4, 'null character'],
    ['(a=${identifer})', 4, 'only placeholder is ${identifier}'],
    ['(a=${IDENTIFIER})', 4, 'only placeholder is ${identifier}'],
    ['(${identifier}=a)', 2, 'attribute name'],
    ['(objectClass=computer)', 1, '${identifier} is missing'],
    ['(a=\ud800)', 1, 'surrogate'],
    [`${'(!'.repeat(40)}(a=\${identifier})${')'.repeat(40)}`, 67, 'nested'],
  ])('%j: column %d', (pattern, column, problem) => {
    const error = syntaxErrorOf(pattern);
    expect(error.problem).toContain(problem);
    expect(error.column).toBe(column);
    expect(error.message).toBe(`column ${column}: ${error.problem}`);
  });

  test('text that nobody meant never gives anything but a syntax error', () => {
    const text = fc.array(
      fc.constantFrom('(', ')', '&', '|', '!', '=', '*', '\\', ':', 'a', '2', ' ', '${identifier}', '~', '>', 'ü'),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(text, (parts) => {
        const pattern = parts.join('');
        try {
          const filter = fillFilter(parseFilterPattern(pattern), 'x');
          expect(parseFilterPattern(filterText(filter).replace(/\(/, '(&(z=${identifier})(') + ')')).toBeDefined();
        } catch (error) {
          if (!(error instanceof FilterSyntaxError)) throw error;
          expect(error.column).toBeGreaterThanOrEqual(1);
          expect(error.column).toBeLessThanOrEqual(pattern.length + 1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
