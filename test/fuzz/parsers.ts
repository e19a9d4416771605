/** Every parser that takes bytes from somebody else, in one table; each is loaded when its turn comes. */
import type { Parser } from './parser.ts';

const xml = () => import('./parsers/xml.ts');
const kerberos = () => import('./parsers/kerberos.ts');
const pac = () => import('./parsers/pac.ts');
const browser = () => import('./parsers/browser.ts');
const passkey = () => import('./parsers/passkey.ts');
const directory = () => import('./parsers/directory.ts');
const language = () => import('./parsers/language.ts');
const files = () => import('./parsers/files.ts');
const log = () => import('./parsers/log.ts');

export const PARSERS: ReadonlyMap<string, () => Promise<Parser>> = new Map(
  Object.entries({
    xml: async () => (await xml()).XML,
    'soap-request': async () => (await xml()).SOAP_REQUEST,
    'security-header': async () => (await xml()).SECURITY_HEADER,
    logo: async () => (await xml()).LOGO,
    der: async () => (await kerberos()).DER,
    spnego: async () => (await kerberos()).SPNEGO,
    'kerberos-messages': async () => (await kerberos()).KERBEROS_MESSAGES,
    negotiation: async () => (await kerberos()).NEGOTIATION,
    pac: async () => (await pac()).PAC,
    'negotiate-header': async () => (await kerberos()).NEGOTIATE_HEADER,
    'kdc-answer': async () => (await kerberos()).KDC_ANSWER,
    keytab: async () => (await kerberos()).KEYTAB,
    'passive-request': async () => (await browser()).PASSIVE_REQUEST,
    'headers-and-fields': async () => (await browser()).HEADERS,
    'passkey-json': async () => (await passkey()).PASSKEY_JSON,
    'passkey-cbor': async () => (await passkey()).PASSKEY_CBOR,
    'passkey-proof': async () => (await passkey()).PASSKEY_PROOF,
    'ldap-framing': async () => (await directory()).LDAP_FRAMING,
    'filter-pattern': async () => (await directory()).FILTER_PATTERN,
    'sid-guid-filetime': async () => (await directory()).IDENTIFIERS,
    expression: async () => (await language()).EXPRESSION,
    'mapping-value': async () => (await language()).MAPPING_VALUE,
    yaml: async () => (await files()).YAML,
    configuration: async () => (await files()).CONFIGURATION,
    'doctor-capture': async () => (await files()).CAPTURE,
    'key-file': async () => (await files()).KEY_FILE,
    'entra-log': async () => (await log()).ENTRA_LOG,
    'log-since': async () => (await log()).SINCE,
  }),
);

export function loadParser(name: string): Promise<Parser> {
  const load = PARSERS.get(name);
  if (load === undefined) throw new Error(`there is no parser ${name}; there are: ${[...PARSERS.keys()].join(', ')}`);
  return load();
}
