/**
 * Reading elements of the SOAP vocabulary strictly: nothing doubled, nothing between the elements, no value that a
 * record could not hold. Owns no meaning; each caller names the refusal that fits its place.
 */
import { Refusal } from '../refusal.ts';
import type { RefusalCode } from '../refusal.ts';
import type { XmlElement } from '../xml/parse.ts';

/** No URI of this vocabulary comes near it; the values go into the record and the answer. */
export const MAX_VALUE_LENGTH = 2_048;

export function isElement(element: XmlElement, namespace: string, local: string): boolean {
  return element.local === local && element.namespace === namespace;
}

/** `local name in {namespace}`, cut to what a record may hold. */
export function describe(element: XmlElement): string {
  return excerpt(element.namespace === '' ? element.local : `${element.local} in {${element.namespace}}`);
}

export function excerpt(value: string): string {
  return value.length <= 200 ? value : `${value.slice(0, 200)}…`;
}

/** The child elements of a container, which may hold white space beside them but no other text. */
export function childrenOf(element: XmlElement, code: RefusalCode): readonly XmlElement[] {
  if (trimXml(element.text) !== '')
    throw new Refusal(code, { attribute: describe(element), detail: 'text between the elements' });
  return element.children;
}

/** The one child of this name, or undefined; two are refused. */
export function onlyChild(
  element: XmlElement,
  namespaces: readonly string[],
  local: string,
  code: RefusalCode,
): XmlElement | undefined {
  const found = childrenOf(element, code).filter(
    (child) => child.local === local && namespaces.includes(child.namespace),
  );
  if (found.length > 1) throw new Refusal(code, { attribute: local, actual: `${found.length} of them` });
  return found[0];
}

/** The text of a leaf without the white space around it (xs:anyURI collapses it). Never empty. */
export function valueOf(element: XmlElement, code: RefusalCode): string {
  if (element.children.length > 0)
    throw new Refusal(code, { attribute: describe(element), detail: 'elements where a URI is expected' });
  const value = trimXml(element.text);
  if (value === '') throw new Refusal(code, { attribute: describe(element), actual: 'empty' });
  if (value.length > MAX_VALUE_LENGTH) {
    throw new Refusal(code, { attribute: describe(element), actual: `${value.length} characters` });
  }
  return value;
}

const XML_SPACES = ' \t\r\n';

/** XML 1.0 §2.3 knows four white space characters; String.trim() knows more. By index: `[ ]+$` is quadratic in a run within. */
export function trimXml(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && XML_SPACES.includes(text.charAt(start))) start += 1;
  while (start < end && XML_SPACES.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
