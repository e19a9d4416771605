import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attributes, html, toText, trustedSvg, verbatim } from '../../src/pages/html.ts';
import type { Html } from '../../src/pages/html.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { anyText, xmlText } from '../saml/arbitrary-assertion.ts';

describe('escapes', () => {
  test('in text', () => {
    expect(toText(html`<p>${'& < > " \' \t\n\r'}</p>`)).toBe('<p>&amp; &lt; &gt; " \' \t\n&#13;</p>');
  });

  test('in attributes', () => {
    expect(toText(html`<p title="${'& < > " \' \t\n\r'}"></p>`)).toBe(
      '<p title="&amp; &lt; > &quot; \' &#9;&#10;&#13;"></p>',
    );
  });

  test('what no HTML document can carry becomes U+FFFD', () => {
    expect(toText(html`<p title="${'\0'}">${'a\uD800b\uDC00\0'}</p>`)).toBe(
      '<p title="\uFFFD">a\uFFFDb\uFFFD\uFFFD</p>',
    );
  });

  test('any text reads back as it was, in any place', () => {
    fc.assert(
      fc.property(xmlText, xmlText, (a, b) => {
        const read = parseXml(Buffer.from(toText(html`<p title="${a} and ${b}" ${attributes({ lang: b })}>${a}</p>`)));
        expect(read.attributes.map(({ value }) => value)).toEqual([`${a} and ${b}`, b]);
        expect(read.text).toBe(a);
      }),
      { numRuns: 300 },
    );
  });

  test('no string opens a tag or leaves its attribute', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(toText(html`<p>${text}</p>`).split('<')).toHaveLength(3);
        expect(toText(html`<p title="${text}"></p>`).split('"')).toHaveLength(3);
      }),
      { numRuns: 300 },
    );
  });
});

describe('fragments', () => {
  test('are kept, alone, in lists, or left out', () => {
    const items = ['<1>', '2'].map((text) => html`<li>${text}</li>`);
    expect(
      toText(
        html`<ul>
          ${items}${html`<li></li>`}${[]}${undefined}
        </ul>`,
      ),
    ).toBe('<ul><li>&lt;1&gt;</li><li>2</li><li></li></ul>');
  });

  test('what was written elsewhere stays', () => {
    expect(toText(html`<p>${verbatim('<b  id = "1"></b>')}</p>`)).toBe('<p><b  id = "1"></b></p>');
  });

  test('no parsed JSON can pass for one', () => {
    const forged = JSON.parse('{"html":"<script>","Symbol(html)":"<script>"}') as Html;
    expect(() => html`<p>${forged}</p>`).toThrow(TypeError);
  });

  test('lose the indentation of the source, not that of a value', () => {
    expect(toText(html`<p>${'a\n   b'}</p>`)).toBe('<p>\na\n   b\n</p>');
  });
});

describe('attributes', () => {
  test('are written where they are given', () => {
    const given = { value: '"', required: true, disabled: false, title: undefined };
    expect(toText(html`<input type="text" ${attributes(given)} />`)).toBe(
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
    expect(() => html`<a href="${address}"></a>`).not.toThrow();
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
    expect(() => html`<a href="${address}"></a>`).toThrow('address');
    expect(() => html`<img src="${address}" />`).toThrow('address');
    expect(() => html`<form action="${address}"></form>`).toThrow('address');
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
    ['where an element name would be', () => html`<${'a'}></a>`],
    ['where an attribute name would be', () => html`<a ${'b'}="1"></a>`],
    ['where an unquoted value would be', () => html`<a title=${'1'}></a>`],
    ['in single quotes', () => html`<a title="${'1'}"></a>`],
    ['in an end tag', () => html`<a></${'a'}>`],
    ['in an end tag, after its name', () => html`<a></a ${attributes({})}>`],
    [
      'in a script',
      () =>
        html`<script>
          ${'1'};
        </script>`,
    ],
    [
      'in a script, as a fragment',
      () =>
        html`<script>
          let a = '<b>';
          ${html`<c></c>`};
        </script>`,
    ],
    [
      'in a style sheet',
      () =>
        html`<style>
          ${'1'}
        </style>`,
    ],
    ['in a comment', () => html`<!-- ${'1'} -->`],
    ['in a handler', () => html`<a onclick="${'1'}"></a>`],
    ['in a style', () => html`<a style="${'1'}"></a>`],
    ['in the middle of an address', () => html`<a href="/a?b=${'1'}"></a>`],
    ['a fragment in an attribute', () => html`<a title="${html`<c></c>`}"></a>`],
    ['nothing in an attribute', () => html`<a title="${undefined}"></a>`],
    ['a string among attributes', () => html`<a title="1" ${'b'}></a>`],
    ['attributes as text', () => html`<a>${attributes({})}</a>`],
    ['attributes in an attribute', () => html`<a title="${attributes({})}"></a>`],
  ])('a value %s throws', (_where, write) => expect(write).toThrow(Error));

  test('a template that ends within a tag throws', () => {
    expect(() => html`<a href="`).toThrow('ends within a tag');
    expect(() => html`<a`).toThrow('ends within a tag');
  });

  test('a value after a script stands in text again', () => {
    expect(
      toText(
        html`<script src="/a"></script>
          ${'<'}`,
      ),
    ).toBe('<script src="/a"></script>&lt;');
  });
});
