/** XML and what is read of it: the SOAP request, its security header, the organisation's logo. */
import { ParseOption, XmlCData, XmlDocument, XmlElement as ForeignElement, XmlText } from 'libxml2-wasm';
import { logoDefect } from '../../../src/config/logo.ts';
import { Refusal } from '../../../src/refusal.ts';
import { parseEnvelope } from '../../../src/wstrust/soap.ts';
import { parseRequestSecurityToken } from '../../../src/wstrust/request-security-token.ts';
import { toText, xml } from '../../../src/xml/markup.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import type { XmlElement } from '../../../src/xml/parse.ts';
import { BYTES } from '../mutate-bytes.ts';
import { textMutators } from '../mutate-text.ts';
import { mustHold, vectorFiles } from '../parser.ts';
import type { Parser } from '../parser.ts';

const WORDS = [
  '<',
  '>',
  '</',
  '/>',
  '<a>',
  '</a>',
  '<a b="',
  '"',
  '&amp;',
  '&#0;',
  '&#x1F600;',
  '&',
  ';',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<!DOCTYPE a [',
  '<!ENTITY b "c">',
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<?p i?>',
  ' xmlns="u"',
  ' xmlns:p="u"',
  ' xmlns:p=""',
  ' xml:id="a"',
  'p:',
  '=',
  ' ',
];

const SOAP_WORDS = [
  ...WORDS,
  's:Envelope',
  's:Header',
  's:Body',
  ' s:mustUnderstand="1"',
  ' s:role="http://www.w3.org/2003/05/soap-envelope/role/next"',
  'http://www.w3.org/2003/05/soap-envelope',
  'a:Action',
  'a:To',
  'a:MessageID',
  'RequestSecurityToken',
  'UsernameToken',
  'Username',
  'Password',
  'Timestamp',
  'Created',
  '2026-03-01T08:00:00Z',
  'AppliesTo',
  'OnBehalfOf',
];

const refuses = (error: unknown): boolean => error instanceof Refusal;

const requests = (): readonly Uint8Array[] => [
  ...vectorFiles('wstrust/clients'),
  ...vectorFiles('wstrust/tolerated'),
  ...vectorFiles('wstrust/refused'),
];

const MARKUP = { mutators: [...BYTES, ...textMutators(WORDS), ...textMutators(WORDS)], refuses } as const;

export const XML: Parser = {
  ...MARKUP,
  name: 'xml',
  seeds: () => [
    Buffer.from('<?xml version="1.0"?><s:E xmlns:s="urn:s"><s:B a="1&amp;">t<![CDATA[x]]><!-- c --></s:B></s:E>'),
    ...vectorFiles('wstrust/clients'),
    ...vectorFiles('saml'),
  ],
  take(input) {
    const root = parseXml(input);
    mustHold(sameTree(root, parseXml(Buffer.from(written(root)))), 'what is written is read as it was');
    mustHold(secondOpinion(input, root), 'libxml2 reads the same');
    return 'read';
  },
  runs: 1_500,
};

const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

const text = (value: string): string => toText(xml`${value}`);
const quoted = (value: string): string => toText(xml`<a b="${value}"></a>`).slice('<a b='.length, -'></a>'.length);

/** Every name with its namespace declared anew; values are escaped by our own writer. */
function written({ local, namespace, attributes, text: content, children }: XmlElement): string {
  const own = attributes.map(({ local, namespace, value }, index) => {
    if (namespace === '') return ` ${local}=${quoted(value)}`;
    if (namespace === XML_NAMESPACE) return ` xml:${local}=${quoted(value)}`;
    return ` xmlns:p${index}=${quoted(namespace)} p${index}:${local}=${quoted(value)}`;
  });
  const name = namespace === XML_NAMESPACE ? `xml:${local}` : local;
  const declared = namespace === XML_NAMESPACE ? '' : ` xmlns=${quoted(namespace)}`;
  return `<${name}${declared}${own.join('')}>${text(content)}${children.map(written).join('')}</${name}>`;
}

/** Without prefixes and places. */
const plain = ({ local, namespace, attributes, text: content, children }: XmlElement): unknown => [
  local,
  namespace,
  attributes.map((attribute) => [attribute.local, attribute.namespace, attribute.value]),
  content,
  children.map(plain),
];

const sameTree = (one: XmlElement, other: XmlElement): boolean =>
  JSON.stringify(plain(one)) === JSON.stringify(plain(other));

/** Two readers of one document must not see two documents: what we take, libxml2 takes, and reads the same in it. */
function secondOpinion(input: Buffer, root: XmlElement): boolean {
  let document: XmlDocument;
  try {
    document = XmlDocument.fromBuffer(input, { option: ParseOption.XML_PARSE_HUGE });
  } catch (error) {
    // Namespaces in XML §2.2 asks for a URI, and we compare names as they are.
    return String(error).includes('is not a valid URI');
  }
  try {
    return JSON.stringify(foreign(document.root)) === JSON.stringify(plain(root));
  } finally {
    document.dispose();
  }
}

function foreign(element: ForeignElement): unknown {
  const children: unknown[] = [];
  let content = '';
  for (let node = element.firstChild; node !== null; node = node.next) {
    if (node instanceof ForeignElement) children.push(foreign(node));
    else if (node instanceof XmlText || node instanceof XmlCData) content += node.content;
  }
  const attributes = element.attrs.map(({ name, namespaceUri, value }) => [name, namespaceUri, value]);
  return [element.name, element.namespaceUri, attributes, content, children];
}

/** What a record gets of a request that is refused. */
function bounded(error: unknown): never {
  if (error instanceof Refusal) {
    const facts = JSON.stringify(error.facts);
    mustHold(facts.length <= 2_000, 'the facts for the record stay short');
    mustHold(!facts.includes(SECRET), 'the facts tell nothing of the password');
  }
  throw error;
}

const SECRET = 'not-a-real';

export const SOAP_REQUEST: Parser = {
  name: 'soap-request',
  seeds: requests,
  mutators: [...BYTES, ...textMutators(SOAP_WORDS), ...textMutators(SOAP_WORDS)],
  refuses,
  take(input) {
    try {
      const { version, appliesTo, context = '', messageId = '' } = parseRequestSecurityToken(input, undefined);
      mustHold(
        Math.max(appliesTo.length, context.length, messageId.length) <= 2_048,
        'what goes into the answer is short',
      );
      return `read ${version}`;
    } catch (error) {
      return bounded(error);
    }
  },
  runs: 2_000,
};

export const SECURITY_HEADER: Parser = {
  ...SOAP_REQUEST,
  name: 'security-header',
  seeds: () => [
    ...vectorFiles('wstrust/clients', /password/),
    ...vectorFiles('wstrust/tolerated', /username|security|timestamp/),
  ],
  take(input) {
    try {
      const { usernameToken, timestamp } = parseEnvelope(input).security;
      if (usernameToken !== undefined) {
        mustHold(usernameToken.username.length <= 1_024, 'user names are bounded');
        mustHold(!JSON.stringify(usernameToken).includes(usernameToken.password.reveal()), 'no password by accident');
      }
      return `read ${usernameToken === undefined ? '' : 'name'} ${timestamp === undefined ? '' : 'time'}`;
    } catch (error) {
      return bounded(error);
    }
  },
};

const SVG_WORDS = [
  ...WORDS,
  '<svg xmlns="http://www.w3.org/2000/svg">',
  '<script>',
  'style',
  'url(',
  'href="',
  'data:image/png;base64,',
  'onload',
  '@import',
  '\\75 rl(',
  '<use ',
  '<animate attributeName="',
];

export const LOGO: Parser = {
  name: 'logo',
  seeds: () => [
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><style>a{fill:url(#b)}</style><use href="#a"/></svg>',
    ),
    Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    Buffer.from('52494646000000005745425056503820', 'hex'),
    Buffer.from('ffd8ffe000104a464946', 'hex'),
  ],
  mutators: [...BYTES, ...textMutators(SVG_WORDS), ...textMutators(SVG_WORDS)],
  refuses: () => false,
  take: (input) => logoDefect(input)?.message ?? 'served',
  runs: 2_000,
};
