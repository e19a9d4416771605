/**
 * How Windows reads a MEX document: policies by id, bindings by policy, ports by binding; the endpoint for integrated
 * authentication is a port whose policy asks for Negotiate. The checks are the device's half of what the rehearsal
 * makes of a join (DBL-MEX-01 to -08). Reads with libxml2, not with Mortise's own parser.
 */
import { XmlDocument, XmlElement, XmlParseError } from 'libxml2-wasm';
import { JoinFailure } from './join-codes.ts';
import type { HresultName } from './join-codes.ts';

const NAMESPACES = {
  wsdl: 'http://schemas.xmlsoap.org/wsdl/',
  wsp: 'http://schemas.xmlsoap.org/ws/2004/09/policy',
  wsu: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  soap12: 'http://schemas.xmlsoap.org/wsdl/soap12/',
  wsa: 'http://www.w3.org/2005/08/addressing',
  http: 'http://schemas.microsoft.com/ws/06/2004/policy/http',
  sp: 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702',
} as const;

const SOAP_OVER_HTTP = 'http://schemas.xmlsoap.org/soap/http';
const ISSUE_ACTIONS: ReadonlyMap<string | undefined, '1.3' | '2005'> = new Map([
  ['http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue', '1.3'],
  ['http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue', '2005'],
]);

/** How somebody proves who he is: Kerberos, user name and password, or a certificate. */
export type Credential = 'integrated' | 'password' | 'certificate';

export interface MexReading {
  /** Of the endpoint for the credential, WS-Trust 1.3. */
  readonly address: string;
  /** What Windows passes over, and what a join does not need but other sign-ins do. */
  readonly warnings: readonly string[];
}

/** By which policy an endpoint is known, and what its absence is called. */
const SOUGHT: Readonly<
  Record<
    Credential,
    { readonly policy: string; readonly check: string; readonly code: HresultName; readonly for: string }
  >
> = {
  integrated: {
    policy: 'wsp:Policy[wsp:ExactlyOne/wsp:All/http:NegotiateAuthentication]',
    check: 'DBL-MEX-06',
    code: 'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
    for: 'integrated authentication',
  },
  password: {
    policy: 'wsp:Policy[wsp:ExactlyOne/wsp:All/sp:SignedEncryptedSupportingTokens//sp:WssUsernameToken10]',
    check: 'DBL-MEX-04',
    code: 'ERROR_ADAL_COULDNOT_DISCOVER_USERNAME_PASSWORD_ENDPOINT',
    for: 'user name and password',
  },
  certificate: {
    policy: 'wsp:Policy[wsp:ExactlyOne/wsp:All/sp:EndorsingSupportingTokens//sp:X509Token]',
    check: 'DBL-MEX-05',
    code: 'AAD_CLOUDAP_E_HTTP_CERTIFICATE_URI_IS_EMPTY',
    for: 'certificates',
  },
};

/** @throws JoinFailure with the code that Windows shows */
export function readMex(body: Buffer, credential: Credential = 'integrated'): MexReading {
  const document = parse(body);
  try {
    if (document.dtd !== null) throw withDoctype(credential);
    const { root } = document;
    if (root.name !== 'definitions' || root.namespaceUri !== NAMESPACES.wsdl)
      throw unreadable(`DBL-MEX-03: the root of the MEX document is ${root.name}, not wsdl:definitions`);
    const warnings: string[] = [];
    const sought = SOUGHT[credential];
    const endpoint = endpointsWith(sought.policy, root, warnings).find(({ version }) => version === '1.3');
    if (endpoint === undefined) {
      const why = `${sought.check}: the MEX document lists no WS-Trust 1.3 endpoint for ${sought.for}`;
      throw new JoinFailure('auth', sought.code, [why, ...warnings].join('; '));
    }
    const more = credential === 'integrated' ? missingForPeople(root) : [];
    return { address: endpoint.address, warnings: [...warnings, ...more] };
  } finally {
    document.dispose();
  }
}

/** ADAL has one code for what it cannot read; CloudAP, which gets the primary refresh token, shows the parser's own. */
const withDoctype = (credential: Credential): JoinFailure =>
  new JoinFailure(
    'auth',
    credential === 'integrated' ? 'ERROR_ADAL_FAILED_TO_PARSE_XML' : 'WC_E_DTDPROHIBITED',
    'DBL-MEX-02: the MEX document has a DOCTYPE',
  );

const unreadable = (why: string): JoinFailure => new JoinFailure('auth', 'ERROR_ADAL_FAILED_TO_PARSE_XML', why);

function parse(body: Buffer): XmlDocument {
  try {
    return XmlDocument.fromBuffer(body);
  } catch (error) {
    if (!(error instanceof XmlParseError)) throw error;
    throw unreadable(`DBL-MEX-01: the MEX answer is not XML: ${error.message.trim()}`);
  }
}

const elements = (from: XmlElement, xpath: string): XmlElement[] =>
  from.find(xpath, NAMESPACES).filter((node) => node instanceof XmlElement);
const attribute = (from: XmlElement, name: string): string | undefined => from.get(`@${name}`, NAMESPACES)?.content;
const localName = (qname: string | undefined): string | undefined => qname?.split(':').at(-1);

interface ListedEndpoint {
  readonly version: '1.3' | '2005';
  readonly address: string;
}

/** Ports in document order whose binding refers to such a policy and whose action is Issue. */
function endpointsWith(policy: string, root: XmlElement, warnings: string[]): ListedEndpoint[] {
  const all = elements(root, 'wsdl:binding');
  const names = new Set(all.map((binding) => attribute(binding, 'name')));
  const chosen = bindingsWith(policy, root, all, warnings);
  return elements(root, 'wsdl:service/wsdl:port').flatMap((port) => {
    const binding = localName(attribute(port, 'binding'));
    if (!names.has(binding)) warnings.push(`DBL-MEX-08: a port names the binding ${binding ?? ''}, which is not there`);
    const version = chosen.get(binding);
    if (version === undefined) return [];
    const address = elements(port, 'wsa:EndpointReference/wsa:Address')[0]?.content;
    if (address === undefined) warnings.push(`DBL-MEX-08: the port of ${binding} has no address (0x8aa90024)`);
    else if (URL.parse(address)?.protocol !== 'https:')
      warnings.push(`DBL-MEX-07: the address ${address} is not https (0x8aa90025)`);
    else return [{ version, address }];
    return [];
  });
}

/** Name of each binding with such a policy -> its version of WS-Trust. Windows passes over what does not resolve. */
function bindingsWith(
  sought: string,
  root: XmlElement,
  bindings: readonly XmlElement[],
  warnings: string[],
): ReadonlyMap<string | undefined, '1.3' | '2005'> {
  const idsOf = (xpath: string): ReadonlySet<string | undefined> =>
    new Set(elements(root, xpath).map((policy) => attribute(policy, 'wsu:Id')));
  const policies = idsOf('wsp:Policy');
  const wanted = idsOf(sought);
  const found = new Map<string | undefined, '1.3' | '2005'>();
  for (const binding of bindings) {
    const name = attribute(binding, 'name');
    const policy = binding.get('wsp:PolicyReference/@URI', NAMESPACES)?.content.replace(/^#/, '');
    if (policy === undefined || !policies.has(policy))
      warnings.push(`DBL-MEX-08: the binding ${name ?? ''} refers to no policy of the document (0x8aa9002a)`);
    if (policy === undefined || !wanted.has(policy)) continue;
    const transport = binding.get('soap12:binding/@transport', NAMESPACES)?.content;
    const action = binding.get('wsdl:operation/soap12:operation/@soapAction', NAMESPACES)?.content;
    const version = ISSUE_ACTIONS.get(action);
    if (transport !== SOAP_OVER_HTTP)
      warnings.push(`DBL-MEX-08: the binding ${name ?? ''} has no SOAP 1.2 over HTTP (0x8aa90027)`);
    else if (version === undefined)
      warnings.push(`DBL-MEX-08: the binding ${name ?? ''} has no action Issue (0x8aa90028)`);
    else found.set(name, version);
  }
  return found;
}

function missingForPeople(root: XmlElement): string[] {
  const warnings = [];
  const has = (local: string): boolean => root.get(`//*[local-name()='${local}']`) !== null;
  if (!has('UsernameToken'))
    warnings.push(
      'DBL-MEX-04: no endpoint for user name and password: whoever signs in with a password gets no primary refresh token (0xcaa90023)',
    );
  if (!has('X509Token'))
    warnings.push(
      'DBL-MEX-05: no endpoint for certificates: whoever signs in with a smart card gets no primary refresh token',
    );
  return warnings;
}
