/**
 * How Windows asks a federation service for a token: POST without a ticket, 401, POST with one, on one connection.
 * The request has the shape of Windows' own; the answer is read with libxml2, not with Mortise's parser.
 */
import { XmlDocument, XmlElement } from 'libxml2-wasm';
import type { HttpClient, HttpResponse } from './http-client.ts';
import { httpStatusCode, JoinFailure } from './join-codes.ts';

const SOAP = 'http://www.w3.org/2003/05/soap-envelope';
const TRUST13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
const SAML11_TOKEN_TYPE = 'urn:oasis:names:tc:SAML:1.0:assertion';
const NAMESPACES = { s: SOAP, t: TRUST13, saml: 'urn:oasis:names:tc:SAML:1.0:assertion' } as const;

/** The ticket of the computer account for HTTP/<host>, as a SPNEGO token, and the check of the server's own proof. */
export interface ClientTicket {
  readonly token: Uint8Array;
  verifyResponse(token: Uint8Array): void;
}

export interface AssertionRequest {
  readonly address: string;
  readonly appliesTo: string;
  readonly messageId: string;
  readonly requestId: string;
  readonly ticketFor: (host: string) => ClientTicket;
}

function requestSecurityToken({ address, appliesTo, messageId }: AssertionRequest): string {
  return (
    `<s:Envelope xmlns:s="${SOAP}" xmlns:a="http://www.w3.org/2005/08/addressing"><s:Header>` +
    `<a:Action s:mustUnderstand="1">${TRUST13}/RST/Issue</a:Action><a:MessageID>urn:uuid:${messageId}</a:MessageID>` +
    '<a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo>' +
    `<a:To s:mustUnderstand="1">${address}</a:To></s:Header><s:Body><trust:RequestSecurityToken xmlns:trust="${TRUST13}">` +
    '<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><a:EndpointReference>' +
    `<a:Address>${appliesTo}</a:Address></a:EndpointReference></wsp:AppliesTo>` +
    `<trust:KeyType>${TRUST13}/Bearer</trust:KeyType><trust:RequestType>${TRUST13}/Issue</trust:RequestType>` +
    '</trust:RequestSecurityToken></s:Body></s:Envelope>'
  );
}

/**
 * @returns the assertion, byte for byte as the service sent it
 * @throws JoinFailure: 0xcaa30191 when the ticket is not accepted, 0xcaa90014 for a SOAP fault, …
 */
export async function requestAssertion(client: HttpClient, request: AssertionRequest): Promise<string> {
  const { hostname } = new URL(request.address);
  const body = requestSecurityToken(request);
  const headers = {
    'content-type': 'application/soap+xml; charset=utf-8',
    soapaction: `${TRUST13}/RST/Issue`,
    'client-request-id': request.requestId,
  };
  const first = await post(client, request.address, headers, body);
  if (first.status !== 200 && first.status !== 401) throw refusedBy(first);
  // A service that does not ask for Negotiate gets no ticket.
  if (first.status === 200 || !offersNegotiate(first)) {
    throw new JoinFailure(
      'auth',
      'ERROR_HTTP_STATUS_DENIED',
      `DBL-WST-01: ${request.address} answered ${first.status} without WWW-Authenticate: Negotiate`,
      { status: first.status },
    );
  }
  const ticket = request.ticketFor(hostname);
  const second = await post(
    client,
    request.address,
    { ...headers, authorization: `Negotiate ${Buffer.from(ticket.token).toString('base64')}` },
    body,
  );
  if (second.status !== 401) verifyProof(ticket, second);
  if (second.status !== 200) throw refusedBy(second);
  return readAssertion(second.body.toString('utf8'));
}

/** RFC 4559 §5: the service's own proof travels with its answer. Windows does not insist on it; a wrong one is no answer. */
function verifyProof(ticket: ClientTicket, response: HttpResponse): void {
  const proof = /^Negotiate (.+)$/i.exec(response.headers['www-authenticate'] ?? '')?.[1];
  if (proof === undefined) return;
  try {
    ticket.verifyResponse(Buffer.from(proof, 'base64'));
  } catch (error) {
    throw new JoinFailure(
      'auth',
      'ERROR_HTTP_STATUS_DENIED',
      `DBL-WST-02: the service does not prove that it holds the ticket's key: ${error instanceof Error ? error.message : String(error)}`,
      { status: response.status },
    );
  }
}

export async function post(
  client: HttpClient,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<HttpResponse> {
  return client.send({ method: 'POST', url, headers, body }).catch((error: Error) => {
    throw new JoinFailure('auth', 'ERROR_ADAL_INTERNET_CANNOT_CONNECT', `${url}: ${error.message}`);
  });
}

export const offersNegotiate = (response: HttpResponse): boolean =>
  /(^|,)\s*Negotiate\b/i.test(response.headers['www-authenticate'] ?? '');

/** Faults that say the request itself is at fault: AppliesTo, KeyType, version. */
const REQUEST_FAULTS: ReadonlySet<string> = new Set(['InvalidRequest', 'InvalidScope', 'BadRequest']);

/** Which of the device's checks an answer fails: the ticket, the request or the account; none when it is HTTP's own. */
function failedCheck(status: number, subcode: string | undefined): string {
  if (status === 401) return 'DBL-WST-02: ';
  if (subcode === undefined) return '';
  return REQUEST_FAULTS.has(subcode) ? 'DBL-WST-03: ' : 'DBL-WST-05: ';
}

/** A SOAP fault with its own status is 0xcaa90014 (event 1088 logs subcode and text); any other status stays what it is. */
export function refusedBy(response: HttpResponse): JoinFailure {
  const text = response.body.toString('utf8');
  const fault = readFault(text);
  const server = {
    status: response.status,
    text,
    ...(fault !== undefined && { errorCode: fault.subcode, message: fault.reason }),
  };
  const isFault = fault !== undefined && (response.status === 500 || response.status === 400);
  const code = isFault ? 'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED' : httpStatusCode(response.status);
  return new JoinFailure(
    'auth',
    code,
    `${failedCheck(response.status, fault?.subcode)}the federation service answered ${response.status}: ${fault?.reason ?? text.slice(0, 200)}`,
    server,
  );
}

function readFault(text: string): { subcode: string; reason: string } | undefined {
  try {
    const document = XmlDocument.fromString(text);
    try {
      const content = (xpath: string): string | undefined => document.get(xpath, NAMESPACES)?.content;
      const subcode = content('/s:Envelope/s:Body/s:Fault/s:Code/s:Subcode/s:Value');
      const reason = content('/s:Envelope/s:Body/s:Fault/s:Reason/s:Text');
      return subcode === undefined || reason === undefined
        ? undefined
        : { subcode: subcode.replace(/^.*:/, ''), reason };
    } finally {
      document.dispose();
    }
  } catch {
    return undefined;
  }
}

/** DBL-WST-04: TokenType to the letter, and an assertion in RequestedSecurityToken. */
export function readAssertion(text: string): string {
  let document: XmlDocument;
  try {
    document = XmlDocument.fromString(text);
  } catch {
    throw new JoinFailure(
      'auth',
      'ERROR_ADAL_FAILED_TO_PARSE_WSTRUST_RESPONSE',
      'the answer of the federation service is not XML',
    );
  }
  try {
    const response = document.get(
      '/s:Envelope/s:Body/t:RequestSecurityTokenResponseCollection/t:RequestSecurityTokenResponse',
      NAMESPACES,
    );
    const tokenType = response instanceof XmlElement ? response.get('t:TokenType', NAMESPACES)?.content : undefined;
    const assertion =
      response instanceof XmlElement ? response.get('t:RequestedSecurityToken/saml:Assertion', NAMESPACES) : null;
    if (tokenType !== SAML11_TOKEN_TYPE || assertion === null) {
      throw new JoinFailure(
        'auth',
        'ERROR_ADAL_SERVER_ERROR_SAML_ASSERTION_NOT_FOUND',
        `DBL-WST-04: TokenType is ${tokenType ?? 'missing'}`,
      );
    }
  } finally {
    document.dispose();
  }
  // The signature covers the bytes as they came: they are cut out, never written anew.
  const cut = /RequestedSecurityToken>\s*(<((?:[\w.-]+:)?Assertion)\b.*<\/\2>)\s*<\//s.exec(text)?.[1];
  if (cut === undefined)
    throw new JoinFailure('auth', 'ERROR_ADAL_SERVER_ERROR_SAML_ASSERTION_NOT_FOUND', 'no assertion in the answer');
  return cut;
}
