/**
 * What the forms of the pages send: one function for each `step`. A form that succeeds leads back to its address (303),
 * where the next step is decided; one that does not is shown again with what was wrong.
 */
import { Password } from '../../directory/password.ts';
import type { RefusalCode } from '../../refusal.ts';
import { changePassword } from '../../signin/browser/change-password.ts';
import { nextStep } from '../../signin/browser/next-step.ts';
import { openByPassword } from '../../signin/browser/open-session.ts';
import type { Opened } from '../../signin/browser/open-session.ts';
import { useEnrolmentCode } from '../../signin/browser/own-account.ts';
import { addSecondFactor, proveSecondFactor } from '../../signin/browser/prove-second-factor.ts';
import type { InSession, NewFactor, Proof, Raised } from '../../signin/browser/prove-second-factor.ts';
import type { Refused } from '../../signin/recorded.ts';
import type { ChangePasswordProblem, CodeProblem, SecondFactorProblem } from '../../pages/views.ts';
import { MAX_PASSWORD_LENGTH, MAX_USERNAME_LENGTH } from '../../wstrust/security-header.ts';
import type { HttpReply } from '../http-server.ts';
import { logOutcome } from '../log-outcome.ts';
import { ENROL, maySetUp, showEnrolment } from './enrolment.ts';
import { showSecondFactor } from './second-factor-step.ts';
import { seeOther } from './send-page.ts';
import { allowsPasswordChanges, changeReason, showChangePassword, showSignIn } from './sign-in-step.ts';
import { isSignedIn, situationOf, withGoodSession } from './signed-in.ts';
import type { SignedIn } from './signed-in.ts';
import { addressOf, openOptions, partyOf, sendRefused, withSession } from './visit.ts';
import type { Visit } from './visit.ts';

export type Fields = URLSearchParams;

const field = (fields: Fields, name: string): string => fields.get(name) ?? '';

/** Cut where it is nobody's any more: neither the record nor a bind is handed more. */
const userNameIn = (fields: Fields): string =>
  field(fields, 'username')
    .trim()
    .slice(0, MAX_USERNAME_LENGTH + 1);
const passwordIn = (fields: Fields, name: string): string => field(fields, name).slice(0, MAX_PASSWORD_LENGTH + 1);

export async function takeForm(visit: Visit, fields: Fields): Promise<HttpReply> {
  const step = field(fields, 'step');
  if (step === 'password') return takePassword(visit, fields);
  if (step === 'change-password') return takePasswordChange(visit, fields);
  // The account page has asked already.
  const present = visit.goal.endpoint === 'account' ? visit : await withGoodSession(visit);
  // The session ended while the page was open: the address shows what is next.
  if (!isSignedIn(present)) return seeOther(visit.reply, addressOf(visit));
  return takeStep(present, step, fields);
}

/** What the pages of somebody who is signed in send. */
async function takeStep(visit: SignedIn, step: string, fields: Fields): Promise<HttpReply> {
  switch (step) {
    case 'totp':
    case 'recovery':
      return takeSecondFactor(visit, { kind: step, code: field(fields, 'code') });
    case 'passkey':
      return takeSecondFactor(visit, { kind: 'passkey', response: field(fields, 'response') });
    case 'enrolment-code':
      return takeEnrolmentCode(visit, field(fields, 'code'));
    case 'enrol-totp':
      return takeNewFactor(visit, { kind: 'totp', code: field(fields, 'code') });
    case 'enrol-passkey':
      return takeNewFactor(visit, {
        kind: 'passkey',
        response: field(fields, 'response'),
        name: field(fields, 'name').trim().slice(0, 60),
      });
    default:
      return seeOther(visit.reply, addressOf(visit));
  }
}

const isBusy = (code: RefusalCode): boolean =>
  code === 'directory-down' || code === 'directory-bind-refused' || code === 'directory-search-refused';

async function takePassword(visit: Visit, fields: Fields): Promise<HttpReply> {
  const { service, attempt } = visit;
  const username = userNameIn(fields);
  const password = passwordIn(fields, 'password');
  if (username === '' || password === '') return showSignIn(visit, 'empty', username);
  const options = openOptions(visit, fields.get('stay') !== null);
  const credential = { username, password: new Password(password) };
  const outcome = await openByPassword(attempt, credential, options, service.dependencies);
  logOutcome(service.log, attempt.endpoint, outcome);
  if (outcome.kind === 'opened') return goOn(visit, outcome);
  const code = outcome.shownAs ?? outcome.refusal.code;
  if (code === 'password-wrong') return showSignIn(visit, 'wrong', username);
  if (isBusy(code)) return showSignIn(visit, 'busy', username);
  if (allowsPasswordChanges(visit)) {
    if (code === 'password-expired') return showChangePassword(visit, 'expired', undefined, username);
    if (code === 'password-must-change') return showChangePassword(visit, 'must-change', undefined, username);
  }
  return sendRefused(visit, outcome, addressOf(visit));
}

function goOn(visit: Visit, opened: Opened | Raised, show?: string): HttpReply {
  const next = withSession(visit, opened);
  return seeOther(next.reply, addressOf(next, show));
}

const CHANGE_PROBLEMS: { readonly [Code in RefusalCode]?: ChangePasswordProblem } = {
  'password-wrong': 'wrong',
  'password-change-policy': 'policy',
  'password-change-not-allowed': 'not-allowed',
  'password-change-failed': 'busy',
};

async function takePasswordChange(visit: Visit, fields: Fields): Promise<HttpReply> {
  const { service, attempt } = visit;
  const username = userNameIn(fields);
  const old = passwordIn(fields, 'old-password');
  const fresh = field(fields, 'new-password');
  const reason = changeReason(visit.show) ?? 'wanted';
  const again = (problem: ChangePasswordProblem): HttpReply => showChangePassword(visit, reason, problem, username);
  if (username === '' || old === '' || fresh === '') return again('empty');
  if (fresh !== field(fields, 'new-password-again')) return again('mismatch');
  if (fresh === old) return again('same');
  const change = { username, password: new Password(old), newPassword: new Password(fresh) };
  // Whoever chose to stay signed in still does.
  const options = openOptions(visit, visit.session?.stored.persistent === true);
  const outcome = await changePassword(attempt, change, options, service.dependencies);
  logOutcome(service.log, attempt.endpoint, outcome);
  if (outcome.kind === 'opened') {
    if (visit.goal.endpoint === 'account') outcome.session.memory.passwordChanged = true;
    return goOn(visit, outcome);
  }
  const code = outcome.shownAs ?? outcome.refusal.code;
  const problem = isBusy(code) ? 'busy' : CHANGE_PROBLEMS[code];
  return problem === undefined ? sendRefused(visit, outcome, addressOf(visit)) : again(problem);
}

const inSession = (visit: SignedIn): InSession => ({
  attempt: visit.attempt,
  session: visit.session,
  asked: visit.askedDigest,
  party: partyOf(visit),
});

const SECOND_FACTOR_PROBLEMS: { readonly [Code in RefusalCode]?: SecondFactorProblem } = {
  'second-factor-wrong': 'wrong',
  'second-factor-used': 'used',
  'second-factor-attempts-exhausted': 'attempts',
  'passkey-malformed': 'passkey-failed',
  'form-expired': 'page-expired',
};

async function takeSecondFactor(visit: SignedIn, proof: Proof): Promise<HttpReply> {
  // Another tab has done it, or something else comes first: no code is used up for nothing.
  if ((await nextStep(situationOf(visit))) !== 'second-factor') return seeOther(visit.reply, addressOf(visit));
  if ((proof.kind === 'passkey' ? proof.response : proof.code).trim() === '') return showSecondFactor(visit, 'empty');
  const { service, attempt } = visit;
  const outcome = await proveSecondFactor(inSession(visit), proof, service.dependencies);
  logOutcome(service.log, attempt.endpoint, outcome);
  if (outcome.kind === 'raised') return goOn(visit, outcome);
  const problem = SECOND_FACTOR_PROBLEMS[outcome.refusal.code];
  if (problem === undefined) return sendRefused(visit, outcome, addressOf(visit));
  return showSecondFactor(visit, proof.kind === 'passkey' && problem === 'wrong' ? 'passkey-failed' : problem);
}

const CODE_PROBLEMS: { readonly [Code in RefusalCode]?: CodeProblem } = {
  'enrolment-code-wrong': 'wrong',
  'second-factor-wrong': 'wrong',
  'second-factor-used': 'wrong',
  'second-factor-attempts-exhausted': 'attempts',
  'form-expired': 'page-expired',
};

async function takeEnrolmentCode(visit: SignedIn, code: string): Promise<HttpReply> {
  if (code.trim() === '') return showEnrolment(visit, { gate: 'empty' });
  const { service, attempt, session } = visit;
  const outcome = await useEnrolmentCode(attempt, session, code, service.dependencies);
  logOutcome(service.log, attempt.endpoint, outcome);
  if (outcome.kind === 'done') return seeOther(visit.reply, addressOf(visit, visit.show));
  const problem = CODE_PROBLEMS[outcome.refusal.code];
  return problem === undefined ? sendRefused(visit, outcome) : showEnrolment(visit, { gate: problem });
}

async function takeNewFactor(visit: SignedIn, factor: NewFactor): Promise<HttpReply> {
  const { service, attempt } = visit;
  const on = { ...visit, show: ENROL[factor.kind] };
  if (factor.kind === 'totp' && factor.code.trim() === '') return showEnrolment(on, { totp: 'empty' });
  const allowed = await maySetUp(visit);
  const outcome = await addSecondFactor(inSession(visit), factor, allowed, service.dependencies);
  logOutcome(service.log, attempt.endpoint, outcome);
  if (outcome.kind === 'raised') return goOn(visit, outcome, afterAdding(visit, outcome));
  return showAgain(on, factor, outcome);
}

/** With the first factor come recovery codes, to be shown. */
function afterAdding({ goal }: Visit, { session }: Raised): string | undefined {
  if (session.memory.newRecoveryCodes !== undefined) return ENROL.codes;
  return goal.endpoint === 'account' ? 'added' : undefined;
}

function showAgain(visit: SignedIn, factor: NewFactor, refused: Refused): HttpReply | Promise<HttpReply> {
  const problem = CODE_PROBLEMS[refused.refusal.code];
  if (factor.kind === 'totp' && problem !== undefined) return showEnrolment(visit, { totp: problem });
  if (factor.kind === 'passkey' && refused.refusal.code === 'form-expired')
    return showEnrolment(visit, { passkey: 'page-expired' });
  if (factor.kind === 'passkey' && (problem !== undefined || refused.refusal.code === 'passkey-malformed'))
    return showEnrolment(visit, { passkey: 'passkey-failed' });
  return sendRefused(visit, refused, addressOf(visit));
}
