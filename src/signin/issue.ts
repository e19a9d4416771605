/**
 * THE FLOW: from a request for a token to a signed assertion, or to a refusal with its reason.
 *
 *   1 who is asking     Kerberos, or user name and password    (credential -> directory entry)
 *   2 what is known     gateway, store                         (entry -> user)
 *   3 what we say       mapping                                (user -> claims)
 *   4 the token         SAML                                   (claims -> signed assertion)
 *
 * Whatever comes out is recorded, durably, before it is returned (recorded.ts). Protocol folders turn bytes into the
 * request and the outcome into bytes; nothing here knows HTTP or SOAP. A browser takes the same steps one page at a time
 * (browser/).
 */
import type { Directory } from '../directory/directory.ts';
import type { Password } from '../directory/password.ts';
import type { Continue, NegotiationState } from '../kerberos/accept.ts';
import type { KerberosService } from '../kerberos/keys.ts';
import type { ReplayCache } from '../kerberos/replay.ts';
import type { UnopenedTicket } from '../kerberos/unopened-ticket.ts';
import type { ApplicationMapper } from '../mapping/claims.ts';
import type { Application } from '../model/application.ts';
import type { Gateway } from '../model/gateway.ts';
import { Refusal } from '../refusal.ts';
import type { Store } from '../store/store.ts';
import type { Attempts } from './attempts.ts';
import { identifyByKerberos } from './by-kerberos.ts';
import { identifyByPassword } from './by-password.ts';
import { ASSERTION_LIFETIME_MS } from './compose-assertion.ts';
import { issueAssertion, knowIdentified } from './issue-assertion.ts';
import type { AssertionDependencies, Identified, IssuedToken } from './issue-assertion.ts';
import { recorded } from './recorded.ts';
import type { Answered, Decided, Progress, RecordDependencies, Refused } from './recorded.ts';
import type { Spraying } from './spraying.ts';

/** An application, ready to issue: what start-up compiled from the configuration. */
export interface IssuingApplication {
  readonly application: Application;
  readonly issuerUri: string;
  /** Mortise serves several domains, so that the claim issuerid stands beside the Issuer. */
  readonly severalDomains: boolean;
  readonly mapper: ApplicationMapper;
  /** By gateway id: those whose user types the application names. */
  readonly gateways: ReadonlyMap<string, IssuingGateway>;
  /** Read for each ticket: keys come and go while a configuration is in force (server/service-keys.ts). */
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

export interface ProofDependencies {
  readonly replay: ReplayCache;
  /** Hashes of the certificates that TLS presents now; none when absent. For gateways that look at channel bindings. */
  readonly tlsServerEndPoints?: () => readonly Uint8Array[];
  /** Asks the KDC for the salt behind a ticket that no key opens; says whether there are other keys now. Never rejects. */
  readonly askForSalt?: (ticket: UnopenedTicket) => Promise<boolean>;
  readonly attempts: Attempts;
  readonly spraying: Spraying;
  readonly familiarSources: Store['familiarSources'];
  readonly randomUUID: () => string;
}

export interface IssueDependencies extends AssertionDependencies, ProofDependencies, RecordDependencies {}

export type Outcome = (Answered & { readonly kind: 'issued'; readonly token: IssuedToken }) | Refused | Continue;

/** Somebody proved who he is. */
export interface Proved extends Identified {
  readonly kind: 'identified';
  /** AuthenticationMethod of the assertion ([SAML 1.1 core] §7.1). */
  readonly authenticationMethod: string;
}

/**
 * Answers one request for a token. Returns the outcome once its record is durable.
 *
 * @throws NotRecordedError, and never a Refusal
 */
export async function issueToken(request: TokenRequest, dependencies: IssueDependencies): Promise<Outcome> {
  return recorded(startOf(request), dependencies, (progress) => decide(request, progress, dependencies));
}

/** Every step from the credential to the token, in order; each may refuse. */
async function decide(
  request: TokenRequest,
  progress: Progress,
  dependencies: IssueDependencies,
): Promise<Decided<{ readonly kind: 'issued'; readonly token: IssuedToken }> | Continue> {
  await progress.record.step('network', () => requireNetwork(request));
  const issuing = requireApplication(request.issuing);
  const identify = bringsPassword(request) ? identifyByPassword : identifyByKerberos;
  const identified = await identify(request, progress, issuing, dependencies);
  if (identified.kind === 'continue') return identified;
  const known = await knowIdentified(progress, issuing, identified, dependencies);
  const statement = {
    method: identified.authenticationMethod,
    at: request.now,
    lifetimeMs: ASSERTION_LIFETIME_MS,
    claims: [],
  };
  return issueAssertion(progress, issuing, known, statement, dependencies);
}

function startOf(request: TokenRequest) {
  const { issuing, endpoint, sourceAddress, requestId, now } = request;
  return {
    recordedAt: now,
    endpoint,
    sourceAddress,
    ...('application' in issuing && { applicationId: issuing.application.id }),
    ...(requestId !== undefined && { requestId }),
  };
}

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
