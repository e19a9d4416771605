/**
 * Which endpoint for user name and password each client takes from a MEX document: its own rule about policies, written
 * anew. The rest of the way, from policy to address, is what they share; mex-readers.ts is picky about that.
 */
import type { XmlElement } from 'libxml2-wasm';
import { NAMESPACES, element, elements, localPart, versionOfSoapAction, withDocument } from './document.ts';
import type { FoundEndpoint, Version } from './document.ts';

type PasswordPick = (text: string) => FoundEndpoint | undefined;

/** The paths below wsp:ExactlyOne/wsp:All, by the namespaces that the client looks into. */
const LEAF: Readonly<Record<Version, string>> = {
  '1.3': 'sp:SignedEncryptedSupportingTokens/wsp:Policy/sp:UsernameToken/wsp:Policy/sp:WssUsernameToken10',
  '2005': 'sp2005:SignedSupportingTokens/wsp:Policy/sp2005:UsernameToken/wsp:Policy/sp2005:WssUsernameToken10',
};
const TRANSPORT: Readonly<Record<Version, string>> = {
  '1.3': 'sp:TransportBinding',
  '2005': 'sp2005:TransportBinding',
};

const VERSIONS: readonly Version[] = ['1.3', '2005'];

/** 1.3 first, of those whose policy the client knows. */
function pick(text: string, knows: (all: XmlElement, version: Version) => boolean): FoundEndpoint | undefined {
  return withDocument(text, ({ root }) => {
    const found = elements(root, '/wsdl:definitions/wsdl:binding').flatMap((binding) => {
      const action = element(binding, 'wsdl:operation/soap12:operation')?.attr('soapAction')?.value;
      const version = versionOfSoapAction(action);
      const id = element(binding, 'wsp:PolicyReference')?.attr('URI')?.value.slice(1);
      const all = element(root, `wsp:Policy[@wsu:Id="${id}"]/wsp:ExactlyOne/wsp:All`);
      if (version === undefined || all === undefined || !knows(all, version)) return [];
      return elements(root, 'wsdl:service/wsdl:port')
        .filter((port) => localPart(port.attr('binding')?.value ?? '') === binding.attr('name')?.value)
        .map((port) => ({ version, address: element(port, 'wsa10:EndpointReference/wsa10:Address')?.content ?? '' }));
    });
    return found.find(({ version }) => version === '1.3') ?? found[0];
  });
}

/** MSAL Python, ADAL Python, adal-node, and MSAL4J the first time: token and transport in one namespace, whatever the action. */
const eitherNamespace: PasswordPick = (text) =>
  pick(text, (all) =>
    VERSIONS.some(
      (version) => element(all, LEAF[version]) !== undefined && element(all, TRANSPORT[version]) !== undefined,
    ),
  );

/** MSAL4J from the second time on: its prefix `sp` now means 2005/07. */
const msal4jAgain: PasswordPick = (text) => pick(text, (all) => element(all, LEAF['2005']) !== undefined);

/** MSAL.NET and ADAL.NET: either name of the supporting tokens, but the UsernameToken of 2005/07 alone. */
const msalDotNet: PasswordPick = (text) =>
  pick(text, (all) => {
    const tokens = element(all, '(sp:SignedEncryptedSupportingTokens | sp2005:SignedSupportingTokens)');
    return tokens !== undefined && element(tokens, 'wsp:Policy/sp2005:UsernameToken') !== undefined;
  });

/** MSAL Go: any namespace, but `xmlns:sp` on the TransportBinding itself; it can ask in 1.3 alone. */
const msalGo: PasswordPick = (text) =>
  pick(text, (all, version) => {
    const local = (name: string): string => `*[local-name()="${name}"]`;
    const declared = element(all, local('TransportBinding'))?.nsDeclarations['sp'];
    return (
      version === '1.3' &&
      (declared === NAMESPACES.sp || declared === NAMESPACES.sp2005) &&
      element(all, `*[contains(local-name(), "SupportingTokens")]//${local('WssUsernameToken10')}`) !== undefined
    );
  });

export const PASSWORD_PICKS: Readonly<Record<string, PasswordPick>> = {
  'MSAL Python': eitherNamespace,
  'ADAL Python': eitherNamespace,
  'adal-node': eitherNamespace,
  'MSAL4J, first in its process': eitherNamespace,
  'MSAL4J, later': msal4jAgain,
  'MSAL.NET': msalDotNet,
  'MSAL Go': msalGo,
};
