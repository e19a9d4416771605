/**
 * A SOAP 1.2 envelope with WS-Addressing 1.0 headers, read from its parsed tree.
 *
 * Owns the processing model as far as an ultimate receiver needs it (SOAP 1.2 Part 1 §2) and the addressing headers.
 * Does not own the body. The SOAPAction and action parameters of HTTP are ignored: not every client sends them
 * (DSRegTool does not), and wsa:Action says the same.
 */
import { Refusal } from '../refusal.ts';
import { attributeValue, parseXml } from '../xml/parse.ts';
import type { XmlElement } from '../xml/parse.ts';
import { childrenOf, describe, excerpt, isElement, onlyChild, trimXml, valueOf } from './elements.ts';
import { SOAP, WSA, WSA_ANONYMOUS, WSSE } from './namespaces.ts';
import { readSecurityHeader } from './security-header.ts';
import type { SecurityHeader } from './security-header.ts';

export interface SoapEnvelope {
  /** wsa:Action */
  readonly action?: string;
  /** wsa:MessageID */
  readonly messageId?: string;
  /** wsa:To */
  readonly to?: string;
  /** What wsse:Security holds; empty without one. */
  readonly security: SecurityHeader;
  /** The children of Body. */
  readonly body: readonly XmlElement[];
}

/** SOAP 1.2 §2.2: the roles in which we act. Blocks for others are none of our business. */
const OUR_ROLES = [`${SOAP}/role/next`, `${SOAP}/role/ultimateReceiver`];

/** MSAL4J, MSAL Go, adal-node and ADAL Python write `messageID`, against WS-Addressing 1.0 §3.2. */
const MESSAGE_ID = ['MessageID', 'messageID'];

const KNOWN_ADDRESSING = ['Action', 'To', 'ReplyTo', 'FaultTo', 'From', 'RelatesTo', ...MESSAGE_ID];

/** @throws Refusal */
export function parseEnvelope(bytes: Uint8Array): SoapEnvelope {
  return readEnvelope(parseXml(bytes));
}

/** @throws Refusal */
export function readEnvelope(root: XmlElement): SoapEnvelope {
  const { header, body } = splitEnvelope(root);
  const blocks = header === undefined ? [] : blocksForUs(header);
  requireUnderstood(blocks);
  requireAnonymous(blocks, 'ReplyTo');
  requireAnonymous(blocks, 'FaultTo');
  const action = addressingValue(blocks, ['Action']);
  const messageId = addressingValue(blocks, MESSAGE_ID);
  const to = addressingValue(blocks, ['To']);
  const security = onlyBlock(blocks, WSSE, ['Security']);
  return {
    ...(action !== undefined && { action }),
    ...(messageId !== undefined && { messageId }),
    ...(to !== undefined && { to }),
    security: security === undefined ? {} : readSecurityHeader(security),
    body: childrenOf(body, 'rst-missing'),
  };
}

/** SOAP 1.2 §5.1: an optional Header, then one Body, and nothing else. */
function splitEnvelope(root: XmlElement): { header: XmlElement | undefined; body: XmlElement } {
  if (!isElement(root, SOAP, 'Envelope')) {
    throw new Refusal('soap-not-an-envelope', { expected: `Envelope in {${SOAP}}`, actual: describe(root) });
  }
  const children = childrenOf(root, 'soap-not-an-envelope');
  const first = children[0];
  const header = first !== undefined && isElement(first, SOAP, 'Header') ? first : undefined;
  const [body, ...rest] = header === undefined ? children : children.slice(1);
  if (body === undefined || !isElement(body, SOAP, 'Body') || rest.length > 0) {
    throw new Refusal('soap-not-an-envelope', {
      expected: 'Header (optional), Body',
      actual: excerpt(children.map((child) => child.local).join(', ')),
    });
  }
  return { header, body };
}

function blocksForUs(header: XmlElement): readonly XmlElement[] {
  return childrenOf(header, 'soap-header-invalid').filter((block) => {
    const role = attributeValue(block, 'role', SOAP);
    return role === undefined || OUR_ROLES.includes(trimXml(role));
  });
}

function requireUnderstood(blocks: readonly XmlElement[]): void {
  const unknown = blocks.find((block) => mustUnderstand(block) && !isKnown(block));
  if (unknown !== undefined) throw new Refusal('soap-header-not-understood', { attribute: describe(unknown) });
}

function isKnown(block: XmlElement): boolean {
  return (block.namespace === WSA && KNOWN_ADDRESSING.includes(block.local)) || isElement(block, WSSE, 'Security');
}

/** SOAP 1.2 §5.2.3: an xs:boolean. */
function mustUnderstand(block: XmlElement): boolean {
  const value = attributeValue(block, 'mustUnderstand', SOAP);
  if (value === undefined) return false;
  switch (trimXml(value)) {
    case 'true':
    case '1':
      return true;
    case 'false':
    case '0':
      return false;
    default:
      throw new Refusal('soap-header-invalid', {
        attribute: `mustUnderstand of ${describe(block)}`,
        expected: 'xs:boolean',
        actual: excerpt(value),
      });
  }
}

/**
 * We answer on the connection of the request and never open one to an address that a caller names: it would make us
 * his messenger inside the network (WS-Addressing 1.0 SOAP Binding §6.4.1.7, OnlyAnonymousAddressSupported).
 */
function requireAnonymous(blocks: readonly XmlElement[], local: 'ReplyTo' | 'FaultTo'): void {
  const block = onlyBlock(blocks, WSA, [local]);
  if (block === undefined) return;
  const address = onlyChild(block, [WSA], 'Address', 'soap-header-invalid');
  const actual = address === undefined ? 'no Address' : valueOf(address, 'soap-header-invalid');
  if (actual !== WSA_ANONYMOUS) {
    throw new Refusal('soap-header-invalid', { attribute: local, expected: WSA_ANONYMOUS, actual: excerpt(actual) });
  }
}

function addressingValue(blocks: readonly XmlElement[], locals: readonly string[]): string | undefined {
  const block = onlyBlock(blocks, WSA, locals);
  return block === undefined ? undefined : valueOf(block, 'soap-header-invalid');
}

/** WS-Addressing 1.0 SOAP Binding §3.2 and WS-Security 1.0 §5: none of these headers may come twice. */
function onlyBlock(
  blocks: readonly XmlElement[],
  namespace: string,
  locals: readonly string[],
): XmlElement | undefined {
  const found = blocks.filter((block) => block.namespace === namespace && locals.includes(block.local));
  if (found.length > 1)
    throw new Refusal('soap-header-invalid', { attribute: locals[0] ?? '', actual: `${found.length} of them` });
  return found[0];
}
