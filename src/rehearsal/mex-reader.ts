/**
 * How Windows reads a MEX document: policies by id, bindings by policy, ports by binding; the endpoint for integrated
 * authentication is a port whose policy asks for Negotiate. The checks are the device's half of what the rehearsal
 * makes of a join (DBL-MEX-01 to -08). Reads with libxml2, not with Mortise's own parser.
 */
import { XmlDocument, XmlElement, XmlParseError } from 'libxml2-wasm';
import { JoinFailure } from './join-codes.ts';

const NAMESPACES = {
  wsdl: 'http://schemas.xmlsoap.org/wsdl/',
  wsp: 'http://schemas.xmlsoap.org/ws/2004/09/policy',
  wsu: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  soap12: 'http://schemas.xmlsoap.org/wsdl/soap12/',
  wsa: 'http://www.w3.org/2005/08/addressing',
  http: 'http://schemas.microsoft.com/ws/06/2004/policy/http',
} as const;

const ISSUE_ACTIONS: Readonly<Record<string, '1.3' | '2005'>> = {
  'http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue': '1.3',
  'http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue': '2005',
};

export interface IntegratedEndpoint {
  readonly version: '1.3' | '2005';
  readonly address: string;
}

export interface MexReading {
  readonly endpoint: IntegratedEndpoint;
  /** What a device's join does not need, and other sign-ins do. */
  readonly warnings: readonly string[];
}

/** @throws JoinFailure with the code that Windows shows */
export function readMex(body: Buffer): MexReading {
  const document = parse(body);
  try {
    const root = document.root;
    if (root.name !== 'definitions' || root.namespaceUri !== NAMESPACES.wsdl) {
      throw new JoinFailure(
        'auth',
        'ERROR_ADAL_FAILED_TO_PARSE_XML',
        'DBL-MEX-03: the root of the MEX document is not wsdl:definitions',
      );
    }
    const endpoints = integratedEndpoints(root);
    const insecure = endpoints.find((endpoint) => !endpoint.address.startsWith('https://'));
    if (insecure !== undefined)
      throw new JoinFailure(
        'auth',
        'ERROR_ADAL_WS_TRUST_METADATAURL_NOT_SECURE',
        `DBL-MEX-07: ${insecure.address} is not https`,
      );
    const endpoint = endpoints.find((candidate) => candidate.version === '1.3');
    if (endpoint === undefined) {
      throw new JoinFailure(
        'auth',
        'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
        'DBL-MEX-06: the MEX document lists no WS-Trust 1.3 endpoint for integrated authentication',
      );
    }
    return { endpoint, warnings: missingForPeople(root) };
  } finally {
    document.dispose();
  }
}

function parse(body: Buffer): XmlDocument {
  // DBL-MEX-02: Windows prohibits a DTD (WC_E_DTDPROHIBITED) before anything else is read.
  if (body.includes('<!DOCTYPE'))
    throw new JoinFailure('auth', 'ERROR_ADAL_FAILED_TO_PARSE_XML', 'DBL-MEX-02: the MEX document has a DOCTYPE');
  try {
    return XmlDocument.fromBuffer(body);
  } catch (error) {
    if (!(error instanceof XmlParseError)) throw error;
    throw new JoinFailure(
      'auth',
      'ERROR_ADAL_FAILED_TO_PARSE_XML',
      `DBL-MEX-01: the MEX answer is not XML: ${error.message.trim()}`,
    );
  }
}

const elements = (from: XmlElement, xpath: string): XmlElement[] =>
  from.find(xpath, NAMESPACES).filter((node) => node instanceof XmlElement);
const attribute = (from: XmlElement, name: string): string | undefined => from.get(`@${name}`, NAMESPACES)?.content;
const localName = (qname: string | undefined): string | undefined => qname?.split(':').at(-1);

/** Ports in document order whose binding refers to a policy with NegotiateAuthentication and whose action is Issue. */
function integratedEndpoints(root: XmlElement): IntegratedEndpoint[] {
  const policies = new Set(
    elements(root, 'wsp:Policy[wsp:ExactlyOne/wsp:All/http:NegotiateAuthentication]').map((policy) =>
      attribute(policy, 'wsu:Id'),
    ),
  );
  const bindings = new Map<string | undefined, '1.3' | '2005'>();
  for (const binding of elements(
    root,
    "wsdl:binding[soap12:binding/@transport='http://schemas.xmlsoap.org/soap/http']",
  )) {
    const reference = elements(binding, 'wsp:PolicyReference')[0];
    const operation = elements(binding, 'wsdl:operation/soap12:operation')[0];
    const version = ISSUE_ACTIONS[(operation && attribute(operation, 'soapAction')) ?? ''];
    if (
      reference === undefined ||
      version === undefined ||
      !policies.has(attribute(reference, 'URI')?.replace(/^#/, ''))
    )
      continue;
    bindings.set(attribute(binding, 'name'), version);
  }
  return elements(root, 'wsdl:service/wsdl:port').flatMap((port) => {
    const version = bindings.get(localName(attribute(port, 'binding')));
    const address = elements(port, 'wsa:EndpointReference/wsa:Address')[0]?.content;
    return version === undefined || address === undefined ? [] : [{ version, address }];
  });
}

function missingForPeople(root: XmlElement): string[] {
  const warnings = [];
  const has = (local: string): boolean => root.get(`//*[local-name()='${local}']`) !== null;
  if (!has('UsernameToken'))
    warnings.push(
      'DBL-MEX-04: no endpoint for user name and password: people get no primary refresh token with a password (0xcaa90023)',
    );
  if (!has('X509Token'))
    warnings.push('DBL-MEX-05: no endpoint for certificates: people get no primary refresh token with a smart card');
  return warnings;
}
