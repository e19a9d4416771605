/**
 * Writes a SAML 1.1 assertion [SAML 1.1 core §2], in exclusive canonical form as written, and signs it.
 *
 * The shape is the one that Entra and the WS-Trust client libraries read: prefix `saml` declared on the Assertion (MSAL Go
 * looks for just that), every prefix declared inside (MSAL Python cuts the text out of the response), no white space
 * between elements (MSAL4J, passport-wsfed-saml2), Signature as the last child. Attributes stand in canonical order.
 *
 * Owns: the form. Does not own: what is claimed (mapping/), times and ids (signin/issue.ts), the signature (xmldsig/).
 */
import type { SigningKey } from '../keys/signing-key.ts';
import { Refusal } from '../refusal.ts';
import { firstNonXmlCharacter, isXmlText } from '../xml/characters.ts';
import { xml } from '../xml/markup.ts';
import type { Xml } from '../xml/markup.ts';
import { signEnveloped } from '../xmldsig/sign.ts';
import type { Claim, Saml11Assertion } from './assertion.ts';

const SAML = 'urn:oasis:names:tc:SAML:1.0:assertion';
const BEARER = 'urn:oasis:names:tc:SAML:1.0:cm:bearer';

/**
 * @returns the signed Assertion element, byte for byte what must travel.
 * @throws Refusal attribute-not-xml, naming the attribute, when a string holds what XML 1.0 cannot carry.
 */
export async function signSaml11Assertion(assertion: Saml11Assertion, key: SigningKey): Promise<string> {
  requireXmlText(assertion);
  return signEnveloped(writeAssertion(assertion), assertion.id, key);
}

function writeAssertion(assertion: Saml11Assertion): Xml {
  const { id, issuer, audience, notBefore, notOnOrAfter } = assertion;
  const conditions = xml`<saml:Conditions NotBefore="${dateTime(notBefore)}" NotOnOrAfter="${dateTime(notOnOrAfter)}"><saml:AudienceRestrictionCondition><saml:Audience>${audience}</saml:Audience></saml:AudienceRestrictionCondition></saml:Conditions>`;
  const subject = writeSubject(assertion.nameIdentifier);
  const statements = [
    ...writeAttributeStatement(subject, assertion.claims),
    writeAuthenticationStatement(subject, assertion),
  ];
  return xml`<saml:Assertion xmlns:saml="${SAML}" AssertionID="${id}" IssueInstant="${dateTime(assertion.issueInstant)}" Issuer="${issuer}" MajorVersion="1" MinorVersion="1">${conditions}${statements}</saml:Assertion>`;
}

function writeSubject({ value, format }: Saml11Assertion['nameIdentifier']): Xml {
  return xml`<saml:Subject><saml:NameIdentifier Format="${format}">${value}</saml:NameIdentifier><saml:SubjectConfirmation><saml:ConfirmationMethod>${BEARER}</saml:ConfirmationMethod></saml:SubjectConfirmation></saml:Subject>`;
}

/** Core §2.4.4: an AttributeStatement has at least one Attribute, so that without claims there is none. */
function writeAttributeStatement(subject: Xml, claims: readonly Claim[]): readonly Xml[] {
  if (claims.length === 0) return [];
  return [xml`<saml:AttributeStatement>${subject}${claims.map(writeAttribute)}</saml:AttributeStatement>`];
}

/** Without OriginalIssuer, which AD FS adds and the schema forbids. */
function writeAttribute({ name, namespace, values }: Claim): Xml {
  if (values.length === 0) throw new Error(`the claim ${name} has no value; a claim has at least one`);
  const written = values.map((value) => xml`<saml:AttributeValue>${value}</saml:AttributeValue>`);
  return xml`<saml:Attribute AttributeName="${name}" AttributeNamespace="${namespace}">${written}</saml:Attribute>`;
}

function writeAuthenticationStatement(subject: Xml, assertion: Saml11Assertion): Xml {
  const { authenticationInstant, authenticationMethod } = assertion;
  return xml`<saml:AuthenticationStatement AuthenticationInstant="${dateTime(authenticationInstant)}" AuthenticationMethod="${authenticationMethod}">${subject}</saml:AuthenticationStatement>`;
}

/** xsd:dateTime in UTC with milliseconds (core §1.2.2). */
function dateTime(time: Date): string {
  return time.toISOString();
}

/** Values come from a directory that may hold anything; the rest is checked alike, because it costs nothing. */
function requireXmlText(assertion: Saml11Assertion): void {
  const { id, issuer, audience, nameIdentifier, claims, authenticationMethod } = assertion;
  const named: readonly (readonly [string, readonly string[]])[] = [
    ['AssertionID', [id]],
    ['Issuer', [issuer]],
    ['Audience', [audience]],
    ['NameIdentifier', [nameIdentifier.value, nameIdentifier.format]],
    ['AuthenticationMethod', [authenticationMethod]],
    ...claims.map((claim) => [claim.name, [claim.name, claim.namespace, ...claim.values]] as const),
  ];
  if (isXmlText(named.map(([, texts]) => texts.join(' ')).join(' '))) return;
  for (const [attribute, texts] of named) {
    for (const text of texts) {
      const wrong = firstNonXmlCharacter(text);
      if (wrong !== undefined)
        throw new Refusal('attribute-not-xml', { attribute: attribute.toWellFormed(), detail: wrong });
    }
  }
}
