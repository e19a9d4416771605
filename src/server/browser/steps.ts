/**
 * What a browser is shown for what it came for: the next step (signin/browser/next-step.ts) as a page.
 *
 * Every form leads back here by a redirect. Does not own: what follows when nothing is missing any more (`answer`).
 */
import { nextStep } from '../../signin/browser/next-step.ts';
import type { Situation } from '../../signin/browser/next-step.ts';
import type { HttpReply } from '../http-server.ts';
import { showEnrolment } from './enrolment.ts';
import { showSecondFactor } from './second-factor-step.ts';
import { changeReason, isOwnAccount, showChangePassword, showSignIn } from './sign-in-step.ts';
import { displayNameOf, isSignedIn, situationOf } from './signed-in.ts';
import type { SignedIn } from './signed-in.ts';
import { lacksTicket, refuseWindows, signInSilently, wantsTicket } from './ticket.ts';
import type { Visit } from './visit.ts';

export type Answer = (visit: SignedIn, situation: Situation) => Promise<HttpReply>;

export async function show(visit: Visit, answer: Answer): Promise<HttpReply> {
  const reason = changeReason(visit.show);
  if (reason !== undefined) {
    const userName = isOwnAccount(visit) ? await displayNameOf(visit) : undefined;
    return showChangePassword(visit, reason, undefined, userName);
  }
  if (lacksTicket(visit) && !wantsTicket(visit)) return refuseWindows(visit);
  const situation = situationOf(visit);
  const step = await nextStep(situation);
  if (step === 'sign-in' || !isSignedIn(visit) || lacksTicket(visit)) return signIn(visit, answer);
  if (step === 'second-factor') return showSecondFactor(visit);
  if (step === 'enrolment') return showEnrolment(visit);
  return answer(visit, situation);
}

async function signIn(visit: Visit, answer: Answer): Promise<HttpReply> {
  if (!wantsTicket(visit)) return showSignIn(visit);
  const silent = await signInSilently(visit);
  if ('opened' in silent) return show(silent.opened, answer);
  return silent.answered;
}
