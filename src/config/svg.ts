/**
 * What an SVG may not hold that Mortise serves as an organisation's logo: anything that runs, and anything that loads from elsewhere.
 *
 * A page shows it as an image, in which nothing runs ([SVG 2] §2.2, secure static mode). Opened by its own address it
 * is a document of Mortise's origin. Owns: the verdict. Does not own: other formats and the size (logo.ts).
 */
import { Refusal } from '../refusal.ts';
import { parseXml } from '../xml/parse.ts';
import type { XmlAttribute, XmlElement } from '../xml/parse.ts';

export interface LogoDefect {
  /** Completes "the file …". */
  readonly message: string;
  readonly fix: string;
}

const SVG = 'http://www.w3.org/2000/svg';
const XML = 'http://www.w3.org/XML/1998/namespace';

/** Their elements are live inside an SVG too; those of other namespaces (editors' notes) are not. */
const LIVE_NAMESPACES = new Set(['http://www.w3.org/1999/xhtml', 'http://www.w3.org/1998/Math/MathML']);

/** Of [SVG 2] §16 (Linking), with and without XLink's prefix. */
const REFERENCES = new Set(['href', 'src', 'ping']);

/** RFC 2397: a picture or font inside the file itself. No SVG in it: that one would have to be looked into again. */
const EMBEDDED = /^data:(?:image\/(?:png|jpe?g|gif|webp)|font\/[\w.+-]+|application\/(?:x-)?font[\w.+-]*)[;,]/i;

const PLAIN = 'Export it as plain SVG with pictures embedded and text as paths, or give a PNG';

/** Why the file is no SVG to be served; undefined when it is one. */
export function svgDefect(bytes: Uint8Array): LogoDefect | undefined {
  let root: XmlElement;
  try {
    root = parseXml(bytes);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { message: unreadable(error), fix: PLAIN };
  }
  if (root.local !== 'svg') return { message: 'is neither a picture nor an SVG', fix: PLAIN };
  if (root.namespace !== SVG) {
    return { message: 'is an SVG without its namespace', fix: `Write \`<svg xmlns="${SVG}" …>\`` };
  }
  const found = firstDefect(root);
  return found === undefined ? undefined : { message: `is an SVG with ${found}`, fix: PLAIN };
}

function unreadable({ code, facts: { detail = '' } }: Refusal): string {
  const [line] = detail.split(':');
  if (code === 'request-not-utf8') return 'is an SVG that is not UTF-8';
  if (code === 'request-has-doctype') return `is an SVG with a DOCTYPE (line ${line})`;
  if (code === 'request-too-deep') return 'is an SVG of too many or too deeply nested elements';
  // It may name a style sheet.
  if (detail.includes('processing instruction')) return `is an SVG with a processing instruction (line ${line})`;
  return `is no well-formed SVG (line ${line})`;
}

function firstDefect(element: XmlElement): string | undefined {
  const own = elementDefect(element) ?? firstOf(element.attributes, attributeDefect);
  return own === undefined ? firstOf(element.children, firstDefect) : inLine(own, element);
}

function firstOf<T>(items: readonly T[], defect: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = defect(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const inLine = (defect: string, { line }: XmlElement): string => `${defect} (line ${line})`;

function elementDefect({ local, namespace, text }: XmlElement): string | undefined {
  const name = local.toLowerCase();
  if (name === 'script') return 'a script';
  if (name === 'foreignobject' || LIVE_NAMESPACES.has(namespace)) return 'a foreign object';
  return name === 'style' && loadsFromElsewhere(text) ? 'a style that refers to elsewhere' : undefined;
}

function attributeDefect({ local, namespace, value }: XmlAttribute): string | undefined {
  const name = local.toLowerCase();
  if (namespace === '' && name.startsWith('on')) return 'an event handler';
  if (name === 'attributename' && /^(?:.*:)?(?:href|src|base|style|on.*)$/is.test(value.trim())) {
    return 'an animated reference or event handler';
  }
  if (namespace === XML && name === 'base') return 'a base address';
  if (REFERENCES.has(name)) return isInside(value) ? undefined : 'a reference to elsewhere';
  // Of the others any may be a property of CSS ([SVG 2] §6.6); these hold names and words.
  if (namespace !== '' || /^(?:id|class|(?:data|aria)-.*)$/s.test(name)) return undefined;
  return loadsFromElsewhere(value) ? 'a reference to elsewhere' : undefined;
}

const isInside = (reference: string): boolean => /^\s*#/.test(reference) || EMBEDDED.test(reference.trim());

/** [CSS Values 4] §4.5 and [CSS Images 4] §2: besides `url()`, these take an address as a string. */
const OTHER_LOADING = /@import|(?:image|image-set|src)\(/i;

function loadsFromElsewhere(css: string): boolean {
  const text = withoutEscapes(css);
  if (OTHER_LOADING.test(text)) return true;
  return [...text.matchAll(/url\(\s*["']?([^"')]*)/gi)].some(([, address = '']) => !isInside(address));
}

/** [CSS Syntax 3] §4.3.7 */
function withoutEscapes(css: string): string {
  return css.replace(/\\(?:([0-9a-f]{1,6})(?:\r\n|\s)?|([^\n\r\f]))/gi, (_, hex?: string, character?: string) => {
    if (hex === undefined) return character ?? '';
    const codePoint = Number.parseInt(hex, 16);
    return codePoint > 0x10ffff ? '\uFFFD' : String.fromCodePoint(codePoint);
  });
}
