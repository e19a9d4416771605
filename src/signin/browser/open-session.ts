/**
 * The beginning of a browser session: somebody proves by password or by ticket who he is.
 *
 * A person, never a computer: what a device may have is asked for over WS-Trust. Does not own: the proofs
 * (prove-password.ts, by-kerberos.ts), and what the session is good for (next-step.ts).
 */
import { isComputer } from '../../directory/account.ts';
import { texts } from '../../directory/entry.ts';
import type { Continue } from '../../kerberos/accept.ts';
import type { Accepted } from '../../kerberos/accept.ts';
import type { SignInSettings } from '../../model/sign-in.ts';
import { Refusal } from '../../refusal.ts';
import type { RefusalCode } from '../../refusal.ts';
import { acceptTicket, lookUpTicketClient, servedBy } from '../by-kerberos.ts';
import type { Negotiation } from '../by-kerberos.ts';
import type { IssuingApplication } from '../issue.ts';
import type { Identified, Known } from '../issue-assertion.ts';
import { provePassword } from '../prove-password.ts';
import type { Credential } from '../prove-password.ts';
import type { Answered, Decided, Progress, Refused } from '../recorded.ts';
import { attempt } from './attempt.ts';
import type { BrowserAttempt, BrowserDependencies } from './attempt.ts';
import { recallUser, refreshIdentified } from './refresh.ts';
import type { OpenedSession, Session } from './sessions.ts';

export interface OpenOptions {
  readonly lifetimes: Pick<SignInSettings, 'sessionMinutes' | 'staySignedInMinutes'>;
  /** The person asks for it; it is given where `staySignedInMinutes` allows it. */
  readonly staysSignedIn: boolean;
  /** Digest of the request for which it is proved, to the letter. */
  readonly asked: string;
  readonly before: Session | undefined;
}

export type Opened = { readonly kind: 'opened' } & OpenedSession;

export async function openByPassword(
  asked: BrowserAttempt,
  credential: Credential,
  options: OpenOptions,
  dependencies: BrowserDependencies,
): Promise<(Answered & Opened) | Refused> {
  const outcome = await attempt(asked, dependencies, async (progress, issuing) => {
    const { found, gateway } = await provePassword(progress, issuing, credential, dependencies);
    return begin(progress, issuing, { found, gateway, method: 'password' }, options, dependencies);
  });
  return outcome as (Answered & Opened) | Refused;
}

export async function openByTicket(
  asked: BrowserAttempt,
  negotiation: Negotiation,
  options: OpenOptions,
  dependencies: BrowserDependencies,
): Promise<(Answered & Opened) | Refused | Continue> {
  return attempt(asked, dependencies, async (progress, issuing) => {
    const caller = await progress.record.step('kerberos', (note) =>
      acceptTicket(negotiation, progress, issuing, dependencies, note),
    );
    if (caller.kind === 'continue') return caller;
    return byTicket(progress, issuing, caller, options, dependencies);
  });
}

async function byTicket(
  progress: Progress,
  issuing: IssuingApplication,
  caller: Accepted,
  options: OpenOptions,
  dependencies: BrowserDependencies,
): Promise<Decided<Opened>> {
  const { gateway } = servedBy(issuing.gateways, caller);
  try {
    const { found } = await lookUpTicketClient(progress, issuing, caller);
    return await begin(progress, issuing, { found, gateway, method: 'kerberos' }, options, dependencies);
  } catch (error) {
    const known = await recallBySid(progress, issuing, caller, error, dependencies);
    const gatewayId = gateway.id;
    const { objectGUID } = known.user.link?.correlationAttributes ?? {};
    if (objectGUID === undefined) throw error;
    return keep(progress, known, { gatewayId, objectGUID, method: 'kerberos', passwordSet: '' }, options, dependencies);
  }
}

/** The directory cannot be asked. What it says against the account is another matter. */
const CANNOT_BE_ASKED: readonly RefusalCode[] = [
  'directory-down',
  'directory-bind-refused',
  'directory-search-refused',
];

/** No domain controller can be asked, but one of them issued this ticket to somebody who was here before. */
async function recallBySid(
  progress: Progress,
  issuing: IssuingApplication,
  caller: Accepted,
  error: unknown,
  dependencies: BrowserDependencies,
): Promise<Known> {
  const { gateway, userTypes } = servedBy(issuing.gateways, caller);
  const { sid } = caller.client;
  if (sid === undefined || !(error instanceof Refusal) || !CANNOT_BE_ASKED.includes(error.code)) throw error;
  for (const userType of userTypes.filter(({ kind }) => kind === 'person')) {
    const [user, ...others] = await dependencies.users.findByCorrelation(gateway.id, userType.id, 'objectSid', sid);
    if (user !== undefined && others.length === 0) return recallUser(progress, user.id, userType, error, dependencies);
  }
  throw error;
}

interface Beginning extends Identified {
  readonly method: 'password' | 'kerberos';
}

/** Of somebody who was identified in the directory just now. */
export async function begin(
  progress: Progress,
  issuing: IssuingApplication,
  { method, ...identified }: Beginning,
  options: OpenOptions,
  dependencies: BrowserDependencies,
): Promise<Decided<Opened>> {
  const { found, gateway } = identified;
  // A filter written by hand may find computers for a user type of people.
  if (found.userType.kind !== 'person' || isComputer(found.entry))
    throw new Refusal('not-a-person', { actual: found.entry.dn });
  const known = await refreshIdentified(progress, issuing, identified, dependencies);
  const { objectGUID } = found.correlation;
  if (objectGUID === undefined) throw new Refusal('correlation-missing', { attribute: 'objectGUID' });
  const [passwordSet = ''] = texts(found.entry, 'pwdLastSet');
  return keep(progress, known, { gatewayId: gateway.id, objectGUID, method, passwordSet }, options, dependencies);
}

interface Kept {
  readonly gatewayId: string;
  readonly objectGUID: string;
  readonly method: 'password' | 'kerberos';
  readonly passwordSet: string;
}

async function keep(
  { asking: { now }, record }: Progress,
  { user, userType }: Known,
  kept: Kept,
  { lifetimes, staysSignedIn, asked, before }: OpenOptions,
  { sessions }: BrowserDependencies,
): Promise<Decided<Opened>> {
  const persistent = staysSignedIn && lifetimes.staySignedInMinutes > 0;
  const minutes = persistent
    ? Math.max(lifetimes.sessionMinutes, lifetimes.staySignedInMinutes)
    : lifetimes.sessionMinutes;
  const opening = {
    ...kept,
    userId: user.id,
    userTypeId: userType.id,
    authenticatedAt: now,
    secondFactorAt: undefined,
    persistent,
    expiresAt: new Date(now.getTime() + minutes * 60_000),
  };
  const opened = await record.step('session', () => sessions.open(opening, asked, before, now));
  return { kind: 'decided', done: { kind: 'opened', ...opened }, activity: record.done('session-opened', kept.method) };
}
