/**
 * How each client finds windowstransport in a MEX document: its own rule, written anew and as picky as it is.
 * An endpoint that a client would not find is missing from the list; where the client fails altogether, so does its reader.
 */
import type { XmlElement } from 'libxml2-wasm';
import { NAMESPACES, element, elements, localPart, required, versionOfSoapAction, withDocument } from './document.ts';
import type { FoundEndpoint, Version } from './document.ts';

type MexReader = (text: string) => readonly FoundEndpoint[];

const SOAP_OVER_HTTP = 'http://schemas.xmlsoap.org/soap/http';

/** wsdl:binding -> policy reference -> version: what all of them do, with different pickiness. */
interface Binding {
  readonly policy: string;
  readonly version: Version | undefined;
}

/** MSAL Python (and ADAL Python): fails at any binding without soap12; https without leading white space. */
const msalPython: MexReader = (text) =>
  withDocument(text, (document) => {
    const policies = elements(
      document.root,
      '/wsdl:definitions/wsp:Policy[wsp:ExactlyOne/wsp:All/http:NegotiateAuthentication]',
    )
      .filter((policy) => element(policy, './/sp2005:TransportBinding') !== undefined)
      .map(
        (policy) =>
          `#${policy.attrs.find((attribute) => attribute.namespaceUri === NAMESPACES.wsu && attribute.name === 'Id')?.value}`,
      );
    const bindings = new Map<string, Binding>();
    for (const binding of elements(document.root, '/wsdl:definitions/wsdl:binding')) {
      const transport = required(element(binding, 'soap12:binding'), 'soap12:binding').attr('transport')?.value;
      if (transport !== SOAP_OVER_HTTP) continue;
      const action = required(element(binding, 'wsdl:operation/soap12:operation'), 'soap12:operation').attr(
        'soapAction',
      )?.value;
      for (const reference of elements(binding, 'wsp:PolicyReference')) {
        bindings.set(binding.attr('name')?.value ?? '', {
          policy: reference.attr('URI')?.value ?? '',
          version: versionOfSoapAction(action),
        });
      }
    }
    return elements(document.root, '/wsdl:definitions/wsdl:service/wsdl:port').flatMap((port) => {
      const binding = bindings.get(required(port.attr('binding')?.value.split(':').at(-1), 'binding'));
      const address = element(port, 'wsa10:EndpointReference/wsa10:Address')?.content ?? '';
      if (
        binding?.version === undefined ||
        !policies.includes(binding.policy) ||
        !address.toLowerCase().startsWith('https://')
      )
        return [];
      return [{ version: binding.version, address }];
    });
  });

/** MSAL.NET and ADAL.NET: NegotiateAuthentication directly in wsp:All; ids once only; a port's binding with a prefix. */
const msalDotNet: MexReader = (text) =>
  withDocument(text, (document) => {
    const policies = new Set<string>();
    for (const policy of elements(document.root, '//wsp:Policy[wsp:ExactlyOne/wsp:All/http:NegotiateAuthentication]')) {
      if (element(policy, '(.//sp:TransportBinding | .//sp2005:TransportBinding)') === undefined) continue;
      const id = `#${
        required(
          policy.attrs.find((attribute) => attribute.name === 'Id'),
          'Id',
        ).value
      }`;
      if (policies.has(id)) throw new Error('the client fails at a policy id that comes twice');
      policies.add(id);
    }
    const bindings = new Map<string, Binding>();
    for (const binding of elements(document.root, '//wsdl:binding')) {
      for (const reference of elements(binding, 'wsp:PolicyReference')) {
        const policy = reference.attr('URI')?.value ?? '';
        if (!policies.has(policy)) continue;
        const version = versionOfSoapAction(
          element(binding, 'wsdl:operation/soap12:operation')?.attr('soapAction')?.value,
        );
        if (version === undefined || element(binding, 'soap12:binding')?.attr('transport')?.value !== SOAP_OVER_HTTP)
          continue;
        const name = binding.attr('name')?.value ?? '';
        if (bindings.has(name)) throw new Error('the client fails at a binding with two known policies');
        bindings.set(name, { policy, version });
      }
    }
    return portsOf(document.root, bindings, (name) => required(name.split(':', 2)[1], 'prefix on the binding'));
  });

/** MSAL4J: XPath with the attribute's literal name `wsu:Id`; a DOCTYPE is refused; an address must start with https. */
const msal4j: MexReader = (text) => {
  if (text.includes('<!DOCTYPE')) throw new Error('the client refuses a DOCTYPE');
  return withDocument(text, (document) => {
    const policies = elements(
      document.root,
      '//wsdl:definitions/wsp:Policy[wsp:ExactlyOne/wsp:All/http:NegotiateAuthentication]',
    )
      .filter(
        (policy) =>
          element(
            policy,
            '(wsp:ExactlyOne/wsp:All/sp:TransportBinding | wsp:ExactlyOne/wsp:All/sp2005:TransportBinding)',
          ) !== undefined,
      )
      .map(
        (policy) =>
          `#${
            required(
              policy.attrs.find((attribute) => attribute.prefix === 'wsu' && attribute.name === 'Id'),
              'wsu:Id',
            ).value
          }`,
      );
    const bindings = new Map<string, Binding>();
    for (const reference of elements(document.root, '//wsdl:definitions/wsdl:binding/wsp:PolicyReference')) {
      const policy = reference.attr('URI')?.value ?? '';
      if (!policies.includes(policy)) continue;
      const binding = required(reference.parent, 'binding');
      const version = versionOfSoapAction(
        element(binding, 'wsdl:operation/soap12:operation')?.attr('soapAction')?.value,
      );
      if (version !== undefined && element(binding, 'soap12:binding')?.attr('transport')?.value === SOAP_OVER_HTTP) {
        bindings.set(binding.attr('name')?.value ?? '', { policy, version });
      }
    }
    return portsOf(document.root, bindings, localPart).filter(({ address }) => address.startsWith('https://'));
  });
};

/** MSAL Go: any namespace, but `xmlns:sp` on the TransportBinding; another action on a known policy ends it all. */
const msalGo: MexReader = (text) =>
  withDocument(text, (document) => {
    const { root } = document;
    if (root.name !== 'definitions') throw new Error('the client wants definitions as the root');
    const local = (name: string): string => `*[local-name()="${name}"]`;
    const policies = elements(root, local('Policy'))
      .filter(
        (policy) =>
          element(policy, `${local('ExactlyOne')}/${local('All')}/${local('NegotiateAuthentication')}`) !== undefined,
      )
      .filter((policy) => {
        const binding = element(policy, `${local('ExactlyOne')}/${local('All')}/${local('TransportBinding')}`);
        return [NAMESPACES.sp, NAMESPACES.sp2005].some((known) => known === binding?.nsDeclarations['sp']);
      })
      .map((policy) => `#${policy.attrs.find((attribute) => attribute.name === 'Id')?.value}`);
    const bindings = new Map<string, Binding>();
    for (const binding of elements(root, local('binding'))) {
      const policy = element(binding, local('PolicyReference'))?.attr('URI')?.value ?? '';
      if (!policies.includes(policy)) continue;
      const action = element(binding, `${local('operation')}/${local('operation')}`)?.attr('soapAction')?.value;
      bindings.set(binding.attr('name')?.value ?? '', {
        policy,
        version: required(versionOfSoapAction(action), 'known soapAction'),
      });
    }
    return portsOf(root, bindings, localPart);
  });

/** adal-node: the paths of ADAL Python with an XPath library; binding local name after the last colon. */
const adalNode: MexReader = (text) =>
  withDocument(text, (document) => {
    const policies = elements(
      document.root,
      '//wsdl:definitions/wsp:Policy/wsp:ExactlyOne/wsp:All/http:NegotiateAuthentication',
    ).map(
      (leaf) =>
        `#${required(element(leaf, 'ancestor::wsp:Policy[1]'), 'Policy').attrs.find((attribute) => attribute.name === 'Id')?.value}`,
    );
    const bindings = new Map<string, Binding>();
    for (const reference of elements(document.root, '//wsdl:definitions/wsdl:binding/wsp:PolicyReference')) {
      const policy = reference.attr('URI')?.value ?? '';
      const binding = required(reference.parent, 'binding');
      const version = versionOfSoapAction(
        element(binding, 'wsdl:operation/soap12:operation')?.attr('soapAction')?.value,
      );
      if (
        policies.includes(policy) &&
        element(binding, 'soap12:binding')?.attr('transport')?.value === SOAP_OVER_HTTP
      ) {
        bindings.set(binding.attr('name')?.value ?? '', { policy, version });
      }
    }
    return portsOf(document.root, bindings, (name) => name.split(':').at(-1) ?? '');
  });

/** DSRegTool: `.definitions.service.port`, and of a port nothing but the default namespace of its Identity. */
const dsRegTool: MexReader = (text) =>
  withDocument(text, (document) => {
    if (document.root.name !== 'definitions') throw new Error('the script finds no .definitions');
    return elements(document.root, '*[local-name()="service"]/*[local-name()="port"]').flatMap((port) => {
      const identity = element(port, '*[local-name()="EndpointReference"]/*[local-name()="Identity"]');
      if (identity?.nsDeclarations[''] !== 'http://schemas.xmlsoap.org/ws/2006/02/addressingidentity') return [];
      const address = required(
        element(port, '*[local-name()="EndpointReference"]/*[local-name()="Address"]'),
        'Address',
      ).content;
      return [{ version: address.includes('/2005/') ? '2005' : '1.3', address } as const];
    });
  });

function portsOf(
  root: XmlElement,
  bindings: ReadonlyMap<string, Binding>,
  bindingName: (attribute: string) => string,
): readonly FoundEndpoint[] {
  return elements(root, '//wsdl:service/wsdl:port').flatMap((port) => {
    const binding = bindings.get(bindingName(required(port.attr('binding'), 'binding').value));
    if (binding?.version === undefined) return [];
    const address = required(element(port, 'wsa10:EndpointReference/wsa10:Address'), 'Address').content;
    return [{ version: binding.version, address }];
  });
}

export const MEX_READERS: Readonly<Record<string, MexReader>> = {
  'MSAL Python': msalPython,
  'MSAL.NET': msalDotNet,
  MSAL4J: msal4j,
  'MSAL Go': msalGo,
  'adal-node': adalNode,
  DSRegTool: dsRegTool,
};
