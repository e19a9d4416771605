/** What clients send to the token endpoints, as WS-Trust 1.3 over SOAP 1.2: the shape of Windows' own requests. */
import { randomUUID } from 'node:crypto';
import type { HttpRequest } from '../../src/rehearsal/http-client.ts';
import type { Site } from './site.ts';
import { openTickets } from './tickets.ts';

/** Of one client, or of many. */
export interface Requests {
  /** Makes ready what so many requests need. */
  readonly prepare: (count: number) => void;
  readonly next: () => HttpRequest;
}

const SOAP = 'http://www.w3.org/2003/05/soap-envelope';
const TRUST13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity';
const AUDIENCE = 'urn:federation:MicrosoftOnline';
const TEN_MINUTES_MS = 600_000;

const HEADERS = { 'content-type': 'application/soap+xml; charset=utf-8' } as const;

/**
 * To windowstransport. The ticket comes with the request at once, without a 401 before it.
 *
 * @param nameOf sAMAccountName of the computer that comes as the nth, from 0
 */
export function ticketRequests({ urls, serviceKey }: Site, nameOf: (nth: number) => string): Requests {
  const tickets = openTickets(serviceKey, nameOf);
  const url = urls.windowsTransport13;
  return {
    prepare: tickets.prepare,
    next: () => ({
      method: 'POST',
      url,
      headers: { ...HEADERS, authorization: tickets.take() },
      body: envelope(url, ''),
    }),
  };
}

export interface TypedPassword {
  readonly username: string;
  readonly password: string;
}

/** To usernamemixed. */
export function passwordRequests({ urls }: Site, typed: TypedPassword): Requests {
  const url = urls.usernameMixed13;
  return {
    prepare: () => undefined,
    next: () => ({ method: 'POST', url, headers: HEADERS, body: envelope(url, securityHeader(typed, new Date())) }),
  };
}

function securityHeader({ username, password }: TypedPassword, now: Date): string {
  const expires = new Date(now.getTime() + TEN_MINUTES_MS);
  return (
    `<o:Security s:mustUnderstand="1" xmlns:o="${WSS}-secext-1.0.xsd" xmlns:u="${WSS}-utility-1.0.xsd">` +
    `<u:Timestamp u:Id="_0"><u:Created>${now.toISOString()}</u:Created><u:Expires>${expires.toISOString()}</u:Expires></u:Timestamp>` +
    `<o:UsernameToken u:Id="uuid-${randomUUID()}"><o:Username>${username}</o:Username>` +
    `<o:Password>${password}</o:Password></o:UsernameToken></o:Security>`
  );
}

function envelope(address: string, security: string): string {
  return (
    `<s:Envelope xmlns:s="${SOAP}" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>` +
    `<a:Action s:mustUnderstand="1">${TRUST13}/RST/Issue</a:Action><a:MessageID>urn:uuid:${randomUUID()}</a:MessageID>` +
    '<a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo>' +
    `<a:To s:mustUnderstand="1">${address}</a:To>${security}</s:Header><s:Body>` +
    `<trust:RequestSecurityToken xmlns:trust="${TRUST13}">` +
    '<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><a:EndpointReference>' +
    `<a:Address>${AUDIENCE}</a:Address></a:EndpointReference></wsp:AppliesTo>` +
    `<trust:KeyType>${TRUST13}/Bearer</trust:KeyType><trust:RequestType>${TRUST13}/Issue</trust:RequestType>` +
    '</trust:RequestSecurityToken></s:Body></s:Envelope>'
  );
}
