/**
 * THE FLOW: from a request for a token to a signed assertion, or to a refusal with its reason.
 *
 *   1 who is asking     Kerberos, or user name and password    (credential -> directory entry)
 *   2 what is known     gateway, store                         (entry -> user)
 *   3 what we say       mapping                                (user -> claims)
 *   4 the token         SAML                                   (claims -> signed assertion)
 *
 * Whatever comes out is recorded, durably, before it is returned. Protocol folders turn bytes into the request and the
 * outcome into bytes; nothing here knows HTTP or SOAP.
 */
import type { Activity } from '../audit/activity.ts';
import type { Directory } from '../directory/directory.ts';
import type { Password } from '../directory/password.ts';
import { mapEntry } from '../gateway/look-up.ts';
import type { LookedUp } from '../gateway/look-up.ts';
import type { Continue, NegotiationState } from '../kerberos/accept.ts';
import type { KerberosService } from '../kerberos/keys.ts';
import type { ReplayCache } from '../kerberos/replay.ts';
import { pickSigningKey } from '../keys/pick.ts';
import type { SigningKey } from '../keys/signing-key.ts';
import type { ApplicationMapper } from '../mapping/claims.ts';
import type { Application } from '../model/application.ts';
import type { Gateway } from '../model/gateway.ts';
import { Refusal } from '../refusal.ts';
import type { RefusalCode } from '../refusal.ts';
import { signSaml11Assertion } from '../saml/saml11.ts';
import type { Store } from '../store/store.ts';
import type { Attempts } from './attempts.ts';
import { identifyByKerberos } from './by-kerberos.ts';
import { identifyByPassword } from './by-password.ts';
import { composeAssertion } from './compose-assertion.ts';
import { namesOf, openRecord } from './record.ts';
import type { OpenRecord } from './record.ts';
import type { Spraying } from './spraying.ts';
import { knowUser } from './users.ts';
import type { UserDependencies } from './users.ts';

/** An application, ready to issue: what start-up compiled from the configuration. */
export interface IssuingApplication {
  readonly application: Application;
  readonly issuerUri: string;
  readonly mapper: ApplicationMapper;
  /** By gateway id: those whose user types the application names. */
  readonly gateways: ReadonlyMap<string, IssuingGateway>;
  readonly kerberosServices: readonly KerberosService[];
  /** Those whose people may sign in by password. */
  readonly passwordGateways: readonly IssuingGateway[];
}

export interface IssuingGateway {
  readonly gateway: Gateway;
  readonly userTypes: Gateway['userTypes'];
  readonly directory: Directory;
}

/** The address names an application that is not there. */
export interface UnknownApplication {
  readonly unknownId: string;
}

/** What the flow must know of a request's body. */
export interface AskedFor {
  readonly appliesTo: string;
  /** A user name and its password in the body. */
  readonly usernameToken?: { readonly username: string; readonly password: Password };
  readonly timestamp?: { readonly created: Date; readonly expires: Date };
  readonly messageId?: string;
}

export interface TokenRequest {
  readonly issuing: IssuingApplication | UnknownApplication;
  readonly endpoint: string;
  /** Which credentials the endpoint takes; both where the request decides (ActiveSignInUri). */
  readonly accepts: readonly ('kerberos' | 'password')[];
  readonly sourceAddress: string;
  readonly sourceAllowed: boolean;
  /** As the client names the request in a header; the body's MessageID where it does not. */
  readonly requestId: string | undefined;
  /** Value of the Authorization header. */
  readonly authorization: string | undefined;
  /** Kept by the connection between two legs of SPNEGO. */
  readonly negotiation: NegotiationState | undefined;
  /** The request's body: only to tell a request that is sent again. Never kept, never logged: it may hold a password. */
  readonly body: Uint8Array;
  /** Reads the request itself; called only for a caller who proved who he is, or who brings no ticket. Throws Refusal. */
  readonly read: () => AskedFor;
  readonly now: Date;
}

export interface IssueDependencies extends UserDependencies {
  readonly activities: Pick<Store['activities'], 'append'>;
  readonly signingKeys: readonly SigningKey[];
  readonly replay: ReplayCache;
  readonly attempts: Attempts;
  readonly spraying: Spraying;
  readonly familiarSources: Store['familiarSources'];
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
interface Answered {
  readonly activityId: string;
  readonly responseToken: Uint8Array | undefined;
}

/** `shownAs`: the code and text that the caller reads in place of the refusal's own, which would tell a stranger too much. */
export type Outcome =
  | (Answered & { readonly kind: 'issued'; readonly token: IssuedToken })
  | (Answered & { readonly kind: 'refused'; readonly refusal: Refusal; readonly shownAs?: RefusalCode })
  | Continue;

/** The outcome could not be recorded, so there is none: nothing may be issued. `cause` is the store's own error. */
export class NotRecordedError extends Error {
  override readonly name = 'NotRecordedError';
  readonly activityId: string;

  constructor(activityId: string, cause: unknown) {
    super('the outcome could not be recorded', { cause });
    this.activityId = activityId;
  }
}

/** One request under way. */
export interface Progress {
  readonly request: TokenRequest;
  readonly dependencies: IssueDependencies;
  readonly record: OpenRecord;
  /** Stands once the ticket is accepted: it travels with a later refusal too. */
  responseToken: Uint8Array | undefined;
  /** What the caller reads in place of a refusal's own code, while he has not proved who he is. */
  showAs: ((refusal: Refusal) => RefusalCode | undefined) | undefined;
}

/** Who is asking, as the directory knows him. */
export interface Identified {
  readonly kind: 'identified';
  readonly found: LookedUp;
  readonly gateway: Gateway;
  /** AuthenticationMethod of the assertion ([SAML 1.1 core] §7.1). */
  readonly authenticationMethod: string;
}

type Decision =
  | { readonly kind: 'issued'; readonly token: IssuedToken; readonly activity: Activity }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly shownAs?: RefusalCode;
      readonly activity: Activity;
    };

/**
 * Answers one request for a token. Returns the outcome once its record is durable.
 *
 * @throws NotRecordedError, and never a Refusal
 */
export async function issueToken(request: TokenRequest, dependencies: IssueDependencies): Promise<Outcome> {
  const activityId = dependencies.randomUUID();
  const record = openRecord(startOf(request, activityId), dependencies.clock);
  const progress: Progress = { request, dependencies, record, responseToken: undefined, showAs: undefined };
  const decided = await decide(progress).catch((error: unknown) => refuse(error, progress));
  if (decided.kind === 'continue') return decided;
  const { activity, ...decision } = decided;
  try {
    await dependencies.activities.append(activity);
  } catch (error) {
    throw new NotRecordedError(activityId, error);
  }
  return { ...decision, activityId, responseToken: progress.responseToken };
}

/** Every step from the credential to the token, in order; each may refuse. */
async function decide(progress: Progress): Promise<Decision | Continue> {
  const { request, dependencies, record } = progress;
  const { now } = request;

  await record.step('network', () => requireNetwork(request));
  const issuing = requireApplication(request.issuing);
  const { application, mapper, issuerUri } = issuing;
  const identify = bringsPassword(request) ? identifyByPassword : identifyByKerberos;
  const identified = await identify(progress, issuing);
  if (identified.kind === 'continue') return identified;

  const { found, gateway } = identified;
  record.learn({ subject: { kind: found.userType.kind, ...namesOf(found) } });
  const mapped = await record.step('entry', () => mapEntry(found.userType, found.entry));
  const { user, attributes } = await record.step('user', () =>
    knowUser({ gateway, application, found, mapped }, now, dependencies, record.note),
  );
  record.learn({ subject: { kind: found.userType.kind, userId: user.id, username: user.username } });

  const subject = await record.step('claims', () =>
    mapper.mapSubject(found.userType.kind, attributes, sourcesOf(found)),
  );
  const proof = { method: identified.authenticationMethod, at: now };
  const assertion = composeAssertion(application, issuerUri, subject, proof, dependencies.randomUUID());
  const signed = await record.step('sign', () =>
    signSaml11Assertion(assertion, pickSigningKey(dependencies.signingKeys, application.idpSigning.key.id, now)),
  );
  const { id: assertionId, issueInstant: issuedAt, notOnOrAfter } = assertion;
  const token = { assertion: signed, assertionId, issuedAt, notOnOrAfter };
  return { kind: 'issued', token, activity: record.issued(assertion, subject) };
}

function startOf(request: TokenRequest, id: string) {
  const { issuing, endpoint, sourceAddress, requestId, now } = request;
  return {
    id,
    recordedAt: now,
    endpoint,
    sourceAddress,
    ...('application' in issuing && { applicationId: issuing.application.id }),
    ...(requestId !== undefined && { requestId }),
  };
}

/** A defect is answered like a refusal and told apart in the record; its own words go to the log, as the cause. */
function refuse(error: unknown, { record, showAs }: Progress): Decision {
  const refusal = error instanceof Refusal ? error : new Refusal('internal-error', { detail: nameOf(error) });
  if (refusal !== error) refusal.cause = error;
  const shownAs = showAs?.(refusal);
  return { kind: 'refused', refusal, ...(shownAs !== undefined && { shownAs }), activity: record.refused(refusal) };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

function requireNetwork(request: TokenRequest): void {
  if (!request.sourceAllowed) throw new Refusal('network-not-allowed', { actual: request.sourceAddress });
}

function requireApplication(issuing: TokenRequest['issuing']): IssuingApplication {
  if ('unknownId' in issuing) throw new Refusal('unknown-application', { actual: issuing.unknownId });
  return issuing;
}

/** Where an endpoint takes both, a ticket says Kerberos, and a UsernameToken password. */
function bringsPassword({ accepts, authorization, read }: TokenRequest): boolean {
  if (!accepts.includes('password')) return false;
  if (!accepts.includes('kerberos')) return true;
  return authorization === undefined && read().usernameToken !== undefined;
}

/** 3. Which LDAP attribute each user attribute came from, for the record and the rehearsal's table. */
function sourcesOf(found: LookedUp): Readonly<Record<string, string>> {
  return Object.fromEntries(
    found.userType.newUserLookup.attributeMappings.map((mapping) => [
      mapping.name,
      mapping.value.replace(/^\$\{ldapAttributes\.([^}]+)\}$/, '$1'),
    ]),
  );
}
