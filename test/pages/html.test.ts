/** The tag has another name here: under its own, the formatter would lay the templates out anew. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attributes, html as write, toText, trustedSvg, verbatim } from '../../src/pages/html.ts';
import type { Html } from '../../src/pages/html.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { anyText, xmlText } from '../saml/arbitrary-assertion.ts';

describe('escapes', () => {
  test('in text', () => {
    expect(toText(write`<p>${'& < > " \' \t\n\r'}</p>`)).toBe('<p>&amp; &lt; &gt; " \' \t\n&#13;</p>');
  });

  test('in attributes', () => {
    expect(toText(write`<p title="${'& < > " \' \t\n\r'}"></p>`)).toBe(
      '<p title="&amp; &lt; > &quot; \' &#9;&#10;&#13;"></p>',
    );
  });

  test('what no HTML document can carry becomes U+FFFD', () => {
    expect(toText(write`<p title="${'\0'}">${'a\uD800b\uDC00\0'}</p>`)).toBe(
      '<p title="\uFFFD">a\uFFFDb\uFFFD\uFFFD</p>',
    );
  });

  test('any text reads back as it was, in any place', () => {
    fc.assert(
      fc.property(xmlText, xmlText, (a, b) => {
        const read = parseXml(Buffer.from(toText(write`<p title="${a} and ${b}" ${attributes({ lang: b })}>${a}</p>`)));
        expect(read.attributes.map(({ value }) => value)).toEqual([`${a} and ${b}`, b]);
        expect(read.text).toBe(a);
      }),
      { numRuns: 300 },
    );
  });

  test('no string opens a tag or leaves its attribute', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(toText(write`<p>${text}</p>`).split('<')).toHaveLength(3);
        expect(toText(write`<p title="${text}"></p>`).split('"')).toHaveLength(3);
      }),
      { numRuns: 300 },
    );
  });
});

describe('fragments', () => {
  test('are kept, alone, in lists, or left out', () => {
    const items = ['<1>', '2'].map((text) => write`<li>${text}</li>`);
    expect(toText(write`<ul>${items}${write`<li></li>`}${[]}${undefined}</ul>`)).toBe(
      '<ul><li>&lt;1&gt;</li><li>2</li><li></li></ul>',
    );
  });

  test('what was written elsewhere stays', () => {
    expect(toText(write`<p>${verbatim('<b  id = "1"></b>')}</p>`)).toBe('<p><b  id = "1"></b></p>');
  });

  test('no parsed JSON can pass for one', () => {
    const forged = JSON.parse('{"html":"<script>","Symbol(html)":"<script>"}') as Html;
    expect(() => write`<p>${forged}</p>`).toThrow(TypeError);
  });

  test('lose the indentation of the source, not that of a value', () => {
    expect(
      toText(write`<p>
        ${'a\n   b'}
      </p>`),
    ).toBe('<p>\na\n   b\n</p>');
  });
});

describe('attributes', () => {
  test('are written where they are given', () => {
    const given = { value: '"', required: true, disabled: false, title: undefined };
    expect(toText(write`<input type="text"${attributes(given)} />`)).toBe(
      '<input type="text" value="&quot;" required="" />',
    );
  });

  test.each(['onclick', 'style', 'a b', 'A', 'x"', ''])('%j is no name of one', (name) => {
    expect(() => attributes({ [name]: 'x' })).toThrow('no attribute');
  });
});

describe('addresses', () => {
  test.each([
    '/',
    '/a?b=c&d#e',
    '?a',
    '#a',
    'https://a.test/',
    'HTTP://a.test',
    'mailto:a@b.test',
    'tel:+49',
    'otpauth://totp/a',
  ])('%s may be named', (address) => {
    expect(() => write`<a href="${address}"></a>`).not.toThrow();
    expect(() => attributes({ href: address })).not.toThrow();
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:x',
    '//evil.test/',
    '/\\evil.test',
    '/\t/evil.test',
    'evil',
    '',
  ])('%j may not', (address) => {
    expect(() => write`<a href="${address}"></a>`).toThrow('address');
    expect(() => write`<img src="${address}" />`).toThrow('address');
    expect(() => write`<form action="${address}"></form>`).toThrow('address');
    expect(() => attributes({ formaction: address })).toThrow('address');
  });
});

describe('drawings', () => {
  test('of rectangles and paths are kept', () => {
    const svg = '<svg viewBox="0 0 1 1"><rect fill="white"/><g id="a"><path d="M0,0"/></g></svg>';
    expect(toText(trustedSvg(svg))).toBe(svg);
  });

  test.each([
    '<svg viewBox="0"><script>alert(1)</script></svg>',
    '<svg viewBox="0"><foreignObject></foreignObject></svg>',
    '<svg onload="alert(1)"></svg>',
    '<svg viewBox="0"><path style="x"/></svg>',
    '<svg viewBox="0"><g href="x"></g></svg>',
    '<svg viewBox="0">text</svg>',
    '<svg viewBox="0"></svg><script>',
    '<p></p>',
    '',
  ])('%s is refused', (svg) => expect(() => trustedSvg(svg)).toThrow('drawing'));
});

describe('defects of a template', () => {
  test.each([
    ['where an element name would be', () => write`<${'a'}></a>`],
    ['where an attribute name would be', () => write`<a ${'b'}="1"></a>`],
    ['where an unquoted value would be', () => write`<a title=${'1'}></a>`],
    ['in single quotes', () => write`<a title='${'1'}'></a>`],
    ['in an end tag', () => write`<a></${'a'}>`],
    ['in an end tag, after its name', () => write`<a></a ${attributes({})}>`],
    ['in a script', () => write`<script>${'1'}</script>`],
    ['in a script, as a fragment', () => write`<script>let a = "<b>"; ${write`<c></c>`}</script>`],
    ['in a style sheet', () => write`<style>${'1'}</style>`],
    ['in a comment', () => write`<!-- ${'1'} -->`],
    ['in a handler', () => write`<a onclick="${'1'}"></a>`],
    ['in a style', () => write`<a style="${'1'}"></a>`],
    ['in the middle of an address', () => write`<a href="/a?b=${'1'}"></a>`],
    ['a fragment in an attribute', () => write`<a title="${write`<c></c>`}"></a>`],
    ['nothing in an attribute', () => write`<a title="${undefined}"></a>`],
    ['a string among attributes', () => write`<a title="1" ${'b'}></a>`],
    ['attributes as text', () => write`<a>${attributes({})}</a>`],
    ['attributes in an attribute', () => write`<a title="${attributes({})}"></a>`],
  ])('a value %s throws', (_where, writes) => expect(writes).toThrow(Error));

  test('a template that ends within a tag throws', () => {
    expect(() => write`<a href="`).toThrow('ends within a tag');
    expect(() => write`<a`).toThrow('ends within a tag');
  });

  test('a value after a script stands in text again', () => {
    expect(toText(write`<script src="/a"></script>${'<'}`)).toBe('<script src="/a"></script>&lt;');
  });
});
