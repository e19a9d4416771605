/** Documents for the readers, by libxml2: none of the product's own parsing has a say in how a client reads. */
import { XmlC14NMode, XmlDocument, XmlElement } from 'libxml2-wasm';
import type { XmlOutputBufferHandler } from 'libxml2-wasm';

/** The prefixes that the clients' own expressions use. */
export const NAMESPACES = {
  wsdl: 'http://schemas.xmlsoap.org/wsdl/',
  soap12: 'http://schemas.xmlsoap.org/wsdl/soap12/',
  wsp: 'http://schemas.xmlsoap.org/ws/2004/09/policy',
  wsu: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  wsa10: 'http://www.w3.org/2005/08/addressing',
  http: 'http://schemas.microsoft.com/ws/06/2004/policy/http',
  sp: 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702',
  sp2005: 'http://schemas.xmlsoap.org/ws/2005/07/securitypolicy',
  s: 'http://www.w3.org/2003/05/soap-envelope',
  wst: 'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
  t: 'http://schemas.xmlsoap.org/ws/2005/02/trust',
  saml: 'urn:oasis:names:tc:SAML:1.0:assertion',
} as const;

export const ISSUE = {
  '1.3': `${NAMESPACES.wst}/RST/Issue`,
  '2005': `${NAMESPACES.t}/RST/Issue`,
} as const;

export type Version = keyof typeof ISSUE;

export function versionOfSoapAction(action: string | undefined): Version | undefined {
  return (['1.3', '2005'] as const).find((version) => ISSUE[version] === action);
}

/** What a client makes of a windowstransport port. */
export interface FoundEndpoint {
  readonly version: Version;
  readonly address: string;
}

export function withDocument<T>(text: string, read: (document: XmlDocument) => T): T {
  using document = XmlDocument.fromString(text);
  return read(document);
}

export function elements(node: XmlElement, xpath: string): readonly XmlElement[] {
  return node.find(xpath, NAMESPACES).filter((found) => found instanceof XmlElement);
}

export function element(node: XmlElement, xpath: string): XmlElement | undefined {
  return elements(node, xpath)[0];
}

/** The library decodes each chunk on its own and damages characters at their seams; here the bytes are joined first. */
function collect(write: (handler: XmlOutputBufferHandler) => void): string {
  const chunks: Buffer[] = [];
  write({
    write: (chunk) => {
      chunks.push(Buffer.from(chunk));
      return chunk.byteLength;
    },
    close: () => true,
  });
  return Buffer.concat(chunks).toString('utf8');
}

export const serialise = (node: XmlElement): string =>
  collect((handler) => node.save(handler, { format: false, noDeclaration: true }));

/** Exclusive XML Canonicalization of a document. */
export const canonical = (text: string): string =>
  withDocument(text, ({ root }) =>
    collect((handler) => root.canonicalize(handler, { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 })),
  );

/** The element, or an error in the client's stead. */
export function required<T>(found: T | undefined | null, what: string): T {
  if (found === undefined || found === null) throw new Error(`the client finds no ${what}`);
  return found;
}

export const localPart = (name: string): string => name.slice(name.indexOf(':') + 1);
