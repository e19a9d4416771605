/** How Windows asks a federation service for a token with user name and password: one POST to usernamemixed, WS-Trust 1.3. */
import type { HttpClient } from './http-client.ts';
import { post, readAssertion, refusedBy } from './windows-transport-client.ts';

const SOAP = 'http://www.w3.org/2003/05/soap-envelope';
const TRUST13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity';
const TEN_MINUTES_MS = 600_000;

export interface PasswordRequest {
  readonly address: string;
  readonly appliesTo: string;
  readonly messageId: string;
  readonly requestId: string;
  readonly userPrincipalName: string;
  readonly password: string;
  readonly now: Date;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function requestSecurityToken(request: PasswordRequest): string {
  const { address, appliesTo, messageId, userPrincipalName, password, now } = request;
  const expires = new Date(now.getTime() + TEN_MINUTES_MS);
  return (
    `<s:Envelope xmlns:s="${SOAP}" xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:u="${WSS}-utility-1.0.xsd"><s:Header>` +
    `<a:Action s:mustUnderstand="1">${TRUST13}/RST/Issue</a:Action><a:MessageID>urn:uuid:${messageId}</a:MessageID>` +
    '<a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo>' +
    `<a:To s:mustUnderstand="1">${address}</a:To><o:Security s:mustUnderstand="1" xmlns:o="${WSS}-secext-1.0.xsd">` +
    `<u:Timestamp u:Id="_0"><u:Created>${now.toISOString()}</u:Created><u:Expires>${expires.toISOString()}</u:Expires></u:Timestamp>` +
    `<o:UsernameToken u:Id="uuid-${messageId}"><o:Username>${escaped(userPrincipalName)}</o:Username>` +
    `<o:Password>${escaped(password)}</o:Password></o:UsernameToken></o:Security></s:Header><s:Body>` +
    `<trust:RequestSecurityToken xmlns:trust="${TRUST13}">` +
    '<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><a:EndpointReference>' +
    `<a:Address>${appliesTo}</a:Address></a:EndpointReference></wsp:AppliesTo>` +
    `<trust:KeyType>${TRUST13}/Bearer</trust:KeyType><trust:RequestType>${TRUST13}/Issue</trust:RequestType>` +
    '</trust:RequestSecurityToken></s:Body></s:Envelope>'
  );
}

/**
 * @returns the assertion, byte for byte as the service sent it
 * @throws JoinFailure: 0xcaa90014 for a SOAP fault, …
 */
export async function requestAssertionByPassword(client: HttpClient, request: PasswordRequest): Promise<string> {
  const headers = {
    'content-type': 'application/soap+xml; charset=utf-8',
    soapaction: `${TRUST13}/RST/Issue`,
    'client-request-id': request.requestId,
  };
  const response = await post(client, request.address, headers, requestSecurityToken(request));
  if (response.status !== 200) throw refusedBy(response);
  return readAssertion(response.body.toString('utf8'));
}
