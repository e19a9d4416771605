/** A visit of somebody who is signed in, and what the pages of such a visit share. */
import { checkSession } from '../../signin/browser/check-session.ts';
import type { Situation } from '../../signin/browser/next-step.ts';
import type { Session } from '../../signin/browser/sessions.ts';
import { logOutcome } from '../log-outcome.ts';
import { clearSessionCookie } from './cookies.ts';
import { addressOf } from './visit.ts';
import type { Visit } from './visit.ts';

export type SignedIn = Visit & { readonly session: Session };

export const isSignedIn = (visit: Visit): visit is SignedIn => visit.session !== undefined;

/** The visit without its session, where the directory says that it is over: before anything is shown or changed by it. */
export async function withGoodSession(visit: Visit): Promise<Visit> {
  const { service, attempt, goal, reply } = visit;
  if (!isSignedIn(visit)) return visit;
  const over = await checkSession({ ...attempt, issuing: goal.issuing }, visit.session, service.dependencies);
  if (over === undefined) return visit;
  logOutcome(service.log, attempt.endpoint, over);
  clearSessionCookie(reply);
  return { ...visit, session: undefined };
}

export function situationOf({
  service,
  goal,
  session,
  askedDigest: asked,
  insideCorporateNetwork,
  attempt,
}: Visit): Situation {
  const { secondFactors } = service.dependencies;
  const enrolled = async (): Promise<boolean> =>
    session !== undefined && (await secondFactors.list(session.stored.userId)).length > 0;
  return {
    session: session && { ...session.stored, memory: session.memory },
    demands: goal.demands,
    asked,
    policy: goal.policy,
    insideCorporateNetwork,
    enrolled,
    now: attempt.now,
  };
}

/** As the person types it; the stored user name where no attribute holds that. */
export async function displayNameOf({ service, session, goal }: SignedIn): Promise<string> {
  const user = await service.dependencies.users.find(session.stored.userId);
  if (user === undefined) return '';
  const matched = user.attributes[goal.issuing.application.userAttributeUsernameMatch ?? 'email'];
  return typeof matched === 'string' ? matched : user.username;
}

/** Longer ones are left out: they would not fit into an address once more. */
const MAX_WAY_BACK = 8_192;

/** Who signs out here may be about to sign in as somebody else: the page after it leads back (sign-out.ts). */
export function signOutAddress(visit: Visit): string {
  const signOut = `/wsf/prp/${visit.goal.issuing.application.id}?wa=wsignout1.0`;
  const back = encodeURIComponent(addressOf(visit));
  return back.length > MAX_WAY_BACK ? signOut : `${signOut}&mortise=${back}`;
}
