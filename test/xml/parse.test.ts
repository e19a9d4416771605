import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/refusal.ts';
import { MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, attributeValue, parseXml } from '../../src/xml/parse.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string) => parseXml(utf8(text));

function refusalOf(bytes: Uint8Array): Refusal {
  try {
    parseXml(bytes);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error(`accepted: ${new TextDecoder().decode(bytes).slice(0, 80)}`);
}

describe('what is read', () => {
  test('names, namespaces, attributes and positions', () => {
    const root = parse('<s:a xmlns:s="urn:s" xmlns="urn:d"\n x="1" s:x="2">\n<b y="3"/></s:a>');
    expect(root).toMatchObject({ name: 's:a', local: 'a', namespace: 'urn:s', line: 1 });
    expect(root.attributes).toEqual([
      { name: 'x', local: 'x', namespace: '', value: '1' },
      { name: 's:x', local: 'x', namespace: 'urn:s', value: '2' },
    ]);
    expect(attributeValue(root, 'x')).toBe('1');
    expect(attributeValue(root, 'x', 'urn:s')).toBe('2');
    expect(attributeValue(root, 'y')).toBeUndefined();
    expect(root.children[0]).toMatchObject({ local: 'b', namespace: 'urn:d', line: 3, children: [], text: '' });
  });

  test('text is joined over comments, CDATA, references and children', () => {
    expect(parse('<a>one<!-- two -->&amp;<![CDATA[<t>]]>&#x41;<b>not me</b>end</a>').text).toBe('one&<t>Aend');
  });

  test('a default namespace that is taken back', () => {
    expect(parse('<a xmlns="urn:d"><b xmlns=""/></a>').children[0]?.namespace).toBe('');
  });

  test('line ends are normalised, references are not (XML 1.0 §2.11)', () => {
    expect(parse('<a b="1\r\n2&#xD;">\r\n&#xD;</a>')).toMatchObject({ text: '\n\r', attributes: [{ value: '1 2\r' }] });
  });

  test.each([
    '\uFEFF<a/>',
    '<?xml version="1.0"?><a/>',
    '<?xml version="1.0" encoding="UTF-8"?><a/>',
    '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<a/>\n<!-- end -->',
  ])('prologue %j', (text) => expect(parse(text).local).toBe('a'));

  test('names that every JavaScript object has are plain names', () => {
    const root = parse('<constructor __proto__="1" toString="2"><__proto__/></constructor>');
    expect(attributeValue(root, '__proto__')).toBe('1');
    expect(attributeValue(root, 'hasOwnProperty')).toBeUndefined();
    expect(root.children[0]?.local).toBe('__proto__');
  });
});

describe('what is refused', () => {
  test.each([
    ['nothing', ''],
    ['no markup', 'hello'],
    ['an open end', '<a>'],
    ['a cut tag', '<a b="1'],
    ['wrong nesting', '<a><b></a></b>'],
    ['two roots', '<a/><b/>'],
    ['text after the root', '<a/>x'],
    ['a duplicate attribute', '<a b="1" b="2"/>'],
    ['a duplicate attribute by namespace', '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>'],
    ['an unbound prefix', '<p:a/>'],
    ['an unbound attribute prefix', '<a p:b="1"/>'],
    ['two colons', '<a:b:c xmlns:a="u"/>'],
    ['a local name that begins with a digit', '<a:1 xmlns:a="u"/>'],
    ['a prefix taken back', '<a xmlns:p="u"><b xmlns:p=""/></a>'],
    ['the xml prefix bound elsewhere', '<a xmlns:xml="u"/>'],
    ['the xmlns prefix bound', '<a xmlns:xmlns="u"/>'],
    ['an unknown entity', '<a>&nbsp;</a>'],
    ['an entity named like a property', '<a>&constructor;</a>'],
    ['a reference to no character', '<a>&#x0;</a>'],
    ['a reference to a surrogate', '<a>&#xD800;</a>'],
    ['a reference past Unicode', '<a>&#x110000;</a>'],
    ['a control character', '<a>\u0001</a>'],
    ['U+FFFE', '<a>\uFFFE</a>'],
    ['< in an attribute', '<a b="<"/>'],
    [']]> in text', '<a>]]></a>'],
    ['-- in a comment', '<a><!-- -- --></a>'],
    ['a processing instruction before', '<?p i?><a/>'],
    ['a processing instruction inside', '<a><?p i?></a>'],
    ['a processing instruction after', '<a/><?p i?>'],
    ['a late XML declaration', ' <?xml version="1.0"?><a/>'],
    ['XML 1.1', '<?xml version="1.1"?><a/>'],
    ['two byte order marks', '\uFEFF\uFEFF<a/>'],
  ])('%s', (_what, text) => {
    const refusal = refusalOf(utf8(text));
    expect(refusal.code).toBe('request-not-xml');
    expect(refusal.facts.detail).toMatch(/^\d+:\d+: \S/);
  });

  test.each([
    '<!DOCTYPE a><a/>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
  ])('a document type: %s', (text) => {
    expect(refusalOf(utf8(text)).code).toBe('request-has-doctype');
  });

  test.each([
    [
      'ISO-8859-1 (MSAL Python 1.21, ADAL Python 1.2.7 send a password so)',
      Uint8Array.from(Buffer.from('<a>påss</a>', 'latin1')),
    ],
    ['UTF-16', Uint8Array.from(Buffer.from('\uFEFF<a/>', 'utf16le'))],
    ['an overlong form', Uint8Array.from([...utf8('<a>'), 0xc0, 0xbc, ...utf8('</a>')])],
    ['a surrogate half', Uint8Array.from([...utf8('<a>'), 0xed, 0xa0, 0x80, ...utf8('</a>')])],
    ['another declared encoding', utf8('<?xml version="1.0" encoding="ISO-8859-1"?><a/>')],
  ])('%s', (_what, bytes) => expect(refusalOf(bytes).code).toBe('request-not-utf8'));

  test('content never enters the facts', () => {
    for (const text of [
      '<a><hunter2></a>',
      '<a><hunter2:x/></a>',
      '<a><hunter2',
      '<a>&hunter2;</a>',
      '<a hunter2:x="" hunter2:x=""/>',
      '</hunter2>',
      '<a b="hunter2" b="hunter2"/>',
    ]) {
      expect(JSON.stringify(refusalOf(utf8(text)).facts)).not.toContain('hunter2');
    }
  });
});

describe('limits', () => {
  const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);

  test('depth', () => {
    expect(parse(nested(MAX_DEPTH)).local).toBe('a');
    expect(refusalOf(utf8(nested(MAX_DEPTH + 1))).code).toBe('request-too-deep');
  });

  test('elements', () => {
    expect(parse(`<a>${'<b/>'.repeat(MAX_ELEMENTS - 1)}</a>`).children).toHaveLength(MAX_ELEMENTS - 1);
    expect(refusalOf(utf8(`<a>${'<b/>'.repeat(MAX_ELEMENTS)}</a>`)).code).toBe('request-too-deep');
  });

  test('attributes, namespace declarations included', () => {
    const many = (count: number): string =>
      Array.from({ length: count }, (_, index) => `${index % 2 ? 'xmlns:' : ''}n${index}="u${index}"`).join(' ');
    expect(parse(`<a ${many(MAX_ATTRIBUTES)}/>`).attributes).toHaveLength(MAX_ATTRIBUTES / 2);
    expect(refusalOf(utf8(`<a ${many(MAX_ATTRIBUTES + 1)}/>`)).code).toBe('request-too-deep');
  });

  test.each([
    ['depth', '<a>'.repeat(87_000)],
    ['elements', `<a>${'<b/>'.repeat(65_000)}`],
    ['attributes', `<a ${'a="" '.repeat(52_000)}`],
    ['an entity without end', `<a>&${'x'.repeat(262_000)}`],
    ['entities', `<a>${'&amp;'.repeat(52_000)}`],
    ['a document type without end', `<!DOCTYPE a [${'"'.repeat(262_000)}`],
    ['comments', `<a>${'<!---->'.repeat(37_000)}`],
    ['a name', `<${'a'.repeat(262_000)}`],
    ['brackets', `<a>${']'.repeat(262_000)}`],
  ])('256 KiB of %s is refused quickly', (_what, text) => {
    const start = performance.now();
    refusalOf(utf8(text));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('whatever arrives', () => {
  const well = '<?xml version="1.0"?><s:E xmlns:s="urn:s"><s:B a="1&amp;">t<![CDATA[x]]><!-- c --></s:B></s:E>';

  test('random bytes end in a tree or a refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(refusalOf(bytes).code).toMatch(/^request-/);
      }),
    );
  });

  test('a mutated document ends in a tree or a refusal', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '&',
      ';',
      '"',
      ':',
      ']]>',
      '<!--',
      '-->',
      '<![CDATA[',
      '<!DOCTYPE ',
      '<?',
      '?>',
      'xmlns',
      '/',
      '\u0000',
      '\uD83D\uDE00',
      '&#',
      '=',
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(well.length), fc.nat(3), pieces), { minLength: 1, maxLength: 4 }),
        (edits) => {
          const text = edits.reduce(
            (soFar, [index, cut, piece]) => soFar.slice(0, index) + piece + soFar.slice(index + cut),
            well,
          );
          try {
            parse(text);
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('every truncation is refused', () => {
    for (let length = 0; length < well.length; length++)
      expect(refusalOf(utf8(well.slice(0, length))).code).toBe('request-not-xml');
  });
});
