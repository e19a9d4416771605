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

/** The fields of a form that a person fills in, by name; with what a browser may fill in for him. */
export function typedFields(root: XmlElement): readonly (readonly [name: string, autocomplete: string | undefined])[] {
  return elements(root, 'input')
    .filter((input) => attribute(input, 'type') !== 'hidden')
    .map((input) => [attribute(input, 'name') ?? '', attribute(input, 'autocomplete')]);
}

/** The name or id of what has the focus when the page opens. */
export function focused(root: XmlElement): string | undefined {
  return attribute(
    everyElement(root).find((element) => attribute(element, 'autofocus') !== undefined),
    'id',
  );
}

/** The names of the fields that are marked as wrong. */
export function markedWrong(root: XmlElement): readonly (string | undefined)[] {
  return elements(root, 'input')
    .filter((input) => attribute(input, 'aria-invalid') === 'true')
    .map((input) => attribute(input, 'name'));
}

/** Where the links of the page lead, but for the help desk's at the foot. */
export function links(root: XmlElement): readonly (string | undefined)[] {
  const [main] = elements(root, 'main');
  return main === undefined ? [] : elements(main, 'a').map((link) => attribute(link, 'href'));
}
