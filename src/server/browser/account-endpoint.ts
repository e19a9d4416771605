/**
 * `/wsf/account/<appId>`: a person's own second factors and password. Open to whoever is signed in, and, once there is a
 * second factor, has used it in this session.
 */
import { accountPage } from '../../pages/account-page.ts';
import type { AccountMessage, AccountProblem } from '../../pages/views.ts';
import { NO_DEMANDS } from '../../signin/browser/next-step.ts';
import { makeRecoveryCodes, removeSecondFactor } from '../../signin/browser/own-account.ts';
import type { IssuingApplication } from '../../signin/issue.ts';
import type { HttpReply } from '../http-server.ts';
import { logOutcome } from '../log-outcome.ts';
import { atApplication } from './at-application.ts';
import { ENROL, LATELY_S, showEnrolment, showRecoveryCodes, usedLately } from './enrolment.ts';
import { takeForm } from './forms.ts';
import type { Fields } from './forms.ts';
import { receiveForm, showAgain } from './receive-form.ts';
import type { BrowserService } from './service.ts';
import { seeOther, sendPage } from './send-page.ts';
import { allowsPasswordChanges } from './sign-in-step.ts';
import { displayNameOf, isSignedIn, signOutAddress, situationOf, withGoodSession } from './signed-in.ts';
import type { SignedIn } from './signed-in.ts';
import { show } from './steps.ts';
import { addressOf, bodyOf, formOf, openVisit, sendRefused } from './visit.ts';
import type { BrowserRequest, Visit } from './visit.ts';

const MESSAGES: Readonly<Record<string, AccountMessage>> = {
  added: 'factor-added',
  removed: 'factor-removed',
};

export const showAccount = atApplication('account', async (service, issuing, request, reply) =>
  show(await openAccount(service, issuing, request, reply), answer),
);

export const takeAccount = atApplication('account', async (service, issuing, request, reply) => {
  const visit = await openAccount(service, issuing, request, reply);
  return receiveForm(visit, new URLSearchParams(bodyOf(request)), takeAccountForm, showAccountAgain);
});

/** Whoever has a second factor must use it here; whoever has none could not. */
async function openAccount(
  service: BrowserService,
  issuing: IssuingApplication,
  request: BrowserRequest,
  reply: HttpReply,
): Promise<Visit> {
  const opened = await openVisit(service, request, reply, {
    endpoint: 'account',
    issuing,
    demands: NO_DEMANDS,
    policy: 'never',
    requestId: undefined,
    userName: undefined,
    language: undefined,
    staysSignedIn: false,
  });
  const visit = await withGoodSession(opened);
  const enrolled = await situationOf(visit).enrolled();
  if (!enrolled) return visit;
  const demands = { ...NO_DEMANDS, secondFactorMaxAgeSeconds: LATELY_S };
  return { ...visit, goal: { ...visit.goal, demands, policy: 'always' } };
}

async function answer(visit: SignedIn): Promise<HttpReply> {
  const { newRecoveryCodes } = visit.session.memory;
  if (visit.show === ENROL.codes && newRecoveryCodes !== undefined) return showRecoveryCodes(visit, newRecoveryCodes);
  visit.session.memory.newRecoveryCodes = undefined;
  if (visit.show === ENROL.totp || visit.show === ENROL.passkey) return showEnrolment(visit);
  return showOwnAccount(visit);
}

async function showOwnAccount(visit: SignedIn, problem?: AccountProblem): Promise<HttpReply> {
  const { service, session } = visit;
  const { secondFactors } = service.dependencies;
  const { userId } = session.stored;
  const message = messageOf(visit);
  const view = {
    ...formOf(visit),
    userName: await displayNameOf(visit),
    factors: await secondFactors.list(userId),
    recoveryCodesLeft: await secondFactors.recoveryCodesLeft(userId),
    addTotpHref: addressOf(visit, ENROL.totp),
    addPasskeyHref: addressOf(visit, ENROL.passkey),
    ...(allowsPasswordChanges(visit) && { changePasswordHref: addressOf(visit, 'password') }),
    signOutHref: signOutAddress(visit),
    ...(message !== undefined && { message }),
    ...(problem !== undefined && { problem }),
  };
  return sendPage(visit.reply, 200, accountPage(visit.page, view));
}

function messageOf({ session: { memory }, show: shown }: SignedIn): AccountMessage | undefined {
  const { passwordChanged = false } = memory;
  memory.passwordChanged = undefined;
  if (passwordChanged) return 'password-changed';
  return shown === undefined ? undefined : MESSAGES[shown];
}

const isOwnForm = (fields: Fields): boolean =>
  ['remove-factor', 'new-recovery-codes'].includes(fields.get('step') ?? '');

async function showAccountAgain(visit: SignedIn, fields: Fields): Promise<HttpReply> {
  if (!isOwnForm(fields) || !usedLately(situationOf(visit))) return showAgain(visit, fields);
  return showOwnAccount(visit, 'page-expired');
}

async function takeAccountForm(visit: Visit, fields: Fields): Promise<HttpReply> {
  const step = fields.get('step');
  if (!isOwnForm(fields)) return takeForm(visit, fields);
  if (!isSignedIn(visit) || !usedLately(situationOf(visit))) return seeOther(visit.reply, addressOf(visit));
  const { service, attempt, session } = visit;
  const outcome =
    step === 'remove-factor'
      ? await removeSecondFactor(attempt, session, fields.get('id') ?? '', service.dependencies)
      : await makeRecoveryCodes(attempt, session, service.dependencies);
  logOutcome(service.log, attempt.endpoint, outcome);
  if (outcome.kind === 'done')
    return seeOther(visit.reply, addressOf(visit, step === 'remove-factor' ? 'removed' : ENROL.codes));
  if (outcome.refusal.code === 'second-factor-last') return showOwnAccount(visit, 'last-factor');
  return sendRefused(visit, outcome);
}
