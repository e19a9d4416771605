/**
 * The answer to a RequestSecurityToken (WS-Trust 1.3 §3.2, WS-Trust 2005/02 §5.2), ordered as AD FS orders it: in a SOAP
 * envelope for the active protocol, bare for the passive one (WS-Federation 1.2 §13.2.3).
 *
 * Written without any white space between elements: MSAL4J returns an assertion twice and passport-wsfed-saml2 loses its
 * signature when text stands beside it. The assertion is put in byte for byte; it declares all its prefixes itself.
 */
import { toText, verbatim, xml } from '../xml/markup.ts';
import type { Xml } from '../xml/markup.ts';
import { SOAP, WSA, WSP, WSSE, WSSE11, WSU } from './namespaces.ts';
import { SAML11_TOKEN_TYPE, SAML11_WSS_TOKEN_TYPE, TRUST_PROTOCOLS } from './trust-version.ts';
import type { TrustVersion } from './trust-version.ts';

export interface IssuedToken {
  readonly version: TrustVersion;
  readonly appliesTo: string;
  /** The signed SAML 1.1 assertion. */
  readonly assertion: string;
  /** Begin and end of the token's lifetime. */
  readonly created: Date;
  readonly expires: Date;
}

/** `created` is also the time of the message. */
export interface IssuedTokenResponse extends IssuedToken {
  /** MessageID of the request. */
  readonly relatesTo?: string;
  /** Context of the request. */
  readonly context?: string;
  readonly assertionId: string;
}

/** How long the message itself is fresh, as in AD FS. */
const MESSAGE_LIFETIME_MS = 300_000;

const SAML_ASSERTION_ID = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID';

export function writeRequestSecurityTokenResponse(response: IssuedTokenResponse): string {
  const { version, relatesTo, created } = response;
  const { responseAction } = TRUST_PROTOCOLS[version];
  const related = relatesTo === undefined ? xml`` : xml`<a:RelatesTo>${relatesTo}</a:RelatesTo>`;
  return toText(
    xml`<s:Envelope xmlns:s="${SOAP}" xmlns:a="${WSA}" xmlns:u="${WSU}"><s:Header><a:Action s:mustUnderstand="1">${responseAction}</a:Action>${related}${messageTimestamp(created)}</s:Header><s:Body>${collectionOf(responseOf(response), version)}</s:Body></s:Envelope>`,
  );
}

/**
 * The response without an envelope. As in AD FS's it holds no references to the token: there is no message whose headers
 * could need them.
 */
export function writeBareTokenResponse(token: IssuedToken): string {
  const { namespace, collection } = TRUST_PROTOCOLS[token.version];
  const parts = partsOf(token, []);
  return toText(
    collection
      ? xml`<trust:RequestSecurityTokenResponseCollection xmlns:trust="${namespace}" xmlns:a="${WSA}" xmlns:u="${WSU}"><trust:RequestSecurityTokenResponse>${parts}</trust:RequestSecurityTokenResponse></trust:RequestSecurityTokenResponseCollection>`
      : xml`<t:RequestSecurityTokenResponse xmlns:t="${namespace}" xmlns:a="${WSA}" xmlns:u="${WSU}">${parts}</t:RequestSecurityTokenResponse>`,
  );
}

/**
 * Not mustUnderstand: the windowstransport policy promises no timestamp, and a strict client of that policy (WCF with
 * transport security) refuses a mandatory Security header that nothing in its binding understands.
 */
function messageTimestamp(created: Date): Xml {
  const expires = new Date(created.getTime() + MESSAGE_LIFETIME_MS);
  return xml`<o:Security xmlns:o="${WSSE}"><u:Timestamp u:Id="_0"><u:Created>${created.toISOString()}</u:Created><u:Expires>${expires.toISOString()}</u:Expires></u:Timestamp></o:Security>`;
}

/** The prefixes are those of AD FS, though every known client reads by namespace or takes any prefix of word characters. */
function collectionOf(response: Xml, version: TrustVersion): Xml {
  const { namespace, collection } = TRUST_PROTOCOLS[version];
  if (!collection) return response;
  return xml`<trust:RequestSecurityTokenResponseCollection xmlns:trust="${namespace}">${response}</trust:RequestSecurityTokenResponseCollection>`;
}

function responseOf(response: IssuedTokenResponse): Xml {
  const { version, context, assertionId } = response;
  const { prefix, namespace } = TRUST_PROTOCOLS[version];
  const reference = tokenReference(assertionId);
  const references = [
    trust(prefix, 'RequestedAttachedReference', reference),
    trust(prefix, 'RequestedUnattachedReference', reference),
  ];
  return xml`${startTag(version, namespace, context)}${partsOf(response, references)}${verbatim(`</${prefix}:RequestSecurityTokenResponse>`)}`;
}

/** What stands in the response, in its order. The prefixes `a` and `u` are declared around it. */
function partsOf(token: IssuedToken, references: readonly Xml[]): readonly Xml[] {
  const { version, appliesTo, assertion, created, expires } = token;
  const { prefix, issueRequestType, bearerKeyType } = TRUST_PROTOCOLS[version];
  return [
    trust(
      prefix,
      'Lifetime',
      xml`<u:Created>${created.toISOString()}</u:Created><u:Expires>${expires.toISOString()}</u:Expires>`,
    ),
    xml`<wsp:AppliesTo xmlns:wsp="${WSP}"><a:EndpointReference><a:Address>${appliesTo}</a:Address></a:EndpointReference></wsp:AppliesTo>`,
    trust(prefix, 'RequestedSecurityToken', verbatim(assertion)),
    ...references,
    trust(prefix, 'TokenType', xml`${SAML11_TOKEN_TYPE}`),
    trust(prefix, 'RequestType', xml`${issueRequestType}`),
    trust(prefix, 'KeyType', xml`${bearerKeyType}`),
  ];
}

function trust(prefix: string, local: string, content: Xml): Xml {
  return xml`${verbatim(`<${prefix}:${local}>`)}${content}${verbatim(`</${prefix}:${local}>`)}`;
}

/** The response carries the Context of the request (WS-Trust 1.3 §3.2). Spelt out: the tag escapes a value only where its quotes stand. */
function startTag(version: TrustVersion, namespace: string, context: string | undefined): Xml {
  if (version === '2005') {
    return context === undefined
      ? xml`<t:RequestSecurityTokenResponse xmlns:t="${namespace}">`
      : xml`<t:RequestSecurityTokenResponse Context="${context}" xmlns:t="${namespace}">`;
  }
  return context === undefined
    ? xml`<trust:RequestSecurityTokenResponse>`
    : xml`<trust:RequestSecurityTokenResponse Context="${context}">`;
}

/** [WSS SAML Token Profile 1.1] §3.4: attached and unattached references of a SAML 1.1 assertion are the same. */
function tokenReference(assertionId: string): Xml {
  return xml`<o:SecurityTokenReference xmlns:o="${WSSE}" xmlns:k="${WSSE11}" k:TokenType="${SAML11_WSS_TOKEN_TYPE}"><o:KeyIdentifier ValueType="${SAML_ASSERTION_ID}">${assertionId}</o:KeyIdentifier></o:SecurityTokenReference>`;
}
