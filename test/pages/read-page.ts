/** Reads a page back, strictly: all pages are well-formed XML after their first line, so nothing can hide in leniency. */
import { parseXml } from '../../src/xml/parse.ts';
import type { XmlElement } from '../../src/xml/parse.ts';

const DOCTYPE = '<!doctype html>\n';

export function readPage(html: string): XmlElement {
  if (!html.startsWith(DOCTYPE)) throw new Error('the page has no document type');
  return parseXml(Buffer.from(html.slice(DOCTYPE.length)));
}

/** The element and all below it, in document order. */
export function everyElement(root: XmlElement): readonly XmlElement[] {
  return [root, ...root.children.flatMap(everyElement)];
}

export function elements(root: XmlElement, name: string): readonly XmlElement[] {
  return everyElement(root).filter((element) => element.name === name);
}

export function attribute(element: XmlElement | undefined, name: string): string | undefined {
  return element?.attributes.find((candidate) => candidate.name === name)?.value;
}

/** All text within, each element's own before its children's: good for looking a word up, not for reading. */
export function allText(element: XmlElement): string {
  return element.text + element.children.map(allText).join('');
}

/** Elements and names of attributes, without what they hold. */
export function shape(element: XmlElement): string {
  const names = element.attributes.map(({ name }) => name).join(' ');
  return `<${element.name} ${names}>${element.children.map(shape).join('')}</>`;
}

/** The fields of the page's forms by name, as they would be posted untouched; of several forms all. */
export function hiddenFields(root: XmlElement): readonly (readonly [string, string])[] {
  return elements(root, 'input')
    .filter((input) => attribute(input, 'type') === 'hidden')
    .map((input) => [attribute(input, 'name') ?? '', attribute(input, 'value') ?? '']);
}
