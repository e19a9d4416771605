/** An element's text is cut out as it stands, whatever surrounds it. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { textOfElement } from '../../../src/rehearsal/entra/element-text.ts';

test.each([
  ['the root', '<a><b/></a>', 0, '<a><b/></a>'],
  ['an empty one', '<a><b/><c/></a>', 1, '<b/>'],
  ['one with an end tag', "<a><b x='1'  ><c/></b ><d/></a>", 1, "<b x='1'  ><c/></b >"],
  ['one within its like', '<a><a>1</a><a>2</a></a>', 2, '<a>2</a>'],
  ['a > in a value', '<a x="/>"><b y=\'<a/>\'/></a>', 0, '<a x="/>"><b y=\'<a/>\'/></a>'],
  ['a quote within the other', `<a x="'>"><b y='"/>'>t</b></a>`, 1, `<b y='"/>'>t</b>`],
  ['after a comment', '<a><!-- <b> --><c/></a>', 1, '<c/>'],
  ['after CDATA', '<a><![CDATA[<b>]]>]]&gt;<c/></a>', 1, '<c/>'],
  ['after an instruction', '<?xml version="1.0"?><?p <b>?><a><c/></a>', 1, '<c/>'],
  ['line ends and all', '<a>\r\n<b>\r\n</b>\r\n</a>', 1, '<b>\r\n</b>'],
])('%s', (_, xml, index, text) => {
  expect(textOfElement(xml, index)).toBe(text);
});

test('there is no such element', () => {
  expect(textOfElement('<a><b/></a>', 2)).toBeUndefined();
});

const filling = fc.constantFrom('', ' ', 't', '<!-- <x> -->', '<![CDATA[</x>]]>', '<?p />?>', '&lt;x&gt;');
const tags = fc.constantFrom('<e>', '<e a="/>">', "<e a='-->\"'>", '<n:e xmlns:n="u" >');

const elementOf = (child: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(tags, filling, fc.array(fc.tuple(child, filling), { maxLength: 3 })).map(([open, first, children]) => {
    const name = /^<([\w:]+)/.exec(open)?.[1] ?? '';
    return `${open}${first}${children.flat().join('')}</${name}>`;
  });
const tree = elementOf(elementOf(elementOf(fc.constantFrom('<e/>', '<e />'))));

test('of any tree, an element marked by its attribute', () => {
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 3 }), tree, fc.array(tree, { maxLength: 3 }), (before, inner, after) => {
      const meant = `<meant>${inner}</meant>`;
      const xml = `<root>${before.join('')}${meant}${after.join('')}</root>`;
      // Elements before it: every start tag outside comments and the like.
      const index = before.join('').match(/<(?:n:)?e[ />]/g)?.length ?? 0;
      expect(textOfElement(xml, index + 1)).toBe(meant);
    }),
  );
});
