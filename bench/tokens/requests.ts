/** What clients send to the token endpoints, as WS-Trust 1.3 over SOAP 1.2: the shape of Windows' own requests. */
import { randomUUID } from 'node:crypto';

const SOAP = 'http://www.w3.org/2003/05/soap-envelope';
const TRUST13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
const AUDIENCE = 'urn:federation:MicrosoftOnline';

export const SOAP_HEADERS = { 'content-type': 'application/soap+xml; charset=utf-8' } as const;

/** To windowstransport: who asks stands in the ticket. */
export function ticketRequest(address: string): string {
  return envelope(address, '');
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
