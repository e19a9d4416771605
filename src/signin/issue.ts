/**
 * THE FLOW: from a request for a token to a signed assertion, or to a refusal with its reason.
 *
 *   1 who is asking     Kerberos                               (ticket -> caller)
 *   2 what is known     gateway, directory, store              (caller -> entry -> user)
 *   3 what we say       mapping                                (user -> claims)
 *   4 the token         SAML                                   (claims -> signed assertion)
 *
 * Whatever comes out is recorded, durably, before it is returned. Protocol folders turn bytes into the request and the
 * outcome into bytes; nothing here knows HTTP or SOAP.
 */
import type { Activity, RecordedClaim } from '../audit/activity.ts';
import { startSteps } from '../audit/steps.ts';
import type { Steps } from '../audit/steps.ts';
import type { Directory } from '../directory/directory.ts';
import { lookUpCaller, mapEntry } from '../gateway/look-up.ts';
import type { LookedUp } from '../gateway/look-up.ts';
import { acceptSecurityContext } from '../kerberos/accept.ts';
import type { Accepted, Continue, NegotiationState } from '../kerberos/accept.ts';
import type { KerberosService } from '../kerberos/keys.ts';
import type { ReplayCache } from '../kerberos/replay.ts';
import { parseNegotiateHeader } from '../kerberos/negotiate-header.ts';
import { pickSigningKey } from '../keys/pick.ts';
import type { SigningKey } from '../keys/signing-key.ts';
import type { ApplicationMapper, MappedSubject } from '../mapping/claims.ts';
import type { Application } from '../model/application.ts';
import type { Gateway } from '../model/gateway.ts';
import { Refusal } from '../refusal.ts';
import type { RefusalFacts } from '../refusal.ts';
import type { Saml11Assertion } from '../saml/assertion.ts';
import { signSaml11Assertion } from '../saml/saml11.ts';
import type { Store } from '../store/store.ts';
import { knowUser } from './users.ts';
import type { UserDependencies } from './users.ts';

/** [MS-DVRJ] does not fix it; AD FS issues for an hour. */
export const ASSERTION_LIFETIME_MS = 3_600_000;

/** What AD FS states for a computer that proved itself with Kerberos. */
const WINDOWS_AUTHENTICATION = 'urn:federation:authentication:windows';

/** An application, ready to issue: what start-up compiled from the configuration. */
export interface IssuingApplication {
  readonly application: Application;
  readonly issuerUri: string;
  readonly mapper: ApplicationMapper;
  /** By gateway id: those whose user types the application names. */
  readonly gateways: ReadonlyMap<string, IssuingGateway>;
  readonly kerberosServices: readonly KerberosService[];
}

export interface IssuingGateway {
  readonly gateway: Gateway;
  readonly userTypes: Gateway['userTypes'];
  readonly directory: Directory;
}

export interface TokenRequest {
  readonly issuing: IssuingApplication;
  readonly endpoint: string;
  readonly sourceAddress: string;
  readonly sourceAllowed: boolean;
  readonly requestId: string | undefined;
  /** Value of the Authorization header. */
  readonly authorization: string | undefined;
  /** Kept by the connection between two legs of SPNEGO. */
  readonly negotiation: NegotiationState | undefined;
  /** Reads the request itself; called only for a caller who proved who he is. Throws Refusal. */
  readonly read: () => { readonly appliesTo: string; readonly hasUsernameToken: boolean };
  readonly now: Date;
}

export interface IssueDependencies extends UserDependencies {
  readonly activities: Store['activities'];
  readonly signingKeys: readonly SigningKey[];
  readonly replay: ReplayCache;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
}

export interface IssuedToken {
  readonly assertion: string;
  readonly assertionId: string;
  readonly issuedAt: Date;
  readonly notOnOrAfter: Date;
}

/** `responseToken` is the acceptor's SPNEGO token for the answer's WWW-Authenticate header. */
export type Outcome =
  | {
      readonly kind: 'issued';
      readonly activityId: string;
      readonly token: IssuedToken;
      readonly responseToken: Uint8Array | undefined;
    }
  | Continue
  | {
      readonly kind: 'refused';
      readonly activityId: string;
      readonly refusal: Refusal;
      readonly responseToken: Uint8Array | undefined;
    };

/** What is learnt on the way, for the record; filled step by step so that a refusal tells how far it came. */
interface Learnt {
  principal?: string;
  subject?: Activity['subject'];
  responseToken?: Uint8Array;
  notes: string[];
}

/**
 * Answers one request for a token. Returns the outcome once its record is durable.
 *
 * @throws never a Refusal; anything thrown means that no record could be written, and nothing may be issued.
 */
export async function issueToken(request: TokenRequest, dependencies: IssueDependencies): Promise<Outcome> {
  const steps = startSteps(dependencies.clock);
  const learnt: Learnt = { notes: [] };
  const { application, mapper, issuerUri } = request.issuing;
  const activityId = dependencies.randomUUID();
  const common = {
    id: activityId,
    recordedAt: request.now,
    endpoint: request.endpoint,
    sourceAddress: request.sourceAddress,
    applicationId: application.id,
  };
  const about = request.requestId === undefined ? common : { ...common, requestId: request.requestId };
  try {
    await steps.run('network', () => requireNetwork(request));
    const caller = await steps.run('kerberos', () => whoIsAsking(request, dependencies, learnt));
    if (caller.kind === 'continue') return caller;
    await steps.run('request', () => {
      const asked = request.read();
      requireNoUsernameToken(asked);
      requireAudience(asked.appliesTo, application);
    });
    const { gateway, found, mapped } = await whatIsKnown(request.issuing, caller, request.now, steps, learnt);
    const known = await steps.run('user', () =>
      knowUser(gateway, application, found, mapped, request.now, dependencies),
    );
    learnt.notes.push(...known.notes);
    learnt.subject = {
      ...learnt.subject,
      kind: found.userType.kind,
      userId: known.user.id,
      username: known.user.username,
    };
    const subject = await steps.run('claims', () =>
      mapper.mapSubject(found.userType.kind, known.attributes, sourcesOf(found)),
    );
    const assertion = composeAssertion(request, subject, issuerUri, dependencies.randomUUID());
    const signed = await steps.run('sign', () =>
      signSaml11Assertion(
        assertion,
        pickSigningKey(dependencies.signingKeys, application.idpSigning.key.id, request.now),
      ),
    );
    await dependencies.activities.append({
      ...about,
      ...recordedFacts(learnt),
      outcome: 'issued',
      steps: steps.list(),
      assertion: { id: assertion.id, notOnOrAfter: assertion.notOnOrAfter, claims: recordedClaims(subject) },
    });
    const token = {
      assertion: signed,
      assertionId: assertion.id,
      issuedAt: assertion.issueInstant,
      notOnOrAfter: assertion.notOnOrAfter,
    };
    return { kind: 'issued', activityId, token, responseToken: learnt.responseToken };
  } catch (error) {
    const refusal = asRefusal(error);
    await dependencies.activities.append({
      ...about,
      ...recordedFacts(learnt),
      outcome: 'refused',
      steps: steps.list(),
      refusal: { code: refusal.code, ...refusal.facts },
    });
    return { kind: 'refused', activityId, refusal, responseToken: learnt.responseToken };
  }
}

function requireNetwork(request: TokenRequest): void {
  if (!request.sourceAllowed) throw new Refusal('network-not-allowed', { actual: request.sourceAddress });
}

/** Two credentials in one request would leave it open whose the token is. */
function requireNoUsernameToken(asked: { readonly hasUsernameToken: boolean }): void {
  if (asked.hasUsernameToken) throw new Refusal('username-token-not-here');
}

function requireAudience(appliesTo: string, application: Application): void {
  if (appliesTo !== application.audienceRestriction) {
    throw new Refusal('applies-to-unknown', { expected: application.audienceRestriction, actual: appliesTo });
  }
}

/** 1. The ticket's client, verified; or the first leg of a negotiation that needs a second. */
function whoIsAsking(request: TokenRequest, dependencies: IssueDependencies, learnt: Learnt): Accepted | Continue {
  const services = request.issuing.kerberosServices;
  if (services.length === 0) throw new Refusal('kerberos-not-configured');
  if (request.authorization === undefined) requireNoUsernameToken(request.read());
  const token = parseNegotiateHeader(request.authorization);
  const accepted = acceptSecurityContext(token, request.negotiation, {
    services,
    replay: dependencies.replay,
    now: request.now,
  });
  if (accepted.kind === 'continue') return accepted;
  learnt.principal = `${accepted.client.name}@${accepted.client.realm}`;
  if (accepted.responseToken !== undefined) learnt.responseToken = accepted.responseToken;
  return accepted;
}

/** 2. The caller's entry as the directory has it now, and its mapped attributes. */
async function whatIsKnown(
  issuing: IssuingApplication,
  caller: Accepted,
  now: Date,
  steps: Steps,
  learnt: Learnt,
): Promise<{ gateway: Gateway; found: LookedUp; mapped: Readonly<Record<string, string>> }> {
  const served = issuing.gateways.get(caller.service.gatewayId);
  if (served === undefined) throw new Refusal('kerberos-not-configured', { actual: caller.service.gatewayId });
  const { gateway, userTypes, directory } = served;
  const found = await steps.run('directory', () =>
    lookUpCaller({ gateway, userTypes, directory, identifier: caller.client.name, now }),
  );
  learnt.subject = { kind: found.userType.kind, ...namesOf(found) };
  const mapped = await steps.run('entry', () => mapEntry(found.userType, found.entry));
  return { gateway, found, mapped };
}

function namesOf(found: LookedUp): { dn: string; name?: string; objectGUID?: string; objectSid?: string } {
  const { sAMAccountName: name, objectGUID, objectSid } = found.correlation;
  return {
    dn: found.entry.dn,
    ...(name !== undefined && { name }),
    ...(objectGUID !== undefined && { objectGUID }),
    ...(objectSid !== undefined && { objectSid }),
  };
}

/** Which LDAP attribute each user attribute came from, for the record and the rehearsal's table. */
function sourcesOf(found: LookedUp): Readonly<Record<string, string>> {
  return Object.fromEntries(
    found.userType.newUserLookup.attributeMappings.map((mapping) => [
      mapping.name,
      mapping.value.replace(/^\$\{ldapAttributes\.([^}]+)\}$/, '$1'),
    ]),
  );
}

/** 4. What the assertion says, apart from its signature. */
function composeAssertion(
  request: TokenRequest,
  subject: MappedSubject,
  issuer: string,
  uuid: string,
): Saml11Assertion {
  const { application } = request.issuing;
  return {
    id: `_${uuid}`,
    issuer,
    audience: application.audienceRestriction,
    nameIdentifier: subject.nameIdentifier,
    claims: subject.claims,
    issueInstant: request.now,
    notBefore: new Date(request.now.getTime() - application.notBeforeSkewSeconds * 1000),
    notOnOrAfter: new Date(request.now.getTime() + ASSERTION_LIFETIME_MS),
    authenticationMethod: WINDOWS_AUTHENTICATION,
    authenticationInstant: request.now,
  };
}

function recordedClaims(subject: MappedSubject): readonly RecordedClaim[] {
  const { value, format, source } = subject.nameIdentifier;
  return [
    { name: 'NameIdentifier', namespace: format, value, source },
    ...subject.claims.map((claim) => ({
      name: claim.name,
      namespace: claim.namespace,
      value: claim.values.join(', '),
      source: claim.source,
    })),
  ];
}

function recordedFacts(learnt: Learnt): Pick<Activity, 'principal' | 'subject' | 'notes'> {
  return {
    notes: learnt.notes,
    ...(learnt.principal !== undefined && { principal: learnt.principal }),
    ...(learnt.subject !== undefined && { subject: learnt.subject }),
  };
}

/** A defect is answered like a refusal, and told apart in the record. */
function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal('internal-error', {
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  } satisfies RefusalFacts);
}
