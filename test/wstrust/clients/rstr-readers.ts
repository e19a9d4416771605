/**
 * How each client takes the token out of an RSTR, and the error out of a fault: its own rule, written anew and as picky
 * as it is. Where the client fails altogether, so does its reader.
 */
import type { XmlElement } from 'libxml2-wasm';
import { NAMESPACES, element, elements, required, serialise, withDocument } from './document.ts';
import type { Version } from './document.ts';

export interface FoundToken {
  readonly token: string;
  /** What the client then says to Entra's token endpoint. */
  readonly grant: 'saml1_1-bearer' | 'saml2-bearer';
}

export interface FoundFault {
  readonly code: string;
  readonly reason: string;
}

interface TokenReader {
  /** The versions in which it can take a token. */
  readonly versions: readonly Version[];
  /** Whether it hands on the bytes, or what a tree of them says. */
  readonly raw: boolean;
  readonly token: (text: string, version: Version) => FoundToken;
}

const SAML11 = 'urn:oasis:names:tc:SAML:1.0:assertion';
const BOTH: readonly Version[] = ['1.3', '2005'];

/** The XPath of the response, as AD FS answers each version. */
const RESPONSE: Readonly<Record<Version, string>> = {
  '1.3': '/s:Envelope/s:Body/wst:RequestSecurityTokenResponseCollection/wst:RequestSecurityTokenResponse',
  '2005': '/s:Envelope/s:Body/t:RequestSecurityTokenResponse',
};
const PREFIX: Readonly<Record<Version, string>> = { '1.3': 'wst', '2005': 't' };

/** All child nodes, text included. */
function* childNodes(parent: XmlElement): Generator<{ readonly text: string }> {
  for (let node = parent.firstChild; node !== null; node = node.next) {
    yield { text: 'attrs' in node ? serialise(node as XmlElement) : node.content };
  }
}

/** MSAL Python and ADAL Python: greedy regular expressions over the raw text; the prefix must be of word characters. */
function rawContents(text: string, tag: string): readonly string[] {
  return [...text.matchAll(new RegExp(`<(?:\\w+:)?${tag}(?:[^>]*)>(.*)</(?:\\w+:)?${tag}`, 'gs'))].map(
    (match) => match[1] ?? '',
  );
}

const GRANTS: Readonly<Record<string, FoundToken['grant']>> = {
  [SAML11]: 'saml1_1-bearer',
  'urn:oasis:names:tc:SAML:2.0:assertion': 'saml2-bearer',
  'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1': 'saml1_1-bearer',
  'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0': 'saml2-bearer',
};

function pythonToken(text: string): FoundToken {
  const response = required(rawContents(text, 'RequestSecurityTokenResponse')[0], 'RequestSecurityTokenResponse');
  const type = required(rawContents(response, 'TokenType')[0], 'TokenType');
  const token = required(rawContents(response, 'RequestedSecurityToken')[0], 'RequestedSecurityToken');
  return { token, grant: required(GRANTS[type], `grant for ${type}`) };
}

const faultParts = (
  text: string,
  read: (reason: XmlElement | undefined, codes: readonly XmlElement[]) => FoundFault,
): FoundFault =>
  withDocument(text, ({ root }) =>
    read(
      element(root, '/s:Envelope/s:Body/s:Fault/s:Reason/s:Text'),
      elements(root, '/s:Envelope/s:Body/s:Fault/s:Code/s:Subcode/s:Value'),
    ),
  );

/** MSAL Python: takes both or fails. */
const msalPythonFault = (text: string): FoundFault =>
  faultParts(text, (reason, codes) => ({
    code: required(codes[0], 'Subcode').content,
    reason: required(reason, 'Reason').content,
  }));

/** MSAL4J and ADAL Python: what stands behind the Subcode's colon; without one they fail, and so with two Subcodes. */
const splittingFault = (text: string): FoundFault =>
  faultParts(text, (reason, codes) => {
    if (codes.length !== 1) throw new Error(`the client wants one Subcode, not ${codes.length}`);
    return {
      code: required(codes[0]?.content.split(':')[1], 'prefix of the Subcode'),
      reason: required(reason, 'Reason').content,
    };
  });

/** MSAL.NET: direct children in the version's namespace; any TokenType but the one string means SAML 2.0. */
function dotNetToken(text: string, version: Version): FoundToken {
  return withDocument(text, ({ root }) => {
    const response = required(element(root, RESPONSE[version]), 'RequestSecurityTokenResponse');
    const type = required(element(response, `${PREFIX[version]}:TokenType`), 'TokenType').content;
    const holder = required(element(response, `${PREFIX[version]}:RequestedSecurityToken`), 'RequestedSecurityToken');
    const token = [...childNodes(holder)].map((node) => node.text).join('');
    return { token, grant: type === SAML11 ? 'saml1_1-bearer' : 'saml2-bearer' };
  });
}

/** MSAL4J: writes every child node into one writer and appends the writer's whole content each time. */
function msal4jToken(text: string, version: Version): FoundToken {
  return withDocument(text, ({ root }) => {
    const type = required(element(root, `${RESPONSE[version]}/${PREFIX[version]}:TokenType`), 'TokenType');
    const holder = required(
      element(required(type.parent, 'parent'), `${PREFIX[version]}:RequestedSecurityToken`),
      'RequestedSecurityToken',
    );
    let writer = '';
    let token = '';
    for (const node of childNodes(holder)) {
      writer += node.text;
      token += writer;
    }
    return { token, grant: type.content.toLowerCase() === SAML11.toLowerCase() ? 'saml1_1-bearer' : 'saml2-bearer' };
  });
}

/** adal-node: element children, serialised again; the TokenType is one of two strings. */
function adalNodeToken(text: string, version: Version): FoundToken {
  return withDocument(text, ({ root }) => {
    const type = required(element(root, `${RESPONSE[version]}/${PREFIX[version]}:TokenType`), 'TokenType').content;
    const holder = required(
      element(root, `${RESPONSE[version]}/${PREFIX[version]}:RequestedSecurityToken`),
      'RequestedSecurityToken',
    );
    if (!type.startsWith('urn:')) throw new Error(`the client knows no token type ${type}`);
    return { token: elements(holder, '*').map(serialise).join(''), grant: required(GRANTS[type], `grant for ${type}`) };
  });
}

/** MSAL Go: 1.3 alone, any namespace, raw inner XML; `xmlns:saml` must stand on the Assertion itself and tells the type. */
function msalGoToken(text: string): FoundToken {
  return withDocument(text, ({ root }) => {
    const local = (...names: readonly string[]): string => names.map((name) => `/*[local-name()="${name}"]`).join('');
    const path = local(
      'Envelope',
      'Body',
      'RequestSecurityTokenResponseCollection',
      'RequestSecurityTokenResponse',
      'RequestedSecurityToken',
    );
    const assertion = required(element(root, `${path}${local('Assertion')}`), 'Assertion');
    if (assertion.nsDeclarations['saml'] !== NAMESPACES.saml)
      throw new Error('the client finds no xmlns:saml on the Assertion');
    const token = required(
      /<[\w-]*:?RequestedSecurityToken[^>]*>(.*?)<\/[\w-]*:?RequestedSecurityToken>/s.exec(text)?.[1],
      'inner XML',
    );
    return { token, grant: 'saml1_1-bearer' };
  });
}

/** MSAL.NET: the Reason alone. */
const dotNetFault = (text: string): FoundFault =>
  faultParts(text, (reason) => ({ code: '', reason: required(reason, 'Reason').content }));

/** adal-node and Windows' event 1088: the local name of the Subcode, and the Text as it stands. */
const localNameFault = (text: string): FoundFault =>
  faultParts(text, (reason, codes) => ({ code: codes[0]?.content.split(':')[1] ?? '', reason: reason?.content ?? '' }));

/** DSRegTool looks for one word anywhere in the body. */
const dsRegToolFault = (text: string): FoundFault => ({
  code: required(/FailedAuthentication/.exec(text)?.[0], 'FailedAuthentication'),
  reason: '',
});

export const TOKEN_READERS: Readonly<Record<string, TokenReader>> = {
  'MSAL Python': { versions: BOTH, raw: true, token: pythonToken },
  'ADAL Python': { versions: BOTH, raw: true, token: pythonToken },
  'MSAL Go': { versions: ['1.3'], raw: true, token: msalGoToken },
  'MSAL.NET': { versions: BOTH, raw: false, token: dotNetToken },
  MSAL4J: { versions: BOTH, raw: false, token: msal4jToken },
  'adal-node': { versions: BOTH, raw: false, token: adalNodeToken },
};

export const FAULT_READERS: Readonly<Record<string, (text: string) => FoundFault>> = {
  'MSAL Python': msalPythonFault,
  'ADAL Python': splittingFault,
  MSAL4J: splittingFault,
  'adal-node': localNameFault,
  'MSAL.NET': dotNetFault,
  'Windows (event 1088)': localNameFault,
  DSRegTool: dsRegToolFault,
};
