/**
 * A SAML 1.1 assertion ([SAML 1.1 core] §2.3) as data, read with libxml2.
 *
 * Owns DBL-TOK-04 and -05. `readUnverified` gives only what is needed to find the key; everything else is read by
 * `readVerified` from the canonical bytes that the signature covers, so nothing unsigned can be believed.
 */
import { ParseOption, XmlDocument, XmlElement } from 'libxml2-wasm';
import { refuse } from './token-checks.ts';
import type { Grant } from './token-form.ts';

export const SAML11 = 'urn:oasis:names:tc:SAML:1.0:assertion';
const SAML20 = 'urn:oasis:names:tc:SAML:2.0:assertion';

/** Entra's own limit is not known; a device's assertion has 4 to 6 KB. */
const MAX_XML_BYTES = 128 * 1024;

/** xsd:ID: an NCName ([XML Namespaces] §3). */
const NCNAME = /^[\p{L}_][\p{L}\p{N}\p{M}._-]*$/u;

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

export interface UnverifiedAssertion {
  /** The whole document. */
  readonly xml: string;
  readonly id: string;
  readonly issuer: string;
}

export interface Subject {
  readonly nameIdentifier: { readonly value: string; readonly format: string | undefined } | undefined;
  readonly confirmationMethods: readonly string[];
}

export interface Attribute {
  readonly name: string;
  readonly namespace: string;
  readonly values: readonly string[];
}

/** How and when the issuer authenticated the subject (§2.4.3). */
export interface Authentication {
  readonly method: string;
  readonly instant: Date;
}

export interface Assertion {
  readonly id: string;
  readonly issuer: string;
  readonly issueInstant: Date;
  readonly notBefore: Date;
  readonly notOnOrAfter: Date;
  /** One list for each AudienceRestrictionCondition: each must be met (§2.3.2.1.3). */
  readonly audiences: readonly (readonly string[])[];
  /** One for each statement. */
  readonly subjects: readonly Subject[];
  readonly attributes: readonly Attribute[];
  /** One for each AuthenticationStatement. */
  readonly authentications: readonly Authentication[];
}

const STATEMENTS = ['AttributeStatement', 'AuthenticationStatement', 'AuthorizationDecisionStatement'];

const CONDITIONS = ['AudienceRestrictionCondition', 'DoNotCacheCondition'];

/**
 * Parses, runs `read` on the root and frees the tree, which lives outside the garbage collector's reach.
 * `malformed` refuses what is no XML; the default is the assertion's own check.
 */
export function withRoot<Result>(
  xml: string,
  read: (root: XmlElement, document: XmlDocument) => Result,
  malformed: (found: string) => never = malformedAssertion,
): Result {
  const document = parse(xml, malformed);
  try {
    return read(document.root, document);
  } finally {
    document.dispose();
  }
}

export function readUnverified(bytes: Uint8Array, grant: Grant): UnverifiedAssertion {
  if (bytes.length > MAX_XML_BYTES)
    refuse('DBL-TOK-04', 500132, `${bytes.length} bytes of XML, more than ${MAX_XML_BYTES}`);
  const xml = decode(bytes);
  return withRoot(xml, (root) => {
    checkRoot(root, grant);
    checkOnlySignedNodes(root);
    const id = required(root, 'AssertionID');
    if (!NCNAME.test(id)) refuse('DBL-TOK-05', 500086, `AssertionID ${id}`, { id });
    required(root, 'IssueInstant');
    const issuer = required(root, 'Issuer');
    if (!elements(root).some((child) => isSaml(child) && STATEMENTS.includes(child.name)))
      refuse('DBL-TOK-05', 500087, 'no statement');
    return { xml, id, issuer };
  });
}

/** `canonical` is what the digest was computed over: the assertion without its signature. */
export function readVerified(canonical: string): Assertion {
  return withRoot(canonical, (root) => {
    const conditions = only(samlChildren(root, 'Conditions'), 'Conditions');
    // A condition that is not understood makes the assertion indeterminate (§2.3.2.1).
    const odd = elements(conditions).find((condition) => !isSaml(condition) || !CONDITIONS.includes(condition.name));
    if (odd !== undefined) refuse('DBL-TOK-11', 50008, `condition ${odd.name} is not understood`);
    const statements = elements(root).filter((child) => isSaml(child) && STATEMENTS.includes(child.name));
    return {
      id: required(root, 'AssertionID'),
      issuer: required(root, 'Issuer'),
      issueInstant: dateTime(root, 'IssueInstant'),
      notBefore: dateTime(conditions, 'NotBefore'),
      notOnOrAfter: dateTime(conditions, 'NotOnOrAfter'),
      audiences: samlChildren(conditions, 'AudienceRestrictionCondition').map((each) =>
        samlChildren(each, 'Audience').map(text),
      ),
      subjects: statements.map((statement) => readSubject(only(samlChildren(statement, 'Subject'), 'Subject'))),
      attributes: statements.flatMap((statement) => samlChildren(statement, 'Attribute')).map(readAttribute),
      authentications: statements
        .filter((statement) => statement.name === 'AuthenticationStatement')
        .map((statement) => ({
          method: required(statement, 'AuthenticationMethod'),
          instant: dateTime(statement, 'AuthenticationInstant'),
        })),
    };
  });
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('DBL-TOK-04', 500132, 'the assertion is not UTF-8');
  }
}

function parse(xml: string, malformed: (found: string) => never): XmlDocument {
  // A markup declaration can stand nowhere else here; refused before the parser spends time on entities.
  if (xml.includes('<!DOCTYPE')) malformed('there is a DTD');
  try {
    return XmlDocument.fromString(xml, { option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE });
  } catch (error) {
    // One line for each error that the parser found: the first leads to the others.
    return malformed(`not well-formed: ${error instanceof Error ? error.message.split('\n', 1)[0] : 'unknown'}`);
  }
}

function malformedAssertion(found: string): never {
  return refuse('DBL-TOK-04', 500132, found);
}

function checkRoot(root: XmlElement, grant: Grant): void {
  const saml11 = root.namespaceUri === SAML11 && root.name === 'Assertion';
  if (grant === 'saml2') {
    if (saml11) refuse('DBL-TOK-04', 7500514, 'a SAML 1.1 assertion with the saml2-bearer grant');
    const details = 'a device signs in with SAML 1.1';
    if (root.namespaceUri === SAML20 && root.name === 'Assertion') refuse('DBL-TOK-04', 500089, details, { details });
  }
  if (!saml11) {
    refuse('DBL-TOK-04', 500084, `root element {${root.namespaceUri}}${root.name}`, {
      expectedName: 'Assertion',
      expectedNamespace: SAML11,
      name: root.name,
      namespace: root.namespaceUri,
    });
  }
  const [major, minor] = [attribute(root, 'MajorVersion') ?? '', attribute(root, 'MinorVersion') ?? ''];
  if (major !== '1' || minor !== '1') refuse('DBL-TOK-04', 500085, `version ${major}.${minor}`, { major, minor });
}

/** The canonical form drops comments, so a signature says nothing about them; no issuer writes them or instructions. */
function checkOnlySignedNodes(root: XmlElement): void {
  if (root.doc.find('//comment() | //processing-instruction()').length > 0) {
    refuse('DBL-TOK-04', 500132, 'the assertion holds a comment or a processing instruction');
  }
}

function readSubject(subject: XmlElement): Subject {
  const identifier = samlChildren(subject, 'NameIdentifier')[0];
  return {
    nameIdentifier: identifier && { value: text(identifier), format: attribute(identifier, 'Format') },
    confirmationMethods: samlChildren(subject, 'SubjectConfirmation')
      .flatMap((confirmation) => samlChildren(confirmation, 'ConfirmationMethod'))
      .map(text),
  };
}

function readAttribute(element: XmlElement): Attribute {
  return {
    name: required(element, 'AttributeName'),
    namespace: required(element, 'AttributeNamespace'),
    values: samlChildren(element, 'AttributeValue').map(text),
  };
}

export function elements(parent: XmlElement): XmlElement[] {
  const found: XmlElement[] = [];
  for (let node = parent.firstChild; node !== null; node = node.next) if (node instanceof XmlElement) found.push(node);
  return found;
}

/** The value of an attribute in no namespace. */
export function attribute(element: XmlElement, name: string): string | undefined {
  return element.attrs.find((candidate) => candidate.name === name && candidate.namespaceUri === '')?.value;
}

function isSaml(element: XmlElement): boolean {
  return element.namespaceUri === SAML11;
}

function samlChildren(parent: XmlElement, name: string): XmlElement[] {
  return elements(parent).filter((child) => isSaml(child) && child.name === name);
}

function only(found: readonly XmlElement[], name: string): XmlElement {
  const [first] = found;
  return first !== undefined && found.length === 1
    ? first
    : refuse('DBL-TOK-05', 50008, `${found.length} ${name} elements, not one`);
}

function text(element: XmlElement): string {
  return elements(element).length === 0
    ? element.content
    : refuse('DBL-TOK-05', 50008, `${element.name} holds elements, not text`);
}

function required(element: XmlElement, name: string): string {
  const value = attribute(element, name) ?? '';
  return value === '' ? refuse('DBL-TOK-05', 500088, `${element.name} has no ${name}`, { name }) : value;
}

function dateTime(element: XmlElement, name: string): Date {
  const value = required(element, name);
  const date = new Date(value);
  return DATE_TIME.test(value) && !Number.isNaN(date.getTime())
    ? date
    : refuse('DBL-TOK-05', 50008, `${name} ${value} is not a UTC xsd:dateTime`);
}
