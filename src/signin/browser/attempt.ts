/** What every step of a browser's sign-in has: who asks from where, for which application, and what the steps work with. */
import { Refusal } from '../../refusal.ts';
import type { IssueDependencies, IssuingApplication, UnknownApplication } from '../issue.ts';
import { recorded } from '../recorded.ts';
import type { Answered, Decided, Progress, Refused } from '../recorded.ts';
import type { Continue } from '../../kerberos/accept.ts';
import type { SecondFactors } from '../second-factor/second-factors.ts';
import type { Store } from '../../store/store.ts';
import type { Session, Sessions } from './sessions.ts';

export interface BrowserAttempt {
  readonly issuing: IssuingApplication | UnknownApplication;
  /** Name of the route, for the record. */
  readonly endpoint: 'passive' | 'account';
  readonly sourceAddress: string;
  readonly requestId: string | undefined;
  readonly now: Date;
}

export interface BrowserDependencies extends IssueDependencies {
  readonly users: Store['users'];
  readonly sessions: Sessions;
  readonly secondFactors: SecondFactors;
}

/** One step, with its record. */
export async function attempt<Done extends object>(
  { issuing, endpoint, sourceAddress, requestId, now }: BrowserAttempt,
  dependencies: BrowserDependencies,
  work: (progress: Progress, issuing: IssuingApplication) => Promise<Decided<Done> | Continue>,
): Promise<(Answered & Done) | Refused | Continue> {
  const start = {
    recordedAt: now,
    endpoint,
    sourceAddress,
    ...('application' in issuing && { applicationId: issuing.application.id }),
    ...(requestId !== undefined && { requestId }),
  };
  return recorded<Done>(start, dependencies, async (progress) => {
    if ('unknownId' in issuing) throw new Refusal('unknown-application', { actual: issuing.unknownId });
    return work(progress, issuing);
  });
}

/** One step of somebody who is signed in: the record names him. */
export async function attemptIn<Done extends object>(
  session: Session,
  asked: BrowserAttempt,
  dependencies: BrowserDependencies,
  work: (progress: Progress, issuing: IssuingApplication) => Promise<Decided<Done>>,
): Promise<(Answered & Done) | Refused> {
  const outcome = await attempt(asked, dependencies, async (progress, issuing) => {
    const { userId, objectGUID } = session.stored;
    const user = await dependencies.users.find(userId);
    const username = user === undefined ? {} : { username: user.username };
    progress.record.learn({ subject: { kind: 'person', userId, objectGUID, ...username } });
    return work(progress, issuing);
  });
  // Only a ticket makes a second leg.
  if ('state' in outcome) throw new Error('a session does not negotiate');
  return outcome;
}

/** Refused before anything could be asked of anybody; recorded as any refusal. */
export async function refuseAttempt(
  asked: BrowserAttempt,
  dependencies: BrowserDependencies,
  error: unknown,
): Promise<Refused> {
  const outcome = await attempt(asked, dependencies, async () => {
    throw error;
  });
  return outcome as Refused;
}
