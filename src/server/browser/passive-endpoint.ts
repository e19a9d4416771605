/**
 * `/wsf/prp/<appId>` and AD FS's `/adfs/ls/`: the passive protocol over HTTP (WS-Federation 1.2 §13).
 *
 * A GET shows the next step; a POST is a form of ours, or a request that came as one. Owns the answer that posts itself
 * to the registered address. Decides nothing.
 */
import { homePage } from '../../pages/home-page.ts';
import { postingPage } from '../../pages/posting-page.ts';
import { Refusal } from '../../refusal.ts';
import { answerSession } from '../../signin/browser/answer.ts';
import { secondFactorOf } from '../../signin/browser/next-step.ts';
import type { Situation } from '../../signin/browser/next-step.ts';
import type { IssuedToken } from '../../signin/issue-assertion.ts';
import type { IssuingApplication } from '../../signin/issue.ts';
import { parsePassiveRequest } from '../../wsfed/passive-request.ts';
import type { SignInRequest } from '../../wsfed/passive-request.ts';
import { writeSignInResponse } from '../../wsfed/sign-in-response.ts';
import type { HttpReply } from '../http-server.ts';
import { logOutcome } from '../log-outcome.ts';
import { atApplication } from './at-application.ts';
import { clearSessionCookie } from './cookies.ts';
import { showRecoveryCodes, ENROL } from './enrolment.ts';
import { receiveForm } from './receive-form.ts';
import type { BrowserService } from './service.ts';
import { seeOther, sendPage } from './send-page.ts';
import { showSignIn } from './sign-in-step.ts';
import type { SignedIn } from './signed-in.ts';
import { signOut } from './sign-out.ts';
import { show } from './steps.ts';
import { addressOf, addressWith, bodyOf, contextFor, openVisit, queryOf, sendRefused } from './visit.ts';
import type { BrowserRequest } from './visit.ts';

export const showPassive = atApplication('passive', async (service, issuing, request, reply) => {
  const asked = parsePassiveRequest(queryOf(request));
  if (asked.kind === 'none') return showHome(service, issuing, request, reply);
  if (asked.kind !== 'sign-in') return signOut(service, issuing, asked, request, reply);
  const visit = await openVisit(service, request, reply, goalOf(issuing, asked));
  return show(visit, (ready, situation) => answer(ready, situation, asked));
});

/** A form of ours; or, as §13.2 allows, a request in a form, which is made one in the address. */
export const takePassive = atApplication('passive', async (service, issuing, request, reply) => {
  const body = bodyOf(request);
  const fields = new URLSearchParams(body);
  if (!fields.has('step')) {
    // Read once before it goes into an address: what is not a request is refused here.
    parsePassiveRequest(body);
    return seeOther(reply, addressWith(request, body));
  }
  const asked = parsePassiveRequest(queryOf(request));
  if (asked.kind !== 'sign-in') throw new Refusal('form-expired', { detail: 'its address names no sign-in' });
  return receiveForm(await openVisit(service, request, reply, goalOf(issuing, asked)), fields);
});

function goalOf(issuing: IssuingApplication, asked: SignInRequest) {
  const { audienceRestriction, secondFactor } = issuing.application;
  if (asked.wtrealm !== audienceRestriction)
    throw new Refusal('wtrealm-unknown', { expected: audienceRestriction, actual: asked.wtrealm });
  const { requestId, userName, language, staysSignedIn } = asked;
  const { policy } = secondFactor;
  return {
    endpoint: 'passive',
    issuing,
    demands: asked,
    policy,
    requestId,
    userName,
    language,
    staysSignedIn,
  } as const;
}

async function answer(visit: SignedIn, situation: Situation, asked: SignInRequest): Promise<HttpReply> {
  const { service, session, attempt, reply, goal } = visit;
  const { memory, stored } = session;
  if (visit.show === ENROL.codes && memory.newRecoveryCodes !== undefined)
    return showRecoveryCodes(visit, memory.newRecoveryCodes);
  const facts = {
    secondFactorAt: secondFactorOf(situation),
    windowsOrSecondFactorAsked: asked.windowsOrSecondFactorAsked,
    insideCorporateNetwork: visit.insideCorporateNetwork,
    staysSignedIn: service.settings.staySignedInMinutes > 0 && (asked.staysSignedIn || stored.persistent),
    notes: notesOf(asked, goal.issuing),
  };
  // What was proved for this request is used up, before a second one of it can count on it.
  const { signInProvedFor, secondFactorProvedFor } = memory;
  Object.assign(memory, { signInProvedFor: undefined, secondFactorProvedFor: undefined });
  const outcome = await answerSession(attempt, session, facts, service.dependencies);
  logOutcome(service.log, attempt.endpoint, outcome);
  if (outcome.kind === 'issued') {
    memory.newRecoveryCodes = undefined;
    return post(visit, asked, outcome.token);
  }
  Object.assign(memory, { signInProvedFor, secondFactorProvedFor });
  const present = await service.dependencies.sessions.isOpen(session);
  if (present) return sendRefused(visit, outcome, addressOf(visit));
  clearSessionCookie(reply);
  if (outcome.refusal.code === 'session-ended') return showSignIn({ ...visit, session: undefined });
  return sendRefused(visit, outcome);
}

/** To the registered address, whatever `wreply` says. */
function post({ reply, page, goal }: SignedIn, { wctx }: SignInRequest, token: IssuedToken): HttpReply {
  const { audienceRestriction: appliesTo, replyUrl, wsTrustVersion } = goal.issuing.application;
  const { assertion, issuedAt: created, notOnOrAfter: expires } = token;
  const wresult = writeSignInResponse({ wsTrustVersion, appliesTo, assertion, created, expires });
  const fields: [string, string][] = [
    ['wa', 'wsignin1.0'],
    ['wresult', wresult],
  ];
  if (wctx !== undefined) fields.push(['wctx', wctx]);
  return sendPage(reply, 200, postingPage(page, { replyUrl, fields }));
}

function notesOf({ wreply, ...demands }: SignInRequest, { application }: IssuingApplication): readonly string[] {
  const { replyUrl, secondFactor } = application;
  const elsewhere = wreply !== undefined && wreply !== replyUrl;
  const unheard = secondFactor.policy === 'never' && demands.secondFactorAsked;
  return [
    ...(elsewhere ? [`wreply ${wreply.slice(0, 200)} is not registered: answered to ${replyUrl}`] : []),
    ...(unheard ? ['a second factor was asked for; the policy is never to ask for one'] : []),
  ];
}

function showHome(
  service: BrowserService,
  { application, passwordGateways }: IssuingApplication,
  request: BrowserRequest,
  reply: HttpReply,
): HttpReply {
  const account = `/wsf/account/${application.id}`;
  const changes = passwordGateways.some(({ userTypes }) => userTypes.some((type) => type.allowPasswordChanges));
  const view = { accountHref: account, ...(changes && { changePasswordHref: `${account}?mortise=password` }) };
  return sendPage(reply, 200, homePage(contextFor(service, request, undefined), view));
}
