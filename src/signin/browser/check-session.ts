/**
 * Whether a session still holds: asked of the directory before something is changed by it. A session that is over ends
 * here, and the record says why. Does not own: what ends a session (refresh.ts), nor the check at each answer (answer.ts).
 */
import type { IssuingApplication } from '../issue.ts';
import type { Refused } from '../recorded.ts';
import { attemptIn } from './attempt.ts';
import type { BrowserAttempt, BrowserDependencies } from './attempt.ts';
import { wordAgainst } from './refresh.ts';
import type { Session } from './sessions.ts';

/** @returns why it is over; undefined while it holds */
export async function checkSession(
  asked: BrowserAttempt & { readonly issuing: IssuingApplication },
  session: Session,
  dependencies: BrowserDependencies,
): Promise<Refused | undefined> {
  const word = await wordAgainst(asked.issuing, session.stored, asked.now);
  if (word === undefined) return undefined;
  await dependencies.sessions.end(session);
  const outcome = await attemptIn<never>(session, asked, dependencies, async () => {
    throw word;
  });
  return outcome;
}
