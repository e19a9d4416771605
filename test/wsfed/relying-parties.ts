/**
 * How relying parties read `wresult` and the federation metadata: passport-wsfed-saml2 itself, and the rules of
 * Microsoft.IdentityModel (ASP.NET Core, Katana) written anew over libxml2, as picky as it is.
 */
import { createRequire } from 'node:module';
import type { XmlElement } from 'libxml2-wasm';
import { elements, required, serialise, withDocument } from '../wstrust/clients/document.ts';

type Profile = Readonly<Record<string, unknown>>;
type Verified = (error: Error | null, user?: Profile) => void;

interface PassportStrategy {
  authenticate(request: object, options: object): void;
  success: (user: Profile) => void;
  fail: (why: unknown) => void;
  error: (why: unknown) => void;
}

const passport = createRequire(import.meta.url)('passport-wsfed-saml2') as {
  readonly Strategy: new (options: object, verify: (profile: Profile, done: Verified) => void) => PassportStrategy;
};

export interface PassportTrust {
  readonly realm: string;
  /** SHA-1 of the DER, in hexadecimal. */
  readonly thumbprint: string;
}

/** What passport-wsfed-saml2 makes of a posted form: the person's profile, or its reason for none. */
export function passportProfile(body: Readonly<Record<string, string>>, trust: PassportTrust): Promise<Profile> {
  return new Promise((resolve, reject) => {
    const refuse = (why: unknown): void => reject(why instanceof Error ? why : new Error(JSON.stringify(why)));
    // The assertions of the tests are of a fixed day; its clock is its own.
    const options = { ...trust, identityProviderUrl: 'https://sso.example.test/', checkExpiration: false };
    const strategy = new passport.Strategy(options, (profile, done) => done(null, profile));
    strategy.success = resolve;
    strategy.fail = refuse;
    strategy.error = refuse;
    const request = {
      method: 'POST',
      protocol: 'https',
      originalUrl: '/login.srf',
      get: () => 'rp.example.test',
      body,
    };
    strategy.authenticate(request, {});
  });
}

const TRUST_2005 = 'http://schemas.xmlsoap.org/ws/2005/02/trust';
const TRUST_13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
const TRUST_14 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200802';
const MD = 'urn:oasis:names:tc:SAML:2.0:metadata';
const FED = 'http://docs.oasis-open.org/wsfed/federation/200706';
const WSA = 'http://www.w3.org/2005/08/addressing';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const SAML = 'urn:oasis:names:tc:SAML:1.0:assertion';

const is = (element: XmlElement, namespaces: readonly string[], local: string): boolean =>
  element.name === local && namespaces.includes(element.namespaceUri);

/** Reading elements one after another stops at text, so that anything behind it is not there for the reader. */
function startElements(parent: XmlElement): readonly XmlElement[] {
  const found: XmlElement[] = [];
  for (let node = parent.firstChild; node !== null; node = node.next) {
    if ('attrs' in node) found.push(node as XmlElement);
    else if (node.content.trim() !== '') break;
  }
  return found;
}

/** WsFederationMessage.GetToken: a collection only outside of 2005, responses as its direct children, one token. */
export function identityModelToken(wresult: string): string {
  if (wresult.includes('<!DOCTYPE')) throw new Error('the client prohibits a DTD');
  return withDocument(wresult, ({ root }) => {
    const responses = is(root, [TRUST_13, TRUST_14], 'RequestSecurityTokenResponseCollection')
      ? startElements(root)
      : [root];
    const holders = responses
      .filter((response) => is(response, [TRUST_2005, TRUST_13, TRUST_14], 'RequestSecurityTokenResponse'))
      .flatMap(startElements)
      .filter((child) => is(child, [TRUST_2005, TRUST_13, TRUST_14], 'RequestedSecurityToken'));
    if (holders.length > 1) throw new Error('the client takes one token, and there are more');
    const holder = required(holders[0], 'RequestedSecurityToken');
    return startElements(holder).map(serialise).join('');
  });
}

export interface IdentityModelAssertion {
  readonly issuer: string;
  readonly nameIdentifier: string;
  readonly authenticationMethod: string;
  readonly authenticationInstant: string;
  readonly claims: readonly { readonly type: string; readonly value: string }[];
}

/** SamlSerializer.ReadAssertion: attributes that must be there, and children in their order. */
export function identityModelAssertion(token: string): IdentityModelAssertion {
  return withDocument(token, ({ root }) => {
    if (!is(root, [SAML], 'Assertion')) throw new Error('the client finds no Assertion');
    const attribute = (element: XmlElement, name: string): string =>
      required(element.attr(name)?.value || undefined, `${name} of ${element.name}`);
    if (attribute(root, 'MajorVersion') !== '1' || attribute(root, 'MinorVersion') !== '1')
      throw new Error('the client reads SAML 1.1 only');
    if (!/^[A-Za-z_][\w.-]*$/.test(attribute(root, 'AssertionID'))) throw new Error('the AssertionID is no NCName');
    attribute(root, 'IssueInstant');
    const order = startElements(root).map(({ name }) => name);
    if (!/^(Conditions )?(Advice )?((?:Attribute|Authentication)Statement )+Signature $/.test(`${order.join(' ')} `))
      throw new Error(`the client cannot read ${order.join(' ')}`);
    const statements = startElements(root).filter(({ name }) => name.endsWith('Statement'));
    const subjects = statements.map((statement) => required(startElements(statement)[0], 'Subject'));
    if (subjects.some((subject) => !is(subject, [SAML], 'Subject'))) throw new Error('the Subject is not the first');
    const attributes = statements
      .filter(({ name }) => name === 'AttributeStatement')
      .flatMap((statement) => startElements(statement).slice(1));
    const authentication = required(
      statements.find(({ name }) => name === 'AuthenticationStatement'),
      'AuthenticationStatement',
    );
    const identifier = required(elements(authentication, 'saml:Subject/saml:NameIdentifier')[0], 'NameIdentifier');
    return {
      issuer: attribute(root, 'Issuer'),
      nameIdentifier: required(identifier.content || undefined, 'content of NameIdentifier'),
      authenticationMethod: attribute(authentication, 'AuthenticationMethod'),
      authenticationInstant: attribute(authentication, 'AuthenticationInstant'),
      claims: attributes.flatMap((element) =>
        startElements(element).map(({ content: value }) => ({
          type: `${attribute(element, 'AttributeNamespace')}/${attribute(element, 'AttributeName')}`,
          value,
        })),
      ),
    };
  });
}

export interface IdentityModelConfiguration {
  readonly issuer: string;
  readonly tokenEndpoint: string | undefined;
  /** The last one that it finds. */
  readonly activeTokenEndpoint: string | undefined;
  /** Base64 of DER, in order. */
  readonly signingKeys: readonly string[];
}

/** WsFederationMetadataSerializer.ReadMetadata */
export function identityModelMetadata(metadata: string): IdentityModelConfiguration {
  if (metadata.includes('<!DOCTYPE')) throw new Error('the client prohibits a DTD');
  return withDocument(metadata, ({ root }) => {
    if (!is(root, [MD], 'EntityDescriptor')) throw new Error('the client finds no EntityDescriptor');
    const issuer = required(root.attr('entityID')?.value || undefined, 'entityID');
    const roles = startElements(root).filter((element) => isRole(element, 'SecurityTokenServiceType'));
    const children = roles.flatMap(startElements);
    return {
      issuer,
      tokenEndpoint: children
        .filter((child) => is(child, [FED], 'PassiveRequestorEndpoint'))
        .map(passiveAddress)
        .at(-1),
      activeTokenEndpoint: children
        .filter((child) => is(child, [FED], 'SecurityTokenServiceEndpoint'))
        .map(activeAddress)
        .at(-1),
      signingKeys: children.filter((child) => is(child, [MD], 'KeyDescriptor')).flatMap(certificates),
    };
  });
}

/** The QName of xsi:type is resolved where it stands. */
function isRole(element: XmlElement, type: string): boolean {
  if (!is(element, [MD], 'RoleDescriptor')) return false;
  const written = withPrefix(element).find(([, , namespace]) => namespace === XSI);
  const [prefix = '', local] = (written?.[1] ?? '').split(':');
  return local === type && element.namespaceForPrefix(prefix) === FED;
}

/** `[local name, value, namespace]` of each attribute. */
const withPrefix = (element: XmlElement): readonly (readonly [string, string, string])[] =>
  element.attrs.map((attribute) => [attribute.name, attribute.value, attribute.namespaceUri]);

/** Address is the only child that it knows here. */
function passiveAddress(endpoint: XmlElement): string {
  const [reference, ...others] = startElements(endpoint);
  const [address, ...more] = startElements(endpointReference(reference));
  if (others.length > 0 || more.length > 0) throw new Error('the client reads an Address alone');
  return addressOf(address);
}

/** Address, and anything else beside it. */
function activeAddress(endpoint: XmlElement): string {
  const [reference, ...others] = startElements(endpoint);
  if (others.length > 0) throw new Error('the client reads one EndpointReference');
  return addressOf(startElements(endpointReference(reference)).find((child) => is(child, [WSA], 'Address')));
}

function endpointReference(found: XmlElement | undefined): XmlElement {
  const reference = required(found, 'EndpointReference');
  if (!is(reference, [WSA], 'EndpointReference')) throw new Error('the client finds no EndpointReference');
  return reference;
}

function addressOf(found: XmlElement | undefined): string {
  const address = required(found, 'Address');
  if (!is(address, [WSA], 'Address')) throw new Error('the client finds no Address');
  return required(address.content.replace(/^[ \n]+|[ \n]+$/g, '') || undefined, 'content of Address');
}

/** A KeyDescriptor of any use, whose only child is a KeyInfo. */
function certificates(descriptor: XmlElement): readonly string[] {
  const [info, ...more] = startElements(descriptor);
  if (info === undefined || !is(info, [DS], 'KeyInfo') || more.length > 0)
    throw new Error('the client reads one KeyInfo in a KeyDescriptor');
  return startElements(info)
    .filter((child) => is(child, [DS], 'X509Data'))
    .flatMap(startElements)
    .filter((child) => is(child, [DS], 'X509Certificate'))
    .map(({ content }) => content);
}
