/**
 * The wsse:Security header of a request (WS-Security 1.0 §5).
 *
 * windowstransport carries its credential in HTTP, so the header is read only to notice a UsernameToken; its password
 * is never kept. A timestamp is tolerated unread: nothing signs it, TLS and the ticket's authenticator guard freshness.
 */
import { Refusal } from '../refusal.ts';
import type { XmlElement } from '../xml/parse.ts';
import { childrenOf, describe, isElement } from './elements.ts';
import { WSSE, WSU } from './namespaces.ts';

export interface SecurityHeader {
  readonly hasUsernameToken: boolean;
}

/** @throws Refusal soap-header-not-understood for a token or a signature that would go unverified (WS-Security 1.0 §5). */
export function readSecurityHeader(header: XmlElement): SecurityHeader {
  const children = childrenOf(header, 'soap-header-invalid');
  const isUsernameToken = (child: XmlElement): boolean => isElement(child, WSSE, 'UsernameToken');
  const foreign = children.find((child) => !isElement(child, WSU, 'Timestamp') && !isUsernameToken(child));
  if (foreign !== undefined)
    throw new Refusal('soap-header-not-understood', { attribute: `Security/${describe(foreign)}` });
  return { hasUsernameToken: children.some(isUsernameToken) };
}
