import * as fc from 'fast-check';
import { XmlC14NMode, XmlDocument } from 'libxml2-wasm';
import { describe, expect, test } from 'vitest';
import { toText, verbatim, xml } from '../../src/xml/markup.ts';
import type { Xml } from '../../src/xml/markup.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { xmlText } from '../saml/arbitrary-assertion.ts';

const canonical = (document: string): string => {
  using parsed = XmlDocument.fromString(document);
  return parsed.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0, withComments: false });
};

describe('escapes are those of Canonical XML 1.0 §2.3', () => {
  test('in text', () => {
    expect(toText(xml`<a>${'& < > " \' \t\n\r'}</a>`)).toBe('<a>&amp; &lt; &gt; " \' \t\n&#xD;</a>');
  });

  test('in attributes', () => {
    expect(toText(xml`<a b="${'& < > " \' \t\n\r'}"></a>`)).toBe('<a b="&amp; &lt; > &quot; \' &#x9;&#xA;&#xD;"></a>');
  });

  test('what is written is canonical already, and reads back the same, for any text in any place', () => {
    fc.assert(
      fc.property(xmlText, xmlText, xmlText, (a, b, c) => {
        const written = toText(xml`<r a="${a}" b="${b} and ${c}">${c}<e>${a}</e>${b}</r>`);
        expect(canonical(written)).toBe(written);
        const read = parseXml(Buffer.from(written));
        expect(read.attributes.map((attribute) => attribute.value)).toEqual([a, `${b} and ${c}`]);
        expect(read.text).toBe(c + b);
        expect(read.children[0]?.text).toBe(a);
      }),
      { numRuns: 200 },
    );
  });
});

describe('fragments', () => {
  test('are kept, alone and in lists', () => {
    const items = ['<1>', '2'].map((text) => xml`<i>${text}</i>`);
    expect(toText(xml`<l>${items}${xml`<end></end>`}${[]}</l>`)).toBe('<l><i>&lt;1&gt;</i><i>2</i><end></end></l>');
  });

  test('what was written elsewhere stays byte for byte', () => {
    expect(toText(xml`<a>${verbatim('<b  c = "1"/>')}</a>`)).toBe('<a><b  c = "1"/></a>');
  });

  test('text that looks like markup is text', () => {
    expect(toText(xml`<a>${'<b></b>'}</a>`)).toBe('<a>&lt;b&gt;&lt;/b&gt;</a>');
  });

  test('no parsed JSON can pass for a fragment', () => {
    const forged = JSON.parse('{"markup":"<evil/>","Symbol(markup)":"<evil/>"}') as Xml;
    expect(() => toText(xml`<a>${forged}</a>`)).toThrow(TypeError);
  });
});

describe('defects of the caller', () => {
  test.each([
    ['where an element name would be', () => xml`<${'a'}></a>`],
    ['where an attribute name would be', () => xml`<a ${'b'}="1"></a>`],
    ['where an unquoted value would be', () => xml`<a b=${'1'}></a>`],
    ['in an end tag', () => xml`<a></${'a'}>`],
    ['a fragment in an attribute', () => xml`<a b="${xml`<c></c>`}"></a>`],
    ['a control character', () => xml`<a>${'\u0001'}</a>`],
    ['a lone surrogate in an attribute', () => xml`<a b="${'\uD800'}"></a>`],
  ])('a value %s throws', (_where, write) => expect(write).toThrow(/stands where|cannot/));

  test('a quotation mark or bracket in text does not confuse the places', () => {
    expect(toText(xml`<a b="x>y">it's "${'"'}" > ${'>'}</a>`)).toBe('<a b="x>y">it\'s """ > &gt;</a>');
  });
});
