/**
 * The pages on which a second factor is set up. The first one needs more than the password: the company's network, or an
 * administrator's code; a further one needs one that is there already, used in this session.
 */
import { renderSVG } from 'uqr';
import { enrolPasskeyPage } from '../../pages/enrol-passkey-page.ts';
import { enrolTotpPage } from '../../pages/enrol-totp-page.ts';
import { enrolmentChoicePage, enrolmentGatePage } from '../../pages/enrolment-pages.ts';
import { trustedSvg } from '../../pages/html.ts';
import { recoveryCodesPage } from '../../pages/recovery-codes-page.ts';
import type { CodeProblem, EnrolPasskeyProblem } from '../../pages/views.ts';
import { mayEnrol, secondFactorOf } from '../../signin/browser/next-step.ts';
import type { Situation } from '../../signin/browser/next-step.ts';
import { makeTotpSecret, totpText, totpUri } from '../../signin/second-factor/totp.ts';
import type { HttpReply } from '../http-server.ts';
import { sendPage } from './send-page.ts';
import { showSecondFactor } from './second-factor-step.ts';
import { displayNameOf, signOutAddress, situationOf } from './signed-in.ts';
import type { SignedIn } from './signed-in.ts';
import { addressOf, formOf, partyOf } from './visit.ts';

/** Values of our own parameter. */
export const ENROL = { totp: 'enrol-totp', passkey: 'enrol-passkey', codes: 'recovery-codes' } as const;

export interface EnrolmentProblems {
  readonly gate?: CodeProblem;
  readonly totp?: CodeProblem;
  readonly passkey?: EnrolPasskeyProblem;
}

/** Who changes second factors has used one a moment ago: a session may be old, and its browser somebody else's. */
export const LATELY_S = 600;

export const usedLately = (situation: Situation): boolean =>
  secondFactorOf({ ...situation, demands: { ...situation.demands, secondFactorMaxAgeSeconds: LATELY_S } }) !==
  undefined;

/** Whether this session may set up a second factor now. */
export async function maySetUp(visit: SignedIn): Promise<boolean> {
  const situation = situationOf(visit);
  return (await situation.enrolled()) ? usedLately(situation) : mayEnrol(situation);
}

export async function showEnrolment(visit: SignedIn, problems: EnrolmentProblems = {}): Promise<HttpReply> {
  if (!(await maySetUp(visit))) {
    if (await situationOf(visit).enrolled()) return showSecondFactor(visit);
    return showGate(visit, problems.gate);
  }
  if (visit.show === ENROL.totp) return showTotp(visit, problems.totp);
  if (visit.show === ENROL.passkey) return showPasskey(visit, problems.passkey);
  const view = {
    userName: await displayNameOf(visit),
    totpHref: addressOf(visit, ENROL.totp),
    passkeyHref: addressOf(visit, ENROL.passkey),
    signOutHref: signOutAddress(visit),
  };
  return sendPage(visit.reply, 200, enrolmentChoicePage(visit.page, view));
}

async function showGate(visit: SignedIn, problem: CodeProblem | undefined): Promise<HttpReply> {
  const view = {
    ...formOf(visit),
    // Behind the gate is what the person came for.
    action: addressOf(visit, visit.show),
    userName: await displayNameOf(visit),
    ...(problem !== undefined && { problem }),
    signOutHref: signOutAddress(visit),
  };
  return sendPage(visit.reply, 200, enrolmentGatePage(visit.page, view));
}

async function showTotp(visit: SignedIn, problem: CodeProblem | undefined): Promise<HttpReply> {
  const { service, session } = visit;
  const account = await displayNameOf(visit);
  // Shown again, it is the same: the app may have read it already.
  const { totp: secret = makeTotpSecret(service.randomBytes) } = session.memory.ceremonies;
  session.memory.ceremonies = { ...session.memory.ceremonies, totp: secret };
  const uri = totpUri({ issuer: service.branding.organisationName, account, secret });
  const view = {
    ...formOf(visit),
    action: addressOf(visit, ENROL.totp),
    userName: account,
    qrSvg: trustedSvg(renderSVG(uri, { border: 2 })),
    secret: totpText(secret),
    uri,
    ...(problem !== undefined && { problem }),
    backHref: addressOf(visit),
  };
  return sendPage(visit.reply, 200, enrolTotpPage(visit.page, view));
}

async function showPasskey(visit: SignedIn, problem: EnrolPasskeyProblem | undefined): Promise<HttpReply> {
  const { service, session } = visit;
  const userName = await displayNameOf(visit);
  const user = { id: session.stored.userId, name: userName, displayName: userName };
  const { options, challenge } = await service.dependencies.secondFactors.beginPasskey(user, partyOf(visit));
  session.memory.ceremonies = { ...session.memory.ceremonies, 'new-passkey': challenge };
  const view = {
    ...formOf(visit),
    action: addressOf(visit, ENROL.passkey),
    userName,
    options,
    ...(problem !== undefined && { problem }),
    backHref: addressOf(visit),
  };
  return sendPage(visit.reply, 200, enrolPasskeyPage(visit.page, view));
}

/** New recovery codes stand in the session's memory until the person goes on. */
export async function showRecoveryCodes(visit: SignedIn, codes: readonly string[]): Promise<HttpReply> {
  const view = { userName: await displayNameOf(visit), codes, continueHref: addressOf(visit) };
  return sendPage(visit.reply, 200, recoveryCodesPage(visit.page, view));
}
