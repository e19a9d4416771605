/** What an SVG may hold that is served as a logo. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { svgDefect } from '../../src/config/svg.ts';

const NAMESPACES =
  'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:s="http://www.w3.org/2000/svg" xmlns:m="http://www.w3.org/1998/Math/MathML" xmlns:editor="http://example.org/editor"';
const svg = (inside: string, attributes = ''): string => `<svg ${NAMESPACES} ${attributes}>${inside}</svg>`;
const defect = (text: string): string | undefined => svgDefect(Buffer.from(text))?.message;

/** What drawing programs write. */
const SOUND: readonly (readonly [string, string])[] = [
  ['a path', '<path d="M0 0h9v9z" fill="#0f5c8c"/>'],
  [
    'a gradient',
    '<linearGradient id="g"><stop offset="0"/></linearGradient><rect fill="url(#g)" mask="url( \'#m\' )"/>',
  ],
  ['parts used again', '<defs><g id="a"/></defs><use href="#a"/><use xlink:href=" #a"/>'],
  [
    'a style',
    '<style>.a{fill:url(#g);font-family:"Image Sans"} /* url */</style><g style="filter:url(&quot;#f&quot;)"/>',
  ],
  ['an embedded picture', '<image xlink:href="data:image/png;base64,iVBORw0KGgo="/>'],
  ['an embedded font', '<style>@font-face{font-family:x;src:url(data:font/woff2;base64,d09GMg==)}</style>'],
  ['notes of an editor', '<metadata><editor:view editor:file="C:\\a.svg" editor:on="1"/></metadata>'],
  ['names that look like functions', '<g id="image(1)" data-name="src(2)" class="url(3)" aria-label="url(4)"/>'],
  ['motion', '<animate attributeName="opacity" from="0" to="1" dur="1s"/>'],
  ['words', '<title>onload="x" javascript:alert(1) url(https://example.org)</title>'],
];

test.each(SOUND)('%s is taken', (_, inside) => {
  expect(defect(svg(inside))).toBeUndefined();
  expect(defect(`<?xml version="1.0" encoding="utf-8"?>\n<!-- made by hand -->\n${svg(inside)}`)).toBeUndefined();
});

const STYLE = 'a style that refers to elsewhere';
const REFERENCE = 'a reference to elsewhere';
const FOREIGN = 'a foreign object';
const HANDLER = 'an event handler';
const ANIMATED = 'an animated reference or event handler';

const HOSTILE: readonly (readonly [string, string])[] = [
  // what runs
  ['<script>alert(1)</script>', 'a script'],
  ['<script href="#a"/>', 'a script'],
  ['<s:script/>', 'a script'],
  ['<SCRIPT/>', 'a script'],
  ['<h:script>alert(1)</h:script>', 'a script'],
  ['<g onload="alert(1)"/>', HANDLER],
  ['<g OnClick="alert(1)"/>', HANDLER],
  ['<g onload=""/>', HANDLER],
  ['<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>', FOREIGN],
  ['<h:iframe/>', FOREIGN],
  ['<metadata><h:img/></metadata>', FOREIGN],
  ['<m:math/>', FOREIGN],
  ['<a><set attributeName="href" to="javascript:alert(1)"/></a>', ANIMATED],
  ['<a><animate attributeName=" xlink:href " values="javascript:alert(1)"/></a>', ANIMATED],
  ['<g><set attributeName="xml:base" to="https://example.org/"/></g>', ANIMATED],
  ['<set attributeName="onclick" to="alert(1)"/>', ANIMATED],
  // what loads from elsewhere
  ['<image href="https://example.org/a.png"/>', REFERENCE],
  ['<image xlink:href="//example.org/a.png"/>', REFERENCE],
  ['<image href="a.png"/>', REFERENCE],
  ['<image href="data:image/svg+xml,x"/>', REFERENCE],
  ['<use href="other.svg#a"/>', REFERENCE],
  ['<use href="&#104;ttps://example.org/#a"/>', REFERENCE],
  ['<a href="javascript:alert(1)"/>', REFERENCE],
  ['<a href="#a" ping="https://example.org/"/>', REFERENCE],
  ['<a href="java&#10;script:alert(1)"/>', REFERENCE],
  ['<a xlink:href="data:text/html,x"/>', REFERENCE],
  ['<g xml:base="https://example.org/"><use href="#a"/></g>', 'a base address'],
  ['<rect fill="url(https://example.org/#g)"/>', REFERENCE],
  ['<rect fill="url( \'https://example.org/#g\' )"/>', REFERENCE],
  ['<rect fill="url(#a) url(b.svg#c)"/>', REFERENCE],
  ['<rect fill="u\\72 l(https://example.org/)"/>', REFERENCE],
  ['<rect fill="URL(https://example.org/)"/>', REFERENCE],
  ['<g style="cursor:image-set(\'https://example.org/a.png\' 1x)"/>', REFERENCE],
  ['<animate attributeName="fill" values="url(https://example.org/)"/>', REFERENCE],
  ['<style>@import "https://example.org/a.css";</style>', STYLE],
  ['<style>.a{fill:u\\72&#13;&#10;l(https://example.org/)}</style>', STYLE],
  ['<style>@im\\port "https://example.org/a.css";</style>', STYLE],
  ['<style>@im\\70ort "https://example.org/a.css";</style>', STYLE],
  ['<style><![CDATA[.a{fill:url(https://example.org/)}]]></style>', STYLE],
  ['<style>.a{fill:u&#114;l(https://example.org/)}</style>', STYLE],
  ['<style>.a{fill:url(<!-- -->https://example.org/)}</style>', STYLE],
  ['<style>@font-face{src:url("https://example.org/a.woff2")}</style>', STYLE],
  ['<style>.a{background:image-set("https://example.org/a.png" 1x)}</style>', STYLE],
  ['<style>.a{fill:\\FFFFFF url(https://example.org/)}</style>', STYLE],
];

test.each(HOSTILE)('%s is refused', (inside, said) => {
  expect(defect(svg(inside))).toBe(`is an SVG with ${said} (line 1)`);
  expect(defect(svg(`<g>\n<g>${inside}</g></g>`))).toBe(`is an SVG with ${said} (line 2)`);
});

test('the root is looked at as any other element', () => {
  expect(defect(svg('', 'onload="alert(1)"'))).toBe('is an SVG with an event handler (line 1)');
});

test.each([
  ['a document type', `<!DOCTYPE svg [<!ENTITY a "x">]>${svg('&a;')}`, 'is an SVG with a DOCTYPE (line 1)'],
  ['a style sheet', `<?xml-stylesheet href="a.css"?>${svg('')}`, 'is an SVG with a processing instruction (line 1)'],
  ['another instruction', svg('\n<?x y?>'), 'is an SVG with a processing instruction (line 2)'],
  ['an open element', svg('\n<g>'), 'is no well-formed SVG (line 2)'],
  ['an undeclared prefix', '<svg xmlns="http://www.w3.org/2000/svg"><x:a/></svg>', 'is no well-formed SVG (line 1)'],
  ['an unknown entity', svg('&nbsp;'), 'is no well-formed SVG (line 1)'],
  ['another encoding', `<?xml version="1.0" encoding="iso-8859-1"?>${svg('')}`, 'is an SVG that is not UTF-8'],
  ['depth', svg('<g>'.repeat(64) + '</g>'.repeat(64)), 'is an SVG of too many or too deeply nested elements'],
  ['many elements', svg('<g/>'.repeat(2000)), 'is an SVG of too many or too deeply nested elements'],
  ['no namespace', '<svg><path/></svg>', 'is an SVG without its namespace'],
  ['another root', '<html/>', 'is neither a picture nor an SVG'],
  ['nothing but a comment', '<!-- -->', 'is no well-formed SVG (line 1)'],
])('with %s it is none', (_, text, said) => {
  expect(defect(text)).toBe(said);
});

test('bytes that are not UTF-8', () => {
  expect(svgDefect(Buffer.from(svg('<title>\xE4</title>'), 'latin1'))?.message).toBe('is an SVG that is not UTF-8');
});

test('of every beginning of a sound SVG there is a reason why it is none', () => {
  const whole = Buffer.from(svg(SOUND.map(([, inside]) => inside).join('\n')));
  expect(svgDefect(whole)).toBeUndefined();
  for (let length = 0; length < whole.length; length++) {
    expect(svgDefect(whole.subarray(0, length))?.message, `${length} bytes`).toMatch(/^is /);
  }
});

test('one hostile part is found wherever it stands, and nothing of it is repeated', () => {
  const parts = fc.array(fc.constantFrom(...SOUND.map(([, inside]) => inside)), { maxLength: 5 });
  fc.assert(
    fc.property(parts, fc.constantFrom(...HOSTILE), parts, fc.nat({ max: 20 }), (before, [hostile], after, depth) => {
      const inside = '<g>'.repeat(depth) + before.join('') + hostile + after.join('') + '</g>'.repeat(depth);
      const found = defect(svg(inside));
      expect(found).toMatch(/^is an SVG with .+ \(line \d+\)$/);
      expect(found).not.toMatch(/example\.org|alert/);
    }),
  );
});
