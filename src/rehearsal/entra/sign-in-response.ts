/**
 * What an identity provider has the browser post to login.srf: the form ([WS-Federation 1.2] §13.2.3) and the
 * RequestSecurityTokenResponse in it, down to the text of the assertion.
 *
 * Owns DBL-WSF-01 but for the wctx's own request (sign-in-requests.ts), and DBL-WSF-02. Does not own: what the assertion
 * says (token.ts); nothing else of wresult is signed, so nothing else of it is believed.
 */
import type { XmlDocument, XmlElement } from 'libxml2-wasm';
import { elements, withRoot } from './assertion.ts';
import { textOfElement } from './element-text.ts';
import { readFormBody } from './form-body.ts';
import { refuseSignIn } from './sign-in-checks.ts';
import { REALM } from './sign-in-redirect.ts';

/** Entra's own limit is not known. */
const MAX_CHARACTERS = 256 * 1024;

/** WS-Trust of February 2005, in which AD FS answers, and 1.3, in which a response stands in a collection. */
const TRUST_2005 = 'http://schemas.xmlsoap.org/ws/2005/02/trust';
const TRUST_13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
const TOKEN_TYPE = 'urn:oasis:names:tc:SAML:1.0:assertion';

const RESPONSE = 'RequestSecurityTokenResponse';
const COLLECTION = `${RESPONSE}Collection`;

export interface SignInForm {
  readonly wctx: string;
  readonly wresult: string;
}

export function readSignInForm(contentType: string | undefined, body: Uint8Array): SignInForm {
  const [type] = (contentType ?? '').split(';');
  if (type?.trim().toLowerCase() !== 'application/x-www-form-urlencoded')
    invalid(`Content-Type ${contentType ?? 'absent'}`);
  const form = readFormBody(body, invalid);
  const wa = form.get('wa') ?? 'absent';
  if (wa !== 'wsignin1.0') invalid(`wa is ${wa}, not wsignin1.0`);
  checkRealm('wtrealm', form.get('wtrealm'));
  const wctx = form.get('wctx') ?? '';
  if (wctx === '') invalid('wctx is absent');
  return { wctx, wresult: form.get('wresult') ?? '' };
}

/** The assertion as it stands in wresult, character for character. */
export function readSignInResponse(wresult: string): string {
  if (wresult === '') unusable('wresult is absent');
  if (wresult.length > MAX_CHARACTERS) malformed(`${wresult.length} characters, more than ${MAX_CHARACTERS}`);
  const index = withRoot(wresult, indexOfAssertion, malformed);
  return textOfElement(wresult, index) ?? malformed('the assertion is not to be found in the text');
}

/** Among all elements, in document order. */
function indexOfAssertion(root: XmlElement, document: XmlDocument): number {
  const response = responseIn(root);
  const trust = response.namespaceUri;
  const tokenType = textOf(only(response, trust, 'TokenType'));
  if (tokenType !== TOKEN_TYPE) unusable(`TokenType is ${tokenType || 'empty'}, not ${TOKEN_TYPE}`);
  checkAppliesTo(response);
  const requested = only(response, trust, 'RequestedSecurityToken');
  const [assertion, ...others] = elements(requested);
  if (assertion?.name !== 'Assertion' || others.length > 0 || hasText(requested))
    return unusable(`RequestedSecurityToken holds ${contentOf(requested)}, not one Assertion`);
  // A second one could be taken for the one that is signed, wherever it stands.
  const all = document.find('//*') as XmlElement[];
  const assertions = all.filter((element) => element.name === 'Assertion').length;
  if (assertions > 1) unusable(`${assertions} elements Assertion in wresult`);
  return all.findIndex((element) => element.isSameNode(assertion));
}

function responseIn(root: XmlElement): XmlElement {
  if (root.namespaceUri === TRUST_2005 && root.name === RESPONSE) return root;
  if (root.namespaceUri === TRUST_13 && root.name === COLLECTION) return only(root, TRUST_13, RESPONSE);
  return unusable(`the root of wresult is {${root.namespaceUri}}${root.name}`);
}

/** Who the token is for ([WS-Trust 1.3] §4.2); a response without it is for the one that gets it. */
function checkAppliesTo(response: XmlElement): void {
  const appliesTo = elements(response).filter((child) => child.name === 'AppliesTo');
  for (const address of appliesTo.flatMap((each) => each.find('.//*') as XmlElement[]))
    if (address.name === 'Address') checkRealm('AppliesTo', address.content.trim());
}

function checkRealm(where: string, realm: string | undefined): void {
  if (realm !== undefined && realm !== REALM)
    refuseSignIn('DBL-WSF-01', 50169, `${where} is ${realm || 'empty'}, not ${REALM}`, { realm });
}

function only(parent: XmlElement, namespace: string, name: string): XmlElement {
  const found = elements(parent).filter((child) => child.namespaceUri === namespace && child.name === name);
  const [first] = found;
  return first !== undefined && found.length === 1
    ? first
    : unusable(`${parent.name} has ${found.length} elements ${name} in ${namespace}, not one`);
}

function textOf(element: XmlElement): string {
  return elements(element).length === 0 ? element.content.trim() : unusable(`${element.name} holds elements, not text`);
}

function hasText(parent: XmlElement): boolean {
  return parent.find('./text()').some((node) => node.content.trim() !== '');
}

function contentOf(parent: XmlElement): string {
  const names = elements(parent).map((child) => child.name);
  return [...names, ...(hasText(parent) ? ['text'] : [])].join(', ') || 'nothing';
}

function invalid(found: string): never {
  return refuseSignIn('DBL-WSF-01', 90081, found);
}

function unusable(found: string): never {
  return refuseSignIn('DBL-WSF-02', 20001, found);
}

function malformed(found: string): never {
  return refuseSignIn('DBL-WSF-02', 20012, `wresult: ${found}`);
}
