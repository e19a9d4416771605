/**
 * The MEX document: WSDL 1.1 with WS-Policy, which tells a client where and how to ask for a token.
 *
 * Its root is wsdl:definitions itself; MSAL Python, ADAL Python and MSAL Go find nothing in a SOAP envelope. Everything
 * that differs between endpoints stands in endpoints.ts and security-policy.ts. No document type declaration: Windows
 * and MSAL4J refuse one.
 */
import type { TrustUrls } from '../model/urls.ts';
import { toText, xml } from '../xml/markup.ts';
import type { Xml } from '../xml/markup.ts';
import { bindingsListedBy } from './endpoints.ts';
import type { MetadataEndpoint, WsdlBinding } from './endpoints.ts';
import { WSA, WSP, WSU } from './namespaces.ts';
import { policyId, policyOf } from './security-policy.ts';
import { TRUST_PROTOCOLS, TRUST_VERSIONS } from './trust-version.ts';
import type { TrustVersion } from './trust-version.ts';

export interface MetadataExchange {
  readonly which: MetadataEndpoint['name'];
  readonly urls: TrustUrls;
  /** Service principal of the Negotiate endpoints, `HTTP/host`. */
  readonly spn: string;
}

const WSDL = 'http://schemas.xmlsoap.org/wsdl/';
const WSDL_SOAP12 = 'http://schemas.xmlsoap.org/wsdl/soap12/';
const WSAW = 'http://www.w3.org/2006/05/addressing/wsdl';
const XSD = 'http://www.w3.org/2001/XMLSchema';
/** Names a set of definitions, not an address; the one of AD FS. */
const TARGET = 'http://schemas.microsoft.com/ws/2008/06/identity/securitytokenservice';
const SOAP_OVER_HTTP = 'http://schemas.xmlsoap.org/soap/http';
/** DSRegTool knows the windowstransport port by this default namespace alone. */
const ADDRESSING_IDENTITY = 'http://schemas.xmlsoap.org/ws/2006/02/addressingidentity';

/** What WSDL calls the contract of a version; port types and operations carry the names of AD FS. */
const CONTRACTS: Readonly<Record<TrustVersion, { readonly portType: string; readonly operation: string }>> = {
  '2005': { portType: 'IWSTrustFeb2005Async', operation: 'TrustFeb2005IssueAsync' },
  '1.3': { portType: 'IWSTrust13Async', operation: 'Trust13IssueAsync' },
};

/** Written without white space between elements; the caller sends it as XML in UTF-8, whatever Accept says. */
export function writeMetadataExchange({ which, urls, spn }: MetadataExchange): string {
  const bindings = bindingsListedBy(which);
  const versions = TRUST_VERSIONS.filter((version) => bindings.some((binding) => binding.version === version));
  // WSDL 1.1 §2.1 fixes the order: types, message, portType, binding, service.
  const parts = [
    ...bindings.map(policyOf),
    xml`<wsdl:types>${versions.map(schemaOf)}</wsdl:types>`,
    ...versions.map(messagesOf),
    ...versions.map(portTypeOf),
    ...bindings.map(bindingOf),
    xml`<wsdl:service name="SecurityTokenService">${bindings.map((binding) => portOf(binding, urls[binding.address], spn))}</wsdl:service>`,
  ];
  return `<?xml version="1.0" encoding="utf-8"?>${toText(definitions(parts))}`;
}

function definitions(parts: readonly Xml[]): Xml {
  const { '2005': t, '1.3': trust } = TRUST_PROTOCOLS;
  return xml`<wsdl:definitions name="SecurityTokenService" targetNamespace="${TARGET}" xmlns:wsdl="${WSDL}" xmlns:tns="${TARGET}" xmlns:soap12="${WSDL_SOAP12}" xmlns:wsa10="${WSA}" xmlns:wsaw="${WSAW}" xmlns:wsp="${WSP}" xmlns:wsu="${WSU}" xmlns:t="${t.namespace}" xmlns:trust="${trust.namespace}">${parts}</wsdl:definitions>`;
}

/** What a version answers with: 2005 the response itself, 1.3 a collection of it. */
const responseElement = (version: TrustVersion): string =>
  TRUST_PROTOCOLS[version].collection ? 'RequestSecurityTokenResponseCollection' : 'RequestSecurityTokenResponse';

/** Declared here and openly, so that a strict WSDL tool has nothing to fetch. */
function schemaOf(version: TrustVersion): Xml {
  const { prefix, namespace } = TRUST_PROTOCOLS[version];
  const element = (name: string): Xml => xml`<element name="${name}" type="${prefix}:OpenContent"/>`;
  return xml`<schema xmlns="${XSD}" targetNamespace="${namespace}" elementFormDefault="qualified"><complexType name="OpenContent"><sequence><any namespace="##any" processContents="lax" minOccurs="0" maxOccurs="unbounded"/></sequence><anyAttribute namespace="##any" processContents="lax"/></complexType>${element('RequestSecurityToken')}${element(responseElement(version))}</schema>`;
}

function messagesOf(version: TrustVersion): Xml {
  const { prefix } = TRUST_PROTOCOLS[version];
  const { portType, operation } = CONTRACTS[version];
  const message = (direction: 'Input' | 'Output', part: string, element: string): Xml =>
    xml`<wsdl:message name="${portType}_${operation}_${direction}Message"><wsdl:part name="${part}" element="${prefix}:${element}"/></wsdl:message>`;
  return xml`${message('Input', 'request', 'RequestSecurityToken')}${message('Output', `${operation}Result`, responseElement(version))}`;
}

function portTypeOf(version: TrustVersion): Xml {
  const { requestAction, responseAction } = TRUST_PROTOCOLS[version];
  const { portType, operation } = CONTRACTS[version];
  return xml`<wsdl:portType name="${portType}"><wsdl:operation name="${operation}"><wsdl:input wsaw:Action="${requestAction}" message="tns:${portType}_${operation}_InputMessage"/><wsdl:output wsaw:Action="${responseAction}" message="tns:${portType}_${operation}_OutputMessage"/></wsdl:operation></wsdl:portType>`;
}

/** SOAP 1.2 on every binding: MSAL Python fails on one without. Issue alone: MSAL Go gives up at any other operation. */
function bindingOf(binding: WsdlBinding): Xml {
  const { requestAction } = TRUST_PROTOCOLS[binding.version];
  const { portType, operation } = CONTRACTS[binding.version];
  return xml`<wsdl:binding name="${binding.name}" type="tns:${portType}"><wsp:PolicyReference URI="#${policyId(binding)}"/><soap12:binding transport="${SOAP_OVER_HTTP}"/><wsdl:operation name="${operation}"><soap12:operation soapAction="${requestAction}" style="document"/><wsdl:input><soap12:body use="literal"/></wsdl:input><wsdl:output><soap12:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>`;
}

/**
 * The binding's name carries a prefix, without which MSAL.NET fails; the address no white space, at which MSAL Python
 * does. Only a Negotiate endpoint has an Identity: DSRegTool takes any port with one for windowstransport.
 */
function portOf(binding: WsdlBinding, address: string, spn: string): Xml {
  const identity =
    binding.policy === 'user-name' ? xml`` : xml`<Identity xmlns="${ADDRESSING_IDENTITY}"><Spn>${spn}</Spn></Identity>`;
  return xml`<wsdl:port name="${binding.name}" binding="tns:${binding.name}"><soap12:address location="${address}"/><wsa10:EndpointReference><wsa10:Address>${address}</wsa10:Address>${identity}</wsa10:EndpointReference></wsdl:port>`;
}
