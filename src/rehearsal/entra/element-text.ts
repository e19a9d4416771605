/**
 * The text of one element of an XML document, cut out character for character.
 *
 * A parser gives back what the text means; a signature's judge wants the text that came. Only for documents that a
 * parser has found well-formed and without DTD: then every `<` outside comments, CDATA and instructions opens a tag.
 */

/** Comments, CDATA sections and instructions as a whole, end tags, start tags with any `>` in their attributes' values. */
const MARKUP = /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|<\/[^>]*>|<(?:[^"'>]|"[^"]*"|'[^']*')*>/g;

/** @param index of the element among all in document order, from 0; undefined if there are not so many */
export function textOfElement(xml: string, index: number): string | undefined {
  let seen = -1;
  let depth = 0;
  let start: number | undefined;
  for (const { 0: markup, index: at } of xml.matchAll(MARKUP)) {
    if (/^<[!?]/.test(markup)) continue;
    const closes = markup.startsWith('</');
    if (!closes) seen += 1;
    if (!closes && seen === index) start = at;
    if (start === undefined) continue;
    if (closes) depth -= 1;
    else if (!markup.endsWith('/>')) depth += 1;
    if (depth === 0) return xml.slice(start, at + markup.length);
  }
  return undefined;
}
