/** What an assertion says, as a relying party reads it: claims by namespace and name in one. */
import { parseXml } from '../../../src/xml/parse.ts';
import type { XmlElement } from '../../../src/xml/parse.ts';
import { attribute, everyElement } from '../../pages/read-page.ts';

export interface ReadAssertion {
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  readonly notBefore: Date;
  readonly notOnOrAfter: Date;
  readonly authenticationMethod: string | undefined;
  readonly authenticationInstant: Date;
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** Names of attributes in their order, to see that none comes twice. */
  readonly names: readonly string[];
}

export const CLAIMS = {
  insideCorporateNetwork: 'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork',
  staysSignedIn: 'http://schemas.microsoft.com/2014/03/psso',
  method: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationmethod',
  methods: 'http://schemas.microsoft.com/claims/authnmethodsreferences',
  upn: 'http://schemas.xmlsoap.org/claims/UPN',
  immutableId: 'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID',
} as const;

export const METHODS = {
  password: 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password',
  windows: 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows',
  multiple: 'http://schemas.microsoft.com/claims/multipleauthn',
  either: 'http://schemas.microsoft.com/claims/wiaormultiauthn',
} as const;

/** By local name: the writer's prefixes are its own affair. */
const elements = (root: XmlElement, local: string): readonly XmlElement[] =>
  everyElement(root).filter((element) => element.local === local);

export function readAssertion(xml: string): ReadAssertion {
  const root = parseXml(Buffer.from(xml));
  const [assertion] = elements(root, 'Assertion');
  if (assertion === undefined) throw new Error(`no assertion: ${xml.slice(0, 200)}`);
  const one = (name: string): XmlElement | undefined => elements(assertion, name)[0];
  const attributes = elements(assertion, 'Attribute');
  const nameOf = (element: XmlElement): string =>
    `${attribute(element, 'AttributeNamespace')}/${attribute(element, 'AttributeName')}`;
  const date = (element: string, name: string): Date => new Date(attribute(one(element), name) ?? Number.NaN);
  return {
    issuer: attribute(assertion, 'Issuer'),
    audience: one('Audience')?.text,
    notBefore: date('Conditions', 'NotBefore'),
    notOnOrAfter: date('Conditions', 'NotOnOrAfter'),
    authenticationMethod: attribute(one('AuthenticationStatement'), 'AuthenticationMethod'),
    authenticationInstant: date('AuthenticationStatement', 'AuthenticationInstant'),
    claims: Object.fromEntries(
      attributes.map((element) => [nameOf(element), elements(element, 'AttributeValue').map(({ text }) => text)]),
    ),
    names: attributes.map(nameOf),
  };
}
