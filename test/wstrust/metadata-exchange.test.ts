/** Every client finds windowstransport in our MEX, by its own rule; and the readers are picky enough to miss it elsewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applicationUrls } from '../../src/model/urls.ts';
import { writeMetadataExchange } from '../../src/wstrust/metadata-exchange.ts';
import { ISSUE, NAMESPACES, element, elements, withDocument } from './clients/document.ts';
import { MEX_READERS } from './clients/mex-readers.ts';

const urls = applicationUrls('https://idp.example.test/', '0f7b9d52-6c1e-4d0a-9b56-3f1f1c5a7e21');
const spn = 'HTTP/idp.example.test';
const mex = writeMetadataExchange({ which: 'mex', urls, spn });
const mex13 = writeMetadataExchange({ which: 'mex13', urls, spn });

const AT_2005 = { version: '2005', address: urls.windowsTransport2005 };
const AT_13 = { version: '1.3', address: urls.windowsTransport13 };

const readers = Object.entries(MEX_READERS);

describe('what each client finds', () => {
  test.each(readers)('%s: mex lists WS-Trust 2005 alone', (_client, read) => {
    expect(read(mex)).toEqual([AT_2005]);
  });

  test.each(readers)('%s: mex13 lists both versions', (_client, read) => {
    expect(read(mex13)).toHaveLength(2);
    expect(read(mex13)).toEqual(expect.arrayContaining([AT_2005, AT_13]));
  });
});

/** `[what is wrong, how it is made, who no longer finds an endpoint]`: each rule that our document obeys, broken once. */
const LEXICAL: readonly (readonly [string, (text: string) => string, readonly string[]])[] = [
  [
    'a SOAP envelope around it',
    (text) => `<e>${text.replace(/^<\?.*?\?>/, '')}</e>`,
    ['MSAL Python', 'MSAL Go', 'DSRegTool'],
  ],
  [
    'WS-Policy 1.5',
    (text) => text.replaceAll(NAMESPACES.wsp, 'http://www.w3.org/ns/ws-policy'),
    ['MSAL Python', 'MSAL.NET', 'MSAL4J', 'adal-node'],
  ],
  [
    'an id with another prefix',
    (text) => text.replaceAll('wsu:Id', 'u:Id').replace('xmlns:wsu=', 'xmlns:u='),
    ['MSAL4J'],
  ],
  ['a DOCTYPE', (text) => text.replace('?>', '?><!DOCTYPE definitions>'), ['MSAL4J']],
  [
    'sp declared on the root',
    (text) =>
      text
        .replaceAll(` xmlns:sp="${NAMESPACES.sp2005}"`, '')
        .replace('<wsdl:definitions', `<wsdl:definitions xmlns:sp="${NAMESPACES.sp2005}"`),
    ['MSAL Go'],
  ],
  ['a TransportBinding of 2007', (text) => text.replaceAll(NAMESPACES.sp2005, NAMESPACES.sp), ['MSAL Python']],
  [
    'no NegotiateAuthentication',
    (text) => text.replaceAll(/<http:Neg.*?\/>/g, ''),
    ['MSAL Python', 'MSAL.NET', 'MSAL4J', 'MSAL Go', 'adal-node'],
  ],
  [
    'a SOAP 1.1 binding',
    (text) => text.replaceAll('<soap12:binding', '<soap:binding xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"'),
    ['MSAL Python', 'MSAL.NET', 'MSAL4J', 'adal-node'],
  ],
  ['a binding without a prefix', (text) => text.replaceAll('binding="tns:', 'binding="'), ['MSAL.NET']],
  [
    'white space before an address',
    (text) => text.replaceAll('Address>https', 'Address> https'),
    ['MSAL Python', 'MSAL4J'],
  ],
  [
    'an Identity with a prefix',
    (text) =>
      text.replaceAll(
        /<Identity xmlns=(.*?)><Spn>(.*?)<\/Spn><\/Identity>/g,
        '<i:Identity xmlns:i=$1><i:Spn>$2</i:Spn></i:Identity>',
      ),
    ['DSRegTool'],
  ],
  [
    'a policy that comes twice',
    (text) => text.replace(/(<wsp:Policy wsu:Id.*?)(<wsp:Policy wsu:Id|<wsdl:types>)/, '$1$1$2'),
    ['MSAL.NET'],
  ],
  ['two policies on one binding', (text) => text.replaceAll(/(<wsp:PolicyReference [^>]*\/>)/g, '$1$1'), ['MSAL.NET']],
  [
    'Renew on the same policy',
    (text) => text.replaceAll('RST/Issue" style', 'RST/Renew" style'),
    ['MSAL Python', 'MSAL.NET', 'MSAL4J', 'MSAL Go', 'adal-node'],
  ],
];

/** Who finds nothing, or fails. */
describe('the readers are as picky as the clients', () => {
  test.each(LEXICAL)('%s', (_what, spoil, whoMisses) => {
    const spoilt = spoil(mex);
    expect(spoilt, 'the document was spoilt').not.toBe(mex);
    const missing = readers.filter(([, read]) => {
      try {
        return !read(spoilt).some(({ address }) => address.trim() === urls.windowsTransport2005);
      } catch {
        return true;
      }
    });
    expect(missing.map(([client]) => client)).toEqual(
      readers.map(([client]) => client).filter((client) => whoMisses.includes(client)),
    );
  });
});

describe.each([
  ['mex', mex],
  ['mex13', mex13],
])('%s as a document', (_which, text) => {
  test('is one line of XML without document type, text between elements or comments', () => {
    expect(text).toMatch(/^<\?xml version="1\.0" encoding="utf-8"\?><wsdl:definitions /);
    expect(text).not.toMatch(/<!|>\s+<|\s<\//);
  });

  test('has the Windows policy of AD FS, whatever the version: SecurityPolicy of 2005/07 and UsingAddressing', () => {
    withDocument(text, (document) => {
      const windows = elements(document.root, 'wsp:Policy[starts-with(@wsu:Id, "CustomBinding_")]');
      expect(windows.length).toBeGreaterThan(0);
      for (const policy of windows) {
        const all = elements(policy, 'wsp:ExactlyOne/wsp:All/*').map(
          (assertion) => `{${assertion.namespaceUri}}${assertion.name}`,
        );
        expect(all).toEqual([
          `{${NAMESPACES.http}}NegotiateAuthentication`,
          `{${NAMESPACES.sp2005}}TransportBinding`,
          '{http://www.w3.org/2006/05/addressing/wsdl}UsingAddressing',
        ]);
      }
    });
  });

  test('has the policy of AD FS for passwords: TransportBinding with a timestamp and a UsernameToken, in one namespace', () => {
    withDocument(text, (document) => {
      const policies = elements(document.root, 'wsp:Policy[starts-with(@wsu:Id, "UserNameWSTrustBinding_")]');
      expect(policies.length).toBeGreaterThan(0);
      for (const policy of policies) {
        const is13 = policy.attr('Id', 'wsu')?.value.includes('13Async') === true;
        const [namespace, tokens] = is13
          ? [NAMESPACES.sp, 'SignedEncryptedSupportingTokens']
          : [NAMESPACES.sp2005, 'SignedSupportingTokens'];
        const all = elements(policy, 'wsp:ExactlyOne/wsp:All/*').map(
          (assertion) => `{${assertion.namespaceUri}}${assertion.name}`,
        );
        expect(all).toEqual([
          `{${namespace}}TransportBinding`,
          `{${namespace}}${tokens}`,
          '{http://www.w3.org/2006/05/addressing/wsdl}UsingAddressing',
        ]);
        expect(elements(policy, './/*[local-name()="IncludeTimestamp"]')).toHaveLength(1);
        expect(elements(policy, './/*[local-name()="WssUsernameToken10"]')).toHaveLength(1);
      }
    });
  });

  test('every Windows port names the SPN, every port the same address in both places, and nothing but https', () => {
    withDocument(text, (document) => {
      const ports = elements(document.root, 'wsdl:service/wsdl:port');
      expect(ports.length).toBeGreaterThan(0);
      for (const port of ports) {
        const windows = port.attr('name')?.value.startsWith('CustomBinding_') === true;
        // A port with an Identity is windowstransport to DSRegTool.
        expect(element(port, './/*[local-name()="Spn"]')?.content).toBe(windows ? spn : undefined);
        expect(elements(port, './/*[local-name()="Identity"]')).toHaveLength(windows ? 1 : 0);
        expect(element(port, 'soap12:address')?.attr('location')?.value).toBe(
          element(port, './/wsa10:Address')?.content,
        );
        expect(element(port, './/wsa10:Address')?.content).toMatch(/^https:\/\//);
      }
    });
  });

  test('every policy is found by the letter: wsu:Id (MSAL4J), xmlns:sp on its TransportBinding (MSAL Go), WS-Policy 2004/09', () => {
    withDocument(text, (document) => {
      const policies = elements(document.root, 'wsp:Policy');
      expect(policies.length).toBe(elements(document.root, 'wsdl:service/wsdl:port').length);
      for (const policy of policies) {
        const id = policy.attr('Id', 'wsu');
        expect(id?.prefix).toBe('wsu');
        const bindings = elements(policy, 'wsp:ExactlyOne/wsp:All/*[local-name()="TransportBinding"]');
        expect(bindings).toHaveLength(1);
        expect(bindings[0]?.nsDeclarations['sp'], id?.value).toBe(bindings[0]?.namespaceUri);
      }
    });
  });

  test('every binding is SOAP 1.2 over HTTP with Issue alone and one policy (MSAL Python, MSAL.NET, MSAL Go)', () => {
    withDocument(text, (document) => {
      for (const binding of elements(document.root, 'wsdl:binding')) {
        const name = binding.attr('name')?.value;
        expect(elements(binding, 'wsp:PolicyReference'), name).toHaveLength(1);
        const transports = elements(binding, 'soap12:binding').map((one) => one.attr('transport')?.value);
        expect(transports, name).toEqual(['http://schemas.xmlsoap.org/soap/http']);
        const actions = elements(binding, 'wsdl:operation/soap12:operation').map(
          (one) => one.attr('soapAction')?.value,
        );
        expect(actions, name).toEqual([name?.includes('13Async') === true ? ISSUE['1.3'] : ISSUE['2005']]);
      }
      for (const port of elements(document.root, 'wsdl:service/wsdl:port')) {
        // MSAL.NET fails at a binding without a prefix; MSAL Python and MSAL4J at white space before the address.
        expect(port.attr('binding')?.value).toBe(`tns:${port.attr('name')?.value}`);
        expect(element(port, 'wsa10:EndpointReference/wsa10:Address')?.content).toMatch(/^https:\S+$/);
      }
    });
  });

  test('every reference inside it resolves (WSDL 1.1 §2)', () => {
    withDocument(text, (document) => {
      const { root } = document;
      const names = (path: string): string[] => elements(root, path).map((found) => found.attr('name')?.value ?? '');
      const refer = (path: string, attribute: string): string[] =>
        elements(root, path).map((found) => (found.attr(attribute)?.value ?? '').replace(/^tns:/, ''));
      const ids = elements(root, 'wsp:Policy').map((policy) => `#${policy.attr('Id', 'wsu')?.value}`);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(refer('wsdl:binding/wsp:PolicyReference', 'URI'));
      expect(names('wsdl:binding')).toEqual(refer('wsdl:service/wsdl:port', 'binding'));
      expect(names('wsdl:portType')).toEqual(expect.arrayContaining(refer('wsdl:binding', 'type')));
      expect(names('wsdl:message').sort()).toEqual(
        [
          ...refer('wsdl:portType/wsdl:operation/wsdl:input', 'message'),
          ...refer('wsdl:portType/wsdl:operation/wsdl:output', 'message'),
        ].sort(),
      );
      const declared = elements(root, 'wsdl:types/*/*[local-name()="element"]').map(
        (found) => `{${found.parent?.attr('targetNamespace')?.value}}${found.attr('name')?.value}`,
      );
      const parts = elements(root, 'wsdl:message/wsdl:part').map((part) => {
        const [prefix = '', local = ''] = (part.attr('element')?.value ?? '').split(':');
        return `{${part.namespaceForPrefix(prefix)}}${local}`;
      });
      expect(parts.sort()).toEqual(declared.sort());
    });
  });
});

test('a name that needs escaping is escaped', () => {
  const odd = { ...urls, windowsTransport2005: 'https://idp.example.test/?a=1&b=<"' };
  const text = writeMetadataExchange({ which: 'mex', urls: odd, spn });
  expect(MEX_READERS['MSAL4J']?.(text)).toEqual([{ version: '2005', address: odd.windowsTransport2005 }]);
});

const samples = join(import.meta.dirname, '../../../shared/samples');

describe.skipIf(!existsSync(samples))('the readers find windowstransport in documents of real AD FS servers', () => {
  test.each([
    ['msal-dotnet/TestMex.xml', 2],
    ['msal-dotnet/federationMetadata.xml', 2],
    ['msal4j/mex-response-integrated.xml', 1],
  ] as const)('%s', (file, least) => {
    const text = readFileSync(join(samples, file), 'utf8').replace(/^\uFEFF/, '');
    for (const [client, read] of readers) expect(read(text).length, client).toBeGreaterThanOrEqual(least);
  });
});
