/**
 * The answer to a browser whose session has proved what the request demands: the assertion, or why there is none.
 *
 * The directory is asked anew each time, so a session ends with its account. Does not own: what is demanded
 * (next-step.ts), and the form in which the answer travels (wsfed/).
 */
import { Refusal } from '../../refusal.ts';
import { issueAssertion } from '../issue-assertion.ts';
import type { IssuedToken } from '../issue-assertion.ts';
import type { Answered, Refused } from '../recorded.ts';
import { sessionClaims } from '../session-claims.ts';
import { attempt } from './attempt.ts';
import type { BrowserAttempt, BrowserDependencies } from './attempt.ts';
import { endsTheSession, refreshSession } from './refresh.ts';
import type { Session } from './sessions.ts';

export interface AnswerFacts {
  /** A second factor of this session, young enough for the request. */
  readonly secondFactorAt: Date | undefined;
  readonly windowsOrSecondFactorAsked: boolean;
  readonly insideCorporateNetwork: boolean;
  readonly staysSignedIn: boolean;
  /** Worth knowing about the request: for the record. */
  readonly notes: readonly string[];
}

/**
 * A relying party that sends the browser back and forth, because it takes no answer for good. AD FS draws the line at six
 * within 20 seconds. Counted for each `client-request-id`, which Entra keeps as long as it is one sign-in: tabs that a
 * browser restores at its start are no loop.
 */
const MOST_ANSWERS = 5;
const WITHIN_MS = 20_000;
const MOST_REMEMBERED = 20;

export async function answerSession(
  asked: BrowserAttempt,
  session: Session,
  { notes, ...facts }: AnswerFacts,
  dependencies: BrowserDependencies,
): Promise<(Answered & { readonly kind: 'issued'; readonly token: IssuedToken }) | Refused> {
  const outcome = await attempt(asked, dependencies, async (progress, issuing) => {
    for (const note of notes) progress.record.note(note);
    requireNoLoop(session, asked);
    const known = await refreshSession(progress, issuing, session.stored, dependencies);
    // An administrator's reset, or a sign-out in another tab, may have ended it while the directory was asked.
    if (!(await dependencies.sessions.isOpen(session))) throw new Refusal('session-ended');
    const { method, authenticatedAt } = session.stored;
    const stated = sessionClaims({ method, authenticatedAt, ...facts });
    const statement = {
      method: stated.authenticationMethod,
      at: stated.authenticationInstant,
      lifetimeMs: issuing.application.assertionDuration * 1000,
      claims: stated.claims,
    };
    return issueAssertion(progress, issuing, known, statement, dependencies);
  });
  if ('state' in outcome) throw new Error('a session does not negotiate');
  if (outcome.kind === 'refused' && endsTheSession(outcome.refusal)) await dependencies.sessions.end(session);
  return outcome;
}

function requireNoLoop({ memory: { answered } }: Session, { now, requestId }: BrowserAttempt): void {
  while (answered[0] !== undefined && now.getTime() - answered[0].at > WITHIN_MS) answered.shift();
  const same = answered.reduce((count, answer) => (answer.requestId === requestId ? count + 1 : count), 0);
  if (same >= MOST_ANSWERS)
    throw new Refusal('sign-in-loops', { actual: `${same} answers to this request within ${WITHIN_MS / 1000} s` });
  // Beyond, the oldest go: nothing grows with the rate.
  if (answered.length >= MOST_REMEMBERED) answered.shift();
  answered.push({ at: now.getTime(), requestId });
}
