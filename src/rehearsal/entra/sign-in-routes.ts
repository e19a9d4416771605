/**
 * The browser side's three addresses: the page where a person names the account, login.srf where the identity provider's
 * answer arrives, and login.srf as a relying party that is signed out.
 *
 * Nothing is kept in the browser. Does not own: HTTP (routes.ts), the checks and the pages.
 */
import { includesName, PERSON_CLIENTS, resourceOf } from './applications.ts';
import type { PersonIdentity } from './person-claims.ts';
import type { Answer, Call, Entra } from './routes.ts';
import { counts, judgeSecondFactor, latest, statedFactor } from './second-factor.ts';
import { signInRefusal, SignInRefusal } from './sign-in-checks.ts';
import { errorPage, ownFactorPage, refusalPage, signedInPage, startPage } from './sign-in-pages.ts';
import type { Report } from './sign-in-pages.ts';
import { signInUrl } from './sign-in-redirect.ts';
import type { SignInRequest } from './sign-in-requests.ts';
import { readSignInForm, readSignInResponse } from './sign-in-response.ts';
import type { Domain, Federation } from './domain-registry.ts';
import { acceptAssertion } from './token.ts';
import { refuse, TokenRefusal } from './token-checks.ts';
import type { TokenForm } from './token-form.ts';

/** What a person signs in to: Microsoft Office for Windows Azure Active Directory, for the texts that name them. */
const CLIENT = PERSON_CLIENTS[2];
const RESOURCE = 'https://graph.windows.net';

export function startSignIn(call: Call, entra: Entra): Answer {
  const { parameters, query, stamp } = call;
  const { tenant: name } = parameters;
  if (name !== undefined && !includesName(['common', 'organizations'], name) && !entra.tenant.isNamedBy(name))
    return errorPage(90002, { name }, stamp);
  const userName = (query['login_hint'] ?? query['username'] ?? '').trim();
  const named = userName === '' ? (query['domain_hint'] ?? query['whr'] ?? '').trim() : userName;
  if (named === '') return startPage(query);
  const domain = entra.tenant.domainOf(named);
  const obstacle = obstacleTo(domain);
  if (domain === undefined || obstacle !== undefined)
    return startPage(query, obstacle ?? `${named} is of no verified domain of ${entra.tenant.name}.`);
  return send(domain, requestOf(call, entra, domain, userName), entra);
}

/** Why nobody of this domain can be sent to a sign-in page of its own, in words for the page. */
function obstacleTo(domain: Domain | undefined): string | undefined {
  if (domain === undefined) return undefined;
  const { name, federation } = domain;
  if (federation === undefined) return `${name} is a managed domain: Entra would ask for the password itself.`;
  if (federation.preferredAuthenticationProtocol === 'saml')
    return `${name} is federated with SAML 2.0, which the local Entra does not speak.`;
  return federation.passiveSignInUri === undefined
    ? `${name} is federated, but no passiveSignInUri is set.`
    : undefined;
}

function requestOf({ query, stamp }: Call, entra: Entra, domain: Domain, userName: string): SignInRequest {
  const maxAge = query['mfa_max_age'] ?? '';
  return {
    domain: domain.name,
    userName,
    correlationId: stamp.correlationId,
    secondFactor: query['mfa'] === '1' || entra.tenant.policy().requireSecondFactor,
    mfaMaxAge: /^\d{1,9}$/.test(maxAge) ? maxAge : undefined,
    promptLogin: query['prompt'] === 'login',
    keepSignedIn: query['kmsi'] === '1',
    mkt: query['mkt'] || undefined,
    lc: query['lc'] || undefined,
    sentAt: stamp.now,
    times: 1,
  };
}

function send({ federation }: Domain, request: SignInRequest, entra: Entra): Answer {
  const { passiveSignInUri } = federation ?? {};
  if (federation === undefined || passiveSignInUri === undefined)
    return startPage({}, `${request.domain} has lost its passiveSignInUri meanwhile.`);
  const location = signInUrl(passiveSignInUri, federation, request, entra.signInRequests.open(request));
  return { status: 302, headers: { location }, content: { type: 'text/plain; charset=utf-8', data: '' } };
}

export function acceptSignIn(call: Call, entra: Entra): Answer {
  let stamp = call.stamp;
  try {
    const form = readSignInForm(call.request.headers['content-type'], call.body);
    const request = entra.signInRequests.close(form.wctx, stamp.now);
    // From here on the answers bear the id that the identity provider was given.
    stamp = { ...stamp, correlationId: request.correlationId };
    const person = personOf(readSignInResponse(form.wresult), entra, stamp.now);
    return { ...outcomeOf(person, request, { ...call, stamp }, entra), stamp };
  } catch (error) {
    if (error instanceof SignInRefusal || error instanceof TokenRefusal)
      return { ...refusalPage(error, stamp), refusal: logged(error), stamp };
    throw error;
  }
}

/** The token endpoint's checks, with a person's resource: a device's assertion is refused by DBL-TOK-19. */
function personOf(assertion: string, entra: Entra, now: Date): PersonIdentity {
  const resource = resourceOf(RESOURCE);
  if (resource === undefined) throw new Error(`no resource ${RESOURCE}`);
  const form: TokenForm = {
    version: 'v1',
    grant: 'saml1_1',
    clientId: CLIENT,
    resourceName: RESOURCE,
    resource,
    assertion: Buffer.from(assertion, 'utf8'),
  };
  const { tenant, clockSkewMs } = entra;
  const judged = acceptAssertion(form, { tenant, computers: entra.computers(), now, clockSkewMs });
  return judged.kind === 'person'
    ? judged.person
    : refuse('DBL-TOK-19', 221000, "a device's assertion at login.srf", { name: RESOURCE });
}

function outcomeOf(person: PersonIdentity, request: SignInRequest, { stamp }: Call, entra: Entra): Answer {
  entra.log.accept(stamp.correlationId, person.accepted);
  const domain = trustedDomain(person, entra);
  const stated = statedFactor(person, request, stamp.now);
  const outcome = judgeSecondFactor(stated, request, domain.federation, RESOURCE);
  const report: Report = { person, request, stated, signOutUri: domain.federation.signOutUri };
  if (outcome.kind === 'sent back') {
    const again = { ...request, times: request.times + 1, sentAt: stamp.now };
    return { ...send(domain, again, entra), refusal: logged(outcome.refusal) };
  }
  if (outcome.kind === 'own factor') {
    const answer = ownFactorPage(report, outcome.refusal, RESOURCE, stamp);
    return outcome.refusal === undefined ? answer : { ...answer, refusal: logged(outcome.refusal) };
  }
  entra.signIns.add({
    userPrincipalName: person.user.userPrincipalName,
    secondFactor: counts(stated),
    acceptedClaims: person.accepted,
    authenticatedAt: latest(person.authentications.map(({ instant }) => instant)),
    at: stamp.now,
  });
  return signedInPage(report);
}

/** Whose settings count: those of the domain that issued the assertion, which may not be the one that was asked for. */
function trustedDomain({ issuer }: PersonIdentity, entra: Entra): Domain & { readonly federation: Federation } {
  const domain = entra.tenant.trustedIssuer(issuer);
  if (domain?.federation === undefined) return refuse('DBL-TOK-06', 50107, `issuer ${issuer}`, { name: issuer });
  return { ...domain, federation: domain.federation };
}

const logged = ({ check, code, found }: SignInRefusal | TokenRefusal): NonNullable<Answer['refusal']> => ({
  check,
  error: `AADSTS${code}`,
  found,
});

/** The smallest transparent picture: the identity provider's signed-out page loads it from each relying party. */
const PICTURE = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** Nothing is kept that could be signed out: the request log shows that it was asked. */
export function signOutCleanup({ query, stamp }: Call): Answer {
  if (query['wa'] === 'wsignoutcleanup1.0') return { status: 200, content: { type: 'image/gif', data: PICTURE } };
  const refusal = signInRefusal('DBL-WSF-01', 90081, `a GET with wa ${query['wa'] ?? 'absent'}`);
  return { ...refusalPage(refusal, stamp), refusal: logged(refusal) };
}
