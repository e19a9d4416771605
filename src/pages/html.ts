/**
 * Writes HTML with a tagged template, as xml/markup.ts does for XML: `` html`<a href="${address}">${text}</a>` ``.
 * Values are escaped as their place demands, nested fragments are kept, and a value in any other place is an error.
 *
 * Owns: escaping, and which addresses a page may name. Does not own: what a page says (the page), nor what the browser
 * may load (content-security-policy.ts).
 */
import { readTemplate } from './html-places.ts';
import type { Place } from './html-places.ts';

const markup = Symbol('html');
const attributeList = Symbol('attributes');

/** A piece of HTML that came from a template. No JSON or other input can look like one. */
export interface Html {
  readonly [markup]: string;
}

/** Attributes that came from {@link attributes}; the only value that may stand within a tag. */
export interface Attributes {
  readonly [attributeList]: string;
}

/** `undefined` writes nothing: a part that a page does not have. */
export type HtmlValue = string | Html | Attributes | readonly Html[] | undefined;

/**
 * The template tag. A string is escaped for its place; fragments are allowed as text only.
 *
 * @throws Error (a defect of the caller) when a value stands where a name, an unquoted attribute value, a script or a
 *   style sheet would, or when an address has a scheme that no page may name.
 */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const template = readTemplate(literals);
  let written = template.literals[0] ?? '';
  for (const [index, value] of values.entries()) {
    written += writeValue(value, template.places[index]) + (template.literals[index + 1] ?? '');
  }
  return { [markup]: written };
}

/** Attributes by name: `true` writes the name alone (as `name=""`), `false` and `undefined` leave it out. */
export function attributes(given: Readonly<Record<string, string | boolean | undefined>>): Attributes {
  let written = '';
  for (const [name, value] of Object.entries(given)) {
    if (!/^[a-z][a-z-]*$/.test(name) || name.startsWith('on') || name === 'style') {
      throw new Error(`no attribute of a page: ${name}`);
    }
    if (value === undefined || value === false) continue;
    const text = value === true ? '' : value;
    written += ` ${name}="${escapeAttribute(ADDRESSES.has(name) ? requireAddress(text) : text)}"`;
  }
  return { [attributeList]: written };
}

/** HTML that something else wrote and vouches for. Never with anything that a person or a request brought. */
export function verbatim(written: string): Html {
  return { [markup]: written };
}

/** A drawing by a library: a QR code. Refuses what could act: scripts, handlers, styles, foreign content, references. */
export function trustedSvg(svg: string): Html {
  if (!/^<svg [^<>]*>(?:<(?:rect|path|g) [^<>]*>|<\/(?:rect|path|g)>)*<\/svg>$/.test(svg)) {
    throw new Error('not a drawing of rectangles and paths alone');
  }
  if (/\s(?:on\w+|style|href|xlink:href)\s*=/i.test(svg)) throw new Error('a drawing that could act');
  return { [markup]: svg };
}

export function toText(fragment: Html): string {
  return fragment[markup];
}

function writeValue(value: HtmlValue, place: Place | undefined): string {
  if (place === 'tag') {
    if (typeof value === 'object' && attributeList in value) return value[attributeList];
    throw new Error('only attributes may stand within a tag');
  }
  if (typeof value === 'string') return writeString(value, place);
  if (place !== 'text') throw new Error('a fragment cannot be an attribute value');
  if (value === undefined) return '';
  if (attributeList in value) throw new Error('attributes stand within a tag only');
  return markup in value ? value[markup] : value.map(toText).join('');
}

function writeString(value: string, place: Place | undefined): string {
  if (place === 'address') return escapeAttribute(requireAddress(value));
  return place === 'attribute' ? escapeAttribute(value) : escapeText(value);
}

const ADDRESSES = new Set(['href', 'src', 'action', 'formaction']);

/** A path of this host (not `//host`, nor `/\host`, which browsers read alike), a part of this page, or one of few schemes. */
const ADDRESS = /^(?:\/(?![/\\])|\?|#|https?:\/\/|mailto:|tel:|otpauth:\/\/)/i;

/** Browsers drop tabs and line ends in addresses, and skip control characters before them: none is taken. */
// oxlint-disable-next-line no-control-regex
const NOT_IN_ADDRESS = /[\u0000-\u0020\u007F]/;

export function requireAddress(address: string): string {
  if (ADDRESS.test(address) && !NOT_IN_ADDRESS.test(address)) return address;
  throw new Error('an address of a page is a path, https:, http:, mailto:, tel: or otpauth:');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** What no HTML document can carry: the parser would put U+FFFD in its place, so it is written at once. */
function carried(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

function escapeText(text: string): string {
  return carried(text).replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? character);
}

/** Line ends as references: the parser would otherwise make one LF of CR LF and of CR (HTML §13.2.3.5). */
export function escapeAttribute(text: string): string {
  return carried(text).replace(/[&<"\t\n\r]/g, (character) => ESCAPES[character] ?? character);
}
