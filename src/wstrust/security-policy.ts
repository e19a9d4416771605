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

const HTTP_POLICY = 'http://schemas.microsoft.com/ws/06/2004/policy/http';

/** The document around it declares wsp, wsu and wsaw. */
export function policyOf(binding: WsdlBinding): Xml {
  return xml`<wsp:Policy wsu:Id="${policyId(binding)}"><wsp:ExactlyOne><wsp:All>${ASSERTIONS[binding.policy]}<wsaw:UsingAddressing/></wsp:All></wsp:ExactlyOne></wsp:Policy>`;
}

/** What the binding's PolicyReference names, after `#`. */
export function policyId(binding: WsdlBinding): string {
  return `${binding.name}_policy`;
}

const ASSERTIONS: Readonly<Record<WsdlBinding['policy'], Xml>> = {
  'windows-transport': xml`<http:NegotiateAuthentication xmlns:http="${HTTP_POLICY}"/><sp:TransportBinding xmlns:sp="${SP2005}"><wsp:Policy><sp:TransportToken><wsp:Policy><sp:HttpsToken RequireClientCertificate="false"/></wsp:Policy></sp:TransportToken><sp:AlgorithmSuite><wsp:Policy><sp:Basic256/></wsp:Policy></sp:AlgorithmSuite><sp:Layout><wsp:Policy><sp:Strict/></wsp:Policy></sp:Layout></wsp:Policy></sp:TransportBinding>`,
};
