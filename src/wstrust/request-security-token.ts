/**
 * A RequestSecurityToken (RST), parsed once and strictly (WS-Trust 1.3 §3.1, WS-Trust 2005/02 §5.1).
 *
 * Owns what is asked for. Does not own who asks, nor whether AppliesTo is a known audience: the flow compares it.
 */
import { Refusal } from '../refusal.ts';
import { attributeValue } from '../xml/parse.ts';
import type { XmlElement } from '../xml/parse.ts';
import { childrenOf, describe, excerpt, isElement, MAX_VALUE_LENGTH, onlyChild, valueOf } from './elements.ts';
import { WSA, WSP, WSP15, WST14 } from './namespaces.ts';
import type { Timestamp, UsernameToken } from './security-header.ts';
import { parseEnvelope } from './soap.ts';
import type { SoapEnvelope } from './soap.ts';
import {
  SAML11_TOKEN_TYPE,
  SAML11_WSS_TOKEN_TYPE,
  TRUST_PROTOCOLS,
  TRUST_VERSIONS,
  trustVersionBy,
} from './trust-version.ts';
import type { TrustProtocol, TrustVersion } from './trust-version.ts';

export type { TrustVersion } from './trust-version.ts';

export interface RequestSecurityToken {
  readonly version: TrustVersion;
  /** wsa:MessageID, when there was one; the answer's RelatesTo. */
  readonly messageId?: string;
  /** wsa:To */
  readonly to?: string;
  readonly appliesTo: string;
  /** wsse:UsernameToken, when there was one; whether it is wanted, the flow decides. */
  readonly usernameToken?: UsernameToken;
  /** wsu:Timestamp of the security header, when there was one; not yet held against a clock. */
  readonly timestamp?: Timestamp;
  /** RequestSecurityToken/@Context; the answer carries the same (WS-Trust 1.3 §3.1). */
  readonly context?: string;
}

/** Both say "no proof key", whatever the version around them; the answer uses the version's own. */
const BEARER_KEY_TYPES = TRUST_VERSIONS.map((version) => TRUST_PROTOCOLS[version].bearerKeyType);

const TOKEN_TYPES = [SAML11_TOKEN_TYPE, SAML11_WSS_TOKEN_TYPE];

const TRUST_NAMESPACES = [...TRUST_VERSIONS.map((version) => TRUST_PROTOCOLS[version].namespace), WST14];

/** Elements that ask for a token about somebody else; to pass over them would issue the wrong token. */
const DELEGATION = ['OnBehalfOf', 'ActAs', 'DelegateTo'];

/**
 * @param bytes the body of the HTTP request
 * @param endpoint the endpoint's version; undefined where the action decides (ActiveSignInUri)
 * @throws Refusal for whatever is not a request for a bearer SAML 1.1 token; never anything else
 */
export function parseRequestSecurityToken(bytes: Uint8Array, endpoint: TrustVersion | undefined): RequestSecurityToken {
  return readRequestSecurityToken(parseEnvelope(bytes), endpoint);
}

/** As {@link parseRequestSecurityToken}, of an envelope that is read already. */
export function readRequestSecurityToken(
  envelope: SoapEnvelope,
  endpoint: TrustVersion | undefined,
): RequestSecurityToken {
  const version = versionOfAction(envelope.action, endpoint);
  const protocol = TRUST_PROTOCOLS[version];
  const rst = requestIn(envelope.body, protocol);
  requireNothingAmiss(rst, protocol);
  requireIssue(rst, protocol);
  requireBearerKey(rst, protocol);
  requireSaml11(rst, protocol);
  const context = contextOf(rst);
  return {
    version,
    ...(envelope.messageId !== undefined && { messageId: envelope.messageId }),
    ...(envelope.to !== undefined && { to: envelope.to }),
    appliesTo: appliesToOf(rst),
    ...envelope.security,
    ...(context !== undefined && { context }),
  };
}

function versionOfAction(action: string | undefined, endpoint: TrustVersion | undefined): TrustVersion {
  const version = action === undefined ? undefined : trustVersionBy('requestAction', action);
  if (version === undefined || (endpoint !== undefined && version !== endpoint)) {
    const allowed = endpoint === undefined ? TRUST_VERSIONS : [endpoint];
    throw new Refusal('action-not-supported', {
      attribute: 'wsa:Action',
      expected: allowed.map((one) => TRUST_PROTOCOLS[one].requestAction).join(' or '),
      actual: action === undefined ? 'none' : excerpt(action),
    });
  }
  return version;
}

function requestIn(body: readonly XmlElement[], protocol: TrustProtocol): XmlElement {
  const [rst, ...rest] = body;
  if (
    rst === undefined ||
    rest.length > 0 ||
    rst.local !== 'RequestSecurityToken' ||
    !TRUST_NAMESPACES.includes(rst.namespace)
  ) {
    const actual = body.length === 0 ? 'an empty Body' : excerpt(body.map(describe).join(', '));
    throw new Refusal('rst-missing', { expected: `RequestSecurityToken in {${protocol.namespace}}`, actual });
  }
  if (rst.namespace !== protocol.namespace) {
    throw new Refusal('action-not-supported', {
      attribute: 'RequestSecurityToken',
      expected: protocol.namespace,
      actual: rst.namespace,
    });
  }
  return rst;
}

/**
 * Elements that we do not know are passed over: WS-Trust 1.3 §3.1 leaves the sequence open, most of them (Lifetime,
 * Entropy, KeySize) are wishes, and the response states what was issued. Not so those that name another subject, and
 * those of the other version, which would silently lose their meaning.
 */
function requireNothingAmiss(rst: XmlElement, protocol: TrustProtocol): void {
  for (const child of childrenOf(rst, 'rst-malformed')) {
    if (!TRUST_NAMESPACES.includes(child.namespace)) continue;
    if (DELEGATION.includes(child.local)) throw new Refusal('delegation-not-supported', { attribute: describe(child) });
    if (child.namespace !== protocol.namespace && child.namespace !== WST14) {
      throw new Refusal('rst-malformed', { attribute: describe(child), expected: protocol.namespace });
    }
  }
}

function requireIssue(rst: XmlElement, protocol: TrustProtocol): void {
  const actual = fieldOf(rst, protocol, 'RequestType');
  const expected = protocol.issueRequestType;
  if (actual !== expected)
    throw new Refusal('request-type-not-supported', {
      expected,
      actual: actual === undefined ? 'none' : excerpt(actual),
    });
}

/** Absent means that the STS chooses (WS-Trust 1.3 §9.2), and we have but one kind. */
function requireBearerKey(rst: XmlElement, protocol: TrustProtocol): void {
  const actual = fieldOf(rst, protocol, 'KeyType');
  if (actual !== undefined && !BEARER_KEY_TYPES.includes(actual)) {
    throw new Refusal('key-type-not-supported', { expected: protocol.bearerKeyType, actual: excerpt(actual) });
  }
}

/** No known client sends TokenType: SAML 1.1 is the default. */
function requireSaml11(rst: XmlElement, protocol: TrustProtocol): void {
  const actual = fieldOf(rst, protocol, 'TokenType');
  if (actual !== undefined && !TOKEN_TYPES.includes(actual)) {
    throw new Refusal('token-type-not-supported', { expected: TOKEN_TYPES.join(' or '), actual: excerpt(actual) });
  }
}

/** wsp:AppliesTo/wsa:EndpointReference/wsa:Address. Absent, we could not tell for whom the token is (WS-Trust 1.3 §4.1). */
function appliesToOf(rst: XmlElement): string {
  const appliesTo = onlyChild(rst, [WSP, WSP15], 'AppliesTo', 'rst-malformed');
  if (appliesTo === undefined) throw new Refusal('applies-to-unknown', { actual: 'no AppliesTo' });
  const [reference, ...rest] = childrenOf(appliesTo, 'rst-malformed');
  if (reference === undefined || rest.length > 0 || !isElement(reference, WSA, 'EndpointReference')) {
    throw new Refusal('rst-malformed', { attribute: 'AppliesTo', expected: `one EndpointReference in {${WSA}}` });
  }
  const address = onlyChild(reference, [WSA], 'Address', 'rst-malformed');
  if (address === undefined) throw new Refusal('rst-malformed', { attribute: 'AppliesTo', expected: 'Address' });
  return valueOf(address, 'rst-malformed');
}

function contextOf(rst: XmlElement): string | undefined {
  const context = attributeValue(rst, 'Context');
  if (context !== undefined && context.length > MAX_VALUE_LENGTH) {
    throw new Refusal('rst-malformed', { attribute: 'Context', actual: `${context.length} characters` });
  }
  return context;
}

function fieldOf(rst: XmlElement, protocol: TrustProtocol, local: string): string | undefined {
  const element = onlyChild(rst, [protocol.namespace], local, 'rst-malformed');
  return element === undefined ? undefined : valueOf(element, 'rst-malformed');
}
