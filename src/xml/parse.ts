/**
 * Bytes from a stranger -> a small readonly element tree, or a refusal that costs little.
 *
 * Owns: encoding, well-formedness with namespaces (saxes), and what SOAP 1.2 §5 forbids (DOCTYPE, processing
 * instructions), with limits on depth and count. Does not own: the size of the body (the server limits it before), nor
 * what the elements mean.
 */
import { SaxesParser } from 'saxes';
import type { SaxesTagNS } from 'saxes';
import { Refusal } from '../refusal.ts';

export interface XmlAttribute {
  /** As written, with prefix. */
  readonly name: string;
  readonly local: string;
  /** '' when the attribute has no prefix (Namespaces in XML §6.2: the default namespace does not apply). */
  readonly namespace: string;
  readonly value: string;
}

export interface XmlElement {
  /** As written, with prefix. */
  readonly name: string;
  readonly local: string;
  /** '' when in no namespace. */
  readonly namespace: string;
  /** Without namespace declarations, in document order. */
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** All character data directly inside, joined over comments and children; nothing trimmed. */
  readonly text: string;
  /** Where the name of the start tag ends: line from 1, column (characters) from 0. */
  readonly line: number;
  readonly column: number;
}

/** The deepest request of a known client has 8 levels; saxes is quadratic in depth. */
export const MAX_DEPTH = 64;
/** Known clients send fewer than 40 elements. */
export const MAX_ELEMENTS = 2_000;
/** Namespace declarations count. */
export const MAX_ATTRIBUTES = 4_000;

const XMLNS = 'http://www.w3.org/2000/xmlns/';

/** NameChar without NameStartChar (XML 1.0 §2.3): saxes does not look at the first character after a colon. */
const NOT_A_NAME_START = /^[\u0300-\u036F\u00B7\u203F\u2040.0-9-]/u;

interface Open {
  readonly children: XmlElement[];
  readonly line: number;
  readonly column: number;
  text: string;
}

/**
 * Parses one XML 1.0 document in UTF-8, with or without a byte order mark.
 *
 * @throws Refusal request-not-utf8, request-not-xml, request-has-doctype, request-too-deep; `detail` holds line:column.
 */
export function parseXml(bytes: Uint8Array): XmlElement {
  const parser = new SaxesParser({ xmlns: true, defaultXMLVersion: '1.0', forceXMLVersion: true });
  const tree = collectTree(parser);
  refuseForeignMatter(parser);
  const text = decodeUtf8(bytes);
  try {
    parser.write(text).close();
  } catch (error) {
    throw asRefusal(error);
  }
  return tree();
}

/** Finds an attribute; without a namespace, one that has no prefix. */
export function attributeValue(element: XmlElement, local: string, namespace = ''): string | undefined {
  return element.attributes.find((attribute) => attribute.local === local && attribute.namespace === namespace)?.value;
}

/** The parser drops one byte order mark; a second is content. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Refusal('request-not-utf8');
  }
}

type Parser = SaxesParser<{ xmlns: true; defaultXMLVersion: '1.0'; forceXMLVersion: true }>;

const at = (parser: Parser): string => `${parser.line}:${parser.column}`;

/** Attaches the handlers that build the tree; the function returned hands out the root after the end. */
function collectTree(parser: Parser): () => XmlElement {
  const open: Open[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  let attributes = 0;

  const spend = (count: number, budget: number, what: string): void => {
    if (count > budget) throw new Refusal('request-too-deep', { detail: `${at(parser)}: more than ${budget} ${what}` });
  };

  parser.on('opentagstart', () => {
    spend(++elements, MAX_ELEMENTS, 'elements');
    spend(open.length + 1, MAX_DEPTH, 'levels');
    open.push({ children: [], line: parser.line, column: parser.column, text: '' });
  });
  parser.on('attribute', () => spend(++attributes, MAX_ATTRIBUTES, 'attributes'));
  parser.on('text', (text) => addText(text));
  parser.on('cdata', (text) => addText(text));
  parser.on('closetag', (tag) => {
    const finished = open.pop();
    if (finished === undefined) return;
    const element = elementOf(tag, finished, parser);
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });

  // White space beside the root belongs to no element.
  const addText = (text: string): void => {
    const innermost = open.at(-1);
    if (innermost !== undefined) innermost.text += text;
  };

  return () => {
    if (root === undefined) throw new Error('saxes accepted a document without a root');
    return root;
  };
}

function elementOf(tag: SaxesTagNS, finished: Open, parser: Parser): XmlElement {
  const attributes = Object.values(tag.attributes).filter((attribute) => attribute.uri !== XMLNS);
  for (const { local } of [tag, ...attributes]) {
    if (NOT_A_NAME_START.test(local)) throw new Refusal('request-not-xml', { detail: `${at(parser)}: malformed name` });
  }
  return {
    name: tag.name,
    local: tag.local,
    namespace: tag.uri,
    attributes: attributes.map(({ name, local, uri, value }) => ({ name, local, namespace: uri, value })),
    children: finished.children,
    text: finished.text,
    line: finished.line,
    column: finished.column,
  };
}

/** SOAP 1.2 §5: neither document type declaration nor processing instructions. The XML declaration must tell the truth. */
function refuseForeignMatter(parser: Parser): void {
  parser.on('doctype', () => {
    throw new Refusal('request-has-doctype', { detail: at(parser) });
  });
  parser.on('processinginstruction', () => {
    throw new Refusal('request-not-xml', { detail: `${at(parser)}: processing instruction (SOAP 1.2 §5)` });
  });
  parser.on('xmldecl', ({ version, encoding }) => {
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') {
      throw new Refusal('request-not-utf8', { expected: 'UTF-8', actual: encoding.slice(0, 40) });
    }
    if (version !== '1.0') throw new Refusal('request-not-xml', { detail: `${at(parser)}: XML version is not 1.0` });
  });
}

/** saxes reports `line:column: what`; what follows a further colon may be content, even a password, and is dropped. */
function asRefusal(error: unknown): unknown {
  if (error instanceof Refusal || !(error instanceof Error)) return error;
  const message = /^(\d+:\d+): ([^:]*)/.exec(error.message);
  return message === null ? error : new Refusal('request-not-xml', { detail: `${message[1]}: ${message[2]?.trim()}` });
}
