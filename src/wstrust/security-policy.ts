/**
 * The WS-SecurityPolicy of each kind of endpoint, as MEX states it.
 *
 * Clients recognise an endpoint by these elements and by nothing else, so namespaces and prefixes are those that every
 * parser finds: `wsu:Id` is read by its literal name (MSAL4J), and `sp` is declared on the TransportBinding itself
 * (MSAL Go takes it as an attribute).
 */
import { xml } from '../xml/markup.ts';
import type { Xml } from '../xml/markup.ts';
import type { WsdlBinding } from './endpoints.ts';

/** WS-SecurityPolicy 1.1. AD FS writes it for windowstransport of both versions; MSAL Python misses the endpoint else. */
const SP2005 = 'http://schemas.xmlsoap.org/ws/2005/07/securitypolicy';

/** WS-SecurityPolicy 1.2 */
const SP = 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702';

const HTTP_POLICY = 'http://schemas.microsoft.com/ws/06/2004/policy/http';

/** The document around it declares wsp, wsu and wsaw. */
export function policyOf(binding: WsdlBinding): Xml {
  return xml`<wsp:Policy wsu:Id="${policyId(binding)}"><wsp:ExactlyOne><wsp:All>${assertionsOf(binding)}<wsaw:UsingAddressing/></wsp:All></wsp:ExactlyOne></wsp:Policy>`;
}

/** What the binding's PolicyReference names, after `#`. */
export function policyId(binding: WsdlBinding): string {
  return `${binding.name}_policy`;
}

const HTTPS = (timestamp: Xml): Xml =>
  xml`<wsp:Policy><sp:TransportToken><wsp:Policy><sp:HttpsToken RequireClientCertificate="false"/></wsp:Policy></sp:TransportToken><sp:AlgorithmSuite><wsp:Policy><sp:Basic256/></wsp:Policy></sp:AlgorithmSuite><sp:Layout><wsp:Policy><sp:Strict/></wsp:Policy></sp:Layout>${timestamp}</wsp:Policy>`;

/**
 * User name and password over TLS, for 2005 in WS-SecurityPolicy 1.1 and for 1.3 in 1.2: MSAL Python, ADAL Python,
 * adal-node and MSAL4J look for either in its own namespace; MSAL.NET finds passwords in that of 2005 alone. AD FS also
 * names an endorsing key and entropy: a bearer token has neither, no client looks for them, so nothing is promised here.
 */
const USER_NAME: Readonly<Record<WsdlBinding['version'], Xml>> = {
  '2005': xml`<sp:TransportBinding xmlns:sp="${SP2005}">${HTTPS(xml`<sp:IncludeTimestamp/>`)}</sp:TransportBinding><sp:SignedSupportingTokens xmlns:sp="${SP2005}"><wsp:Policy><sp:UsernameToken sp:IncludeToken="${SP2005}/IncludeToken/AlwaysToRecipient"><wsp:Policy><sp:WssUsernameToken10/></wsp:Policy></sp:UsernameToken></wsp:Policy></sp:SignedSupportingTokens>`,
  '1.3': xml`<sp:TransportBinding xmlns:sp="${SP}">${HTTPS(xml`<sp:IncludeTimestamp/>`)}</sp:TransportBinding><sp:SignedEncryptedSupportingTokens xmlns:sp="${SP}"><wsp:Policy><sp:UsernameToken sp:IncludeToken="${SP}/IncludeToken/AlwaysToRecipient"><wsp:Policy><sp:WssUsernameToken10/></wsp:Policy></sp:UsernameToken></wsp:Policy></sp:SignedEncryptedSupportingTokens>`,
};

const WINDOWS = xml`<http:NegotiateAuthentication xmlns:http="${HTTP_POLICY}"/><sp:TransportBinding xmlns:sp="${SP2005}">${HTTPS(xml``)}</sp:TransportBinding>`;

const assertionsOf = ({ policy, version }: WsdlBinding): Xml => (policy === 'user-name' ? USER_NAME[version] : WINDOWS);
