/** What a person who is signed in changes of the own account, beside adding a second factor. Each change is recorded. */
import { Refusal } from '../../refusal.ts';
import type { Answered, Refused } from '../recorded.ts';
import { attemptIn } from './attempt.ts';
import type { BrowserAttempt, BrowserDependencies } from './attempt.ts';
import type { Session } from './sessions.ts';

type Done = Answered & { readonly kind: 'done' };

/** An administrator's code lets the session set up a first second factor; it is no way round one that is there. */
export async function useEnrolmentCode(
  attempt: BrowserAttempt,
  session: Session,
  code: string,
  dependencies: BrowserDependencies,
): Promise<Done | Refused> {
  const { secondFactors } = dependencies;
  const { userId } = session.stored;
  return attemptIn<{ kind: 'done' }>(session, attempt, dependencies, async ({ record }) => {
    if ((await secondFactors.list(userId)).length > 0)
      throw new Refusal('form-expired', { detail: 'there is a second factor already' });
    await record.step('enrolment-code', () => secondFactors.useEnrolmentCode(userId, code, attempt.now));
    session.memory.mayEnrol = true;
    return { kind: 'decided', done: { kind: 'done' }, activity: record.done('enrolment-code-used') };
  });
}

export async function removeSecondFactor(
  attempt: BrowserAttempt,
  session: Session,
  id: string,
  dependencies: BrowserDependencies,
): Promise<Done | Refused> {
  const { secondFactors } = dependencies;
  const { userId } = session.stored;
  return attemptIn<{ kind: 'done' }>(session, attempt, dependencies, async ({ record }) => {
    const factors = await secondFactors.list(userId);
    const factor = factors.find((one) => one.id === id);
    if (factor === undefined) throw new Refusal('form-expired', { detail: 'the second factor is gone already' });
    await record.step('second-factor', () => secondFactors.remove(userId, id));
    const activity = record.done('second-factor-removed', `${factor.kind} ${factor.name}`.trimEnd());
    return { kind: 'decided', done: { kind: 'done' }, activity };
  });
}

/** They stand in the session's memory until they are shown. */
export async function makeRecoveryCodes(
  attempt: BrowserAttempt,
  session: Session,
  dependencies: BrowserDependencies,
): Promise<Done | Refused> {
  return attemptIn<{ kind: 'done' }>(session, attempt, dependencies, async ({ record }) => {
    session.memory.newRecoveryCodes = await dependencies.secondFactors.makeRecoveryCodes(session.stored.userId);
    return { kind: 'decided', done: { kind: 'done' }, activity: record.done('recovery-codes-made') };
  });
}

export async function signOut(
  attempt: BrowserAttempt,
  session: Session,
  dependencies: BrowserDependencies,
): Promise<Done | Refused> {
  return attemptIn<{ kind: 'done' }>(session, attempt, dependencies, async ({ record }) => {
    await record.step('session', () => dependencies.sessions.end(session));
    return { kind: 'decided', done: { kind: 'done' }, activity: record.done('session-ended', 'signed out') };
  });
}
